"""Spans of paid calls, as OpenTelemetry's conventions for generative models have them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind

from chassis import telemetry

if TYPE_CHECKING:
    from chassis.purse import Answer, Purchase

_VENDORS = {"gemini": "gcp.gemini"}
"""Providers that the conventions have another name for."""


@contextlib.contextmanager
def within(above: context.Context) -> Iterator[None]:
    """Under the span that was current then, in a thread that knows of none."""
    if trace.get_current_span().get_span_context().is_valid:
        yield
        return
    token = context.attach(above)
    try:
        yield
    finally:
        context.detach(token)


def spanned(purchase: Purchase, *, known: bool = False) -> contextlib.AbstractContextManager[Span]:
    """A client's span around a call, or around the finding of its answer that was bought before."""
    facts: dict[str, Any] = {
        "gen_ai.operation.name": purchase.operation,
        "gen_ai.provider.name": _VENDORS.get(purchase.provider, purchase.provider),
        "gen_ai.request.model": purchase.model,
        "gen_ai.output.type": purchase.output,
        "hiddenhill.estimate": purchase.estimate,
    }
    if known:
        facts["hiddenhill.answer"] = "known"
    if purchase.server:
        facts["server.address"] = purchase.server
    return telemetry.spanned(f"{purchase.operation} {purchase.model}", facts, kind=SpanKind.CLIENT)


def tell(span: Span, answer: Answer) -> None:
    """What was answered, and what it cost."""
    span.set_attribute("hiddenhill.answer", "bought")
    span.set_attribute("hiddenhill.dollars", answer.dollars)
    if answer.tokens:
        span.set_attribute("gen_ai.usage.input_tokens", answer.tokens[0])
        span.set_attribute("gen_ai.usage.output_tokens", answer.tokens[1])
