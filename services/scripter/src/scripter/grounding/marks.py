"""Directions that quantities give: `from 8 to 10`, `14 instead of 22`, `twice as many`."""

from __future__ import annotations

import re
from itertools import pairwise

from scripter.grounding.quantities import quantities_in

_BACK = re.compile(
    r"\s(?:instead of|rather than|down from|up from|statt|en lugar de|au lieu de|em vez de)\s", re.IGNORECASE
)
_FORTH = re.compile(r"\s(?:to|auf|a|à|para)\s", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|von|de)\s(?:about |an? average of )?$", re.IGNORECASE)
_AS = re.compile(r"\s?(?:times )?(?:as|the)\b(?! of\b)", re.IGNORECASE)


def way_of_numbers(text: str, language: str) -> int:
    """+1 where the numbers of a clause say more, -1 where they say less, 0 where they say neither."""
    found = quantities_in(text, language)
    for one, other in pairwise(found):
        between = text[one.end : other.start]
        if one.unit.kind != other.unit.kind or one.value == other.value:
            continue
        if _BACK.fullmatch(between):
            return 1 if one.value > other.value else -1
        if _FORTH.fullmatch(between) and _FROM.search(text[: one.start]):
            return 1 if other.value > one.value else -1
    for quantity in found:
        if quantity.unit.kind in {"times", "fraction"} and _AS.match(text, quantity.end):
            value = quantity.value
            return 1 if value > 1 else -1 if value < 1 else 0
    return 0
