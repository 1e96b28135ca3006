"""Empty the ledger and fold the stream anew: the cure for a projection that is wrong, and the proof that it is one."""

from __future__ import annotations

from dataclasses import replace

from gateway.database import open_pool
from gateway.ledger.place import move, where
from gateway.settings import GatewaySettings


def replay(settings: GatewaySettings) -> None:
    """Empty the ledger's tables and set its place back to the stream's beginning. Gateways may run."""
    with open_pool(settings.postgres_url) as database, database.connection() as connection:
        place = where(connection, hold=True)
        connection.execute("TRUNCATE states, artifacts, failures")
        move(connection, replace(place, seq=0))
