"""What clients are told, and the bounded queue in which it waits for each of them."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gateway.ledger.projection import ENDS


@dataclass(frozen=True)
class Told:
    """An event for clients. A newer one with the same key replaces it where it still waits."""

    name: str
    data: dict[str, Any]
    key: str
    seq: int = 0

    @cached_property
    def encoded(self) -> bytes:
        """As it goes over the wire; made once for all who are told."""
        place = f"id: {self.seq}\n" if self.seq else ""
        return f"{place}event: {self.name}\ndata: {json.dumps(self.data, ensure_ascii=False)}\n\n".encode()


class Watcher:
    """One client's queue. It cannot grow without end: events of one kind about one thing replace each other."""

    __slots__ = ("_there", "_waiting")

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Told] = OrderedDict()
        self._there: asyncio.Future[None] | None = None

    def put(self, told: Told) -> None:
        self._waiting.pop(told.key, None)
        self._waiting[told.key] = told
        if self._there is not None and not self._there.done():
            self._there.set_result(None)

    async def told(self, patience: float) -> list[Told]:
        """Takes all that waits; empty when there was nothing for `patience` seconds."""
        if not self._waiting:
            self._there = asyncio.get_running_loop().create_future()
            await asyncio.wait({self._there}, timeout=patience)
            self._there = None
        waiting, self._waiting = self._waiting, OrderedDict()
        return list(waiting.values())

    async def next(self, patience: float) -> bytes:
        """All that waits, encoded as it goes over HTTP."""
        return b"".join(told.encoded for told in await self.told(patience))


def changes(before: dict[str, Any], job: dict[str, Any]) -> list[Told]:
    """What to tell a client that knows `before`; what ends the job comes last."""
    seq, name = job["seq"], job["id"]
    told = [
        Told("artifact", row, f"{name}.artifact.{row['artifact']}", row["seq"])
        for row in sorted(job["artifacts"], key=lambda row: int(row["seq"]))
        if row not in before["artifacts"]
    ]
    told += [
        Told("stage", stage, f"{name}.stage.{stage['name']}", seq)
        for stage in job["stages"]
        if stage not in before["stages"]
    ]
    if job["state"] == "failed":
        told += [
            Told("failed", failure, f"{name}.failed.{failure['stage']}.{failure['scene']}", seq)
            for failure in job["failures"]
            if failure not in before["failures"] or before["state"] != "failed"
        ]
    elif job["state"] in ENDS and job["state"] != before["state"]:
        told.append(Told(job["state"], job, f"{name}.{job['state']}", seq))
    elif any(job[key] != before[key] for key in ("state", "title", "waits_until", "share")):
        told.append(Told("job", brief(job), f"{name}.job", seq))
    return told


def brief(job: dict[str, Any]) -> dict[str, Any]:
    """A job without its artifacts."""
    return {key: value for key, value in job.items() if key != "artifacts"}
