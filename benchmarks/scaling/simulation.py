"""One run: the load, the controllers and the pods on a real server, and what was seen meanwhile."""

from __future__ import annotations

import asyncio
import json
import math
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from chassis.blobs import S3Blobs
from chassis.bus import NatsBus
from chassis.settings import ChassisSettings
from chassis.stage import rule_of
from cli.stack import Stack

from benchmarks.scaling import autoscaler
from benchmarks.scaling.autoscaler import Autoscaler, Lag
from benchmarks.scaling.cluster import Cluster, Pod
from benchmarks.scaling.diaries import Note, at_work, read
from benchmarks.scaling.load import Burst, Load, Scene, scenes_of
from benchmarks.scaling.pod import real_stage
from benchmarks.scaling.rule import Rule
from chassis import names

ROOM = 1 << 29
"""Bytes that the servers' files need at most: PostgreSQL's are most of them."""
LEASE = 4.0
"""Seconds of ours to which a worker's lease is cut at most: a busy machine may be late with a heartbeat."""
MARGIN = 8.0
"""Seconds of ours between the end of a worker's grace and SIGKILL at least, likewise."""
LAST = 60.0
"""Seconds of the simulation that are looked at when all is done."""
SAMPLE = 3.0
"""Seconds of the simulation between two looks at the queue for the picture."""


@dataclass(frozen=True)
class Scenario:
    """What is played: bursts, what comes between them, and when a pod at work is killed."""

    rule: Rule
    bursts: tuple[Burst, Burst]
    between: Burst
    kill_at: float
    factor: float
    """Seconds of the simulation in one of ours."""
    lease: float = 15.0
    """HIDDENHILL_ACK_WAIT, which the chart leaves as it is."""

    @property
    def scenes(self) -> list[Scene]:
        return scenes_of((*self.bursts, self.between))

    @property
    def real_lease(self) -> float:
        return max(self.lease / self.factor, LEASE)


@dataclass(frozen=True)
class Sample:
    """A look: what KEDA sees, the pods that there should be, and those that run."""

    at: float
    lag: Lag
    wanted: int
    running: int


@dataclass
class Seen:
    """A run as it was seen. `segments` has the times at which each scene was announced as drawn."""

    scenario: Scenario
    scenes: list[Scene]
    samples: list[Sample] = field(default_factory=list)
    pods: list[Pod] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    segments: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    killed: str = ""
    events: int = 0
    late: float = 0.0
    """Seconds of the simulation by which a look of the HPA came too late at most: this machine was too busy."""


class Clock:
    """Time of the simulation, in seconds."""

    def __init__(self, factor: float) -> None:
        self._factor, self._began = factor, time.time()

    def __call__(self) -> float:
        return self.of(time.time())

    def of(self, real: float) -> float:
        return (real - self._began) * self._factor


def play(scenario: Scenario, patience: float) -> Seen:
    """Play it on servers of its own. Raises TimeoutError after `patience` seconds of ours."""
    with tempfile.TemporaryDirectory(prefix="scaling-", dir=_place()) as folder:
        home, pods = Path(folder, "home"), Path(folder, "pods")
        pods.mkdir()
        with Stack(home, services=()) as stack, _pods(scenario, pods, stack.environment()) as cluster:
            endpoint = json.loads((home / "nats.conf").read_text())["http"]
            settings = stack.settings
            run = Run(scenario, cluster, endpoint)
            return asyncio.run(asyncio.wait_for(run.play(settings), patience))


def _place() -> str | None:
    """Memory, where there is some to keep files in: a disk that others use would be what is measured."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > ROOM else None


@contextmanager
def _pods(scenario: Scenario, folder: Path, env: dict[str, str]) -> Iterator[Cluster]:
    rule, factor = scenario.rule, scenario.factor
    own = {
        "HIDDENHILL_SLOTS": str(rule.slots),
        "HIDDENHILL_GRACE": str(rule.grace / factor),
        "HIDDENHILL_ACK_WAIT": str(scenario.real_lease),
        "HIDDENHILL_KEEP_TRACES": "false",
    }
    margin = max(rule.kill_after - rule.grace, MARGIN * factor)
    cluster = Cluster(rule.model_copy(update={"kill_after": rule.grace + margin}), folder, env | own)
    try:
        yield cluster
    finally:
        cluster.close()


class Run:
    """A scenario being played."""

    def __init__(self, scenario: Scenario, cluster: Cluster, endpoint: str) -> None:
        self._scenario, self._cluster = scenario, cluster
        self._scaler = Autoscaler(scenario.rule)
        self._url = autoscaler.monitoring_url(endpoint, scenario.rule.account)
        self._seen = Seen(scenario, scenario.scenes)
        self._clock = Clock(scenario.factor)

    async def play(self, settings: ChassisSettings) -> Seen:
        stage = real_stage()
        bus = await NatsBus.connect(settings, "scaling")
        try:
            # As an installation has it that is not new: KEDA would take a consumer that is not there for a long queue.
            await bus.offers(rule_of(stage, "renderer"), ack_wait=self._scenario.real_lease, max_attempts=8)
            load = Load(self._seen.scenes, self._scenario.factor, stage, bus, S3Blobs(settings))
            await asyncio.to_thread(load.store)
            async with httpx.AsyncClient(timeout=5) as client:
                self._clock = Clock(self._scenario.factor)
                playing = asyncio.create_task(load.play(self._clock))
                await self._control(client, playing)
            await playing
            await self._gather(bus)
        finally:
            await bus.close()
        return self._seen

    async def _control(self, client: httpx.AsyncClient, playing: asyncio.Task[None]) -> None:
        rule, cluster = self._scenario.rule, self._cluster
        due, over = {"sync": 0.0, "poll": 0.0, "sample": 0.0}, math.inf
        cluster.scale(0.0, rule.pods_least)
        while True:
            now = self._clock()
            cluster.tick(now)
            if now >= min(due.values()):
                lag = autoscaler.lag_of((await client.get(self._url)).json(), rule)
                if now >= due["poll"]:
                    cluster.scale(now, self._scaler.poll(now, lag.total, cluster.wanted))
                    due["poll"] = now + rule.polling
                if now >= due["sync"]:
                    self._seen.late = max(self._seen.late, now - due["sync"])
                    cluster.scale(now, self._scaler.sync(now, lag.total, cluster.wanted))
                    due["sync"] = max(due["sync"] + autoscaler.SYNC, now)
                self._seen.samples.append(Sample(now, lag, cluster.wanted, cluster.running))
                due["sample"] = now + SAMPLE
                quiet = playing.done() and not lag.total and cluster.running == rule.pods_least
                over = min(over, now + LAST) if quiet else math.inf
                if now >= over:
                    return
            self._kill(now)
            await asyncio.sleep(0.02)

    def _kill(self, now: float) -> None:
        if now >= self._scenario.kill_at and not self._seen.killed:
            for name in at_work(read(self._cluster.folder)):
                if any(each.name == name for each in self._cluster.replicas) and self._cluster.kill(name):
                    self._seen.killed = name
                    return

    async def _gather(self, bus: NatsBus) -> None:
        seen = self._seen
        seen.pods = self._cluster.pods
        seen.notes = [each._replace(at=self._clock.of(each.at)) for each in read(self._cluster.folder)]
        last = seen.events = await bus.last()
        async for batch, at in bus.read(0):
            for event in batch:
                job, kind, artifact = names.parse_subject(event.subject)
                if kind == "failed":
                    seen.failures.append(event.subject)
                elif artifact.endswith(".segment"):
                    told = self._clock.of(event.body.announced_at.ToNanoseconds() / 1e9)
                    seen.segments.setdefault(f"{job}.{names.scene_of(artifact)}", []).append(told)
            if at >= last:
                break
