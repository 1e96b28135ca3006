"""The janitor: what has run out is removed."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from gateway.database import Database

log = logging.getLogger(__name__)
EVERY = 600.0
_SWEEPS = (
    "DELETE FROM sessions WHERE expires_at < now()",
    "DELETE FROM tokens WHERE expires_at < now() - interval '30 days'",
    "DELETE FROM proofs WHERE expires_at < now()",
    "DELETE FROM counters WHERE expires_at < now()",
    "DELETE FROM mails WHERE created_at < now() - interval '2 days'",
)
_TRACES = """
WITH old AS (
    UPDATE jobs SET traced = false FROM states
    WHERE jobs.id = job_id AND traced AND updated_at < now() - make_interval(days => %s) RETURNING jobs.id
) INSERT INTO garbage (digest) SELECT 'traces/' || id || '/' FROM old ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Janitor:
    """Sweeps now and then; it does no harm that every replica has one."""

    database: Database
    trace_days: int

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.sweep)
            except Exception as error:  # noqa: BLE001 - the loop that runs things: the next sweep takes it too
                log.warning("janitor stumbled", extra={"error": repr(error)})
            await asyncio.sleep(EVERY)

    def sweep(self) -> None:
        """Remove what has run out."""
        with self.database.connection() as connection:
            for sweep in _SWEEPS:
                connection.execute(sweep.encode())
            connection.execute(_TRACES, (self.trace_days,))
