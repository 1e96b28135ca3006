"""`python -m gateway forget STAGE`: drop a stage that no version in use has, so that no job waits for it."""

from __future__ import annotations

import asyncio
import sys

from chassis.bus import NatsBus
from chassis.settings import ChassisSettings, read_settings


def main(stages: list[str]) -> int:
    """Forget the stages; returns the exit code (0 done, 2 unknown, or somebody still works for one)."""
    return asyncio.run(forget(read_settings(ChassisSettings), stages))


async def forget(settings: ChassisSettings, stages: list[str]) -> int:
    """Forget the stages on the bus that the settings name, all or none of them."""
    bus = await NatsBus.connect(settings, "forget")
    try:
        known = {rule.name for rule in await bus.rules()}
        for stage in stages:
            if stage not in known:
                print(f"error: no stage is called {stage}; there are {', '.join(sorted(known))}", file=sys.stderr)  # noqa: T201 - its output
                return 2
            if await bus.workers(stage):
                print(f"error: a worker still asks for work of {stage}; end it first", file=sys.stderr)  # noqa: T201 - its output
                return 2
        for stage in stages:
            await bus.forget(stage)
            print(f"{stage} is forgotten; jobs that waited for it alone are done within seconds")  # noqa: T201 - its output
    finally:
        await bus.close()
    return 0
