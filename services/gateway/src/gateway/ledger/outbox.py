"""The outbox: events are rows first, in the transaction that decides on them, and are published after it.

Publishing twice does no harm: what must come once names the sequence that it expects.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.bus import Bus, Conflict
from chassis.events import Outgoing
from opentelemetry import context
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from chassis import telemetry
from gateway.database import Database
from gateway.ledger.rows import tell

log = logging.getLogger(__name__)
LOOK_EVERY = 2.0
"""Seconds until rows are found that another process left behind."""
LOST_AFTER = 60.0
"""Seconds after which events that the ledger has not seen are published again: the stream may have lost them."""
_AT_ONCE = 100
_SEEN = """
SELECT greatest(states.seq - base, 0) AS seq FROM states CROSS JOIN place WHERE job_id = %s FOR UPDATE OF states
"""
"""Up to which sequence of the stream the ledger has a job's events."""
_OLDEST = """
SELECT * FROM outbox WHERE (seq = 0 AND not_before <= now()) OR published_at < now() - make_interval(secs => %(again)s)
ORDER BY id LIMIT %(limit)s
"""


def write(
    connection: Connection[DictRow],
    job_id: str,
    batch: Sequence[Outgoing],
    expected: Mapping[str, int] | None = None,
    *,
    revives: bool = True,
    not_before: datetime | None = None,
) -> None:
    """Have these events published, all or nothing, once the transaction is committed.

    Events that set a job going stay in the outbox until the ledger has them, so that nobody who looks in between
    takes the job for ended.
    """
    connection.execute(
        "INSERT INTO outbox (job_id, subjects, artifacts, payloads, expected, headers, revives, not_before)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, coalesce(%s, now()))",
        (
            job_id,
            [outgoing.subject for outgoing in batch],
            [outgoing.artifact for outgoing in batch],
            [outgoing.payload for outgoing in batch],
            Jsonb(dict(expected or {})),
            Jsonb(telemetry.inject({})),
            revives,
            not_before,
        ),
    )


class Outbox:
    """Publishes what is in the outbox, oldest first. `wake` may be called from any thread."""

    def __init__(self, bus: Bus, database: Database) -> None:
        self._bus = bus
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look at once."""
        self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            self._woken.clear()
            try:
                while await self.flush():
                    pass
            except Exception as error:  # noqa: BLE001 - the loop that runs things: the rows wait for better times
                log.warning("outbox stumbled", extra={"error": repr(error)})
                await asyncio.sleep(0.5)
                continue
            try:
                await asyncio.wait_for(self._woken.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    async def flush(self) -> int:
        """Publish the oldest rows; returns how many there were."""
        rows = await asyncio.to_thread(self._oldest)
        for row in rows:
            seq = await self._publish(row)
            await asyncio.to_thread(self._published, row, seq)
        return len(rows)

    async def _publish(self, row: Mapping[str, Any]) -> int:
        """Returns the sequence, or 0 where another announcement came first."""
        columns = zip(row["subjects"], row["payloads"], row["artifacts"], strict=True)
        batch = [Outgoing(subject, bytes(payload), artifact) for subject, payload, artifact in columns]
        token = telemetry.continued(row["headers"])
        try:
            return await self._bus.announce(batch, row["expected"])
        except Conflict:
            log.info("published before, or overtaken", extra={"job": row["job_id"], "artifacts": row["artifacts"]})
            return 0
        finally:
            context.detach(token)

    def _oldest(self) -> list[DictRow]:
        with self._database.connection() as connection:
            return connection.execute(_OLDEST, {"again": LOST_AFTER, "limit": _AT_ONCE}).fetchall()

    def _published(self, row: Mapping[str, Any], seq: int) -> None:
        with self._database.connection() as connection:
            job = connection.execute(_SEEN, (row["job_id"],)).fetchone()
            if row["revives"] and job is not None and job["seq"] < seq:
                connection.execute(
                    "UPDATE outbox SET seq = %s, published_at = now() WHERE id = %s",
                    (seq, row["id"]),
                )
            else:
                connection.execute("DELETE FROM outbox WHERE id = %s", (row["id"],))
                tell(connection, row["job_id"])
