"""The ledger: folds the stream's events into tables. Guarded by sequence, so it may be replayed from zero."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import UTC

from chassis.blobs import Blobs, key_of
from chassis.bus import Msg, NatsBus
from chassis.errors import Error
from chassis.events import Event, entry_of, read_event
from chassis.manifest import DELIBERATE
from chassis.stage import Rule
from hiddenhill.v1.events_pb2 import Cancelled, Failed, Ready
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from gateway.database import Database
from gateway.ledger.projection import state_of
from gateway.ledger.rows import read_jobs, tell
from gateway.ledger.rulebook import Rulebook

log = logging.getLogger(__name__)

READER = "ledger"
"""Name of the stream's durable reader."""
_ARTIFACT = """
INSERT INTO artifacts (job_id, artifact, seq, digest, size, media_type, inputs, scenes, cause, stage, stage_version,
    seconds, announced_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (job_id, artifact) DO UPDATE SET (seq, digest, size, media_type, inputs, scenes, cause, stage,
    stage_version, seconds, announced_at) = (excluded.seq, excluded.digest, excluded.size, excluded.media_type,
    excluded.inputs, excluded.scenes, excluded.cause, excluded.stage, excluded.stage_version, excluded.seconds,
    excluded.announced_at)
WHERE artifacts.seq < excluded.seq
"""
_FAILURE = """
INSERT INTO failures (job_id, stage, scene, seq, code, message, detail, announced_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (job_id, stage, scene) DO UPDATE SET (seq, code, message, detail, announced_at) =
    (excluded.seq, excluded.code, excluded.message, excluded.detail, excluded.announced_at)
WHERE failures.seq < excluded.seq
"""
_JOB = """
UPDATE states SET seq = greatest(seq, %(seq)s), cancelled_seq = greatest(cancelled_seq, %(cancelled)s),
    deliberate_seq = greatest(deliberate_seq, %(deliberate)s)
WHERE job_id = %(job)s
"""
_FOLDED = """
DELETE FROM outbox USING states WHERE states.job_id = outbox.job_id AND outbox.job_id = ANY(%s)
    AND outbox.seq BETWEEN 1 AND states.seq
"""


class Ledger:
    """The durable reader of the stream, one of any number of replicas."""

    def __init__(self, bus: NatsBus, database: Database, blobs: Blobs, rulebook: Rulebook) -> None:
        self._bus = bus
        self._database = database
        self._blobs = blobs
        self._rulebook = rulebook

    async def run(self) -> None:
        """Fold events until cancelled; what a crash or an absent server interrupts is delivered again."""
        while True:
            try:
                # One at a time: a larger fetch waits for its timeout once the first message has come.
                async for messages in self._bus.follow(READER, batch=1):
                    await self._take(messages)
            except Exception as error:  # noqa: BLE001 - the loop that runs things: nothing may end it
                log.warning("ledger stumbled", extra={"error": repr(error)})
                await asyncio.sleep(0.5)

    async def _take(self, messages: Sequence[Msg]) -> None:
        events = [event for message in messages if (event := _readable(message))]
        if events:
            untitled = await asyncio.to_thread(apply, self._database, events, self._rulebook.rules)
            for job_id, digest in untitled:
                await asyncio.to_thread(self._entitle, job_id, digest)
        for message in messages:
            await message.ack()

    def _entitle(self, job_id: str, digest: str) -> None:
        """Give a job its paper's title."""
        try:
            paper = json.loads(self._blobs.get_bytes(key_of(digest)))
            title = str(paper.get("title") or "") if isinstance(paper, dict) else ""
        except (Error, KeyError, ValueError) as error:
            log.warning("no title", extra={"job": job_id, "error": repr(error)})
            return
        with self._database.connection() as connection:
            connection.execute("UPDATE states SET title = %s WHERE job_id = %s", (title, job_id))
            tell(connection, job_id)


def apply(database: Database, events: Sequence[Event], rules: Sequence[Rule]) -> list[tuple[str, str]]:
    """Fold events in one transaction; returns id and paper's digest of each job whose paper came."""
    papers: list[tuple[str, str]] = []
    with database.connection() as connection:
        known = _open(connection, sorted({event.job_id for event in events}))
        events = [event for event in events if event.job_id in known]
        for event in events:
            _fold(connection, event)
            if isinstance(event.body, Ready) and event.body.artifact == "paper":
                papers.append((event.job_id, event.body.digest))
        settle(connection, known, rules)
    return papers


def _open(connection: Connection[DictRow], jobs: list[str]) -> list[str]:
    """Have a state for every job that was not deleted, locked in one order, so that replicas cannot deadlock."""
    gone = connection.execute("SELECT id FROM deleted_jobs WHERE id = ANY(%s)", (jobs,)).fetchall()
    left = [job_id for job_id in jobs if {"id": job_id} not in gone]
    connection.execute("INSERT INTO jobs (id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (left,))
    connection.execute("INSERT INTO states (job_id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (left,))
    connection.execute("SELECT 1 FROM states WHERE job_id = ANY(%s) ORDER BY job_id FOR UPDATE", (left,))
    return left


def settle(connection: Connection[DictRow], jobs: Sequence[str], rules: Sequence[Rule]) -> None:
    """Write down the state that follows from the jobs' rows, and tell who listens; the states' rows are locked."""
    connection.execute(_FOLDED, (list(jobs),))
    for job_id, rows in read_jobs(connection, jobs).items():
        state, error = state_of(rows, rules)
        connection.execute(
            "UPDATE states SET state = %s, error = %s, updated_at = now() WHERE job_id = %s",
            (state, Jsonb(error) if error else None, job_id),
        )
        tell(connection, job_id)


def _fold(connection: Connection[DictRow], event: Event) -> None:
    body, fields = event.body, {"job": event.job_id, "seq": event.seq, "cancelled": 0, "deliberate": 0}
    if isinstance(body, Ready):
        entry = entry_of(event)
        fields["deliberate"] = event.seq if entry.cause in DELIBERATE else 0
        row = (body.job_id, entry.artifact, entry.seq, entry.digest, entry.size, entry.media_type, Jsonb(entry.inputs))
        more = (list(entry.scenes), entry.cause, entry.stage, entry.stage_version, body.seconds)
        connection.execute(_ARTIFACT, (*row, *more, body.announced_at.ToDatetime(tzinfo=UTC)))
    elif isinstance(body, Failed):
        failure = (body.job_id, body.stage, body.scene, event.seq, body.code, body.message, body.detail)
        connection.execute(_FAILURE, (*failure, body.announced_at.ToDatetime(tzinfo=UTC)))
    elif isinstance(body, Cancelled):
        fields["cancelled"] = event.seq
    connection.execute(_JOB, fields)


def _readable(message: Msg) -> Event | None:
    try:
        return read_event(message)
    except Exception as error:  # noqa: BLE001 - a foreign message must not stop the ledger
        log.warning("unreadable event", extra={"subject": message.subject, "error": repr(error)})
        return None
