"""Which words a mark belongs to: a number, a direction, a denial is bound to the words nearest to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scripter.grounding.quantities import quantities_in

if TYPE_CHECKING:
    from scripter.grounding.evidence import Claim
    from scripter.grounding.reading import Segment

FADES = 0.3
"""How much less a word counts with each content word between it and the mark."""
WALL = 0.5
"""What a word counts beyond the end of a clause, or beyond another mark of the kind."""


def bonds(segment: Segment, span: tuple[int, int], walls: list[tuple[int, int]], claim: Claim) -> dict[str, float]:
    """How closely each meaning of a segment, and each other number, belongs to what stands at a span, 0 to 1."""
    start, end = span
    tokens = _tokens(segment, claim, span)
    before = [token for token in tokens if token[0] < start][::-1]
    after = [token for token in tokens if token[0] >= end]
    found: dict[str, float] = {}
    for side in (before, after):
        for steps, (at, key) in enumerate(side):
            low, high = (at, start) if at < start else (end, at)
            crossed = sum(low < clause.start <= high for clause in segment.clauses)
            crossed += sum(low <= wall[0] < high for wall in walls if wall != span)
            worth = 1 / (1 + FADES * steps) * WALL**crossed
            found[key] = max(found.get(key, 0.0), worth)
    return found


def _tokens(segment: Segment, claim: Claim, apart: tuple[int, int]) -> list[tuple[int, str]]:
    numbers = quantities_in(segment.text, claim.language)
    inside = [(q.start, q.end) for q in numbers]
    tokens = [(q.start, f"={q.value:g}") for q in numbers if q.start != apart[0]]
    tokens += [
        (word.start, word.key)
        for word in segment.words
        if (word.content or word.text in {"all", "first", "second"}) and not any(a <= word.start < b for a, b in inside)
    ]
    return sorted(tokens)


def worths(each: list[dict[str, float]], claim: Claim) -> dict[str, float]:
    """What a meaning is worth for telling marks apart: the less, the more of them it is near to."""
    keys = {key for bond in each for key in bond}
    found = {}
    for key in keys:
        total = sum(bond.get(key, 0.0) for bond in each)
        light = claim.lexicon.has("light", key) and not key.startswith("=")
        found[key] = (0.5 if light else 1.0) / math.sqrt(max(total, 0.3))
    return found
