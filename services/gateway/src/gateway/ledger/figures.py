"""Figures of the whole system for Prometheus: what waits, which jobs there are, and how long they took.

What is read now and then is the same in every replica: who adds it up over replicas takes the largest.
How long a job took is told by the one replica that folded its end.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from chassis.bus import NatsBus
from chassis.manifest import DELIBERATE
from chassis.metrics import meter
from opentelemetry.metrics import CallbackOptions, Observation

from gateway.database import Database
from gateway.ledger.projection import ENDS, JobRows
from gateway.ledger.rulebook import Rulebook

log = logging.getLogger(__name__)
EVERY = 10.0
"""Seconds between two readings."""
STALE = 60.0
"""Seconds after which what was read last is told no more."""
FRESH = timedelta(minutes=10)
"""Age of an event above which the ledger is being folded anew."""
STATES = ("queued", "running", "review", "done", "failed", "cancelled")
GAUGES = {
    "hiddenhill_stage_queue": ("", "Messages that no worker of the stage has taken yet."),
    "hiddenhill_stage_queue_age_seconds": ("s", "Age of the oldest message that no worker has taken yet."),
    "hiddenhill_jobs": ("", "Jobs in this state."),
    "hiddenhill_outbox_waiting": ("", "Events in the database that are due and not yet on the bus."),
    "hiddenhill_ledger_lag": ("", "Events of the stream that the ledger has not folded yet."),
}
_ROWS = """
SELECT (SELECT count(*) FROM outbox WHERE seq = 0 AND not_before <= now()) AS outbox,
    coalesce((SELECT seq FROM place), 0) AS place
"""
_job_seconds = meter.create_histogram(
    "hiddenhill_job_duration_seconds", "s", "How long jobs took since a person last set them going."
)


@dataclass
class Figures:
    """Reads the figures until cancelled, and tells them to whoever scrapes."""

    bus: NatsBus
    database: Database
    rulebook: Rulebook
    _read: dict[str, list[Observation]] = field(default_factory=dict)
    _read_at: float = 0.0

    async def run(self) -> None:
        """Read again and again; while a server is away, old figures are told no more."""
        for name, (unit, description) in GAUGES.items():
            meter.create_observable_gauge(name, [self._teller(name)], unit, description)
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the loop that runs things: the next look may succeed
                log.warning("no figures", extra={"error": repr(error)})
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Read all figures once."""
        last = await self.bus.last()  # before the place: so the ledger is never ahead
        queues = {rule.name: await self.bus.waiting(rule.name) for rule in self.rulebook.rules}
        outbox, place, states = await asyncio.to_thread(self._rows)
        self._read = {
            "hiddenhill_stage_queue": [Observation(count, {"stage": stage}) for stage, (count, _) in queues.items()],
            "hiddenhill_stage_queue_age_seconds": [
                Observation(age, {"stage": stage}) for stage, (_, age) in queues.items()
            ],
            "hiddenhill_jobs": [Observation(states.get(state, 0), {"state": state}) for state in STATES],
            "hiddenhill_outbox_waiting": [Observation(outbox)],
            "hiddenhill_ledger_lag": [Observation(max(0, last - place))],
        }
        self._read_at = time.monotonic()

    def folded(self, changed: Mapping[str, JobRows]) -> None:
        """Measure the jobs among these that have just ended."""
        for rows in changed.values():
            job = rows.job
            if job["was"] in ENDS or job["state"] not in ENDS or job["read_at"] - job["event_at"] > FRESH:
                continue
            acts = (row["announced_at"] for row in rows.artifacts if row["cause"] in DELIBERATE)
            began = max(job["created_at"], job["waits_until"] or job["created_at"], *acts)
            seconds = (job["event_at"] - began).total_seconds()
            _job_seconds.record(max(0.0, seconds), {"state": job["state"]})

    def _rows(self) -> tuple[int, int, dict[str, int]]:
        with self.database.connection() as connection:
            row = connection.execute(_ROWS).fetchone() or {}
            states = connection.execute("SELECT state, count(*) AS jobs FROM states GROUP BY state").fetchall()
        return row["outbox"], row["place"], {row["state"]: row["jobs"] for row in states}

    def _teller(self, name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def tell(_: CallbackOptions) -> Iterable[Observation]:
            return self._read.get(name, []) if time.monotonic() - self._read_at < STALE else []

        return tell
