"""The gate before a provider: the state of one limit, and how it changes. Pure functions of the hour.

Who wants to make a request gets an hour by the limit's rate, and keeps it until he came in or is forgotten: nobody is
overtaken, and nobody asks in vain twice. Then he needs one of the `at_once` places. A place is his until he leaves or
gives no sign of life; whoever comes again under the same name takes his own place over. What becomes of requests
closes the gate for all: a provider that asks for a pause, and one that fails again and again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chassis.errors import Fatal, RateLimited, Transient

UNCLAIMED = 1800.0
"""Seconds until an hour is forgotten that nobody came back for."""
LEASE = 60.0
"""Seconds without a sign of life after which a place is free."""
FAILURES = 5
"""In a row, over all workers: then the gate opens for one request at a time, until one is answered."""
PAUSE, LONGEST_PAUSE = 10.0, 300.0
"""Seconds between such requests: the first, doubled with each failure up to the longest."""
LONGEST_WISH = 3600.0
"""Seconds that a provider can close the gate for at a time."""
SHARED = "rate-limited.shared"
"""Code of the error that a gate is closed."""
_OURS = (SHARED, "unavailable.stream", "unavailable.store", "unavailable.keys")
"""Codes of errors that say nothing of the provider."""


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
class Place:
    """One request on its way.

    Args:
        token: tells it from another of the same holder, who may come again while he is inside.
        since: when it began.
        until: when its place is free, unless there is a sign of life before.
    """

    token: str
    since: float
    until: float


@dataclass(frozen=True)
class Gate:
    """A limit's state.

    Args:
        following: hour that the next who asks gets.
        queue: hour of each who waits, by holder.
        earliest: hour before which nobody may come in after those who did, however long they waited for a place.
        inside: requests on their way, by holder.
        took: seconds that a request takes, by those that were.
        closed: hour until which nobody comes in.
        failures: in a row.
        broke: hour of the last failure that closed the gate; what began before it tells nothing new.
    """

    following: float = 0.0
    queue: dict[str, float] = field(default_factory=dict)
    earliest: float = 0.0
    inside: dict[str, Place] = field(default_factory=dict)
    took: float = 0.0
    closed: float = 0.0
    failures: int = 0
    broke: float = 0.0

    @property
    def broken(self) -> bool:
        """Whether the provider failed so often that it is only tried."""
        return self.failures >= FAILURES

    def enter(self, limit: Limit, holder: str, token: str, now: float) -> tuple[Gate, float]:
        """Ask to come in: the gate after it, and the seconds until it makes sense to ask again; 0: he is in."""
        queue = {name: hour for name, hour in self.queue.items() if hour > now - UNCLAIMED}
        inside = {name: place for name, place in self.inside.items() if place.until > now}
        gate = replace(self, queue=queue, inside=inside)
        if now < gate.closed:
            return gate, gate.closed - now
        rested = now - (limit.burst - 1) * limit.every
        if holder not in queue:
            queue[holder] = max(gate.following, rested)
            gate = replace(gate, following=queue[holder] + limit.every)
        hour = max(queue[holder], gate.earliest)
        if hour > now:
            return gate, hour - now
        if limit.at_once and holder not in inside and len(inside) >= limit.at_once:
            return gate, gate.until_free(holder, now)
        del queue[holder]
        gate = replace(gate, earliest=max(gate.earliest, rested) + limit.every)
        if limit.at_once:
            inside[holder] = Place(token, now, now + LEASE)
        return (gate.close(now + gate.pause) if gate.broken else gate), 0.0

    def stay(self, holder: str, place: Place, now: float) -> Gate:
        """A sign of life: the place stays the holder's, unless he came again meanwhile."""
        if holder in self.inside and self.inside[holder].token != place.token:
            return self
        return replace(self, inside=self.inside | {holder: replace(place, until=now + LEASE)})

    def leave(self, holder: str, place: Place, error: BaseException | None, now: float) -> Gate:
        """The request has ended, with an answer or this error."""
        gate = self
        if holder in self.inside and self.inside[holder].token == place.token:
            took = now - place.since
            others = {name: other for name, other in self.inside.items() if name != holder}
            gate = replace(self, inside=others, took=0.8 * self.took + 0.2 * took if self.took else took)
        return gate.learn(place.since, error, now)

    def close(self, until: float) -> Gate:
        """Nobody comes in before that hour; then all ask anew, and come in one after the other."""
        return replace(self, closed=until, following=until, queue={}) if until > self.closed else self

    @property
    def pause(self) -> float:
        return min(LONGEST_PAUSE, PAUSE * 2.0 ** min(self.failures - FAILURES, 10))

    def learn(self, began: float, error: BaseException | None, now: float) -> Gate:
        """The gate after a request that began then ended so: what it says of the provider."""
        if getattr(error, "code", "") in _OURS:
            return self
        wish = min(getattr(error, "retry_after", None) or 0.0, LONGEST_WISH)
        gate = self.close(now + wish) if wish > 0 else self
        if isinstance(error, RateLimited):
            return replace(gate, failures=0)
        if isinstance(error, (Transient, ConnectionError, TimeoutError)):
            if began < gate.broke:
                return gate
            gate = replace(gate, failures=gate.failures + 1)
            return replace(gate.close(now + gate.pause), broke=now) if gate.broken else gate
        if error is None or (isinstance(error, Fatal) and error.code.startswith("provider.")):
            if gate.broken:  # the hours given after the pause are too late
                gate = replace(gate, closed=now, following=now, queue={})
            return replace(gate, failures=0)
        return gate

    def until_free(self, holder: str, now: float) -> float:
        """Seconds until a place is probably free for the holder, after those before him: a guess, so no long one."""
        before = sum(hour < self.queue[holder] for hour in self.queue.values())
        since = sorted(place.since for place in self.inside.values())
        rounds, turn = divmod(before, len(since))
        return min(max(1.0, since[turn] + self.took * (1 + rounds) - now), LONGEST_PAUSE)
