"""The hub: one ear per process for what changes, and the watchers of jobs.

What clients are told follows from the jobs' rows: each change makes the hub read them again and tell what differs
from what it told before. So nothing that ends a job can be lost, whatever connection broke in between.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from chassis.bus import Msg
from hiddenhill.v1.events_pb2 import Progress

from chassis import names
from gateway.database import Database
from gateway.ledger.projection import JobRows, as_of, job_json
from gateway.ledger.rows import CHANNEL, read_jobs, snapshot
from gateway.ledger.rulebook import Rulebook
from gateway.ledger.watching import Told, Watcher, brief, changes

log = logging.getLogger(__name__)
_REMEMBERED = 10_000
"""Jobs whose last progress is known, the latest heard."""
_AT_ONCE = 200
"""Jobs that are read in one go."""
_SHOWN = 50
"""Jobs in the snapshot of all of a user's."""

Allows = Callable[[str | None], bool]
"""Whether who asks may see the jobs of this user; None where a job belongs to nobody."""


@dataclass
class Topic:
    """A job that is watched: how it was told last, and to whom."""

    job: dict[str, Any] | None = None
    watchers: set[Watcher] = field(default_factory=set)
    joining: int = 0


@dataclass
class Hub:
    """All watchers of this process, by job and by user."""

    database: Database
    rulebook: Rulebook
    postgres_url: str
    topics: dict[str, Topic] = field(default_factory=dict)
    users: dict[str, set[Watcher]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    """Users, who watch all of theirs, by job."""
    heard: dict[str, float] = field(default_factory=dict)
    """When a job's last progress was heard, in seconds of the monotonic clock."""
    closing: bool = False
    _changed: dict[str, None] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Listen for what the ledgers of all replicas wrote, until cancelled."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.postgres_url, autocommit=True, connect_timeout=5
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    self._hear(list(self.topics))  # what was missed while nobody listened
                    async with asyncio.TaskGroup() as group:
                        group.create_task(self._refresh())
                        async for notice in connection.notifies():
                            job_id, _, user_id = notice.payload.partition(" ")
                            if user_id in self.users:
                                self.owners[job_id] = user_id
                            if job_id in self.topics or user_id in self.users:
                                self._hear([job_id])
            except* (psycopg.Error, OSError) as errors:
                log.warning("hub stumbled", extra={"error": repr(errors.exceptions)})
                await asyncio.sleep(0.5)

    async def watch(self, job_id: str, after: int, allows: Allows) -> Watcher | None:
        """A new watcher with the whole job in its queue, then what came after a sequence; None: no such job."""
        topic = self.topics.setdefault(job_id, Topic())
        topic.joining += 1  # before the reading: what changes from now on is read again
        try:
            rows = (await asyncio.to_thread(self._read, [job_id])).get(job_id)
        finally:
            topic.joining -= 1
            self._tidy(job_id)
        if rows is None or not allows(rows.job["user_id"]):
            return None
        self.topics[job_id] = topic
        self._tell(job_id, rows)
        watcher, job = Watcher(), topic.job or {}
        known = after if 0 < after <= job["seq"] else job["seq"]
        watcher.put(Told("snapshot", job, "snapshot", known))
        for told in changes(job_json(as_of(rows, known), self.rulebook.rules), job) if known < job["seq"] else ():
            watcher.put(told)
        topic.watchers.add(watcher)
        return watcher

    async def watch_all(self, user_id: str) -> Watcher:
        """A new watcher of all jobs of a user, the newest in its queue."""
        watcher = Watcher()
        self.users.setdefault(user_id, set()).add(watcher)
        try:
            jobs = await asyncio.to_thread(self._newest, user_id)
        except BaseException:
            self.leave(user_id, watcher)
            raise
        self.owners.update(dict.fromkeys((job["id"] for job in jobs), user_id))
        watcher.put(Told("snapshot", {"jobs": jobs}, "snapshot", max((job["seq"] for job in jobs), default=0)))
        return watcher

    def leave(self, name: str, watcher: Watcher) -> None:
        """Forget a watcher of a job or of a user's jobs."""
        if (topic := self.topics.get(name)) is not None:
            topic.watchers.discard(watcher)
            self._tidy(name)
        if (watching := self.users.get(name)) is not None:
            watching.discard(watcher)
            if not watching:
                del self.users[name]
                self.owners = {job: user for job, user in self.owners.items() if user != name}

    def close(self) -> None:
        """Say goodbye to all."""
        self.closing = True
        for watching in [*(topic.watchers for topic in self.topics.values()), *self.users.values()]:
            for watcher in watching:
                watcher.put(Told("bye", {}, "bye"))

    def progress(self, message: Msg) -> None:
        """Hear how far a stage is."""
        body = Progress.FromString(message.data)
        self.heard.pop(body.job_id, None)
        self.heard[body.job_id] = time.monotonic()
        if len(self.heard) > _REMEMBERED:
            del self.heard[next(iter(self.heard))]
        topic, owner = self.topics.get(body.job_id), self.owners.get(body.job_id, "")
        if topic is None and owner not in self.users:
            return
        data: dict[str, Any] = {"job": body.job_id, "stage": body.stage, "scene": body.scene or None}
        data |= {"fraction": round(body.fraction, 4), "note": body.note}
        told = Told("progress", data, f"{body.job_id}.progress.{body.stage}.{body.scene}")
        for watcher in (*(topic.watchers if topic and topic.job else ()), *self.users.get(owner, ())):
            watcher.put(told)

    def heard_within(self, seconds: float) -> set[str]:
        """Jobs whose progress was heard in the last `seconds`."""
        since = time.monotonic() - seconds
        return {job_id for job_id, moment in self.heard.items() if moment > since}

    def _tidy(self, job_id: str) -> None:
        topic = self.topics.get(job_id)
        if topic is not None and not topic.watchers and not topic.joining:
            del self.topics[job_id]

    def _hear(self, jobs: Iterable[str]) -> None:
        self._changed.update(dict.fromkeys(jobs))
        self._news.set()

    async def _refresh(self) -> None:
        """Read the jobs that changed, as many at a time as have gathered."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self._changed:
                jobs = list(self._changed)[:_AT_ONCE]
                for job_id in jobs:
                    del self._changed[job_id]
                found = await asyncio.to_thread(self._read, jobs)
                for job_id in jobs:
                    if job_id in found:
                        self._tell(job_id, found[job_id])
                    else:
                        self._gone(job_id)

    def _read(self, jobs: list[str]) -> dict[str, JobRows]:
        for job_id in jobs:
            names.check_job(job_id)
        with self.database.connection() as connection:
            return snapshot(connection, *jobs)

    def _newest(self, user_id: str) -> list[dict[str, Any]]:
        with self.database.connection() as connection:
            ids = connection.execute(
                "SELECT id FROM jobs WHERE user_id = %s ORDER BY id DESC LIMIT %s", (user_id, _SHOWN)
            ).fetchall()
            found = read_jobs(connection, [row["id"] for row in ids])
        return [brief(job_json(rows, self.rulebook.rules)) for rows in (found[row["id"]] for row in ids)]

    def _tell(self, job_id: str, rows: JobRows) -> None:
        topic, owner = self.topics.get(job_id), self.owners.get(job_id, "")
        job = job_json(rows, self.rulebook.rules)
        if topic is not None:
            if topic.job is not None and job["seq"] < topic.job["seq"]:  # read before what was told
                return
            before, topic.job = topic.job, job
            for told in changes(before, job) if before else ():
                for watcher in topic.watchers:
                    watcher.put(told)
        for watcher in self.users.get(owner, ()):
            watcher.put(Told("job", brief(job), f"{job_id}.job", job["seq"]))

    def _gone(self, job_id: str) -> None:
        topic, owner = self.topics.get(job_id), self.owners.pop(job_id, "")
        told = Told("deleted", {"id": job_id}, f"{job_id}.deleted")
        for watcher in (*(topic.watchers if topic else ()), *self.users.get(owner, ())):
            watcher.put(told)
