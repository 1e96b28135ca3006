"""The writer that needs no key: it picks and trims the paper's own sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scripter import pacing
from scripter.candidates import Candidate, candidates_in, to_sentence
from scripter.checking import Checker, checked
from scripter.fitting import is_enough
from scripter.numbers import tokens_of
from scripter.phrases import Phrases, phrases_for
from scripter.scoring import score
from scripter.visuals.chart import chart_visual
from scripter.visuals.number import number_visual
from scripter.writer import Commission, Draft, Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from artifacts.paper import Paper
    from artifacts.request import Options
    from artifacts.script import Role

_FIRST: tuple[Role, ...] = ("results", "hook", "end", "method", "question", "results", "takeaway", "caveat", "results")
_AGAIN: tuple[Role, ...] = ("results", "results", "method", "results", "question", "caveat", "results", "takeaway")
_ORDER: tuple[Role, ...] = ("hook", "question", "method", "results", "caveat", "takeaway", "end")
_LEAST: dict[Role, float] = {
    "hook": 0.6, "question": 2.0, "method": 1.8, "results": 1.0, "caveat": 2.4, "takeaway": 2.3, "end": 0.6,
}  # fmt: skip
_SHARE = 0.97
_ALIKE = 0.5
_SAME_NUMBER = 0.2
_SCENES = 0.155
"""At most so many scenes a second: nine in a minute."""
_TRIES = 3
_SLACK = 2.0
"""For letters and notices, which have no sections and few cues."""


@dataclass(kw_only=True)
class _Choice:
    """Units chosen so far: one sentence each, or two where the second leans on the first."""

    full: float
    """Seconds there are to fill."""
    slack: float = 0.0
    """How far below good enough a sentence may be."""
    units: list[tuple[Role, tuple[Candidate, ...]]] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, role: Role, unit: tuple[Candidate, ...]) -> None:
        self.units.append((role, unit))
        self.seconds += _seconds(unit)

    @property
    def room(self) -> float:
        return self.full - self.seconds

    @property
    def candidates(self) -> list[Candidate]:
        return [candidate for _, unit in self.units for candidate in unit]


class ExtractiveWriter:
    """Scores every sentence for every part of the script and fills the parts, the most needed first."""

    name = "extractive"

    def write(self, commission: Commission) -> Written:
        phrases = phrases_for(commission.language)
        checker = Checker(commission.paper, commission.language, phrases, commission.limits, cut=True)
        refused: set[str] = set()
        for _ in range(_TRIES):
            written = self.drafts(commission.paper, commission.options, phrases, frozenset(refused))
            drafts, dropped = checked(written, checker)
            if not dropped or is_enough(drafts, commission.options.seconds):
                break
            refused |= {each.text for each in dropped}  # a short script cannot spare a sentence: others step in
        return Written(drafts, phrases.language, self.name)

    def drafts(
        self, paper: Paper, options: Options, phrases: Phrases, without: frozenset[str] = frozenset()
    ) -> list[Draft]:
        """The scenes before their sentences are judged, without those that failed before."""
        found = [candidate for candidate in candidates_in(paper, phrases) if candidate.text not in without]
        pool = [replace(c, pictured=_pictured(c, paper, phrases), order=place) for place, c in enumerate(found)]
        choice = _Choice(full=options.seconds * _SHARE)
        _fill(choice, pool, phrases)
        if choice.seconds < 0.8 * choice.full:
            choice.slack = _SLACK
            _fill(choice, pool, phrases)
        units = _with_an_end(_in_order(choice.units))
        return [Draft(role, tuple(to_sentence(c, paper) for c in unit)) for role, unit in units]


def _pictured(candidate: Candidate, paper: Paper, phrases: Phrases) -> float:
    """How much there is to see in it: a chart from a table, a number."""
    if candidate.kind in {"introduction", "methods"} and candidate.origin == "body":
        return 0.0
    chart = paper.tables and chart_visual(candidate.text, paper, phrases, candidate.original)
    return 0.9 if chart else 0.6 * (number_visual(candidate.text, phrases) is not None)


def _fill(choice: _Choice, pool: list[Candidate], phrases: Phrases) -> None:
    """Choose for one part after the other until the time is full."""
    filled = {role for role, _ in choice.units} if choice.slack else set()
    for role in _roles(int(choice.full)):
        if role in filled and role in {"hook", "end"}:
            continue
        unit = _best(role, pool, choice, phrases)
        if unit:
            choice.add(role, unit)
        if choice.room < 3 or len(choice.units) >= max(4, int(choice.full * _SCENES)):
            return


def _roles(seconds: int) -> Iterator[Role]:
    yield from _FIRST
    for _ in range(seconds // 30 + 1):
        yield from _AGAIN


def _best(role: Role, pool: list[Candidate], choice: _Choice, phrases: Phrases) -> tuple[Candidate, ...] | None:
    best: tuple[float, tuple[Candidate, ...]] | None = None
    taken = choice.candidates
    orders = {candidate.order for candidate in taken}
    for candidate in pool:
        if candidate.order in orders:
            continue
        points = score(candidate, role, phrases)
        if points < _LEAST[role] - choice.slack or (best and points <= best[0]):
            continue
        unit = _unit(candidate, role, pool, orders)
        if unit is None or _seconds(unit) > min(choice.room, 11.5) + (1.5 if choice.room > 4 else 0):
            continue
        points -= 0.7 * (len(unit) > 1) + 1.5 * max((_alike(candidate, other) for other in taken), default=0.0)
        if points < _LEAST[role] - choice.slack or any(_alike(c, other) > _ALIKE for c in unit for other in taken):
            continue
        if best is None or points > best[0]:
            best = points, unit
    return best[1] if best else None


def _unit(candidate: Candidate, role: Role, pool: list[Candidate], taken: set[int]) -> tuple[Candidate, ...] | None:
    settled = candidate.after_results and role in {"takeaway", "caveat", "end"}
    if not candidate.leans or settled:
        return (candidate,)
    if candidate.order == 0 or role == "end":
        return None
    before = pool[candidate.order - 1]
    if before.passage.id != candidate.passage.id or before.order in taken or before.leans:
        return None
    return (before, candidate) if _follows(before, candidate) else None


def _follows(before: Candidate, candidate: Candidate) -> bool:
    """Whether nothing was left out between the two in the passage."""
    text = candidate.passage.text
    tail = before.text.rstrip(".!?").split()[-1]
    head = candidate.text.split()[0]
    at = text.lower().find(head.lower(), max(text.find(tail), 0))
    return 0 <= at - text.find(tail) < 60 + len(tail) or before.place + 1e-9 < candidate.place


def _alike(one: Candidate, other: Candidate) -> float:
    if not one.terms or not other.terms:
        return 0.0
    shared = len(one.terms & other.terms) / min(len(one.terms), len(other.terms))
    return shared + _SAME_NUMBER * bool(_large_numbers(one) & _large_numbers(other))


def _large_numbers(candidate: Candidate) -> set[str]:
    return {
        number for number in tokens_of(candidate.text) if len(number) > 1 and not re.fullmatch(r"(?:19|20)\d\d", number)
    }


def _seconds(unit: tuple[Candidate, ...]) -> float:
    return pacing.scene_seconds([candidate.text for candidate in unit])


def _in_order(units: list[tuple[Role, tuple[Candidate, ...]]]) -> list[tuple[Role, tuple[Candidate, ...]]]:
    def key(item: tuple[Role, tuple[Candidate, ...]]) -> tuple[int, int, int]:
        origin = ("summary", "abstract", "body", "caption").index(item[1][0].origin) if item[0] != "hook" else 0
        return _ORDER.index(item[0]), origin, item[1][0].order

    return sorted(units, key=key)


def _with_an_end(units: list[tuple[Role, tuple[Candidate, ...]]]) -> list[tuple[Role, tuple[Candidate, ...]]]:
    """Every script opens with a hook and closes with the end card, which speaks too."""
    if not units:
        return units
    if units[-1][0] != "end" and len(units) > 1:
        units = [*units[:-1], ("end", units[-1][1])]
    if units[0][0] != "hook":
        units = [("hook", units[0][1]), *units[1:]]
    return units
