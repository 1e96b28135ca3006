"""What is asked of the bus: `chassis.bus.NatsBus` is it on JetStream, `chassis.testing.MemoryBus` in memory.

Announcements land whole or not at all, and the manifest of a job is one request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from google.protobuf.message import Message as Proto
from hiddenhill.v1.events_pb2 import Costs

from chassis import names
from chassis.errors import Defect
from chassis.events import Event, Outgoing
from chassis.manifest import Manifest
from chassis.providers import Provider
from chassis.stage import Rule

if TYPE_CHECKING:
    from nats.aio.msg import Msg

PATIENCE = 5.0
"""Seconds that a reader waits for a message before it looks up."""
BATCH_LIMIT = 500
"""Events at once. The server takes 1,000, but answers with 1,024 artifacts at most when asked for a job's manifest."""


class Conflict(Exception):
    """Another announcement came first; read the manifest again."""


def check_batch(batch: Sequence[Outgoing]) -> None:
    """Raise Defect where no server would take the batch, however often it is tried."""
    if not 0 < len(batch) <= BATCH_LIMIT:
        raise Defect(
            "internal.batch",
            "This step made more parts than a job can have; try a shorter paper.",
            f"{len(batch)} events at once, of 1 to {BATCH_LIMIT}",
        )


class Message(Protocol):
    """A message as who follows a stream gets it."""

    @property
    def subject(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    async def ack(self) -> None: ...


class Delivery(Protocol):
    """A message in hand: an event and what may be said of it."""

    @property
    def event(self) -> Event: ...
    @property
    def attempt(self) -> int: ...

    async def ack(self) -> None: ...
    async def retry(self, delay: float) -> None: ...
    async def give_up(self) -> None: ...
    async def alive(self) -> None: ...


class Bus(Protocol):
    """What the runner and the gateway ask of the stream."""

    async def manifest(self, job_id: str) -> Manifest: ...
    async def costs(self, job_id: str) -> tuple[Costs, int]:
        """What the job may cost and has paid for, and the sequence of the event that says so; 0: none does."""
        ...

    async def announce(self, batch: Sequence[Outgoing], expected: dict[str, int] | None = None) -> int:
        """Publish all or nothing, if each artifact still has the sequence in `expected`; returns the last sequence.

        Raises:
            Conflict: another announcement came first.
            Transient: the server did not answer; the batch may have been written all the same.
            Defect: more events than a batch can have.
        """
        ...

    async def progress(self, subject: str, message: Proto) -> None: ...
    async def offers(self, rule: Rule, *, ack_wait: float, max_attempts: int, declare: bool = True) -> Offers:
        """What may trigger a stage. Without `declare`, a rule and a consumer that are there stay as they are."""
        ...

    async def standing(self, rule: Rule) -> tuple[bool, int]:
        """Whether this very rule is the one that all know for the stage, and when it was told (a number that grows).

        0: none is known.
        """
        ...

    async def rules(self) -> list[Rule]:
        """The rules of all stages that ever worked on this stream and were not forgotten."""
        ...

    async def forget(self, stage: str) -> None:
        """Drop a stage that nobody works for any more: its rule, and its place in the stream."""
        ...

    async def publish_providers(self, providers: Sequence[Provider]) -> None:
        """Tell the others of paid providers that this worker can call."""
        ...

    async def providers(self) -> list[Provider]:
        """The providers that any worker on this stream could ever call, as last told."""
        ...

    async def key(self, job_id: str, provider: str) -> str:
        """The sealed key of who pays for the job; empty: he has none. Raises Transient: nobody could say."""
        ...

    async def serve_keys(self, find: Callable[[str, str], Awaitable[str]]) -> None:
        """From now on answer `key` with what `find` gives for a job and a provider; who serves share the questions."""
        ...

    async def backlog(self, stage: str) -> int:
        """How many messages of a stage wait or are being worked on."""
        ...

    def follow(self, durable: str, *, stream: str = names.STREAM, batch: int = 256) -> AsyncIterator[Sequence[Message]]:
        """All messages of a stream in order, as they come, for a durable reader; ack each message.

        Yields nothing now and then, where nothing comes.
        """
        ...

    def read(self, after: int, batch: int = 256) -> AsyncIterator[tuple[list[Event], int]]:
        """All events after a sequence, in order and without a gap, for a reader who keeps the place himself.

        Each time with the sequence up to which was read; without events now and then, where nothing comes.
        Raises Transient when the server went away: begin anew.
        """
        ...

    async def extent(self) -> tuple[str, int]:
        """Which stream of events this is (another one has another word), and its last sequence."""
        ...

    async def message_at(self, seq: int) -> Event | None:
        """The event with this sequence, or None when it has expired."""
        ...

    async def listen(self, subject: str, heard: Callable[[Msg], None]) -> None:
        """Call `heard` for each message on a subject from now on: also for events that are then refused."""
        ...


class Offers(Protocol):
    """The messages that may trigger one stage."""

    async def next(self, seconds: float = PATIENCE) -> Delivery | None:
        """One message, or None when there was none for so many seconds."""
        ...
