"""A message in hand: kept ours, told of, and watched for whether anybody still wants what a stage makes of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
import time

from chassis import events
from chassis.errors import Abandoned, RateLimited
from chassis.manifest import Manifest, needs_of
from chassis.protocols import Bus, Delivery
from chassis.stage import Rule

WORKER = f"{socket.gethostname()}-{os.getpid()}"


class Work:
    """One run of a stage for one job (and scene), or its wait for a provider.

    Args:
        bus: where the message is from.
        rule: of the stage.
        delivery: the message.
        scene: number of the scene, in a stage that runs per scene.
        inputs: digest of each, by name.
        waits: how often this delivery has waited.
    """

    def __init__(
        self, bus: Bus, rule: Rule, delivery: Delivery, scene: int | None, inputs: dict[str, str], waits: int = 0
    ) -> None:
        self.delivery = delivery
        self.job_id = delivery.event.job_id
        self.scene = scene
        self.inputs = inputs
        self.waits = waits
        self.unwanted = ""
        self.due = 0.0
        self.began = time.monotonic()
        self._bus = bus
        self._rule = rule
        self._limited: RateLimited | None = None
        self._beating = 0
        self._fraction = 0.0
        self._note = ""
        self._changed = threading.Event()

    def report(self, fraction: float, note: str) -> None:
        """Called by the stage, in its thread."""
        if self.unwanted:
            raise Abandoned(self.unwanted)
        self._fraction, self._note = fraction, note
        self._changed.set()

    def wait(self, error: RateLimited, seconds: float) -> None:
        """From now on this is a wait."""
        self._limited, self.due, self.waits = error, time.monotonic() + seconds, self.waits + 1

    async def pulse(self, every: float) -> None:
        """Keep the message ours, pass progress on, and notice when nobody wants the work, which ends a wait.

        `rest` ends it, and cancelling alone does not: a cancellation that comes just as a request is answered may be
        swallowed by `asyncio.wait_for` (https://github.com/python/cpython/issues/86296), and a message that was given
        back would stay ours for ever.

        Args:
            every: seconds between two signs of life.
        """
        self._beating += 1
        mine = self._beating
        self._changed.set()
        beat = 0.0
        while self._beating == mine and not (self._limited and self.unwanted):
            if time.monotonic() - beat > every:
                beat = time.monotonic()
                self._changed.set()
                with contextlib.suppress(Exception):
                    await self.delivery.alive()
                    self._look(await self._bus.manifest(self.job_id))
            if self._changed.is_set():
                self._changed.clear()
                await self.say()
            await asyncio.sleep(0.25)

    def rest(self) -> None:
        """End the pulse."""
        self._beating += 1

    async def say(self) -> None:
        """Tell the user how far the run is, or until when it waits."""
        who = (self.job_id, self._rule.name, self.scene)
        with contextlib.suppress(Exception):
            if self._limited:
                self._limited.retry_after = max(self.due - time.monotonic(), 0.0)
                await self._bus.progress(*events.waiting(*who, self._limited, WORKER))
            else:
                await self._bus.progress(*events.progress(*who, self._fraction, self._note, WORKER))

    def _look(self, manifest: Manifest) -> None:
        if manifest.cancelled:
            self.unwanted = "cancelled"
        elif needs_of(self._rule, manifest, self.scene) not in (None, self.inputs):
            self.unwanted = "overtaken by an edit"
