"""A script made as long as it should be: what is too much is left out, what lacks is taken from another writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from scripter import pacing

if TYPE_CHECKING:
    from artifacts.script import Role

    from scripter.writer import Draft

ORDER: tuple[Role, ...] = ("hook", "question", "method", "results", "caveat", "takeaway", "end")
LEAST_SECONDS = 18.0
"""Of speech: below it, or below six tenths of a shorter video, there is no video in a paper."""
_OVER = 1.03
"""A script may be so much longer than was asked."""
_ALIKE = 78.0
_LEAVE_FIRST: tuple[Role, ...] = ("results", "method", "question", "takeaway", "caveat")
_SHORTEN_FIRST: tuple[Role, ...] = (*_LEAVE_FIRST, "hook", "end")
NEEDED: tuple[Role, ...] = ("hook", "results", "end")


def seconds(drafts: Sequence[Draft]) -> float:
    """Estimated seconds of the whole."""
    return sum(pacing.scene_seconds([sentence.text for sentence in draft.sentences]) for draft in drafts)


def speech(drafts: Sequence[Draft]) -> float:
    """Estimated seconds of the words alone."""
    return sum(pacing.seconds_of(sentence.text) for draft in drafts for sentence in draft.sentences)


def is_enough(drafts: Sequence[Draft], wanted: float) -> bool:
    """Whether there is a video in them: some seconds of speech, or most of a shorter one."""
    return len(drafts) > 1 and speech(drafts) >= min(LEAST_SECONDS, 0.6 * wanted)


def in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """From hook to end; the first scene is the hook, the last the end."""
    ordered = sorted(drafts, key=lambda draft: ORDER.index(draft.role))
    last = len(ordered) - 1
    return [replace(draft, role=_role(draft.role, place, last)) for place, draft in enumerate(ordered)]


def fitted(drafts: Sequence[Draft], most: float) -> list[Draft]:
    """Without second sentences and then scenes that can be spared, until it is no longer than `most` seconds allow."""
    kept = list(drafts)
    while seconds(kept) > most * _OVER:
        shorter = next(_shorter(kept, sparing=True), None) or next(_shorter(kept, sparing=False), None)
        if shorter is None:
            break
        kept = shorter
    return kept


def supplemented(drafts: Sequence[Draft], others: Sequence[Draft], most: float) -> list[Draft]:
    """With scenes of another writer for needed parts that lack, then for others while there is time left."""
    kept = [draft for draft in drafts if draft.sentences]
    for wanted in (NEEDED, ORDER):
        for other in others:
            there = {draft.role for draft in kept}
            fits = seconds([*kept, other]) <= most * _OVER or wanted is NEEDED
            lacks = other.role not in there or (wanted is ORDER and other.role not in {"hook", "end"})
            if other.role in wanted and lacks and fits and not _repeats(other, kept):
                kept.append(other)
    return in_order(kept)


def _repeats(other: Draft, drafts: Sequence[Draft]) -> bool:
    """Whether something of it was said before, in these or nearly these words."""
    said = [sentence.text for draft in drafts for sentence in draft.sentences]
    return any(fuzz.token_set_ratio(each.text, text) >= _ALIKE for each in other.sentences for text in said)


def _role(role: Role, place: int, last: int) -> Role:
    if place == 0:
        return "hook"
    if place == last:
        return "end"
    return {"hook": "question", "end": "takeaway"}.get(role, role)  # type: ignore[return-value]


def _shorter(drafts: list[Draft], *, sparing: bool) -> Iterator[list[Draft]]:
    """The drafts with one sentence (or one scene) less, the one that is missed least first."""
    for role in _SHORTEN_FIRST if sparing else _LEAVE_FIRST:
        places = [place for place, draft in enumerate(drafts) if draft.role == role]
        for place in reversed(places):
            draft = drafts[place]
            if sparing and len(draft.sentences) > 1:
                yield [*drafts[:place], replace(draft, sentences=draft.sentences[:-1]), *drafts[place + 1 :]]
            elif not sparing and len(drafts) > 3 and (role != "results" or len(places) > 1):
                yield [*drafts[:place], *drafts[place + 1 :]]
