"""Numbers that the passages do not state but that follow from two they do: shares, multiples, changes, sums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scripter.grounding import units

if TYPE_CHECKING:
    from scripter.grounding.evidence import Claim
    from scripter.grounding.numbers import Place
    from scripter.grounding.quantities import Quantity

EXACT = 0.04
"""How far a share or multiple in words may be off, relative to it; with `about`, `ABOUT`."""
ABOUT = 0.12
BEYOND = 1.5
"""`More than twice` says that it is not three times."""
REACH = 40
"""So many quantities further on, whatever their kind, nothing is beside one any more."""
BESIDE = 2
"""So many quantities of its kind are beside one."""
_COMPARES = re.compile(
    r"\b(?:more|fewer|less|extra|additional|further|other|rest|remaining|difference|gap|points?|than|ago|altogether|total|better|worse|(?:long|short|high|low|fast|slow|earli|lat|larg|small|old|young|heavi|light|warm|cold|cool|deep|tall|farth|quick|loud|quiet|cheap|wid|great)er)\b|"
    r"\b(?:mehr|weniger|más|menos|mais|plus|moins|insgesamt)\b",
    re.IGNORECASE,
)
"""Words of a difference or a sum."""
_EACH = re.compile(r"\b(?:each|per|every|a piece)\b", re.IGNORECASE)
YEARS = range(1500, 2101)
_RATIOS = frozenset({"fraction", "times", "%"})


def follows(place: Place, given: list[Place], claim: Claim) -> bool:
    """Whether a quantity follows from two of one kind that stand beside each other in the passages."""
    said = place.quantity
    if said.about is None or said.unit.kind == "order":
        return False
    return any(any(_fits(said, value) for value in values) for values in _derived(said, given, claim))


def _derived(said: Quantity, given: list[Place], claim: Claim) -> Iterator[Iterator[float]]:
    changes = bool(claim.said.has("up") or claim.said.has("down") or _COMPARES.search(claim.said.text))
    order = {id(segment): at for at, segment in enumerate(claim.segments)}
    for at, one in enumerate(given):
        after = [other for other in given[at + 1 : at + 1 + REACH] if _alike(one.quantity, other.quantity)]
        for other in after[:BESIDE]:
            apart = abs(order[id(one.segment)] - order[id(other.segment)])
            if apart > said.worded or not claim.said.keys & (one.segment.keys | other.segment.keys):
                continue
            shares = one.quantity.unit.kind == "%"
            if said.unit.kind in _RATIOS and not (shares and said.unit.kind != "times"):
                if not one.quantity.unit.kind or not re.search(r"\bin\b", said.text):
                    yield _ratios(one.quantity, other.quantity, changes=changes)
            elif not apart and (said.unit.kind == "time" or _COMPARES.search(claim.said.text)):
                yield _differences(said, one.quantity, other.quantity)
            if not apart and _EACH.search(claim.said.text):
                yield _ratios(one.quantity, other.quantity, changes=changes)


def _alike(one: Quantity, other: Quantity) -> bool:
    kinds = {one.unit.kind, other.unit.kind}
    return len(kinds) == 1 and not kinds & {"order", "fraction"} and one.value > 0 and other.value > 0


def _base(quantity: Quantity) -> float:
    return quantity.value * quantity.unit.factor


def _ratios(one: Quantity, other: Quantity, *, changes: bool) -> Iterator[float]:
    """The share, the multiple, and, of changes, by which share one is more or less than the other."""
    low, high = sorted((_base(one), _base(other)))
    if low == high:
        return
    yield from (low / high, high / low)
    if changes:
        yield from (1 - low / high, high / low - 1)


def _differences(said: Quantity, one: Quantity, other: Quantity) -> Iterator[float]:
    """In the base unit of what is said; of two years of the calendar, a time."""
    difference = abs(_base(one) - _base(other))
    if said.unit.kind == "time" and one.value in YEARS and other.value in YEARS and not one.unit.kind:
        yield difference * units.NAMES["years"].factor
    elif said.unit.kind == ("points" if one.unit.kind == "%" else one.unit.kind):
        yield difference
        if not {one.value, other.value} & {*YEARS}:
            yield _base(one) + _base(other)


def _fits(said: Quantity, value: float) -> bool:
    wanted = said.value * (0.01 if said.unit.kind == "%" else said.unit.factor)
    step = said.step * (0.01 if said.unit.kind == "%" else said.unit.factor)
    if said.bound == ">":
        return wanted <= value < BEYOND * wanted
    if said.bound == "<":
        return wanted / BEYOND < value <= wanted
    if said.about:
        return abs(value - wanted) <= ABOUT * wanted
    return abs(value - wanted) <= (EXACT * wanted if said.worded else 0.5 * step + 1e-9)
