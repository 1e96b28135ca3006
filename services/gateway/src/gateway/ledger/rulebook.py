"""The rules of all stages, and the paid providers that workers can call, as last read from the bus."""

from __future__ import annotations

import asyncio
import logging

from chassis.bus import NatsBus
from chassis.providers import Provider
from chassis.stage import Rule

log = logging.getLogger(__name__)
EVERY = 5.0
"""Seconds between two readings: a stage may be added while we run, and a provider."""


class Rulebook:
    """`rules` and `providers` may be read from any thread."""

    def __init__(self, bus: NatsBus) -> None:
        self._bus = bus
        self.rules: tuple[Rule, ...] = ()
        self.providers: tuple[Provider, ...] = ()
        self.changed = asyncio.Event()
        """What follows from the rules is to be looked at again."""

    async def refresh(self) -> None:
        """Read them now."""
        rules = tuple(await self._bus.rules())
        if rules != self.rules:
            self.rules = rules
            self.changed.set()
        self.providers = tuple(await self._bus.providers())

    async def run(self) -> None:
        """Read them again and again."""
        while True:
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001 - the rules read last stay good while the server is away
                log.warning("no rules", extra={"error": repr(error)})
            await asyncio.sleep(EVERY if self.rules else 0.5)
