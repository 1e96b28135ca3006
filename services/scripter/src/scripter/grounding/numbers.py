"""Numbers: each is in the passages, with its unit and its bound, and stands for the same thing there."""

from __future__ import annotations

import math
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from scripter.grounding import derived, shares, units
from scripter.grounding.evidence import Claim
from scripter.grounding.quantities import BESIDE, MULTIPLES, Quantity, quantities_in
from scripter.grounding.reading import Clause, Reading, Segment, Word, is_cjk

ROUNDED = 0.025
"""How far a number may be rounded without a word such as `about`, by dropping decimals."""
ABOUT = 0.075
"""How far it may be off with one; fractions in words and round numbers, twice as far."""
WITHIN = 0.1
WITHIN_ROUND = 0.2
"""How far from a number one that bounds it may lie: `more than 70` where it is 74."""
_COMPARED = re.compile(r"\bthan (?:in|among|for|those|with|the|older|younger|other)\b", re.IGNORECASE)
_BEYOND = re.compile(
    r"\b(?:more|less|fewer|higher|lower|longer|shorter|greater|older|younger) than (?:an? )?$", re.IGNORECASE
)
"""Words that say a number was not reached, or passed."""
_TIMED = re.compile(
    r"(?:year|month|week|day|hour|minute|second|old|more|or|long|consecutive|further|additional|extra)", re.IGNORECASE
)
_LABELLED = re.compile(r"\b(?:type|phase|stage|class|model|version|day|vitamin|hepatitis|page|part)\s$", re.IGNORECASE)
_ROLES = frozenset({"from", "to"})
_CONTRASTS = frozenset({"new", "old", "first", "normal", "control", "usual"})
_start = attrgetter("start")
_REPLACED = 2
"""Meanings of a number's surroundings that a sentence may exchange before the number is another's."""


@dataclass(frozen=True)
class Place:
    """A quantity where it stands: its segment, and the meanings around it up to the neighbouring quantities."""

    quantity: Quantity
    segment: Segment
    near: frozenset[str]


def fault(claim: Claim) -> str:
    """What is wrong with the first number that is; empty where all are right."""
    given = [place for reading in claim.passages for place in places(reading, claim)]
    for place in places(claim.said, claim):
        reason = _fault(place, given, claim)
        if reason:
            return reason
    return ""


def places(reading: Reading, claim: Claim) -> Iterator[Place]:
    """Every quantity of a text with what is near it."""
    for segment in reading.segments:
        for quantity, walls in _walled(quantities_in(segment.text, claim.language)):
            near = _near(quantity, walls, segment, segment.clauses, claim)
            if reading is not claim.said and not any(key not in "^v" and key not in _ROLES for key in near):
                near |= _near(quantity, walls, segment, segment.mains, claim)
            role = _before(quantity, segment).rstrip().rpartition(" ")[2].lower()
            yield Place(quantity, segment, frozenset(near | ({role} if role in _ROLES else set())))


def _walled(found: Sequence[Quantity]) -> Iterator[tuple[Quantity, tuple[int, int]]]:
    """Each quantity, and between where in the text no other of its kind stands."""
    kinds: dict[str, list[Quantity]] = {}
    for quantity in found:
        if quantity.unit != units.ORDINAL:
            kinds.setdefault(quantity.unit.kind, []).append(quantity)
    for quantity in found:
        same = kinds.get(quantity.unit.kind, [])
        before = bisect_right(same, quantity.start, key=lambda q: q.end)
        after = bisect_left(same, quantity.end, key=lambda q: q.start)
        yield quantity, (same[before - 1].end if before else 0, same[after].start if after < len(same) else sys.maxsize)


def _near(
    quantity: Quantity, walls: tuple[int, int], segment: Segment, clauses: tuple[Clause, ...], claim: Claim
) -> set[str]:
    """Meanings in the clause of a quantity, up to the quantities beside it."""
    at = bisect_right(clauses, quantity.start, key=lambda c: c.start) - 1
    clause = clauses[at] if at >= 0 and quantity.start < clauses[at].start + len(clauses[at].text) else None
    first, last = (clause.start, clause.start + len(clause.text)) if clause else (0, len(segment.text))
    first, last = max(first, walls[0]), min(last, walls[1])
    beside = re.compile(r"\s?\([^()\d]*\)").match(segment.text, quantity.end)
    last = max(last, beside.end()) if beside else last
    between = bisect_left(segment.words, first, key=_start), bisect_left(segment.words, last, key=_start)
    inside = [w for w in segment.words[slice(*between)] if not quantity.start <= w.start < quantity.end]
    keys = {word.key for word in inside if word.content or word.text == "first"}
    return keys | {way for word in inside for way in _ways(word, segment, claim)}


def _ways(word: Word, segment: Segment, claim: Claim) -> list[str]:
    if segment.text.startswith(" than", word.start + len(word.text)):
        return []
    has = claim.lexicon.has
    return ["^"] * has("up", word.text) + ["v"] * has("down", word.text)


def _fault(place: Place, given: list[Place], claim: Claim) -> str:
    said = place.quantity
    label = _label(place)
    if label and any(map(_label, given)):
        given = [other for other in given if _labelled(other, label[0].strip().lower())]
    equal = [other for other in given if same_value(said, other.quantity)]
    equal = [other for other in equal if math.isclose(other.quantity.value, said.value)] or equal
    if not equal and (derived.follows(place, given, claim) or _listed(said, claim)):
        return ""
    if not equal:
        return f"{said.text.strip()} is not in the passage"
    fitting = [other for other in equal if same_unit(said, other.quantity) and not _of_things(said, other)]
    if not fitting and derived.follows(place, given, claim):
        return ""
    if not fitting:
        return f"{said.text.strip()} has another unit in the passage: {equal[0].quantity.text.strip()}"
    bounded = [other for other in fitting if not _opposite(place, other, claim)]
    if not bounded:
        return f"{said.text.strip()}: the passage has it as the other bound"
    if all(_counts_another(place, other, given, claim) for other in bounded):
        return f"{said.text.strip()} counts something else in the passage"
    if all(_another_thing(place, other, given, claim) for other in bounded) or shares.another_s(
        place, bounded, _others(place, given), claim
    ):
        return f"{said.text.strip()} stands for something else in the passage"
    return ""


def _listed(said: Quantity, claim: Claim) -> bool:
    """`Two variants, Delta-7 and Mu-2`: the number of what is named after it."""
    if said.worded and said.value == 2 and re.search(r"\b(?:the|these|those|of) two\b(?! \w+s\b)", claim.said.text):
        return True
    named = {word.text for word in claim.content if word.name and claim.covers(word)}
    return said.worded and said.value in {2, 3} and not said.unit.kind and len(named) >= said.value


def same_value(said: Quantity, given: Quantity) -> bool:
    """Equal, or honestly rounded."""
    a, b = _comparable(said, given)
    if math.isclose(a, b, rel_tol=1e-6):
        return True
    if b == 0 or a * b < 0 or said.about is None:
        return False
    off = abs(a - b) / abs(b)
    if said.unit.kind == "fraction" and not said.bound:
        return off <= (2 * ABOUT if said.about else ABOUT)
    return (
        _rounded(said, given, a, b)
        or _bounds(said, given, a, b)
        or bool(said.about and off <= ABOUT and _round(said.value))
    )


def _comparable(said: Quantity, given: Quantity) -> tuple[float, float]:
    """Both values in one unit, as far as they have one."""
    a, b = said.value * said.unit.factor, given.value * given.unit.factor
    if said.unit.under == given.unit.under:
        a, b = a / said.unit.per, b / given.unit.per
    kinds = {said.unit.kind, given.unit.kind}
    if kinds == {"fraction", "%"}:
        a, b = (x * (0.01 if q.unit.kind == "%" else 1) for x, q in ((a, said), (b, given)))
    elif kinds == {"fraction", "times"} and not {said.text, given.text} & MULTIPLES:
        b = 1 / b if b else b
    elif len(kinds) > 1:
        a, b = said.value, given.value
    return a, b


def _rounded(said: Quantity, given: Quantity, a: float, b: float) -> bool:
    step = said.step * (said.unit.factor if said.unit.kind == given.unit.kind else 1)
    return abs(a - b) <= min(ROUNDED * abs(b), 0.5 * step + 1e-9) and not _invented(said, given)


def _bounds(said: Quantity, given: Quantity, a: float, b: float) -> bool:
    """`More than 70` where it is 74."""
    near = WITHIN_ROUND if _round(said.value) else WITHIN
    if said.bound == ">" and given.bound != "<":
        return 0 < b - a <= near * b
    return said.bound == "<" and given.bound != ">" and 0 < a - b <= near * b


def _invented(said: Quantity, given: Quantity) -> bool:
    """More digits than the passage has are no rounding."""
    return said.step * said.unit.factor < given.step * given.unit.factor if said.unit == given.unit else False


def _round(value: float) -> bool:
    """At most two digits that are not zero."""
    return len(f"{abs(value):.6g}".replace(".", "").strip("0")) <= 2 or "e" in f"{abs(value):.6g}"


def same_unit(said: Quantity, given: Quantity) -> bool:
    """The same kind of unit, or none where the words around say what is counted."""
    one, other = said.unit, given.unit
    if one.kind in {"times", "fraction"} or other.kind in {"times", "fraction"}:
        return one.kind in {"", "times", "fraction", "%"} and other.kind in {"", "times", "fraction", "%"}
    if "order" in {one.kind, other.kind}:
        return {one.kind, other.kind} <= {"order", ""}
    if one.kind == other.kind:
        return not (one.under and other.under) or one.under == other.under
    if not one.kind:
        return other.kind not in {"%", "celsius"}
    return not other.kind and one.kind in {"time", "people", "bases"}


def _opposite(place: Place, other: Place, claim: Claim) -> bool:
    one, two = place.quantity.bound, other.quantity.bound
    if one and not two and not other.quantity.about and math.isclose(place.quantity.value, other.quantity.value):
        return bool(_BEYOND.search(claim.said.text[: claim.said.text.find(place.quantity.text)]))
    if not one or not two or one == two:
        return False
    # `less often in adults over 65 than in others` says what `more often in adults under 65 than in others` says.
    return not (_COMPARED.search(claim.said.text) and _COMPARED.search(other.segment.text))


def _another_thing(place: Place, match: Place, given: list[Place], claim: Claim) -> bool:
    """Whether another number of the passage is what the sentence's words belong to."""
    both = place.quantity.worded and place.quantity.value == 2 and not place.quantity.unit.kind
    if both or is_cjk(claim.said.text) or _label(place):
        return False
    elsewhere = [other for other in places(claim.said, claim) if other.quantity != place.quantity]
    for rival in given:
        if rival is match or same_value(place.quantity, rival.quantity):
            continue
        if rival.quantity.unit.kind != match.quantity.unit.kind:
            continue
        also = [other for other in elsewhere if same_value(other.quantity, rival.quantity)]
        if rival.segment is match.segment and _swapped(place, match, rival, also, claim):
            return True
        if not also and _belongs_to(place, match, rival, given, claim):
            return True
    if claim.said.keys & match.segment.keys or not match.segment.keys or len(claim.content) < 2:
        return False
    return any(claim.said.keys & rival.segment.keys for rival in given if rival.quantity.unit == match.quantity.unit)


def _of_things(said: Quantity, other: Place) -> bool:
    """Whether a time is said where the passages count something: `two weeks` for `two seasons`."""
    counted = _counted(other)
    return said.unit.kind == "time" and counted is not None and not _TIMED.match(counted.text)


def _others(place: Place, given: list[Place]) -> list[Place]:
    return [other for other in given if not same_value(place.quantity, other.quantity)]


def _before(quantity: Quantity, segment: Segment) -> str:
    return segment.text[max(0, quantity.start - BESIDE) : quantity.start]


def _label(place: Place) -> re.Match[str] | None:
    return _LABELLED.search(_before(place.quantity, place.segment))


def _labelled(place: Place, label: str) -> bool:
    found = _label(place)
    return found is not None and found[0].strip().lower() == label


def _counts_another(place: Place, match: Place, given: list[Place], claim: Claim) -> bool:
    """`640 villages` where the passages have 640 speakers, and another number of villages."""
    counted, there = _counted(place), _counted(match)
    if (
        not claim.lexicon.senses
        or counted is None
        or there is None
        or counted.key == there.key
        or there.key in claim.said.keys
    ):
        return False
    if counted.key in match.near or claim.lexicon.akin(counted.key, there.key):
        return False
    return any(
        (other := _counted(rival)) is not None
        and other.key == counted.key
        and not same_value(place.quantity, rival.quantity)
        for rival in given
    )


def _counted(place: Place) -> Word | None:
    """The word behind a number without a unit."""
    if place.quantity.unit.kind or place.quantity.value in derived.YEARS:
        return None
    after = [word for word in place.segment.words if word.start >= place.quantity.end]
    gap = place.segment.text[place.quantity.end : after[0].start] if after else ""
    return after[0] if after and after[0].content and gap == " " else None


def _swapped(place: Place, match: Place, rival: Place, also: list[Place], claim: Claim) -> bool:
    """What is near the number in the sentence excludes what is near it in the passage, or has gone to its rival."""
    theirs, left_out = rival.near - match.near, match.near - rival.near - place.near
    if any(_rivals(one, other, claim) for one in place.near & theirs for other in left_out):
        return True
    given_away = {key for other in also for key in other.near}
    return bool(place.near & theirs - given_away and left_out & given_away - set("^v"))


def _belongs_to(place: Place, match: Place, rival: Place, given: list[Place], claim: Claim) -> bool:
    """What is near the number in the sentence is near the rival in the passage; what is near it there is missing."""
    theirs, ours = rival.near - match.near, match.near - rival.near
    named, missing = _telling(place.near & theirs, claim), _telling(ours - place.near - claim.said.keys, claim)
    if not missing:
        return False
    if rival.segment is not match.segment:
        return len(named) >= 2 and not _telling((place.near & match.near) - rival.near, claim)
    if _weight(place.near & theirs, claim) > _weight(place.near & ours, claim) + 1:
        return True
    bare = not _telling(place.near & ours, claim) and len(missing) <= _REPLACED
    return bool(named) and bare and not named & match.segment.keys & _own(match, given)


def _telling(keys: frozenset[str] | set[str], claim: Claim) -> set[str]:
    """Meanings that tell one thing from another."""
    light = (
        (claim.lexicon.lists["light"] | claim.lexicon.lists["generic_people"]) - _CONTRASTS - claim.lexicon.kinds.keys()
    )
    return {key for key in keys if key not in light and key not in "^v" and key not in _ROLES}


def _own(match: Place, given: list[Place]) -> set[str]:
    """What is near this number and no other of its segment."""
    others = {key for other in given if other.segment is match.segment and other is not match for key in other.near}
    return set(match.near) - others


def _weight(keys: frozenset[str], claim: Claim) -> float:
    names = {word.key for word in claim.content if word.name}
    return sum(
        3.0 if key in names or key in claim.lexicon.kinds or key in "^v" else 0.3 if key in _ROLES else 1.0
        for key in keys
    )


def _rivals(one: str, other: str, claim: Claim) -> bool:
    """Whether two meanings exclude each other: up and down, from and to, two drugs, shaded and not."""
    if {one, other} in ({"^", "v"}, {"from", "to"}, {"first", "second"}, {"before", "after"}):
        return True
    if one == "un-" + other or other == "un-" + one:
        return True
    kind = claim.lexicon.kinds.get(one)
    return kind is not None and kind == claim.lexicon.kinds.get(other)
