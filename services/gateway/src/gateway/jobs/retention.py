"""Retention: old jobs are forgotten as by delete, and what nothing names any more leaves the store."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chassis.blobs import S3Blobs, Stored
from psycopg import Connection
from psycopg.rows import DictRow

from gateway.accounts import audit
from gateway.database import Database
from gateway.jobs.desk import forget
from gateway.ledger.garbage import coming
from gateway.ledger.outbox import Outbox

log = logging.getLogger(__name__)
EVERY, ANSWERS_EVERY = 600.0, 86_400.0
"""Seconds between two looks for old jobs, and for old answers of providers: these are listed from the store."""
YOUNG = timedelta(days=1)
"""Age below which bytes are left alone that nothing names: whoever wrote them may be about to say so."""
_JOBS_AT_ONCE, _KEYS_AT_ONCE = 50, 1000
_ARTIFACTS, _ANSWERS, _UPLOADS, _TRACES = "sha256/", "memo/", "uploads/", "traces/"
_ONE_LISTS = 4_101_962_002
"""Key of the advisory lock under which one replica lists answers."""
_ENDED = """
SELECT job_id, user_id FROM states JOIN jobs ON jobs.id = job_id
WHERE state IN ('done', 'failed', 'cancelled') AND updated_at < now() - make_interval(days => %s)
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job_id = states.job_id)
ORDER BY job_id LIMIT %s FOR UPDATE OF states SKIP LOCKED
"""
_UNKNOWN = """
SELECT digest FROM unnest(%(digests)s::text[]) AS digest
WHERE NOT EXISTS (SELECT 1 FROM artifacts WHERE artifacts.digest = digest.digest)
    AND NOT EXISTS (SELECT 1 FROM garbage WHERE garbage.digest = digest.digest)
"""


@dataclass(frozen=True)
class Retention:
    """Forgets what is old; of several replicas, each takes what no other has in hand.

    Args:
        database, blobs, outbox: where jobs and bytes are.
        job_days: after which a job is forgotten that has ended; 0: never.
        answer_days: after which a provider's answer is; 0: never.
    """

    database: Database
    blobs: S3Blobs
    outbox: Outbox
    job_days: int
    answer_days: int

    async def run(self) -> None:
        """Forget until cancelled."""
        listed = 0.0
        while True:
            try:
                while self.job_days and await asyncio.to_thread(self.forget_jobs):
                    self.outbox.wake()
                if self.answer_days and listed <= 0:
                    await asyncio.to_thread(self._forget_answers)
                    listed = ANSWERS_EVERY
            except Exception as error:  # noqa: BLE001 - the loop that runs things: the next look takes it too
                log.warning("retention stumbled", extra={"error": repr(error)})
            listed -= EVERY
            await asyncio.sleep(EVERY)

    def forget_jobs(self) -> int:
        """Forget some of the jobs that ended too long ago; returns how many."""
        with self.database.connection() as connection:
            rows = connection.execute(_ENDED, (self.job_days, _JOBS_AT_ONCE)).fetchall()
            if rows:
                forget(connection, [row["job_id"] for row in rows])
            for row in rows:
                audit.note(connection, "job.expire", row["user_id"], None, subject=row["job_id"], days=self.job_days)
        if rows:
            log.info("old jobs forgotten", extra={"jobs": len(rows)})
        return len(rows)

    def _forget_answers(self) -> None:
        with self.database.connection() as connection:
            row = connection.execute("SELECT pg_try_advisory_xact_lock(%s) AS ours", (_ONE_LISTS,)).fetchone()
            if row and row["ours"]:
                found = remove(self.blobs, old_answers(self.blobs, self.answer_days))
                log.info("old answers forgotten", extra={"answers": found.count, "bytes": found.size})


@dataclass
class Found:
    """How many things there are, and their bytes."""

    count: int = 0
    size: int = 0

    def add(self, stored: Stored) -> None:
        self.count += 1
        self.size += stored.size


def old_answers(blobs: S3Blobs, days: int) -> Iterator[Stored]:
    """What providers answered so many days ago."""
    return older(blobs, _ANSWERS, timedelta(days=days))


def old_uploads(blobs: S3Blobs, age: timedelta = YOUNG) -> Iterator[Stored]:
    """Files that were put into the store for a job and never submitted."""
    return older(blobs, _UPLOADS, age)


def older(blobs: S3Blobs, prefix: str, age: timedelta) -> Iterator[Stored]:
    """What was written before that."""
    before = datetime.now(UTC) - age
    return (stored for stored in blobs.stored(prefix) if stored.written_at < before)


def orphans(connection: Connection[DictRow], blobs: S3Blobs, age: timedelta = YOUNG) -> Iterator[Stored]:
    """Artifacts' bytes that no artifact has and no event that is on its way: of killed workers, for example."""
    for some in _chunks(older(blobs, _ARTIFACTS, age)):
        digests = {stored.key.removeprefix(_ARTIFACTS): stored for stored in some}
        rows = connection.execute(_UNKNOWN, {"digests": list(digests)}).fetchall()
        unknown = {row["digest"] for row in rows} - coming(connection)
        yield from (stored for digest, stored in digests.items() if digest in unknown)


def old_traces(connection: Connection[DictRow], blobs: S3Blobs, age: timedelta = YOUNG) -> Iterator[Stored]:
    """Spans of jobs that are gone."""
    for some in _chunks(older(blobs, _TRACES, age)):
        jobs = {stored.key.removeprefix(_TRACES).partition("/")[0] for stored in some}
        rows = connection.execute("SELECT id FROM jobs WHERE id = ANY(%s)", (list(jobs),)).fetchall()
        known = {row["id"] for row in rows}
        yield from (stored for stored in some if stored.key.removeprefix(_TRACES).partition("/")[0] not in known)


def discard(connection: Connection[DictRow], found: Iterator[Stored]) -> Found:
    """Make artifacts' bytes garbage, which is removed a little later unless they are used again by then."""
    total = Found()
    for some in _chunks(found):
        digests = [stored.key.removeprefix(_ARTIFACTS) for stored in some]
        query = "INSERT INTO garbage (digest) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING"
        connection.execute(query, (digests,))
        for stored in some:
            total.add(stored)
    return total


def remove(blobs: S3Blobs, found: Iterator[Stored]) -> Found:
    """Remove all of it now."""
    total = Found()
    for stored in found:
        blobs.remove(stored.key)
        total.add(stored)
    return total


def _chunks(found: Iterator[Stored]) -> Iterator[list[Stored]]:
    while some := list(itertools.islice(found, _KEYS_AT_ONCE)):
        yield some
