"""Jobs that wait for a limit: what their workers say of it is written into their rows, where all can read it."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime

from hiddenhill.v1.events_pb2 import Progress

from gateway.database import Database
from gateway.ledger.rows import tell

log = logging.getLogger(__name__)
_MOST = 1000
"""Messages that wait to be written; what is beyond is said again when the job waits again."""
_WAITS = """
UPDATE jobs SET waits_until = %(until)s, waits_for = %(for)s WHERE id = %(job)s
    AND (waits_until IS DISTINCT FROM %(until)s OR waits_for <> %(for)s)
RETURNING id
"""


class Waits:
    """Every replica hears every worker; the first writes, the others find it written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heard: asyncio.Queue[Progress] = asyncio.Queue(_MOST)

    def hear(self, progress: Progress) -> None:
        """Called on the loop, for progress that has a `waits_until`."""
        if not self._heard.full():
            self._heard.put_nowait(progress)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            body = await self._heard.get()
            try:
                await asyncio.to_thread(self._write, body.job_id, body.waits_until.ToDatetime(UTC), body.waits_for)
            except Exception as error:  # noqa: BLE001 - the loop that runs things: the next wait is written again
                log.warning("wait not written", extra={"job": body.job_id, "error": repr(error)})

    def _write(self, job_id: str, until: datetime, waits_for: str) -> None:
        with self._database.connection() as connection:
            if connection.execute(_WAITS, {"job": job_id, "until": until, "for": waits_for}).fetchone():
                tell(connection, job_id)
