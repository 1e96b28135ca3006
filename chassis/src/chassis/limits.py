"""Limits of providers, shared by all workers: so many requests in so much time, whoever makes them.

A limit is a bucket that holds `burst` requests and gets one more `every` so many seconds. Its state is one small value
in a key-value bucket of the message server, changed by compare-and-set. Who has to wait long gets a place in the queue
at once, and finds it again when its message is delivered again: nobody is overtaken, and nobody asks in vain twice.
The hour is each machine's own: clocks that differ by a second make a wait a second wrong.
"""

from __future__ import annotations

import contextlib
import email.utils
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from chassis.errors import RateLimited

UNCLAIMED = 600.0
"""Seconds until a place in the queue is forgotten that nobody came back for."""


@dataclass(frozen=True)
class Limit:
    """One provider's limit.

    Args:
        name: the provider's, the same for all who share the limit.
        every: seconds for one request.
        burst: requests that may be made at once after a rest.
        patience: seconds of wait that a stage sits out; for a longer wait its message is put back.
        title: the provider's name for the user.
        at_once: requests that may be on their way at a time; 0: any number.
    """

    name: str
    every: float
    burst: int = 1
    patience: float = 5.0
    title: str = ""
    at_once: int = 0


@dataclass(frozen=True)
class Queue:
    """A limit's state: when the next request may be made, and who has a place before that (hour by holder)."""

    following: float = 0.0
    places: dict[str, float] = field(default_factory=dict)

    def take(self, limit: Limit, holder: str, now: float) -> tuple[Queue, float]:
        """The queue after the holder asked for one request, and the seconds it has to wait."""
        places = {name: hour for name, hour in self.places.items() if hour > now - UNCLAIMED}
        hour, following = places.pop(holder, 0.0), self.following
        if not hour:
            hour = max(following, now - (limit.burst - 1) * limit.every)
            following = hour + limit.every
        wait = max(0.0, hour - now)
        if wait > limit.patience:
            places[holder] = hour
        return Queue(following, places), wait


Take = Callable[[Limit], float]
"""Takes a request out of a limit; returns the seconds to wait before it is made."""
Calling = Callable[[Limit], contextlib.AbstractContextManager[None]]


def seconds_of(retry_after: str) -> float | None:
    """The seconds that a Retry-After header means, which may be a number or a date; None: it says nothing."""
    stated = retry_after.strip()
    if stated.replace(".", "", 1).isdecimal():
        return float(stated)
    try:
        return max(email.utils.parsedate_to_datetime(stated).timestamp() - time.time(), 0.0)
    except ValueError:
        return None


@contextlib.contextmanager
def calling(take: Take, limit: Limit) -> Iterator[None]:
    """Wait until one more request may be made within a provider's limit, and make it inside of this.

    Raises RateLimited when the wait is longer than the limit's patience: the run is then begun again at that time.
    """
    wait = take(limit)
    if wait > limit.patience:
        title = limit.title or limit.name
        message = f"{title} is asked as often as it allows; this goes on in {round(wait)} seconds."
        raise RateLimited("rate-limited.shared", message, limit.name, retry_after=wait, waits_for=title)
    time.sleep(wait)
    yield


class Limits(Protocol):
    """The state of all limits."""

    def taker(self, holder: str) -> Callable[[Limit], float]:
        """For a stage's thread: takes one request for this holder, and says how long to wait before it is made.

        A wait longer than the limit's patience has to be waited out and asked for again. Called on the loop.
        """
        ...


class LocalLimits:
    """Limits of this process alone: where there are no servers, and in tests."""

    def __init__(self) -> None:
        self._queues: dict[str, Queue] = {}
        self._lock = threading.Lock()

    def taker(self, holder: str) -> Callable[[Limit], float]:
        def take(limit: Limit) -> float:
            with self._lock:
                queue, wait = self._queues.get(limit.name, Queue()).take(limit, holder, time.time())
                self._queues[limit.name] = queue
            return wait

        return take
