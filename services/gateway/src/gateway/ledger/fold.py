"""The ledger: folds the stream's events into tables.

Every replica reads the whole stream, and folds what no other has folded yet: the place up to which all is folded is in
the same database, held while a batch is folded. So events are folded in order, once, by whoever is first; what a killed
replica had in hand waits for nobody; and setting the place back to zero folds all anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

from chassis.bus import Bus
from chassis.events import Event, entry_of
from chassis.manifest import DELIBERATE
from chassis.stage import Rule
from google.protobuf.json_format import MessageToDict
from hiddenhill.v1.events_pb2 import Budget, Cancelled, Costs, Failed, Ready
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from gateway.database import Database
from gateway.ledger.place import Moved, Place, in_stream, move, where
from gateway.ledger.projection import JobRows, state_of
from gateway.ledger.rows import REPLICA, read_jobs, tell
from gateway.ledger.rulebook import Rulebook

log = logging.getLogger(__name__)

BATCH = 256
Rows = dict[str, JobRows]
"""All rows of jobs, by id."""
Hear = Callable[[Rows], None]
GATHER = 0.002
"""Seconds between two batches, in which a crowd of events gathers: each batch costs as much as many events."""
PAPER = "paper"
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
UPDATE states SET seq = greatest(seq, %s), cancelled_seq = greatest(cancelled_seq, %s),
    deliberate_seq = greatest(deliberate_seq, %s), untitled = untitled OR %s
WHERE job_id = %s
"""
_BUDGET = "UPDATE states SET budget = %s WHERE job_id = %s"
_CALLS = """
UPDATE states SET calls = coalesce((
    SELECT jsonb_agg(call) FROM jsonb_array_elements(calls) AS call
    WHERE NOT %(calls)s @> jsonb_build_array(jsonb_build_object('key', call->'key'))
), '[]') || %(calls)s WHERE job_id = %(job)s
"""
"""Calls that the stream has forgotten stay."""
_FOLDED = """
DELETE FROM outbox USING states WHERE states.job_id = outbox.job_id AND outbox.job_id = ANY(%s)
    AND outbox.seq BETWEEN 1 AND states.deliberate_seq
"""


class Ledger:
    """Reads the stream, as one of any number of replicas.

    Args:
        bus, database, rulebook: where events, rows and rules are.
        papers: is set when a paper came.
        hear: is given the rows of jobs as they are when this replica has folded events of theirs.
    """

    def __init__(self, bus: Bus, database: Database, rulebook: Rulebook, papers: asyncio.Event, hear: Hear) -> None:
        self._bus = bus
        self._database = database
        self._rulebook = rulebook
        self._papers = papers
        self._hear = hear

    async def run(self) -> None:
        """Fold events until cancelled; what a crash or an absent server interrupts is read again."""
        while True:
            try:
                await self._follow()
            except Moved:
                log.info("ledger was moved")
            except Exception as error:  # noqa: BLE001 - the loop that runs things: nothing may end it
                log.warning("ledger stumbled", extra={"error": repr(error)})
                await asyncio.sleep(0.5)

    async def _follow(self) -> None:
        before = await asyncio.to_thread(find, self._database)  # before the stream's end is read: it only grows
        place = in_stream(before, *await self._bus.extent())
        if place != before:
            log.info("ledger begins", extra={"stream": place.stream, "base": place.base, "seq": place.seq})
            await asyncio.to_thread(exchange, self._database, before, place)
        async for events, seq in self._bus.read(place.seq, BATCH):
            place, changed = await asyncio.to_thread(apply, self._database, events, self._rulebook.rules, place, seq)
            self._hear(changed)
            if any(isinstance(event.body, Ready) and event.body.artifact == PAPER for event in events):
                self._papers.set()
            await asyncio.sleep(GATHER)


def find(database: Database) -> Place:
    """The ledger's place."""
    with database.connection() as connection:
        return where(connection)


def exchange(database: Database, before: Place, place: Place) -> None:
    """Move the ledger from one place to another. Raises Moved: it is not there any more."""
    with database.connection() as connection:
        if where(connection, hold=True) != before:
            raise Moved
        move(connection, place)


def apply(
    database: Database, events: Sequence[Event], rules: Sequence[Rule], place: Place, seq: int
) -> tuple[Place, Rows]:
    """Fold, in one transaction, all events between a place and a sequence, as far as nobody else has.

    Returns the place then, and the rows of the jobs that changed. Raises Moved: the ledger is before that place.
    """
    with database.connection() as connection:
        here = where(connection, hold=seq > place.seq)
        if (here.stream, here.base) != (place.stream, place.base) or here.seq < place.seq:
            raise Moved
        moved = replace(place, seq=seq)
        if here.seq >= seq:
            return moved, {}
        fresh = [replace(event, seq=place.base + event.seq) for event in events if event.seq > here.seq]
        changed = _fold(connection, fresh, rules)
        move(connection, moved)
        return moved, changed


def _fold(connection: Connection[DictRow], events: Sequence[Event], rules: Sequence[Rule]) -> Rows:
    known = _open(connection, sorted({event.job_id for event in events}))
    events = [event for event in events if event.job_id in known]
    rows: dict[str, list[Any]] = {
        _ARTIFACT: [_artifact(event) for event in events if isinstance(event.body, Ready)],
        _FAILURE: [_failure(event) for event in events if isinstance(event.body, Failed)],
        _JOB: [_job(event) for event in events],
        _BUDGET: [(event.body.dollars, event.job_id) for event in events if isinstance(event.body, Budget)],
        _CALLS: [
            {"calls": _calls(event.body), "job": event.job_id} for event in events if isinstance(event.body, Costs)
        ],
    }
    with connection.pipeline(), connection.cursor() as cursor:
        for query, values in rows.items():
            if values:
                cursor.executemany(query, values)
    at = {event.job_id: event.body.announced_at.ToDatetime(tzinfo=UTC) for event in events}
    settled = settle(connection, known, rules, by=REPLICA)
    return {job: replace(rows, job={**rows.job, "event_at": at[job]}) for job, rows in settled.items()}


def _open(connection: Connection[DictRow], jobs: list[str]) -> list[str]:
    """Have a state for every job that was not deleted, locked in one order, so that nobody can deadlock."""
    known = _lock(connection, jobs)
    if len(known) == len(jobs):
        return known
    gone = connection.execute("SELECT id FROM deleted_jobs WHERE id = ANY(%s)", (jobs,)).fetchall()
    left = sorted(set(jobs) - {row["id"] for row in gone})
    connection.execute("INSERT INTO jobs (id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (left,))
    connection.execute("INSERT INTO states (job_id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (left,))
    return _lock(connection, left)


def _lock(connection: Connection[DictRow], jobs: list[str]) -> list[str]:
    rows = connection.execute(
        "SELECT job_id FROM states WHERE job_id = ANY(%s) ORDER BY job_id FOR NO KEY UPDATE", (jobs,)
    )
    return [row["job_id"] for row in rows.fetchall()]


def settle(connection: Connection[DictRow], jobs: Sequence[str], rules: Sequence[Rule], by: str = "") -> Rows:
    """Write down the state that follows from the jobs' rows, and tell who listens; the states' rows are locked.

    Returns the rows as they are then; `by` is who hears of them so.
    """
    connection.execute(_FOLDED, (list(jobs),))
    settled: Rows = {}
    states = []
    for job_id, rows in read_jobs(connection, jobs).items():
        state, error = state_of(rows, rules)
        states.append((state, Jsonb(error) if error else None, job_id))
        now = {"state": state, "was": rows.job["state"], "error": error, "updated_at": rows.job["read_at"]}
        settled[job_id] = replace(rows, job={**rows.job, **now})
    with connection.pipeline(), connection.cursor() as cursor:
        cursor.executemany("UPDATE states SET state = %s, error = %s, updated_at = now() WHERE job_id = %s", states)
        tell(connection, *jobs, by=by)
    return settled


def _artifact(event: Event) -> tuple[Any, ...]:
    body, entry = event.body, entry_of(event)
    assert isinstance(body, Ready)
    row = (body.job_id, entry.artifact, entry.seq, entry.digest, entry.size, entry.media_type, Jsonb(entry.inputs))
    more = (list(entry.scenes), entry.cause, entry.stage, entry.stage_version, body.seconds)
    return (*row, *more, body.announced_at.ToDatetime(tzinfo=UTC))


def _failure(event: Event) -> tuple[Any, ...]:
    body = event.body
    assert isinstance(body, Failed)
    failure = (body.job_id, body.stage, body.scene, event.seq, body.code, body.message, body.detail)
    return (*failure, body.announced_at.ToDatetime(tzinfo=UTC))


def _job(event: Event) -> tuple[Any, ...]:
    cancelled = isinstance(event.body, Cancelled)
    deliberate = isinstance(event.body, Ready) and entry_of(event).cause in DELIBERATE
    paper = isinstance(event.body, Ready) and event.body.artifact == PAPER
    return (event.seq, event.seq * cancelled, event.seq * deliberate, paper, event.job_id)


def _calls(costs: Costs) -> Jsonb:
    calls = [
        MessageToDict(call, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
        for call in costs.calls
    ]
    return Jsonb([call | {"state": _call_state(call["state"])} for call in calls])


def _call_state(state: str | int) -> str:
    """The name of a call's state; one that only a newer version knows, which is a number here, counts as open."""
    return "open" if isinstance(state, int) else state.removeprefix("CALL_STATE_").lower()
