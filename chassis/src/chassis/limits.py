"""Limits of providers, shared by all workers: so many requests in so much time and at a time, whoever makes them.

The state of a limit is one small value, a `Gate`. `LocalLimits` keeps it in this process; `shared_limits.NatsLimits` in
a key-value bucket of the message server, changed by compare-and-set.
The hour is each machine's own: clocks that differ by a second make a wait a second wrong.
"""

from __future__ import annotations

import contextlib
import email.utils
import logging
import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Protocol

from chassis import telemetry
from chassis.errors import RateLimited
from chassis.gate import LEASE, SHARED, Gate, Limit, Place

__all__ = ["Calling", "Limit", "Limits", "LocalLimits", "Taker", "calling", "seconds_of"]
log = logging.getLogger(__name__)
LOOK = 0.5
"""Seconds at most between two looks of who sits a wait out: a place may become free at any time."""
_LONGEST = 86_400.0

Step = Callable[[Gate, float], Gate]
"""What becomes of a gate at an hour; it may be applied again where another worker was faster."""
Change = Callable[[str, Step], Gate]
"""Applies a step to the limit of this name, and returns its state after that."""
Calling = Callable[[Limit], contextlib.AbstractContextManager[None]]


def seconds_of(retry_after: str) -> float | None:
    """The seconds that a Retry-After header means, a day at most; None: it says nothing.

    It may be a number or a date.
    """
    stated = retry_after.strip()
    if stated.isascii() and stated.replace(".", "", 1).isdecimal():
        return min(float(stated), _LONGEST)
    try:
        wait = email.utils.parsedate_to_datetime(stated).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(wait, 0.0), _LONGEST)


class Taker:
    """One run's way through the gates; its threads may call at the same time.

    Args:
        change: changes the state of a limit.
        holder: the run's name, the same when it is begun again.
    """

    def __init__(self, change: Change, holder: str) -> None:
        self._change = change
        self._holder = holder
        self._names: set[str] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def calling(self, limit: Limit) -> Iterator[None]:
        """A place for one request: waits until it may be made, and tells all others what became of it.

        Raises RateLimited when the wait is longer than the limit's patience: the run is then begun again at that time.
        """
        with self._named(limit) as holder:
            place = self._enter(limit, holder)
            error: BaseException | None = None
            try:
                with self._kept(limit, holder, place):
                    yield
            except BaseException as raised:
                error = raised
                raise
            finally:
                try:
                    self._change(limit.name, lambda gate, now: gate.leave(holder, place, error, now))
                except Exception as lost:  # noqa: BLE001 - an answer that was paid must not get lost; the place expires
                    log.warning("left a limit unnoticed", extra={"limit": limit.name, "error": repr(lost)})

    @contextlib.contextmanager
    def _named(self, limit: Limit) -> Iterator[str]:
        """A name that no other call of this run has now, and that one has again when the run is begun again."""
        with self._lock:
            number = 0
            while (name := f"{limit.name}/{self._holder}.{number}") in self._names:
                number += 1
            self._names.add(name)
        try:
            yield f"{self._holder}.{number}"
        finally:
            with self._lock:
                self._names.remove(name)

    def _enter(self, limit: Limit, holder: str) -> Place:
        with contextlib.ExitStack() as waiting:
            return self._entered(limit, holder, waiting)

    def _entered(self, limit: Limit, holder: str, waiting: contextlib.ExitStack) -> Place:
        """Waits until there is a place, in a span where that is not at once."""
        token, over = uuid.uuid4().hex[:8], time.monotonic() + limit.patience
        is_told = False
        while True:
            wait = 0.0

            def step(gate: Gate, now: float) -> Gate:
                nonlocal wait
                gate, wait = gate.enter(limit, holder, token, now)
                return gate

            gate = self._change(limit.name, step)
            if not wait:
                return gate.inside.get(holder, Place(token, time.time(), 0.0))
            if not is_told:
                facts = {"hiddenhill.waits_for": limit.title or limit.name, "hiddenhill.limit": limit.name}
                waiting.enter_context(telemetry.spanned("wait for a place", facts, harmless=(RateLimited,)))
                is_told = True
            if wait > over - time.monotonic():
                telemetry.note(outcome="waits", delay=wait)
                raise _closed(limit, wait, broken=gate.broken)
            time.sleep(min(wait, LOOK))

    @contextlib.contextmanager
    def _kept(self, limit: Limit, holder: str, place: Place) -> Iterator[None]:
        """Signs of life for a place, from a thread that ends with the process."""
        ended = threading.Event()

        def live() -> None:
            while not ended.wait(LEASE / 4):
                with contextlib.suppress(Exception):
                    self._change(limit.name, lambda gate, now: gate.stay(holder, place, now))

        living = threading.Thread(target=live, name=f"place-{limit.name}", daemon=True)
        if limit.at_once:
            living.start()
        try:
            yield
        finally:
            ended.set()
            if limit.at_once:
                living.join()


def calling(taker: Taker, limit: Limit) -> contextlib.AbstractContextManager[None]:
    """As `Taker.calling`."""
    return taker.calling(limit)


def _closed(limit: Limit, wait: float, *, broken: bool) -> RateLimited:
    title = limit.title or limit.name
    why = "does not answer right now" if broken else "is asked as often as it allows"
    message = f"{title} {why}; this goes on in {math.ceil(wait)} seconds."
    return RateLimited(SHARED, message, limit.name, retry_after=wait, waits_for=title)


class Limits(Protocol):
    """The state of all limits."""

    def taker(self, holder: str) -> Taker:
        """For a stage's thread: the way of this holder through the gates. Called on the loop."""
        ...


class LocalLimits:
    """Limits of this process alone: where there are no servers, and in tests."""

    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}
        self._lock = threading.Lock()

    def taker(self, holder: str) -> Taker:
        return Taker(self._change, holder)

    def _change(self, name: str, step: Step) -> Gate:
        with self._lock:
            self._gates[name] = step(self._gates.get(name, Gate()), time.time())
            return self._gates[name]
