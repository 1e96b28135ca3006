"""Contrasts in a passage: what holds of one thing there and not of another, a sentence may not say of the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from scripter.grounding.quantities import quantities_in
from scripter.grounding.reading import Clause, Segment

if TYPE_CHECKING:
    from scripter.grounding.evidence import Claim

_CONTRAST = re.compile(
    r"\W*(?:but|unlike|except|while|whereas|although|though|not|compared|against|and|aber|während|nicht|mais|alors|tandis|pero|mientras|frente|mas|enquanto|e|y|et|und)\b",
    re.IGNORECASE,
)
_THAN = re.compile(r"\b(?:than|als|que)\b", re.IGNORECASE)
_OPENS = re.compile(
    r"\W*(?:while|whereas|although|though|während|obwohl|mientras|aunque|enquanto|embora|alors que|tandis que)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\W*(?:unlike|except)\b", re.IGNORECASE)
_NUMBERS = frozenset({"%", "fraction", "times"})


def fault(claim: Claim) -> str:
    """What the passages say of one thing and the sentence of another; empty where there is none."""
    for one, other, aside, apart in _contrasts(claim):
        for first, second in ((one, other), (other, one)):
            reason = _moved(first, second, aside, claim, apart=apart)
            if reason:
                return reason
    return ""


def _contrasts(claim: Claim) -> Iterator[tuple[Clause, Clause, frozenset[str], bool]]:
    """Sides of a contrast, meanings that stand elsewhere too and so tell neither, whether a full stop parts them."""
    sides = [_sides(segment) for segment in claim.segments]
    every = list(chain.from_iterable(sides))
    together = [(one, other, False) for one, other in chain.from_iterable(map(pairwise, sides))]
    apart = [(here[-1], after[0], True) for here, after in pairwise(sides) if here and after]
    for one, other, parted in together + apart:
        aside = frozenset(key for side in every if side is not one and side is not other for key in side.keys)
        yield one, other, aside, parted


def _sides(segment: Segment) -> list[Clause]:
    """The parts of a segment between words that contrast."""
    sides: list[Clause] = []
    for clause in segment.clauses:
        if sides and not _CONTRAST.match(clause.text) and not _OPENS.match(sides[-1].text):
            last = sides[-1]
            text = segment.text[last.start : clause.start + len(clause.text)]
            sides[-1] = Clause(text, last.start, last.words + clause.words, last.negations + clause.negations)
        else:
            sides.append(clause)
    return sides


def _moved(holds: Clause, not_there: Clause, aside: frozenset[str], claim: Claim, *, apart: bool) -> str:
    marks, rivals = _marks(holds, claim), _marks(not_there, claim)
    if apart or claim.said.has("hedges"):
        marks = frozenset(mark for mark in marks if mark[0] != "denied")
    mine = _telling(holds.keys - not_there.keys - aside, claim)
    theirs = _telling(not_there.keys - holds.keys - aside, claim)
    for segment in claim.said.segments:
        sides = _sides(segment)
        for side in sides:
            said = _marks(side, claim)
            kept = {mark for mark in said & marks - rivals if _against(mark, rivals)}
            named = theirs & side.keys
            here = side.keys if len(sides) > 1 and _contrary(sides, claim) else claim.said.keys
            if kept and not said & (rivals - marks) and named and mine and not mine & here:
                return f"the passage says so of {min(mine)}, not of {min(named)}"
            kinds = {claim.lexicon.kinds.get(key) for key in named} - {None}
            rival = {key for key in mine - here if claim.lexicon.kinds.get(key) in kinds}
            if kept and rival:
                return f"the passage says so of {min(rival)}, not of {min(named)}"
    return ""


def _contrary(sides: list[Clause], claim: Claim) -> bool:
    """Whether the sides of a sentence say contrary things."""
    marks = [_marks(side, claim) for side in sides]
    return any(_against(mark, other) for one, other in pairwise(marks) for mark in one)


def _marks(clause: Clause, claim: Claim) -> frozenset[tuple[str, float]]:
    """What a clause says of its subject: a direction, a denial, an extreme, a number."""
    has = claim.lexicon.has
    found: set[tuple[str, float]] = set()
    for word in clause.words:
        if _THAN.search(clause.text):
            break
        for name, mark in (("up", 1), ("down", -1), ("same", 0), ("highest_of", 2), ("lowest_of", -2)):
            if has(name, word.text):
                found.add(("way", mark))
    denied = clause.negations > 0 or _ASIDE.match(clause.text)
    found.add(("denied", float(bool(denied))))
    ways = {value for name, value in found if name == "way"}
    if {1, -1} <= ways:
        found = {mark for mark in found if mark[0] != "way"}
    if denied:
        found = {mark for mark in found if mark[0] != "way"} | {("way", 0)}
    found |= {
        ("number", quantity.value)
        for quantity in quantities_in(clause.text, claim.language)
        if quantity.unit.kind in _NUMBERS
    }
    return frozenset(found)


def _against(mark: tuple[str, float], others: frozenset[tuple[str, float]]) -> bool:
    return any(name == mark[0] and value != mark[1] for name, value in others)


def _telling(keys: frozenset[str], claim: Claim) -> frozenset[str]:
    """Meanings that name something, and are not what a clause says of it."""
    light = claim.lexicon.lists["light"]
    has = claim.lexicon.has
    return frozenset(
        key
        for key in keys
        if (key not in light or key in claim.lexicon.kinds)
        and key not in claim.lexicon.doings
        and not any(has(name, key) for name in ("up", "down", "same", "hedges"))
    )
