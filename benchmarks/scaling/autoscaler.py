"""KEDA's decision and the HPA's, as their controllers make them, on a clock that is told.

KEDA's scaler `nats-jetstream` answers num_pending + num_ack_pending of the consumer; the HPA that KEDA makes asks for
it each time it looks, divides by lagThreshold (an AverageValue), and lets `behavior` limit the change. KEDA itself only
switches between no pod and one, which is all that pollingInterval and cooldownPeriod are about.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.scaling.rule import Direction, Policy, Rule

SYNC = 15.0
"""Seconds between two looks of the HPA: kube-controller-manager's --horizontal-pod-autoscaler-sync-period."""
TOLERANCE = 0.1
"""By which the ratio of load to pods may be off before anything changes: …-tolerance, likewise."""


def monitoring_url(endpoint: str, account: str) -> str:
    """What KEDA asks of the server's monitoring port."""
    return f"http://{endpoint}/jsz?acc={account}&consumers=true&config=true"


@dataclass(frozen=True)
class Lag:
    """What a server says of a consumer."""

    pending: int
    ack_pending: int

    @property
    def total(self) -> int:
        return self.pending + self.ack_pending


def lag_of(answer: dict[str, Any], rule: Rule) -> Lag:
    """Of the server's answer. Raises LookupError where it has no such stream.

    Of a consumer that is not there, KEDA takes all that was ever in the stream to be waiting.
    """
    for account in answer.get("account_details", ()):
        for stream in account.get("stream_detail", ()):
            if account["name"] == rule.account and stream["name"] == rule.stream:
                for consumer in stream.get("consumer_detail", ()):
                    if consumer["name"] == rule.consumer:
                        return Lag(consumer["num_pending"], consumer["num_ack_pending"])
                return Lag(stream["state"]["last_seq"], 0)
    raise LookupError(f"no stream {rule.stream} in account {rule.account}")


@dataclass
class Autoscaler:
    """Decides how many pods there should be. Its memory is the HPA's: recommendations, and changes up and down."""

    rule: Rule
    asked: list[tuple[float, int]] = field(default_factory=list)
    ups: list[tuple[float, int]] = field(default_factory=list)
    downs: list[tuple[float, int]] = field(default_factory=list)
    active: float = -math.inf

    def poll(self, now: float, lag: int, pods: int) -> int:
        """KEDA looks: pods after it, which differ only from and to none."""
        if lag > self.rule.activation:
            self.active = now
            return pods or 1
        idle = now - self.active >= self.rule.cooldown
        return 0 if self.rule.pods_least == 0 and idle else pods

    def sync(self, now: float, lag: int, pods: int) -> int:
        """The HPA looks: pods after it."""
        if pods == 0:
            return 0
        wanted = self._limited(now, self._stable(now, self.wish(lag, pods), pods), pods)
        if wanted > pods:
            self.ups.append((now, wanted - pods))
        elif wanted < pods:
            self.downs.append((now, pods - wanted))
        return wanted

    def wish(self, lag: int, pods: int) -> int:
        """Pods that the metric asks for."""
        fits = abs(1.0 - lag / (self.rule.lag_threshold * pods)) <= TOLERANCE
        wanted = pods if fits else math.ceil(lag / self.rule.lag_threshold)
        return min(max(wanted, self.rule.pods_least, 1), self.rule.pods_most)

    def _stable(self, now: float, wish: int, pods: int) -> int:
        up = min([wish, *(n for at, n in self.asked if at > now - self.rule.up.window)])
        down = max([wish, *(n for at, n in self.asked if at > now - self.rule.down.window)])
        self.asked.append((now, wish))
        return min(max(pods, up), down)

    def _limited(self, now: float, wanted: int, pods: int) -> int:
        if wanted > pods:
            return min(wanted, max(pods, self._limit(now, self.rule.up, pods, 1)))
        if wanted < pods:
            return max(wanted, min(pods, self._limit(now, self.rule.down, pods, -1)))
        return wanted

    def _limit(self, now: float, direction: Direction, pods: int, sign: int) -> int:
        if direction.select == "Disabled":
            return pods
        proposed = [_after(policy, self._at_start(now, policy, pods), sign) for policy in direction.policies]
        furthest = max if (direction.select == "Max") == (sign > 0) else min
        return furthest(proposed)

    def _at_start(self, now: float, policy: Policy, pods: int) -> int:
        """Pods when the policy's period began."""
        return pods - _sum(self.ups, now - policy.seconds) + _sum(self.downs, now - policy.seconds)


def _after(policy: Policy, pods: int, sign: int) -> int:
    if policy.type == "Pods":
        return pods + sign * policy.value
    share = pods * (1 + sign * policy.value / 100)
    return math.ceil(share) if sign > 0 else int(share)


def _sum(changes: Sequence[tuple[float, int]], after: float) -> int:
    return sum(count for at, count in changes if at > after)
