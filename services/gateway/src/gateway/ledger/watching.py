"""What clients are told, and the bounded queue in which it waits for each of them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from chassis.stage import Rule

from gateway.ledger.projection import ENDS, JobRows, as_of, job_json

QUIET = 10.0
"""Seconds without a word after which a client is sent a sign of life."""


@dataclass(frozen=True)
class Told:
    """An event for clients. A newer one with the same key replaces it where it still waits.

    Its place is the sequence that it follows from. Where several follow from one, all but the last are numbered
    (`part`), so that a client that was cut off between them goes on between them.
    """

    name: str
    data: dict[str, Any]
    key: str
    seq: int = 0
    part: int = 0

    @cached_property
    def encoded(self) -> bytes:
        """As it goes over the wire; made once for all who are told."""
        place = f"id: {self.seq}{f'.{self.part}' if self.part else ''}\n" if self.seq else ""
        return f"{place}event: {self.name}\ndata: {json.dumps(self.data, ensure_ascii=False)}\n\n".encode()


class Watcher:
    """One client's queue. It cannot grow without end: events of one kind about one thing replace each other."""

    __slots__ = ("_there", "drop", "ended", "since", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[str, Told] = {}
        self._there: asyncio.Future[None] | None = None
        self.ended = False
        self.since = time.monotonic()
        self.drop: Callable[[], object] | None = None
        """Breaks the connection to a client that does not read."""

    def put(self, told: Told) -> None:
        self.waiting.pop(told.key, None)
        self.waiting[told.key] = told
        self._wake()

    def end(self) -> None:
        """Let what waits be the last."""
        self.ended = True
        self._wake()

    def beat(self, now: float, patience: float) -> None:
        """Have a sign of life sent where all was quiet; break the connection where nothing went through for long."""
        if self._there is None:
            if now - self.since > patience and self.drop is not None:
                self.drop()
        elif now - self.since > QUIET:
            self._wake()

    async def told(self) -> list[Told]:
        """Take all that waits, once there is something; nothing: it is time for a sign of life, or it has ended."""
        if not self.waiting and not self.ended:
            self._there = asyncio.get_running_loop().create_future()
            try:
                await self._there
            finally:
                self._there = None
        waiting, self.waiting = self.waiting, {}
        self.since = time.monotonic()
        return list(waiting.values())

    def _wake(self) -> None:
        if self._there is not None and not self._there.done():
            self._there.set_result(None)


@dataclass(frozen=True)
class Known:
    """What clients know of a job: its JSON without the artifacts, and these by name."""

    job: dict[str, Any]
    artifacts: frozenset[str]

    @classmethod
    def of(cls, job: dict[str, Any]) -> Known:
        return cls(brief(job), frozenset(row["artifact"] for row in job["artifacts"]))


def story(known: Known, rows: JobRows, job: dict[str, Any], rules: Sequence[Rule]) -> list[Told]:
    """What to tell clients who know as much, sequence by sequence; `job` is the rows' JSON."""
    before, until = known.job, job["seq"]
    moments = {row["seq"] for row in (*rows.artifacts, *rows.failures)} | {rows.job["cancelled_seq"], until}
    told: list[Told] = []
    for seq in sorted(seq for seq in moments if before["seq"] < seq <= until) or [until]:
        then = job if seq == until else job_json(as_of(rows, seq, known.artifacts), rules)
        step = changes(before, then)
        told += [replace(each, part=part) for part, each in enumerate(step[:-1], 1)] + step[-1:]
        before = then
    return told


def changes(before: dict[str, Any], job: dict[str, Any]) -> list[Told]:
    """What to tell a client that knows `before`; what ends the job comes last."""
    seq, name, of = job["seq"], job["id"], {"job": job["id"]}
    told = [
        Told("artifact", row | of, f"{name}.artifact.{row['artifact']}", seq)
        for row in sorted(job["artifacts"], key=lambda row: int(row["seq"]))
        if before["seq"] < row["seq"] <= seq
    ]
    told += [
        Told("stage", stage | of, f"{name}.stage.{stage['name']}", seq)
        for stage in job["stages"]
        if stage not in before["stages"]
    ]
    if job["state"] == "failed":
        told += [
            Told("failed", failure | of, f"{name}.failed.{failure['stage']}.{failure['scene']}", seq)
            for failure in job["failures"]
            if failure not in before["failures"] or before["state"] != "failed"
        ]
    elif job["state"] in ENDS and job["state"] != before["state"]:
        told.append(Told(job["state"], job, f"{name}.{job['state']}", seq))
    elif any(job[key] != before[key] for key in ("state", "title", "waits_until", "share", "costs")):
        told.append(Told("job", brief(job), f"{name}.job", seq))
    return told


def brief(job: dict[str, Any]) -> dict[str, Any]:
    """A job without its artifacts."""
    return {key: value for key, value in job.items() if key != "artifacts"}
