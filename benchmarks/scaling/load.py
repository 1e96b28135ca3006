"""The load: jobs whose scenes become ready to be drawn, as the stages before announce them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chassis.blobs import Blobs, key_of
from chassis.bus import NatsBus
from chassis.events import Blob, Outgoing
from chassis.stage import Stage

from benchmarks.scaling.pod import Plan
from chassis import events, names

SPAN = (0.6, 1.6)
"""Of how long a scene takes, in typical scenes: even between these."""
A_SCENE = 2.0
"""Seconds between two scenes of a job that have been spoken."""
_SCRIPT = Blob("script", hashlib.sha256(b"{}").hexdigest(), 2, "application/json")
"""Which no renderer reads: its event says which scenes there are."""


@dataclass(frozen=True)
class Scene:
    """A scene, when it is ready to be drawn, and how long that takes (seconds)."""

    job: str
    number: int
    ready: float
    seconds: float

    @property
    def name(self) -> str:
        return f"{self.job}.{self.number}"


@dataclass(frozen=True)
class Burst:
    """Jobs that come evenly over `over` seconds from `at` on."""

    name: str
    at: float
    jobs: int
    scenes: int = 8
    over: float = 60.0
    typical: float = 30.0
    """Seconds that a typical scene takes."""
    long: tuple[float, ...] = ()
    """Seconds that some of them take instead."""


def scenes_of(bursts: Sequence[Burst], seed: int = 1) -> list[Scene]:
    """All scenes by the time they are ready."""
    chance = random.Random(seed)
    found = []
    for burst in bursts:
        mine = [
            Scene(
                f"{burst.name}-{job}",
                scene,
                burst.at + burst.over * job / burst.jobs + A_SCENE * scene,
                burst.typical * chance.uniform(*SPAN),
            )
            for job in range(burst.jobs)
            for scene in range(1, burst.scenes + 1)
        ]
        for place, seconds in enumerate(burst.long, 1):
            at = len(mine) * place // (len(burst.long) + 1)
            mine[at] = Scene(mine[at].job, mine[at].number, mine[at].ready, seconds)
        found += mine
    return sorted(found, key=lambda each: each.ready)


class Load:
    """Puts scenes on the bus: a job's briefs, and whatever else the rule needs of a scene, in the order made.

    Args:
        scenes: what comes when.
        factor: seconds of the simulation in one of ours.
        stage: whose needs are announced.
    """

    def __init__(self, scenes: Sequence[Scene], factor: float, stage: Stage, bus: NatsBus, blobs: Blobs) -> None:
        self._scenes, self._factor, self._bus, self._blobs = scenes, factor, bus, blobs
        self._early = [need for need in stage.needs if need.endswith((".brief", ".footage"))]
        """Announced for all scenes of a job at once: by the scripter, and by the stage of films that makes none."""
        self._late = [need for need in stage.needs if need not in self._early]

    def store(self) -> None:
        """Put all blobs in place, so that what follows costs the store no more than it does in life."""
        for blob, data in self._all_blobs().items():
            self._blobs.put_bytes(key_of(blob.digest), data)

    async def play(self, clock: Callable[[], float]) -> None:
        """Announce everything at its time."""
        begun: set[str] = set()
        for scene in self._scenes:
            starts = scene.ready - A_SCENE * scene.number
            if scene.job not in begun:
                begun.add(scene.job)
                await self._until(clock, starts)
                mine = [each for each in self._scenes if each.job == scene.job]
                opening = events.ready(scene.job, _SCRIPT, cause="made", scenes=[each.number for each in mine])
                await self._bus.announce([opening])
                for need in self._early:
                    await self._bus.announce([self._event(each, need) for each in mine])
            await self._until(clock, scene.ready)
            for need in self._late:
                await self._bus.announce([self._event(scene, need)])

    async def _until(self, clock: Callable[[], float], at: float) -> None:
        await asyncio.sleep(max(0.0, (at - clock()) / self._factor))

    def _event(self, scene: Scene, need: str) -> Outgoing:
        return events.ready(scene.job, self._blob(scene, need)[0], cause="made")

    def _blob(self, scene: Scene, need: str) -> tuple[Blob, bytes]:
        data = json.dumps({"for": need}).encode()
        if need.endswith(".brief"):
            data = Plan(seconds=scene.seconds / self._factor, job=scene.job).model_dump_json().encode()
        artifact = names.of_scene(need, scene.number)
        return Blob(artifact, hashlib.sha256(data).hexdigest(), len(data), "application/json"), data

    def _all_blobs(self) -> dict[Blob, bytes]:
        by_digest = {}
        for scene in self._scenes:
            for need in (*self._early, *self._late):
                blob, data = self._blob(scene, need)
                by_digest[blob.digest] = (blob, data)
        return dict(by_digest.values())
