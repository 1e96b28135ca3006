"""Events as the rest of chassis sees them, built from and written to the proto messages."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from hiddenhill.v1.events_pb2 import Budget, Cancelled, Cause, Costs, Failed, Progress, Ready

from chassis import names
from chassis.errors import Error, RateLimited
from chassis.manifest import Entry, Manifest

log = logging.getLogger(__name__)


Body = Ready | Failed | Cancelled | Budget | Costs
COSTS = "costs"
"""What announcements call the job's costs, where they name the sequence that they expect."""


@dataclass(frozen=True)
class Event:
    """A message of the stream with its place in it. `body` is one of the messages below."""

    subject: str
    seq: int
    body: Body
    headers: Mapping[str, str]

    @property
    def job_id(self) -> str:
        return self.body.job_id


@dataclass(frozen=True)
class Outgoing:
    """An event to be announced; `artifact` is empty where it is not about one."""

    subject: str
    payload: bytes
    artifact: str = ""


@dataclass(frozen=True)
class Blob:
    """An artifact's bytes, by digest, without a job."""

    artifact: str
    digest: str
    size: int
    media_type: str


DETAIL = 20_000
"""Characters of an error's detail that are kept: the server takes no message above 1 MB."""
KINDS: dict[str, type[Body]] = {
    "ready": Ready,
    "failed": Failed,
    "cancelled": Cancelled,
    "budget": Budget,
    "costs": Costs,
}


def read_event(message: Any) -> Event:
    """Read a message as JetStream delivers it, as a direct get returns it, or raw."""
    headers = message.headers or {}
    if hasattr(message, "seq"):
        subject, seq = message.subject, message.seq
    elif "Nats-Sequence" in headers:
        subject, seq = headers["Nats-Subject"], int(headers["Nats-Sequence"])
    else:
        subject, seq = message.subject, message.metadata.sequence.stream
    body = KINDS[names.parse_subject(subject)[1]].FromString(message.data)
    return Event(subject, seq, body, headers)


def readable(messages: Iterable[Any]) -> list[Event]:
    """The events among messages: a foreign message on a subject of ours, or a newer version's, must stop nobody."""
    found = []
    for message in messages:
        tokens = message.subject.split(".")
        if len(tokens) > 2 and tokens[2] not in KINDS:
            log.debug("event of another kind", extra={"subject": message.subject})
            continue
        try:
            found.append(read_event(message))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            log.warning("unreadable event", extra={"subject": message.subject, "error": repr(error)})
    return found


def cause_of(number: int) -> str:
    """The name of a cause; one that only a newer version knows counts as made, which sets nothing going by itself."""
    return Cause.Name(number if number in Cause.values() else Cause.CAUSE_MADE).removeprefix("CAUSE_").lower()


def entry_of(event: Event) -> Entry:
    """The manifest's entry for a Ready event."""
    ready = event.body
    assert isinstance(ready, Ready)
    return Entry(
        artifact=ready.artifact,
        seq=event.seq,
        digest=ready.digest,
        size=ready.size,
        media_type=ready.media_type,
        inputs=dict(ready.inputs),
        scenes=tuple(ready.scenes),
        cause=cause_of(ready.cause),
        stage=ready.stage,
        stage_version=ready.stage_version,
    )


def manifest_of(events: Iterable[Event]) -> Manifest:
    """Fold a job's events, in any order, into its manifest."""
    entries: dict[str, Entry] = {}
    cancelled = 0
    for event in sorted(events, key=lambda event: event.seq):
        if isinstance(event.body, Ready):
            entries[event.body.artifact] = entry_of(event)
        elif isinstance(event.body, Cancelled):
            cancelled = event.seq
    return Manifest(entries, cancelled)


def now() -> Timestamp:
    """The present, as protos have it."""
    stamp = Timestamp()
    stamp.GetCurrentTime()
    return stamp


def ready(job_id: str, blob: Blob, *, cause: str, inputs: Mapping[str, str] | None = None, **more: Any) -> Outgoing:
    """The event that an artifact is ready; `more` are further fields of the proto message."""
    body = Ready(
        job_id=job_id,
        artifact=blob.artifact,
        digest=blob.digest,
        size=blob.size,
        media_type=blob.media_type,
        inputs=dict(inputs or {}),
        cause=f"CAUSE_{cause.upper()}",
        announced_at=now(),
        **more,
    )
    return Outgoing(names.ready_subject(job_id, blob.artifact), body.SerializeToString(), blob.artifact)


def again(job_id: str, entry: Entry, *, cause: str, blob: Blob | None = None) -> Outgoing:
    """The same announcement once more, or with a changed blob where the user edited it."""
    return ready(
        job_id,
        blob or Blob(entry.artifact, entry.digest, entry.size, entry.media_type),
        cause=cause,
        inputs=entry.inputs,
        scenes=entry.scenes,
        stage=entry.stage,
        stage_version=entry.stage_version,
    )


def failed(job_id: str, stage: str, scene: int | None, error: Error, attempt: int) -> Outgoing:
    """The event that a stage gave up."""
    body = Failed(
        job_id=job_id,
        stage=stage,
        scene=scene or 0,
        code=error.code,
        message=error.message,
        detail=error.detail[:DETAIL],
        attempt=attempt,
        announced_at=now(),
    )
    return Outgoing(names.failed_subject(job_id, stage, scene), body.SerializeToString())


def cancelled(job_id: str, reason: str) -> Outgoing:
    """The event that the user stopped the job."""
    body = Cancelled(job_id=job_id, reason=reason, announced_at=now())
    return Outgoing(names.cancelled_subject(job_id), body.SerializeToString())


def budget(job_id: str, dollars: float) -> Outgoing:
    """The event that says what a job may cost."""
    body = Budget(job_id=job_id, dollars=dollars, announced_at=now())
    return Outgoing(names.budget_subject(job_id), body.SerializeToString())


def costs_of(job_id: str, found: Iterable[Event]) -> tuple[Costs, int]:
    """What the job has paid for under the budget that it has now, and the sequence of its costs; 0: there are none."""
    costs, seq, dollars = Costs(job_id=job_id), 0, 0.0
    for event in found:
        if isinstance(event.body, Costs):
            costs, seq = event.body, event.seq
        elif isinstance(event.body, Budget):
            dollars = event.body.dollars
    costs.budget = dollars
    return costs, seq


def costs(body: Costs) -> Outgoing:
    """The event that says what a job has paid for."""
    stamped = Costs()
    stamped.CopyFrom(body)
    stamped.announced_at.CopyFrom(now())
    return Outgoing(names.costs_subject(body.job_id), stamped.SerializeToString(), COSTS)


def kick(job_id: str, manifest: Manifest, artifacts: Sequence[str]) -> list[Outgoing]:
    """Announce these artifacts again, unchanged, so that what depends on them is triggered."""
    return [again(job_id, manifest.entries[name], cause="kicked") for name in dict.fromkeys(artifacts)]


def progress(
    job_id: str, stage: str, scene: int | None, fraction: float, note: str, worker: str
) -> tuple[str, Progress]:
    """Subject and message that say how far a running stage is."""
    body = Progress(job_id=job_id, stage=stage, scene=scene or 0, fraction=fraction, note=note, worker=worker)
    return names.progress_subject(job_id, stage, scene), body


def waiting(job_id: str, stage: str, scene: int | None, error: RateLimited, worker: str) -> tuple[str, Progress]:
    """Subject and message that say when a stage goes on, and whose limit it waits for."""
    subject, body = progress(job_id, stage, scene, 0.0, error.message, worker)
    body.waits_until.FromMilliseconds(round(1000 * (time.time() + error.retry_after)))
    body.waits_for = error.waits_for
    return subject, body
