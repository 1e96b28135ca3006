"""`python -m gateway replay [--anyway]`: empty the ledger and fold the stream anew. Gateways may run.

It refuses where the stream has not all events that the ledger knows: rows that nothing can be folded into again would
be lost.
"""

from __future__ import annotations

import argparse
import asyncio

from chassis.bus import NatsBus
from chassis.errors import UsageError
from chassis.settings import read_settings

from gateway.database import open_pool
from gateway.ledger.place import where
from gateway.ledger.replay import replay
from gateway.settings import GatewaySettings


def main(argv: list[str]) -> int:
    """Set the ledger back; returns the exit code. Raises Error."""
    parser = argparse.ArgumentParser(prog="python -m gateway replay", description=__doc__)
    parser.add_argument("--anyway", action="store_true", help="lose what the stream does not have any more")
    args = parser.parse_args(argv)
    settings = read_settings(GatewaySettings)
    if not args.anyway:
        check(settings)
    replay(settings)
    return 0


def check(settings: GatewaySettings) -> None:
    """Raises UsageError: the stream begins after the ledger's first event, or is another than it was."""
    stream, first = asyncio.run(_beginning(settings))
    with open_pool(settings.postgres_url) as database, database.connection() as connection:
        place = where(connection)
    if place.base or place.stream not in ("", stream) or first > 1:
        raise UsageError(
            "usage.replay",
            "The stream does not hold all events any more, and the ledger would lose what they made;"
            " --anyway if that is what you want.",
        )


async def _beginning(settings: GatewaySettings) -> tuple[str, int]:
    bus = await NatsBus.connect(settings, "replay")
    try:
        return (await bus.extent())[0], await bus.first()
    finally:
        await bus.close()
