"""What becomes of spans that have ended: those of a job are kept in the store, as OTLP JSON in small batches."""

from __future__ import annotations

import base64
import json
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult, TraceIdRatioBased

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Link, SpanKind, TraceState
    from opentelemetry.util.types import Attributes

    from chassis.blobs import Blobs

log = logging.getLogger(__name__)
JOB, OUTCOME, LEFT = "hiddenhill.job", "hiddenhill.outcome", "left"
_AFTER = 1.0
"""Seconds for which ended spans gather before they are written."""
_WAITING, _OF_JOB, _JOBS = 5_000, 5_000, 1_000
"""Spans at most that wait to be written, and that one process keeps of one job; jobs whose spans it counts."""


def prefix(job_id: str) -> str:
    """Where the spans of a job are kept."""
    return f"traces/{job_id}/"


def sampler(ratio: float, *, keeps: bool) -> Sampler:
    """Of new traces this share is exported, and what a caller's own trace says is respected.

    With `keeps`, what is not exported is recorded all the same.
    """
    decides = ParentBased(TraceIdRatioBased(ratio))
    return _Recording(decides) if keeps else decides


class _Recording(Sampler):
    """Decides as another sampler, but drops nothing: what it leaves out is recorded, and not exported."""

    def __init__(self, decides: Sampler) -> None:
        self._decides = decides

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        found = self._decides.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)
        if found.decision is Decision.DROP:
            return SamplingResult(Decision.RECORD_ONLY, attributes, found.trace_state)
        return found

    def get_description(self) -> str:
        return f"Recording({self._decides.get_description()})"


class OfJob(SpanProcessor):
    """Gives a span the job of the span above it in this process."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        above = trace.get_current_span(parent_context)
        job = (getattr(above, "attributes", None) or {}).get(JOB)
        if job and JOB not in (span.attributes or {}):
            span.set_attribute(JOB, job)


class Keeper(SpanProcessor):
    """Keeps the spans of jobs under `traces/<job>/<worker>-<n>.json`, from a thread of its own.

    Work never waits for it and never fails by it: what cannot be written in time is dropped.

    Args:
        blobs: where to.
        worker: name of this process; one that starts again under the same name overwrites nothing.
    """

    def __init__(self, blobs: Blobs, worker: str) -> None:
        self._blobs = blobs
        self._name = f"{worker}-{secrets.token_hex(3)}"
        self._number = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: dict[str, list[ReadableSpan]] = {}
        self._count = 0
        self._kept = OrderedDict[str, int]()
        self._due, self._ended = threading.Event(), threading.Event()
        threading.Thread(target=self._run, name="spans", daemon=True).start()

    def on_end(self, span: ReadableSpan) -> None:
        attributes = span.attributes or {}
        job = attributes.get(JOB)
        if isinstance(job, str) and attributes.get(OUTCOME) != LEFT:
            self._take(job, [span])
            self._due.set()

    def shutdown(self) -> None:
        self._ended.set()
        self._due.set()
        self.write()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - as the interface has it
        self.write()
        return True

    def write(self) -> None:
        """Write all that waits; what the store does not take waits for the next time."""
        with self._writing:
            with self._lock:
                waiting, self._waiting, self._count = self._waiting, {}, 0
            for job, spans in waiting.items():
                self._number += 1
                try:
                    self._blobs.put_bytes(f"{prefix(job)}{self._name}-{self._number:05}.json", otlp_json(spans))
                except Exception as error:  # noqa: BLE001 - nothing that only tells of the work may harm it
                    log.debug("spans not kept", extra={"job": job, "error": repr(error)})
                    self._take(job, spans, again=True)

    def _take(self, job: str, spans: Sequence[ReadableSpan], *, again: bool = False) -> None:
        with self._lock:
            kept = self._kept.get(job, 0)
            if self._count + len(spans) > _WAITING or (kept >= _OF_JOB and not again):
                return
            self._waiting.setdefault(job, []).extend(spans)
            self._count += len(spans)
            if not again:
                self._kept[job] = kept + len(spans)
                self._kept.move_to_end(job)
                while len(self._kept) > _JOBS:
                    self._kept.popitem(last=False)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._due.wait()
            self._ended.wait(_AFTER)
            self._due.clear()
            self.write()
            with self._lock:
                if self._count and not self._ended.is_set():
                    self._due.set()


def otlp_json(spans: Sequence[ReadableSpan]) -> bytes:
    """The spans as OTLP JSON, in which ids are hexadecimal. Stack traces are left out."""
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415 - the writing thread alone needs these
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans  # noqa: PLC0415 - as above

    message = MessageToDict(encode_spans(spans), use_integers_for_enums=True)
    for resource in message.get("resourceSpans", ()):
        for scope in resource.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                for each in (span, *span.get("links", ())):
                    each |= {key: _hex(each[key]) for key in ("traceId", "spanId", "parentSpanId") if key in each}
                for event in span.get("events", ()):
                    told = event.get("attributes", ())
                    event["attributes"] = [one for one in told if one["key"] != "exception.stacktrace"]
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def _hex(text: str) -> str:
    return base64.b64decode(text).hex()
