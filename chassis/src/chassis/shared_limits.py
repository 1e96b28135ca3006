"""The limits that all workers share, in a key-value bucket of the message server."""

from __future__ import annotations

import asyncio
import random
import re
import time
from typing import Any

import nats.errors
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from pydantic import TypeAdapter, ValidationError

from chassis import keyvalues
from chassis.bus import NatsBus
from chassis.errors import Defect, Transient
from chassis.gate import Gate
from chassis.limits import Step, Taker

BUCKET = "LIMITS"
ANSWER = 15.0
"""Seconds until a server that does not answer is an error."""
_GATE = TypeAdapter(Gate)


class NatsLimits:
    """Limits of all workers on one message server."""

    def __init__(self, bus: NatsBus, replicas: int = 1) -> None:
        self._bus = bus
        self._replicas = replicas

    def taker(self, holder: str) -> Taker:
        loop = asyncio.get_running_loop()

        def change(name: str, step: Step) -> Gate:
            return asyncio.run_coroutine_threadsafe(self.change(name, step), loop).result(2 * ANSWER)

        return Taker(change, holder)

    async def change(self, name: str, step: Step) -> Gate:
        """Apply a step to a limit's state, again where another worker was faster. Raises Transient: no answer."""
        if not re.fullmatch(r"[a-z0-9_-]{1,64}", name):
            raise Defect("internal.limit", "A limit is badly named; please report this.", name)
        try:
            async with asyncio.timeout(ANSWER):
                bucket = await keyvalues.bucket(self._bus.stream, BUCKET, self._replicas)
                while True:
                    gate, revision = await _read(bucket, name)
                    changed = step(gate, time.time())
                    if changed == gate:
                        return gate
                    try:
                        await bucket.update(name, _GATE.dump_json(changed), last=revision)
                    except KeyWrongLastSequenceError:  # somebody was faster
                        await asyncio.sleep(random.uniform(0.0, 0.02))  # noqa: S311
                    else:
                        return changed
        except (nats.errors.Error, TimeoutError) as error:
            raise Transient("unavailable.stream", "The message server did not answer; trying again.") from error


async def _read(bucket: Any, name: str) -> tuple[Gate, int]:
    try:
        entry = await bucket.get(name)
    except KeyNotFoundError as error:
        return Gate(), error.entry.revision if error.entry else 0
    try:
        return _GATE.validate_json(entry.value), entry.revision
    except ValidationError:  # another version's: its waits are forgotten
        return Gate(), entry.revision
