"""Whose a share is: the words around it are those of its own in the passages, or of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripter.grounding.binding import bonds, worths
from scripter.grounding.quantities import quantities_in

if TYPE_CHECKING:
    from scripter.grounding.evidence import Claim
    from scripter.grounding.numbers import Place

_KINDS = frozenset({"%", "fraction"})
CLOSER = 0.5
"""How much closer the words around a share must be to a rival than to its own, to be the rival's."""
LEFT_OUT, TELLS = 0.6, 0.25
"""How much of what tells its own from the rival must be unsaid, and from which weight a word tells them apart."""


def another_s(place: Place, equal: list[Place], others: list[Place], claim: Claim) -> bool:
    """Whether a share is said with the words of another of the passages; `equal` are those it may be, `others` not."""
    if place.quantity.unit.kind not in _KINDS:
        return False
    said = _bonds(place, claim)
    own = [(match, _bonds(match, claim)) for match in equal if match.quantity.unit.kind in _KINDS]
    rivals = [
        (other, _bonds(other, claim))
        for other in others
        if other.quantity.unit.kind in _KINDS and not other.quantity.bound
    ]
    worth = worths([bond for _, bond in own + rivals], claim)
    at = {id(segment): number for number, segment in enumerate(claim.segments)}
    return bool(own) and all(
        any(
            abs(at[id(rival.segment)] - at[id(match.segment)]) <= 1 and _closer(said, theirs, ours, worth, claim)
            for rival, theirs in rivals
        )
        for match, ours in own
    )


def _bonds(place: Place, claim: Claim) -> dict[str, float]:
    found = quantities_in(place.segment.text, claim.language)
    walls = [(q.start, q.end) for q in found if q.unit.kind in _KINDS]
    return bonds(place.segment, (place.quantity.start, place.quantity.end), walls, claim)


def _closer(
    said: dict[str, float], theirs: dict[str, float], ours: dict[str, float], worth: dict[str, float], claim: Claim
) -> bool:
    """Whether what is said is clearly closer to the rival, and leaves out what tells its own number from it."""
    apart = {key: (ours.get(key, 0.0) - theirs.get(key, 0.0)) * worth[key] for key in {*ours, *theirs}}
    lean = -sum(said.get(key, 0.0) * value for key, value in apart.items())
    left_out = sum(value for key, value in apart.items() if value > TELLS and key not in claim.said.keys)
    return lean > CLOSER and left_out > LEFT_OUT
