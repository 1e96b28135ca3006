"""The same bursts in a model of bus and workers, on a clock that runs at once: what other values would do.

The decisions are the autoscaler's, as in the real run; the workers draw, and nothing else takes time.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.scaling.autoscaler import SYNC, Autoscaler
from benchmarks.scaling.cluster import STARTUP
from benchmarks.scaling.load import A_SCENE, Scene
from benchmarks.scaling.rule import Rule

STEP = 1.0
"""Seconds."""


@dataclass(frozen=True)
class Outcome:
    """What came of it: seconds until each burst was drawn, and so on."""

    drains: tuple[float, ...]
    pod_seconds: float
    busy_seconds: float
    """Without the work of runs that were given back."""
    given_back: int
    seconds: float
    ups: int
    """How often pods were added."""


@dataclass(eq=False)
class _Pod:
    ready: float
    runs: list[tuple[float, Scene]] = field(default_factory=list)
    """By their ends."""
    asked: float = math.inf


class Model:
    """Messages in order, pods, and an autoscaler.

    Args:
        rule: of the autoscaler and the pods.
        scenes: by the time they are ready.
        early, late: messages of a scene that come with its job's opening, and with the scene itself.
    """

    def __init__(self, rule: Rule, scenes: Sequence[Scene], early: int = 2, late: int = 2, seed: int = 1) -> None:
        self._rule, self._scaler = rule, Autoscaler(rule)
        self._coming = deque(_messages(scenes, early, late))
        self._queue: deque[Scene | None] = deque()
        """None: a message after which another comes that the scene waits for."""
        self._pods: list[_Pod] = []
        self._random = random.Random(seed)
        self._wanted = rule.pods_least
        self._drawn: dict[str, float] = {}
        self._pod_seconds = self._busy_seconds = 0.0
        self._given_back = self._ups = 0

    def play(self, bursts: Sequence[tuple[str, float]]) -> Outcome:
        """Until all is drawn and only the least of pods are left; `bursts` are their names and beginnings."""
        now, sync, poll = 0.0, 0.0, 0.0
        while self._coming or self._lag() or len(self._pods) > self._rule.pods_least or now < SYNC:
            while self._coming and self._coming[0][0] <= now:
                self._queue.append(self._coming.popleft()[1])
            self._work(now)
            if now >= poll:
                self._wanted = self._scaler.poll(now, self._lag(), self._wanted)
                poll += self._rule.polling
            if now >= sync:
                wanted = self._scaler.sync(now, self._lag(), self._wanted)
                self._ups += wanted > self._wanted
                self._wanted = wanted
                sync += SYNC
            self._scale(now)
            self._pod_seconds += STEP * sum(pod.ready <= now for pod in self._pods)
            now += STEP
        drains = tuple(max(at for name, at in self._drawn.items() if name.startswith(f"{b}-")) - s for b, s in bursts)
        return Outcome(drains, self._pod_seconds, self._busy_seconds, self._given_back, now, self._ups)

    def _lag(self) -> int:
        return len(self._queue) + sum(len(pod.runs) for pod in self._pods)

    def _work(self, now: float) -> None:
        for pod in list(self._pods):
            while pod.runs and pod.runs[0][0] <= now:
                end, scene = heapq.heappop(pod.runs)
                self._drawn[scene.name] = end
                self._busy_seconds += scene.seconds
            if now - pod.asked >= self._rule.grace:
                self._given_back += len(pod.runs)
                self._queue.extendleft(scene for _, scene in pod.runs)
                pod.runs = []
            if pod.asked < math.inf and not pod.runs:
                self._pods.remove(pod)
            while pod.asked == math.inf and pod.ready <= now and self._queue and len(pod.runs) < self._rule.slots:
                if taken := self._queue.popleft():
                    heapq.heappush(pod.runs, (now + taken.seconds, taken))

    def _scale(self, now: float) -> None:
        kept = [pod for pod in self._pods if pod.asked == math.inf]
        for _ in range(self._wanted - len(kept)):
            self._pods.append(_Pod(now + STARTUP))
        kept.sort(key=lambda pod: (math.floor(math.log2(max(now - pod.ready, 1.0))), self._random.random()))
        for pod in kept[: max(0, len(kept) - self._wanted)]:
            pod.asked = now


def _messages(scenes: Sequence[Scene], early: int, late: int) -> list[tuple[float, Scene | None]]:
    """Of all scenes, by their time; the last of a scene's sets its run going."""
    found: list[tuple[float, int, Scene | None]] = []
    for number, scene in enumerate(scenes):
        found += [(scene.ready - A_SCENE * scene.number, number, None)] * early
        found += [(scene.ready, number, None)] * (late - 1)
        found.append((scene.ready, number, scene))
    return [(at, scene) for at, _, scene in sorted(found, key=lambda each: (each[0], each[1], each[2] is not None))]
