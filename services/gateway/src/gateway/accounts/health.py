"""How the whole system is, for who runs it."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from chassis.blobs import Blobs
from chassis.bus import NatsBus

from gateway.database import Database
from gateway.ledger.rulebook import Rulebook

_PATIENCE = 2.0
_ROWS = """
SELECT (SELECT count(*) FROM outbox) AS outbox,
    (SELECT count(*) FROM outbox WHERE not_before > now()) AS outbox_waiting,
    (SELECT count(*) FROM mails WHERE sent_at IS NULL) AS mails_unsent,
    (SELECT count(*) FROM failures) AS failures,
    (SELECT count(*) FROM users) AS users,
    (SELECT count(*) FROM sessions WHERE expires_at > now()) AS sessions,
    (SELECT count(*) FROM garbage) AS garbage,
    pg_database_size(current_database()) AS database_bytes,
    current_setting('server_version') AS postgresql
"""


@dataclass(frozen=True)
class Health:
    """Asks the servers how they are. `report` may be called in any thread but the loop's."""

    bus: NatsBus
    database: Database
    blobs: Blobs
    rulebook: Rulebook
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def servers(self) -> dict[str, bool]:
        """Which servers answer."""
        return {
            "bus": bool(self.bus.client.is_connected),
            "database": _answers(self._ask_database),
            "store": _answers(lambda: self.blobs.size("ready")),
        }

    def report(self) -> dict[str, Any]:
        """Servers, what waits for each stage, rows, versions."""
        with self.database.connection() as connection:
            rows = dict(connection.execute(_ROWS).fetchone() or {})
            states = connection.execute(
                "SELECT coalesce(state, 'queued') AS state, count(*) AS jobs FROM jobs"
                " LEFT JOIN states ON states.job_id = jobs.id GROUP BY 1 ORDER BY 1"
            ).fetchall()
        versions = {"gateway": version("hiddenhill-gateway"), "python": platform.python_version()}
        versions |= {"postgresql": rows.pop("postgresql").partition(" ")[0], **self._nats()}
        return {
            "servers": self.servers(),
            "stages": self._stages(),
            "jobs": {row["state"]: row["jobs"] for row in states},
            "rows": rows,
            "versions": versions,
        }

    def _stages(self) -> list[dict[str, Any]]:
        rules = self.rulebook.rules
        asked = asyncio.run_coroutine_threadsafe(self._backlogs([rule.name for rule in rules]), self.loop)
        try:
            backlogs: list[int | None] = list(asked.result(_PATIENCE))
        except Exception:  # noqa: BLE001 - while the bus is away nobody knows
            asked.cancel()
            backlogs = [None] * len(rules)
        return [
            {"stage": rule.name, "service": rule.service, "version": rule.version, "backlog": backlog}
            for rule, backlog in zip(rules, backlogs, strict=True)
        ]

    async def _backlogs(self, stages: list[str]) -> list[int]:
        return [await self.bus.backlog(stage) for stage in stages]

    def _nats(self) -> dict[str, str]:
        connected = self.bus.client.connected_server_version if self.bus.client.is_connected else None
        return {"nats": str(connected)} if connected else {}

    def _ask_database(self) -> None:
        with self.database.connection(timeout=_PATIENCE) as connection:
            connection.execute("SELECT 1")


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Exception:  # noqa: BLE001 - the answer is the outcome
        return False
    return True
