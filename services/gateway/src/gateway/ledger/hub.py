"""The hub: one ear per process for what changes, and the watchers of jobs.

What clients are told follows from the jobs' rows: each change makes the hub read them again and tell what differs
from what it told before. So nothing that ends a job can be lost, whatever connection broke in between. It reads one
time after the other, never at once: what it reads is never older than what it told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from chassis.bus import Msg
from chassis.errors import Transient
from hiddenhill.v1.events_pb2 import Progress
from psycopg import Connection
from psycopg.rows import DictRow

from chassis import names
from gateway.database import Database
from gateway.ledger.projection import JobRows, as_of, job_json
from gateway.ledger.rows import CHANNEL, REPLICA, read_jobs
from gateway.ledger.rulebook import Rulebook
from gateway.ledger.watching import QUIET, Known, Told, Watcher, brief, story

log = logging.getLogger(__name__)
_REMEMBERED = 10_000
"""Jobs whose last progress is known, the latest heard."""
_AT_ONCE = 200
"""Jobs that are read in one go."""
_GATHER = 0.005
"""Seconds between two readings, in which changes gather."""
_TRIES = 20
"""Readings before what is asked for is answered as it was read; a ledger that is folded anew falls back for long."""
_RULES = 0.5
"""Seconds between two looks whether there are other rules."""
_LATER = 1.0
"""Seconds until a job is read again that was read too early."""
_SHOWN = 50
"""Jobs in the snapshot of all of a user's."""
_SPREAD = 40
"""Signs of life sent in one go: a crowd that came together must not hold up the others."""
_NEWEST = "SELECT id FROM jobs WHERE user_id = %s ORDER BY id DESC LIMIT %s"

Allows = Callable[[str | None], bool]
"""Whether who asks may see the jobs of this user; None where a job belongs to nobody."""
Query = Callable[[Connection[DictRow]], list[str]]
"""Finds the ids of the jobs that somebody asks for."""
Read = dict[str, JobRows]


@dataclass
class Circle:
    """Who watches a job, or all of a user's; what changes while somebody is joining is read again."""

    watchers: set[Watcher] = field(default_factory=set)
    joining: int = 0


@dataclass
class Hub:
    """All watchers of this process, by job and by user."""

    database: Database
    rulebook: Rulebook
    postgres_url: str
    patience: float
    """Seconds after which a client that does not read is given up."""
    waits: Callable[[Progress], None]
    """Is told of progress that waits for a limit."""
    jobs: dict[str, Circle] = field(default_factory=dict)
    users: dict[str, Circle] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)
    """When a job's last progress was heard, in seconds of the monotonic clock."""
    closing: bool = False
    _owners: dict[str, str] = field(default_factory=dict)
    """Users, who watch all of theirs, by job."""
    _known: dict[str, Known] = field(default_factory=dict)
    """What was told of a job that is watched."""
    _changed: dict[str, None] = field(default_factory=dict)
    _asked: list[tuple[Query, asyncio.Future[Read]]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _beats: deque[tuple[float, Watcher]] = field(default_factory=deque)

    @property
    def _every(self) -> float:
        """Seconds between two looks at a watcher."""
        return min(QUIET, self.patience)

    async def run(self) -> None:
        """Listen for what the ledgers of all replicas wrote, until cancelled."""
        beating = asyncio.create_task(self._beat())
        try:
            while True:
                try:
                    await self._listen()
                except* (psycopg.Error, OSError) as errors:
                    log.warning("hub stumbled", extra={"error": repr(errors.exceptions)})
                finally:
                    self._refuse()
                await asyncio.sleep(0.5)
        finally:
            beating.cancel()

    async def watch(self, job_id: str, after: int, allows: Allows, part: int = 0) -> Watcher | None:
        """A new watcher with the whole job in its queue, then what came after a place; None: no such job."""
        names.check_job(job_id)
        with self._joining(self.jobs, job_id) as circle:
            rows = (await self._latest(lambda _: [job_id])).get(job_id)
            if rows is None or not allows(rows.job["user_id"]):
                return None
            watcher = self._admit(circle)
            job = job_json(rows, self.rulebook.rules)
            if not 0 < after <= job["seq"]:
                after, part = job["seq"], 0
            watcher.put(Told("snapshot", job, "snapshot", after, part))
            base = as_of(rows, after - 1 if part else after)
            known = Known.of(job_json(base, self.rulebook.rules))
            for told in story(known, rows, job, self.rulebook.rules) if known.job["seq"] < job["seq"] else ():
                if told.seq > after or told.part > part or not told.part:
                    watcher.put(told)
            return watcher

    async def watch_all(self, user_id: str) -> Watcher:
        """A new watcher of all jobs of a user, the newest in its queue."""
        with self._joining(self.users, user_id) as circle:
            found = await self._latest(lambda connection: _newest(connection, user_id))
            watcher = self._admit(circle)
            jobs = [brief(job_json(rows, self.rulebook.rules)) for rows in found.values()]
            watcher.put(Told("snapshot", {"jobs": jobs}, "snapshot", max((job["seq"] for job in jobs), default=0)))
            return watcher

    def leave(self, name: str, watcher: Watcher) -> None:
        """Forget a watcher of a job or of a user's jobs."""
        watcher.end()
        for circles in (self.jobs, self.users):
            if (circle := circles.get(name)) is not None:
                circle.watchers.discard(watcher)
                self._tidy(circles, name)

    def close(self) -> None:
        """Say goodbye to all."""
        self.closing = True
        for circle in (*self.jobs.values(), *self.users.values()):
            for watcher in circle.watchers:
                watcher.put(Told("bye", {}, "bye"))
                watcher.end()

    def progress(self, message: Msg) -> None:
        """Hear how far a stage is."""
        body = Progress.FromString(message.data)
        if body.waits_for:
            self.waits(body)
        self.heard.pop(body.job_id, None)
        self.heard[body.job_id] = time.monotonic()
        if len(self.heard) > _REMEMBERED:
            del self.heard[next(iter(self.heard))]
        circles = self._circles(body.job_id, self._owners.get(body.job_id))
        if circles:
            data: dict[str, Any] = {"job": body.job_id, "stage": body.stage, "scene": body.scene or None}
            data |= {"fraction": round(body.fraction, 4), "note": body.note}
            told = Told("progress", data, f"{body.job_id}.progress.{body.stage}.{body.scene}")
            for circle in circles:
                for watcher in circle.watchers:
                    watcher.put(told)

    def folded(self, rows: Read) -> None:
        """Hear what this process' own ledger has just folded: sooner than by listening and reading."""
        for job_id, each in rows.items():
            known = self._known.get(job_id)
            if known is None or each.job["seq"] > known.job["seq"]:
                self._tell(job_id, each)

    def heard_within(self, seconds: float) -> set[str]:
        """Jobs whose progress was heard in the last `seconds`."""
        since = time.monotonic() - seconds
        return {job_id for job_id, moment in self.heard.items() if moment > since}

    def _circles(self, job_id: str, user_id: str | None) -> list[Circle]:
        found = self.jobs.get(job_id), self.users.get(user_id or "")
        return [circle for circle in found if circle is not None]

    @contextlib.contextmanager
    def _joining(self, circles: dict[str, Circle], name: str) -> Iterator[Circle]:
        circle = circles.setdefault(name, Circle())
        circle.joining += 1
        try:
            yield circle
        finally:
            circle.joining -= 1
            self._tidy(circles, name)

    def _tidy(self, circles: dict[str, Circle], name: str) -> None:
        """Forget what nobody watches."""
        circle = circles[name]
        if circle.watchers or circle.joining:
            return
        del circles[name]
        if circles is self.users:
            for job_id in [job_id for job_id, user_id in self._owners.items() if user_id == name]:
                del self._owners[job_id]
                if job_id not in self.jobs:
                    self._known.pop(job_id, None)
        elif name not in self._owners:
            self._known.pop(name, None)

    def _admit(self, circle: Circle) -> Watcher:
        watcher = Watcher()
        circle.watchers.add(watcher)
        self._beats.append((watcher.since + self._every, watcher))
        return watcher

    async def _beat(self) -> None:
        """Look after the watchers one after the other."""
        while True:
            now = time.monotonic()
            for _ in range(_SPREAD):
                if not self._beats or self._beats[0][0] > now:
                    break
                _, watcher = self._beats.popleft()
                if not watcher.ended:
                    watcher.beat(now, self.patience)
                    self._beats.append((now + self._every, watcher))
            await asyncio.sleep(0.02)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            self.postgres_url, autocommit=True, connect_timeout=5
        ) as connection:
            await connection.execute(f"LISTEN {CHANNEL}".encode())
            self._hear({*self.jobs, *self._owners})  # what was missed while nobody listened
            async with asyncio.TaskGroup() as group:
                group.create_task(self._refresh())
                group.create_task(self._reread())
                async for notice in connection.notifies():
                    job_id, user_id, teller = notice.payload.split(" ")
                    if teller != REPLICA and self._circles(job_id, user_id):
                        self._hear([job_id])

    async def _reread(self) -> None:
        """Look at all that is watched whenever this process has read other rules.

        A job's state follows from the rules too, and who told us of it may have read them before us.
        """
        rules = self.rulebook.rules
        while True:
            await asyncio.sleep(_RULES)
            if self.rulebook.rules is not rules:
                rules = self.rulebook.rules
                self._hear({*self.jobs, *self._owners})

    def _hear(self, jobs: Iterable[str]) -> None:
        self._changed.update(dict.fromkeys(jobs))
        self._news.set()

    async def _ask(self, query: Query) -> Read:
        """The rows of jobs, at a moment when all who watch them know as much.

        Raises Transient: the database is away, or we are stopping.
        """
        if self.closing:
            raise Transient("unavailable.stopping", "This server stops; ask again to get another.")
        future: asyncio.Future[Read] = asyncio.get_running_loop().create_future()
        self._asked.append((query, future))
        self._news.set()
        return await future

    async def _latest(self, query: Query) -> Read:
        """As `_ask`, and nothing newer has been told meanwhile."""
        for _ in range(_TRIES):
            found = await self._ask(query)
            told = {job_id: known.job["seq"] for job_id in found if (known := self._known.get(job_id))}
            if all(found[job_id].job["seq"] >= seq for job_id, seq in told.items()):
                return found
        return found

    def _refuse(self) -> None:
        asked, self._asked = self._asked, []
        for _, future in asked:
            if not future.done():
                error = Transient("unavailable.database", "The database did not answer; try again in a moment.")
                future.set_exception(error)

    async def _refresh(self) -> None:
        """Read the jobs that changed or are asked for, as many at a time as have gathered."""
        while True:
            await self._news.wait()
            changed, asked = list(self._changed)[:_AT_ONCE], self._asked[:_AT_ONCE]
            for job_id in changed:  # before the reading: what changes meanwhile is read again
                del self._changed[job_id]
            if len(self._changed) + len(self._asked) == len(asked):
                self._news.clear()
            found, answers = await asyncio.to_thread(self._read, changed, [query for query, _ in asked])
            del self._asked[: len(asked)]
            for job_id, rows in found.items():
                self._tell(job_id, rows)
            for job_id in changed:
                if job_id not in found:
                    self._gone(job_id)
            for (_, future), ids in zip(asked, answers, strict=True):
                if not future.done():  # who asked goes on before anything more is read
                    future.set_result({job_id: found[job_id] for job_id in ids if job_id in found})
            await asyncio.sleep(_GATHER)

    def _read(self, changed: list[str], queries: list[Query]) -> tuple[Read, list[list[str]]]:
        with self.database.connection() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            answers = [query(connection) for query in queries]
            wanted = dict.fromkeys([*changed, *(job_id for ids in answers for job_id in ids)])
            return read_jobs(connection, list(wanted)), answers

    def _tell(self, job_id: str, rows: JobRows) -> None:
        owner = rows.job["user_id"]
        circle, mine = self.jobs.get(job_id), self.users.get(owner)
        if circle is None and mine is None:
            return
        job, known = job_json(rows, self.rulebook.rules), self._known.get(job_id)
        if known is not None and job["seq"] < known.job["seq"]:
            # Read before something was folded, or the ledger is being folded anew: look again later.
            asyncio.get_running_loop().call_later(_LATER, self._hear, [job_id])
            return
        self._known[job_id] = Known.of(job)
        news = story(known, rows, job, self.rulebook.rules) if known else []
        for watcher in circle.watchers if circle else ():
            for told in news:
                watcher.put(told)
        if mine is None:
            return
        self._owners[job_id] = owner
        if news or known is None:
            news.append(Told("job", brief(job), f"{job_id}.job", job["seq"]))
        for watcher in mine.watchers:
            for told in news:
                watcher.put(told)

    def _gone(self, job_id: str) -> None:
        told = Told("deleted", {"id": job_id}, f"{job_id}.deleted")
        for circle in self._circles(job_id, self._owners.pop(job_id, None)):
            for watcher in circle.watchers:
                watcher.put(told)
        for watcher in self.jobs[job_id].watchers if job_id in self.jobs else ():
            watcher.end()


def _newest(connection: Connection[DictRow], user_id: str) -> list[str]:
    return [row["id"] for row in connection.execute(_NEWEST, (user_id, _SHOWN)).fetchall()]
