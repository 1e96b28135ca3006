"""Python's collector of cycles, kept from walking through all streams at a bad moment."""

from __future__ import annotations

import asyncio
import gc

_YOUNG = (10_000, 20, 1_000_000)
"""Thresholds: objects that live long are left alone; with ten thousand streams a walk through them takes a second."""
_EVERY = 3600.0
"""Seconds between two walks through all of them."""


class Collector:
    """Collects young cycles as ever, and old ones once an hour."""

    async def run(self) -> None:
        """Begin once the process has loaded what it will not lose any more."""
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_YOUNG)
        while True:
            await asyncio.sleep(_EVERY)
            gc.collect()
