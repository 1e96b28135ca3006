"""Paid providers: what a worker tells the others of those that it can call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Work = Literal["script", "speech", "footage"]


@dataclass(frozen=True)
class Provider:
    """One thing that a vendor does for a stage, and what it costs.

    Args:
        name: the vendor's, such as `gemini`.
        title: the vendor's name for the user.
        does: what it is called for.
        model: which of its models.
        usable: whether there is a key of the operator's; a user may have one of his own.
        reason: why it is not usable, with what to do.
        prices: dollars by unit: `input` and `output` for a million tokens, `second` for a second of footage.
        facts: numbers that an estimate needs besides, such as the `seconds` of one clip.
    """

    name: str
    title: str
    does: Work
    model: str
    usable: bool
    reason: str = ""
    prices: dict[str, float] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)
