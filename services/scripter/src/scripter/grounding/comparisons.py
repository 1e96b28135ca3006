"""Comparisons that the passages leave to their numbers: `more often in women`, and they have 9% of men and 4% of women."""

# ruff: noqa: E501 - lists of words and expressions read better unbroken

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from scripter.grounding.binding import bonds
from scripter.grounding.derived import YEARS
from scripter.grounding.quantities import Quantity, quantities_in

if TYPE_CHECKING:
    from scripter.grounding.evidence import Claim
    from scripter.grounding.reading import Clause, Segment

_MORE = frozenset(["more", "higher", "greater", "larger", "longer", "bigger", "heavier", "taller", "deeper", "richer", "costlier", "dearer"])  # fmt: skip
_LESS = frozenset(["less", "fewer", "lower", "smaller", "shorter", "lighter", "cheaper", "rarer", "scarcer", "poorer", "shallower"])  # fmt: skip
BOUNDS = re.compile(
    r"\b(?:more|less|fewer|lower|higher|longer|shorter|greater) than (?=\w*\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|half|a|an|all)\b)|"
    r"\b(?:more|less) than (?=(?:halv|doubl|tripl|quadrupl|twice)\w*)|\b(?:at least|at most|up to)\b|"
    r"\bno(?:t)? (?:more|less|fewer|lower|higher) than\b",
    re.IGNORECASE,
)
"""Comparatives that bound a number."""
SHARED = 3
"""Meanings that a comparison and the numbers' sentences share at least: both sides, and what is compared."""
CLEAR = 0.6
"""How much closer the sides of a comparison must be to one number than to the other."""


@dataclass(frozen=True)
class Compared:
    """A comparison: which way it goes, what it is about, and what that is compared with."""

    sign: int
    subject: frozenset[str]
    other: frozenset[str]


def fault(clause: Clause, sides: tuple[set[str], set[str]], claim: Claim) -> str:
    """That the numbers of the passages are the other way round; empty where they are not, or say nothing of it."""
    compared = _compared(clause, sides, claim)
    if compared is None:
        return ""
    best, reason = CLEAR, ""
    for one, other in _pairs(claim):
        straight = _lean(compared, one, other)
        shared = clause.keys & (one[2].keys | other[2].keys)
        if abs(straight) > best and len(shared) >= SHARED:
            best = abs(straight)
            as_said = (straight > 0) == ((one[0].value > other[0].value) == (compared.sign > 0))
            reason = "" if as_said else f"the passage has {one[0].text} and {other[0].text}, the other way round"
    return reason


def _compared(clause: Clause, sides: tuple[set[str], set[str]], claim: Claim) -> Compared | None:
    words = [word for word in clause.words if word.text in _MORE | _LESS]
    numbers = [q for q in quantities_in(clause.text, claim.language) if q.value not in YEARS]
    if len(words) != 1 or clause.negations or numbers or BOUNDS.search(clause.text):
        return None
    return Compared(1 if words[0].text in _MORE else -1, frozenset(sides[0]), frozenset(sides[1]))


_Bound = tuple[Quantity, dict[str, float], "Segment"]


def _pairs(claim: Claim) -> Iterator[tuple[_Bound, _Bound]]:
    """Numbers of one kind that stand in one segment, or in two that follow each other."""
    every = [list(_bound(segment, claim)) for segment in claim.segments]
    for at, here in enumerate(every):
        after = every[at + 1] if at + 1 < len(every) else []
        for one, other in [*combinations(here, 2), *((a, b) for a in here for b in after)]:
            if one[0].unit.kind == other[0].unit.kind and not math.isclose(one[0].value, other[0].value):
                yield one, other


def _bound(segment: Segment, claim: Claim) -> Iterator[_Bound]:
    found = quantities_in(segment.text, claim.language)
    for quantity in found:
        if quantity.unit.kind not in {"order", "time"} and not quantity.bound and quantity.value not in YEARS:
            walls = [(q.start, q.end) for q in found if q.unit.kind == quantity.unit.kind]
            yield quantity, bonds(segment, (quantity.start, quantity.end), walls, claim), segment


def _lean(compared: Compared, one: _Bound, other: _Bound) -> float:
    """Above 0 where the subject belongs to the first number and what it is compared with to the second."""
    lean = 0.0
    for keys, way in ((compared.subject, 1), (compared.other, -1)):
        for key in keys:
            lean += way * (one[1].get(key, 0.0) - other[1].get(key, 0.0))
    return lean
