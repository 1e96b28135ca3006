"""The limits that all workers share, in a key-value bucket of the message server."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Callable
from typing import Any

import nats.errors
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError

from chassis import keyvalues
from chassis.bus import NatsBus
from chassis.errors import Defect, Transient
from chassis.limits import Limit, Queue

BUCKET = "LIMITS"
ANSWER = 15.0
"""Seconds that a stage's thread waits for the server."""


class NatsLimits:
    """Limits of all workers on one message server."""

    def __init__(self, bus: NatsBus, replicas: int = 1) -> None:
        self._bus = bus
        self._replicas = replicas

    def taker(self, holder: str) -> Callable[[Limit], float]:
        loop = asyncio.get_running_loop()

        def take(limit: Limit) -> float:
            return asyncio.run_coroutine_threadsafe(self.take(limit, holder), loop).result(ANSWER)

        return take

    async def take(self, limit: Limit, holder: str) -> float:
        """As the taker's. Raises Transient: the server is away."""
        if not re.fullmatch(r"[a-z0-9_-]{1,64}", limit.name):
            raise Defect("internal.limit", "A limit is badly named; please report this.", limit.name)
        try:
            bucket = await keyvalues.bucket(self._bus.stream, BUCKET, self._replicas)
            while True:
                queue, revision = await _read(bucket, limit.name)
                changed, wait = queue.take(limit, holder, time.time())
                value = json.dumps([changed.following, changed.places]).encode()
                try:
                    await bucket.update(limit.name, value, last=revision)
                except KeyWrongLastSequenceError:  # somebody was faster
                    await asyncio.sleep(random.uniform(0.0, 0.02))  # noqa: S311
                else:
                    return wait
        except (nats.errors.Error, TimeoutError) as error:
            raise Transient("unavailable.stream", "The message server did not answer; trying again.") from error


async def _read(bucket: Any, name: str) -> tuple[Queue, int]:
    try:
        entry = await bucket.get(name)
    except KeyNotFoundError:
        return Queue(), 0
    following, places = json.loads(entry.value)
    return Queue(following, places), entry.revision
