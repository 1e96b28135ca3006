"""Traces: the tracer of this process, the spans that all parts make, and their context in headers and metadata.

Names and attributes follow OpenTelemetry's semantic conventions; docs/telemetry.md lists them.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from opentelemetry import context, propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

from chassis import names
from chassis.errors import Abandoned, Error
from chassis.spans import JOB, Keeper, OfJob, sampler

if TYPE_CHECKING:
    from chassis.blobs import Blobs

tracer = trace.get_tracer("hiddenhill")
_LIMITS = SpanLimits(max_span_attributes=64, max_events=128, max_links=16, max_attribute_length=1000)


def set_up(service: str, otlp_endpoint: str, *, ratio: float = 1.0, blobs: Blobs | None = None) -> None:
    """Trace this process. Spans go to the collector where one is named, of this share of jobs and requests.

    Where there are `blobs`, all spans of jobs are kept there too, whatever the share is.
    """
    from chassis.work import WORKER  # noqa: PLC0415 - it stands on the bus, which stands on this module

    facts = {"service.name": service, "service.namespace": "hiddenhill", "service.instance.id": WORKER}
    provider = TracerProvider(
        resource=Resource.create(facts),
        sampler=sampler(ratio, keeps=blobs is not None),
        span_limits=_LIMITS,
        shutdown_on_exit=False,
    )
    provider.add_span_processor(OfJob())
    if blobs:  # before the exporter, which may wait for its collector when all ends
        provider.add_span_processor(Keeper(blobs, f"{service}-{WORKER}"))
    if otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (  # noqa: PLC0415 - slow to load, seldom used
            OTLPSpanExporter,
        )

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp_endpoint)))
    trace.set_tracer_provider(provider)


def end(seconds: float = 2.0) -> None:
    """Send and keep what was not yet, for so many seconds at most: a collector may be away."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        ending = threading.Thread(target=provider.shutdown, daemon=True)
        ending.start()
        ending.join(seconds)


def inject(headers: dict[str, str]) -> dict[str, str]:
    """Add the current trace context to message headers or call metadata."""
    propagate.inject(headers)
    return headers


@contextlib.contextmanager
def spanned(
    name: str,
    attributes: Mapping[str, Any] | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: context.Context | None = None,
    links: Sequence[Link] = (),
    harmless: tuple[type[BaseException], ...] = (Abandoned,),
) -> Iterator[Span]:
    """A span around a piece of work, below the `parent` context's or else the current one.

    An error that leaves it is recorded, but for `harmless` ones.
    """
    with tracer.start_as_current_span(
        name,
        context=parent,
        kind=kind,
        links=links,
        attributes=dict(attributes or {}),
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except harmless:
            raise
        except Exception as error:
            failed(span, error)
            raise


@contextlib.contextmanager
def consumed(operation: str, template: str, headers: Mapping[str, str], **attributes: Any) -> Iterator[Span]:
    """A span for work that a message triggers: child of its sender and linked to it, so a job is one trace."""
    parent = propagate.extract(dict(headers))
    more = {**_messaging(operation), **attributes}
    with spanned(f"{operation} {template}", more, kind=SpanKind.CONSUMER, parent=parent, links=_link(parent)) as span:
        yield span


@contextlib.contextmanager
def produced(subjects: Sequence[str], harmless: type[BaseException], **attributes: Any) -> Iterator[Span]:
    """A span for a batch of events that is published; linked to what decided on it where another process did."""
    above = trace.get_current_span().get_span_context()
    template = names.template(subjects)
    more = {**_messaging("publish"), **attributes, "messaging.destination.template": template}
    more |= {"messaging.batch.message_count": len(subjects), JOB: names.parse_subject(subjects[0])[0]}
    if len(subjects) == 1:
        more["messaging.destination.name"] = subjects[0]
    links = [Link(above)] if above.is_valid and above.is_remote else ()
    with spanned(f"publish {template}", more, kind=SpanKind.PRODUCER, links=links, harmless=(harmless,)) as span:
        try:
            yield span
        except harmless:
            span.set_attribute("hiddenhill.outcome", "overtaken")
            raise


@contextlib.contextmanager
def joined(name: str, traceparent: str, job_id: str) -> Iterator[Span]:
    """A span in a job's trace for what is done to it later, linked to the request that asked for it."""
    above = trace.get_current_span().get_span_context()
    links = [Link(above)] if above.is_valid else ()
    parent = propagate.extract({"traceparent": traceparent})
    with spanned(name, {JOB: job_id}, parent=parent, links=links) as span:
        yield span


def continued(headers: Mapping[str, str]) -> Any:
    """Make the context in these headers the current one; returns the token for `context.detach`."""
    return context.attach(propagate.extract(dict(headers)))


def note(**attributes: Any) -> None:
    """Set attributes of the current span, named without their `hiddenhill.`."""
    span = trace.get_current_span()
    if span.is_recording():
        span.set_attributes({f"hiddenhill.{name}": value for name, value in attributes.items()})


def event(name: str, **attributes: Any) -> None:
    """Something that happened within the current span."""
    trace.get_current_span().add_event(name, attributes)


def failed(span: Span, error: BaseException) -> None:
    """Record an error on a span: its type is the stable code where it has one."""
    if span.is_recording():
        span.record_exception(error)
        span.set_attribute("error.type", error.code if isinstance(error, Error) else type(error).__qualname__)
        span.set_status(Status(StatusCode.ERROR, str(error)[:300]))


def _messaging(operation: str) -> dict[str, Any]:
    kind = "send" if operation == "publish" else operation
    return {"messaging.system": "nats", "messaging.operation.name": operation, "messaging.operation.type": kind}


def _link(parent: context.Context) -> Sequence[Link]:
    sender = trace.get_current_span(parent).get_span_context()
    return [Link(sender)] if sender.is_valid else ()
