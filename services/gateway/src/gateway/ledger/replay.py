"""Empty the ledger and fold the stream anew: the cure for a projection that is wrong, and the proof that it is one."""

from __future__ import annotations

import asyncio

from chassis.worker import connect

from gateway.database import open_pool
from gateway.ledger.fold import READER
from gateway.settings import GatewaySettings


def replay(settings: GatewaySettings) -> None:
    """Empty the ledger's tables and set its reader back to the beginning. Gateways may run."""
    with open_pool(settings.postgres_url) as database, database.connection() as connection:
        connection.execute("TRUNCATE states, artifacts, failures")
        asyncio.run(_rewind(settings))


async def _rewind(settings: GatewaySettings) -> None:
    bus = await connect(settings, "replay")
    await bus.rewind(READER)
    await bus.close()
