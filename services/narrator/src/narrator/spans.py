"""Spans of time, in seconds, of a sentence's words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Spans = list[tuple[float, float]]


def complete(known: Sequence[tuple[float, float] | None], forms: Sequence[str], length: float) -> Spans:
    """Give each form a time: one that is not heard apart shares, by its length, the time of the one before it.

    Engines run short words together (`that a`), and a dash is not spoken at all.
    """
    heads = [index for index, span in enumerate(known) if span is not None]
    if not heads:
        return share((0.0, length), [len(form) or 1 for form in forms])
    spans: Spans = []
    for head, following in zip([0, *heads[1:]], [*heads[1:], len(known)], strict=True):
        span = known[head] if known[head] is not None else known[heads[0]]
        assert span is not None
        start = spans[-1][1] if spans and span[0] < spans[-1][1] else span[0]
        weights = [len(form) or 0.3 for form in forms[head:following]]
        spans += share((start, max(span[1], start + 0.001 * len(weights))), weights)
    return spans


def share(span: tuple[float, float], weights: Sequence[float]) -> Spans:
    """Cut a span into parts in proportion to the weights."""
    start, end = span
    edges = start + (end - start) * np.cumsum([0, *weights]) / sum(weights)
    return [(float(a), float(b)) for a, b in pairwise(edges)]
