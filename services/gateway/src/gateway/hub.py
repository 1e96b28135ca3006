"""The hub: one ear per process for what changes, and a bounded queue for every client that watches a job.

What clients are told follows from the job's rows: each change makes the hub read them again and tell what differs
from what it told before. So nothing that ends a job can be lost, whatever connection broke in between.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import psycopg
from chassis.bus import Msg
from hiddenhill.v1.events_pb2 import Progress

from chassis import names
from gateway.database import Database
from gateway.projection import ENDS, JobRows, job_json
from gateway.rows import CHANNEL, snapshot
from gateway.rulebook import Rulebook

log = logging.getLogger(__name__)
_REMEMBERED = 10_000
"""Jobs whose last progress is known, the latest heard."""


@dataclass(frozen=True)
class Told:
    """An event for a client. `key` is not empty where a newer one replaces it."""

    name: str
    data: dict[str, Any]
    seq: int = 0
    key: str = ""


class Watcher:
    """One client's queue. It cannot grow without end: events of one kind about one thing replace each other."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Told] = OrderedDict()
        self._there = asyncio.Event()
        self.seen: dict[str, Any] | None = None

    def put(self, told: Told) -> None:
        self._waiting.pop(told.key, None)
        self._waiting[told.key] = told
        self._there.set()

    async def next(self, patience: float) -> Told | None:
        """The next event, or None when there was none for `patience` seconds."""
        if not self._waiting:
            self._there.clear()
            try:
                await asyncio.wait_for(self._there.wait(), patience)
            except TimeoutError:
                return None
        return self._waiting.popitem(last=False)[1]


@dataclass
class Hub:
    """All watchers of this process, by job."""

    database: Database
    rulebook: Rulebook
    postgres_url: str
    watchers: dict[str, set[Watcher]] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)
    """When a job's last progress was heard, in seconds of the monotonic clock."""
    closing: bool = False

    async def run(self) -> None:
        """Listen for what the ledgers of all replicas wrote, until cancelled."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.postgres_url, autocommit=True, connect_timeout=5
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    await self._refresh(list(self.watchers))  # what was missed while nobody listened
                    async for notice in connection.notifies():
                        await self._refresh([notice.payload])
            except (psycopg.Error, OSError) as error:
                log.warning("hub stumbled", extra={"error": repr(error)})
                await asyncio.sleep(0.5)

    async def watch(self, job_id: str) -> Watcher | None:
        """A new watcher, with the snapshot in its queue; None where there is no such job."""
        watcher = Watcher()
        self.watchers.setdefault(job_id, set()).add(watcher)  # before the reading, so that no change falls between
        try:
            rows = await asyncio.to_thread(self._read, job_id)
        except BaseException:
            self.leave(job_id, watcher)
            raise
        if rows is None:
            self.leave(job_id, watcher)
            return None
        if watcher.seen is None:
            self._tell(watcher, rows)
        return watcher

    def leave(self, job_id: str, watcher: Watcher) -> None:
        """Forget a watcher."""
        watching = self.watchers.get(job_id, set())
        watching.discard(watcher)
        if not watching:
            self.watchers.pop(job_id, None)

    def close(self) -> None:
        """Say goodbye to all."""
        self.closing = True
        for watching in self.watchers.values():
            for watcher in watching:
                watcher.put(Told("bye", {}, key="bye"))

    def progress(self, message: Msg) -> None:
        """Hear how far a stage is."""
        body = Progress.FromString(message.data)
        self.heard.pop(body.job_id, None)
        self.heard[body.job_id] = time.monotonic()
        if len(self.heard) > _REMEMBERED:
            del self.heard[next(iter(self.heard))]
        data = {"stage": body.stage, "scene": body.scene or None, "fraction": body.fraction, "note": body.note}
        for watcher in self.watchers.get(body.job_id, ()):
            if watcher.seen is not None:
                watcher.put(Told("progress", data, key=f"progress.{body.stage}.{body.scene}"))

    def heard_within(self, seconds: float) -> set[str]:
        """Jobs whose progress was heard in the last `seconds`."""
        since = time.monotonic() - seconds
        return {job_id for job_id, moment in self.heard.items() if moment > since}

    async def _refresh(self, jobs: list[str]) -> None:
        for job_id in jobs:
            if job_id not in self.watchers:
                continue
            try:
                rows = await asyncio.to_thread(self._read, job_id)
            except Exception as error:
                log.warning("job not read", extra={"job": job_id, "error": repr(error)})
                raise ConnectionError("the database is away") from error
            for watcher in list(self.watchers.get(job_id, ())):
                if rows is not None:
                    self._tell(watcher, rows)

    def _read(self, job_id: str) -> JobRows | None:
        names.check_job(job_id)
        with self.database.connection() as connection:
            return snapshot(connection, job_id)

    def _tell(self, watcher: Watcher, rows: JobRows) -> None:
        job = job_json(rows, self.rulebook.rules)
        before, seq = watcher.seen, job["seq"]
        if before is None:
            watcher.seen = job
            watcher.put(Told("snapshot", job, seq, "snapshot"))
            return
        if seq < before["seq"]:  # read before what this watcher has been told
            return
        watcher.seen = job
        for told in changes(before, job):
            watcher.put(told)


def changes(before: dict[str, Any], job: dict[str, Any]) -> list[Told]:
    """What to tell a client that knows `before`; what ends the job comes last."""
    seq = job["seq"]
    told = [
        Told("artifact", row, row["seq"], f"artifact.{row['artifact']}")
        for row in sorted(job["artifacts"], key=lambda row: int(row["seq"]))
        if row not in before["artifacts"]
    ]
    told += [
        Told("stage", stage, seq, f"stage.{stage['name']}") for stage in job["stages"] if stage not in before["stages"]
    ]
    if job["state"] == "failed":
        told += [
            Told("failed", failure, seq, f"failed.{failure['stage']}.{failure['scene']}")
            for failure in job["failures"]
            if failure not in before["failures"] or before["state"] != "failed"
        ]
    elif job["state"] in ENDS and job["state"] != before["state"]:
        told.append(Told(job["state"], job, seq, job["state"]))
    return told
