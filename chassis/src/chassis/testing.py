"""The bus and the blobs in memory, behaving as the real ones do: what tests of stages and of the runner stand on."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from google.protobuf.message import Message as Proto
from hiddenhill.v1.events_pb2 import Costs

from chassis import events, keys, names, telemetry
from chassis.blobs import Blobs, key_of
from chassis.bus import ADVISORIES, NatsBus
from chassis.errors import Transient
from chassis.events import Blob, Event, Outgoing, costs_of, manifest_of, read_event, readable
from chassis.manifest import Manifest
from chassis.protocols import PATIENCE, Conflict, Message, check_batch
from chassis.providers import Provider
from chassis.runner import Runner
from chassis.settings import ChassisSettings
from chassis.stage import Rule, Stage, triggers

T = TypeVar("T")


@dataclass(frozen=True)
class MemoryMessage:
    """A message with its place in the stream."""

    subject: str
    data: bytes
    headers: dict[str, str]
    seq: int


@dataclass(frozen=True)
class MemoryDelivery(MemoryMessage):
    """A message in the hand of a reader."""

    attempt: int
    consumer: MemoryConsumer

    @property
    def event(self) -> Event:
        return read_event(self)

    async def ack(self) -> None:
        self.consumer.unacked.pop(self.seq, None)
        self.consumer.stream.wake()

    async def retry(self, delay: float) -> None:
        self.consumer.put_off(self, delay)

    async def give_up(self) -> None:
        await self.ack()
        self.consumer.advise("MSG_TERMINATED", self.seq, self.attempt)

    async def alive(self) -> None:
        self.consumer.put_off(self, self.consumer.ack_wait)


class MemoryStream(list[MemoryMessage]):
    """Messages in order, and the news that readers should look again."""

    def __init__(self) -> None:
        super().__init__()
        self.news = asyncio.Event()

    def add(self, subject: str, data: bytes) -> MemoryMessage:
        message = MemoryMessage(subject, data, telemetry.inject({}), len(self) + 1)
        self.append(message)
        self.wake()
        return message

    def wake(self) -> None:
        self.news.set()
        self.news = asyncio.Event()


@dataclass(eq=False)
class MemoryConsumer:
    """A durable reader: how far it has seen, and the attempts and next hour of what it has not acknowledged."""

    durable: str
    stream: MemoryStream
    filters: Sequence[str]
    ack_wait: float
    max_attempts: float
    advisories: MemoryStream
    seen: int = 0
    unacked: dict[int, tuple[int, float]] = field(default_factory=dict)

    async def next(self, seconds: float = PATIENCE) -> MemoryDelivery | None:
        """The next message, or None when there was none for so many seconds."""
        deadline = _time() + seconds
        while not (taken := self.take()) and _time() < deadline:
            due = min((due for _, due in self.unacked.values()), default=deadline)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stream.news.wait(), max(0.0, min(due, deadline) - _time()))
        return taken

    def take(self) -> MemoryDelivery | None:
        """The next message, if one is due."""
        for seq, (attempt, due) in sorted(self.unacked.items()):
            if due <= _time() and attempt >= self.max_attempts:
                del self.unacked[seq]
                self.stream.wake()
                self.advise("MAX_DELIVERIES", seq, attempt)
            elif due <= _time():
                return self._give(self.stream[seq - 1], attempt + 1)
        fresh = self.fresh()
        return self._give(fresh[0], 1) if fresh else None

    def fresh(self) -> list[MemoryMessage]:
        """What nobody was given yet."""
        return [message for message in self.stream[self.seen :] if any(_covers(f, message) for f in self.filters)]

    def put_off(self, delivery: MemoryDelivery, delay: float) -> None:
        """Have it come again after `delay` seconds, unless it was acknowledged."""
        if delivery.seq in self.unacked:
            self.unacked[delivery.seq] = (delivery.attempt, _time() + delay)
            self.stream.wake()

    def advise(self, kind: str, seq: int, attempts: int) -> None:
        fields = {"stream": names.STREAM, "consumer": self.durable, "stream_seq": seq, "deliveries": attempts}
        subject = f"$JS.EVENT.ADVISORY.CONSUMER.{kind}.{names.STREAM}.{self.durable}"
        self.advisories.add(subject, json.dumps(fields).encode())

    def _give(self, message: MemoryMessage, attempt: int) -> MemoryDelivery:
        self.seen = max(self.seen, message.seq)
        self.unacked[message.seq] = (attempt, _time() + self.ack_wait)
        return MemoryDelivery(message.subject, message.data, message.headers, message.seq, attempt, self)


class MemoryBus:
    """The bus without a server, for one event loop. `told` keeps what was said of progress."""

    def __init__(self) -> None:
        self.streams = {names.STREAM: MemoryStream(), ADVISORIES: MemoryStream()}
        self.told: list[tuple[str, Proto]] = []
        self._rules: dict[str, tuple[Rule, int]] = {}
        self._told = 0
        self._providers: dict[str, Provider] = {}
        self._find_key: Callable[[str, str], Awaitable[str]] | None = None
        self._consumers: dict[str, MemoryConsumer] = {}
        self._listeners: list[tuple[str, Callable[[Any], None]]] = []

    async def manifest(self, job_id: str) -> Manifest:
        prefix = f"job.{names.check_job(job_id)}."
        return manifest_of(read_event(m) for m in self.streams[names.STREAM] if m.subject.startswith(prefix))

    async def costs(self, job_id: str) -> tuple[Costs, int]:
        subjects = (names.budget_subject(job_id), names.costs_subject(job_id))
        return costs_of(job_id, [read_event(m) for m in self.streams[names.STREAM] if m.subject in subjects])

    async def announce(self, batch: Sequence[Outgoing], expected: dict[str, int] | None = None) -> int:
        check_batch(batch)
        with telemetry.produced([outgoing.subject for outgoing in batch], Conflict):
            return self._announce(batch, expected or {})

    def _announce(self, batch: Sequence[Outgoing], expected: dict[str, int]) -> int:
        stream = self.streams[names.STREAM]
        for outgoing in batch:
            self._hear(outgoing.subject, outgoing.payload)
        for outgoing in batch:
            last = max((message.seq for message in stream if message.subject == outgoing.subject), default=0)
            if expected.get(outgoing.artifact, last) != last:
                raise Conflict(outgoing.subject)
        for outgoing in batch:
            stream.add(outgoing.subject, outgoing.payload)
        return len(stream)

    async def progress(self, subject: str, message: Proto) -> None:
        self.told.append((subject, message))
        self._hear(subject, message.SerializeToString())

    async def offers(self, rule: Rule, *, ack_wait: float, max_attempts: int, declare: bool = True) -> MemoryConsumer:
        if declare or rule.name not in self._rules:
            self._told += 1
            self._rules[rule.name] = rule, self._told
        if not declare and (known := self._consumers.get(f"stage-{rule.name}")):
            return known
        filters = [names.ready_filter(need) for need in triggers(rule, rule.needs)]
        return self._consumer(f"stage-{rule.name}", names.STREAM, filters, ack_wait, max_attempts)

    async def rules(self) -> list[Rule]:
        return [self._rules[name][0] for name in sorted(self._rules)]

    async def standing(self, rule: Rule) -> tuple[bool, int]:
        known, when = self._rules.get(rule.name, (None, 0))
        return known == rule, when

    async def forget(self, stage: str) -> None:
        self._rules.pop(stage, None)
        self._consumers.pop(f"stage-{stage}", None)

    async def publish_providers(self, providers: Sequence[Provider]) -> None:
        self._providers |= {f"{each.name}.{each.does}": each for each in providers}

    async def providers(self) -> list[Provider]:
        return [self._providers[name] for name in sorted(self._providers)]

    async def key(self, job_id: str, provider: str) -> str:
        keys.subject(job_id, provider)
        try:
            assert self._find_key
            return await self._find_key(job_id, provider)
        except Exception as error:
            message = "The key of the provider could not be looked up; trying again."
            raise Transient("unavailable.keys", message, repr(error)) from error

    async def serve_keys(self, find: Callable[[str, str], Awaitable[str]]) -> None:
        self._find_key = find

    async def backlog(self, stage: str) -> int:
        consumer = self._consumers.get(f"stage-{stage}")
        return len(consumer.unacked) + len(consumer.fresh()) if consumer else 0

    async def follow(
        self, durable: str, *, stream: str = names.STREAM, batch: int = 256
    ) -> AsyncIterator[Sequence[Message]]:
        consumer = self._consumer(durable, stream, [">"], 30)
        while True:
            found = [await consumer.next()]
            while len(found) < batch and found[-1]:
                found.append(consumer.take())
            yield [message for message in found if message]

    async def read(self, after: int, batch: int = 256) -> AsyncIterator[tuple[list[Event], int]]:
        stream = self.streams[names.STREAM]
        while True:
            if len(stream) <= after:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stream.news.wait(), PATIENCE)
            messages = stream[after : after + batch]
            after += len(messages)
            yield readable(messages), after

    async def extent(self) -> tuple[str, int]:
        return f"memory {id(self)}", len(self.streams[names.STREAM])

    async def message_at(self, seq: int) -> Event | None:
        stream = self.streams[names.STREAM]
        return read_event(stream[seq - 1]) if 1 <= seq <= len(stream) else None

    async def listen(self, subject: str, heard: Callable[[Any], None]) -> None:
        self._listeners.append((subject, heard))

    def _consumer(
        self, durable: str, stream: str, filters: Sequence[str], ack_wait: float, max_attempts: float = float("inf")
    ) -> MemoryConsumer:
        args = (durable, self.streams[stream], filters, ack_wait, max_attempts, self.streams[ADVISORIES])
        consumer = self._consumers.setdefault(durable, MemoryConsumer(*args))
        consumer.filters, consumer.ack_wait, consumer.max_attempts = filters, ack_wait, max_attempts
        return consumer

    def _hear(self, subject: str, data: bytes) -> None:
        message = MemoryMessage(subject, data, telemetry.inject({}), 0)
        for pattern, heard in self._listeners:
            if _covers(pattern, message):
                heard(message)


class MemoryBlobs:
    """Blobs without a server: `kept` has the bytes by key."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, path: Path) -> None:
        self.put_bytes(key, path.read_bytes())

    def put_bytes(self, key: str, data: bytes) -> None:
        self.kept[key] = data

    def get(self, key: str, path: Path) -> None:
        path.write_bytes(self.kept[key])

    def get_bytes(self, key: str, start: int = 0, length: int = 0) -> bytes:
        if (start or length) and start >= len(self.kept[key]):
            raise KeyError(key)
        return self.kept[key][start : start + length if length else None]

    def remove(self, key: str) -> None:
        self.kept.pop(key, None)

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.kept if key.startswith(prefix))

    def size(self, key: str) -> int | None:
        return len(self.kept[key]) if key in self.kept else None


async def make_ready(
    bus: MemoryBus, blobs: Blobs, job_id: str, artifacts: Mapping[str, bytes], cause: str = "submitted", **more: Any
) -> dict[str, str]:
    """Store JSON artifacts and announce them; `more` are fields of Ready, such as `inputs` and `scenes`.

    Returns their digests.
    """
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in artifacts.items()}
    for name, data in artifacts.items():
        blobs.put_bytes(key_of(digests[name]), data)
    told = [Blob(name, digests[name], len(data), "application/json") for name, data in artifacts.items()]
    await bus.announce([events.ready(job_id, blob, cause=cause, **more) for blob in told])
    return digests


async def work_off(stage: Stage, bus: MemoryBus, blobs: Blobs, **more: Any) -> None:
    """Let a runner work for the stage until no message for it is left; `more` are the runner's other arguments."""
    runner = Runner(stage, "testing", bus, blobs, slots=0, ack_wait=15, max_attempts=8, **more)
    consumer = await bus.offers(runner.rule, ack_wait=15, max_attempts=8)
    work = asyncio.create_task(runner.run())
    while await bus.backlog(stage.name):
        await consumer.stream.news.wait()
    runner.stop()
    await work


def on_bus(settings: ChassisSettings, act: Callable[[NatsBus], Awaitable[T]]) -> T:
    """What `act` gives on a connection of its own to the real bus."""

    async def run() -> T:
        bus = await NatsBus.connect(settings, "test")
        try:
            return await act(bus)
        finally:
            await bus.client.close()

    return asyncio.run(run())


async def all_events(bus: NatsBus) -> list[Event]:
    """The events that the stream holds, in their order."""
    last = await bus.last()
    found = [await bus.message_at(seq) for seq in range(1, last + 1)]
    return [event for event in found if event]


def until(found: Callable[[], T], seconds: float = 20.0, told: Callable[[], object] = lambda: "it did not happen") -> T:
    """What `found` gives, asked for until it is true of it. Raises AssertionError with what is `told` after so long."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s: {told()}")
        time.sleep(0.05)
    return value


def _time() -> float:
    return asyncio.get_running_loop().time()


def _covers(pattern: str, message: MemoryMessage) -> bool:
    escaped = re.escape(pattern).replace(r"\*", r"[^.]+").replace(">", ".+")
    return re.fullmatch(escaped, message.subject) is not None
