"""Traces: the tracer of this process, and its context in NATS headers and gRPC metadata."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from opentelemetry import context, propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

tracer = trace.get_tracer("hiddenhill")


def set_up(service: str, otlp_endpoint: str) -> None:
    """Trace this process; spans go to the collector where one is named."""
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.namespace": "hiddenhill"}))
    if otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (  # noqa: PLC0415 - slow to load, seldom used
            OTLPSpanExporter,
        )

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp_endpoint)))
    trace.set_tracer_provider(provider)


def inject(headers: dict[str, str]) -> dict[str, str]:
    """Add the current trace context to message headers or call metadata."""
    propagate.inject(headers)
    return headers


@contextlib.contextmanager
def consumed(operation: str, template: str, headers: Mapping[str, str], **attributes: Any) -> Iterator[Span]:
    """A span for work that a message triggers: child of its sender and linked to it, so a job is one trace."""
    parent = propagate.extract(dict(headers))
    sender = trace.get_current_span(parent).get_span_context()
    with tracer.start_as_current_span(
        f"{operation} {template}",
        context=parent,
        kind=SpanKind.CONSUMER,
        links=[Link(sender)] if sender.is_valid else None,
        attributes={"messaging.system": "nats", "messaging.operation.name": operation, **attributes},
    ) as span:
        yield span


def continued(headers: Mapping[str, str]) -> Any:
    """Make the context in these headers the current one; returns the token for `context.detach`."""
    return context.attach(propagate.extract(dict(headers)))


def failed(span: Span, error: BaseException) -> None:
    """Record an error on a span."""
    span.record_exception(error)
    span.set_status(Status(StatusCode.ERROR, str(error)))
