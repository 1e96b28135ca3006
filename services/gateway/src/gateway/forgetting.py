"""`python -m gateway forget STAGE`: drop a stage that no version in use has, so that no job waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from chassis.bus import NatsBus
from chassis.errors import UsageError
from chassis.settings import read_settings

from gateway.database import Database, open_pool
from gateway.ledger import rulebook
from gateway.settings import GatewaySettings


def main(stages: list[str]) -> int:
    """Forget the stages; returns the exit code. Raises Error, as `forget` does."""
    settings = read_settings(GatewaySettings)
    with open_pool(settings.postgres_url) as database:
        asyncio.run(forget(settings, database, stages))
    for stage in stages:
        print(f"{stage} is forgotten; jobs that waited for it alone are done within seconds")  # noqa: T201 - its output
    return 0


async def forget(settings: GatewaySettings, database: Database, stages: Sequence[str]) -> None:
    """Forget the stages on the bus and in the database, all or none of them.

    Raises:
        UsageError: there is no such stage, or somebody works for it.
    """
    bus = await NatsBus.connect(settings, "forget")
    try:
        with database.connection() as connection:
            known = {rule.name for rule in (*await bus.rules(), *rulebook.kept(connection))}
        for stage in stages:
            if stage not in known:
                message = f"no stage is called {stage}; there are {', '.join(sorted(known))}"
                raise UsageError("usage.stage", message)
            if await bus.workers(stage):
                raise UsageError("usage.stage", f"a worker still asks for work of {stage}; end it first")
        for stage in stages:
            await bus.forget(stage)
            with database.connection() as connection:
                rulebook.forget(connection, stage)
    finally:
        await bus.close()
