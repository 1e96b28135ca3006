"""What a stage is to the others, while workers of several versions run.

They may declare it differently: what it needs and makes, and how its messages are handed out. The version whose worker
began last is right, in an upgrade and in a rollback alike. A worker that begins late and goes early, such as one of the
old version that crashed in the middle of an upgrade, must not be right for ever: each worker confirms what it declared,
and where nobody confirms what is declared any more, one who still works declares it anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from chassis.protocols import Bus, Offers
from chassis.stage import Rule

log = logging.getLogger(__name__)
LOOK = 15.0
"""Seconds between two looks."""
CONFIRM, GONE = 30.0, 100.0
"""Seconds after which a declaration is confirmed, and after which one that nobody confirmed is nobody's."""


class Declaration:
    """The declaration of one worker's stage.

    Args:
        bus: where it is made known.
        rule: of the stage.
        ack_wait, max_attempts: as for `Bus.offers`.
    """

    def __init__(self, bus: Bus, rule: Rule, *, ack_wait: float, max_attempts: int) -> None:
        self._bus = bus
        self._rule = rule
        self._ack_wait, self._max_attempts = ack_wait, max_attempts
        self._seen = 0
        self._since = 0.0

    async def begin(self) -> Offers:
        """Declare the stage, whatever was declared before."""
        return await self._offers(declare=True)

    async def restore(self) -> Offers:
        """Declare what the server has lost, and leave what is declared."""
        return await self._offers(declare=False)

    async def uphold(self, stopping: asyncio.Event) -> None:
        """Look after it until stopped."""
        while not stopping.is_set():
            try:
                await self.look(time.monotonic())
            except Exception as error:  # noqa: BLE001 - the server is away; the next look sees it again
                log.debug("declaration not looked at", extra={"stage": self._rule.name, "error": repr(error)})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK)

    async def look(self, now: float) -> None:
        """Confirm what is ours, and replace what is nobody's; `now` in seconds of the monotonic clock."""
        ours, told = await self._bus.standing(self._rule)
        if told != self._seen:
            self._seen, self._since = told, now
        if not told or now - self._since > (CONFIRM if ours else GONE):
            if not ours:
                log.info("declared", extra={"stage": self._rule.name, "version": self._rule.version})
            await self.begin()

    async def _offers(self, *, declare: bool) -> Offers:
        return await self._bus.offers(
            self._rule, ack_wait=self._ack_wait, max_attempts=self._max_attempts, declare=declare
        )
