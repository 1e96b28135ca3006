"""Which passages a model is shown, and how: the best ones of a long paper, in reading order, as data."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripter.addressing import purified
from scripter.candidates import candidates_in, is_outside
from scripter.scoring import score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifacts.paper import Paper, Passage
    from artifacts.script import Role

    from scripter.phrases import Phrases

_ROLES: tuple[Role, ...] = ("hook", "question", "method", "results", "caveat", "takeaway")
_LETTERS_A_TOKEN = 3.6
"""Cautious: a paper has more numbers and names than other prose."""
_ALWAYS = 50.0
_CAPTION = 0.5
_LONGEST = 6_000
"""Letters of a passage that are shown; one that is longer is no paragraph."""


@dataclass(frozen=True)
class Shown:
    """A passage as a model is shown it."""

    id: str
    kind: str
    text: str

    @property
    def tokens(self) -> int:
        """About how many it takes."""
        wide = len(re.findall(r"[\u3040-\u9fff]", self.text))
        return round((len(self.text) - wide) / _LETTERS_A_TOKEN + wide) + 16


def ranked(paper: Paper, phrases: Phrases) -> list[Shown]:
    """Every passage that may be spoken of, the most telling first."""
    points: dict[str, float] = defaultdict(lambda: -9.0)
    for candidate in candidates_in(paper, phrases):
        best = max(score(candidate, role, phrases) for role in _ROLES)
        points[candidate.passage.id] = max(points[candidate.passage.id], best)
    titles = {section.id: section.title for section in paper.sections}
    found = []
    for place, passage in enumerate(paper.passages):
        text = _text(passage, phrases)
        if passage.kind == "table" or is_outside(titles.get(passage.section, "")) or len(text) < 12:
            continue
        worth = points[passage.id] + _ALWAYS * (passage.kind in {"abstract", "summary"})
        worth -= _CAPTION * (passage.kind == "caption")
        found.append((-worth, place, Shown(passage.id, passage.kind, text)))
    return [shown for *_, shown in sorted(found, key=lambda item: item[:2])]


def fitting(paper: Paper, best_first: Sequence[Shown], tokens: int) -> list[Shown]:
    """As many of the best as fit, in reading order."""
    chosen, left = [], tokens
    for shown in best_first:
        if shown.tokens <= left:
            chosen.append(shown)
            left -= shown.tokens
    order = {passage.id: place for place, passage in enumerate(paper.passages)}
    return sorted(chosen, key=lambda shown: order[shown.id])


def as_data(passages: Sequence[Shown]) -> str:
    """The passages as JSON in which no sign of theirs can end a string or look like a tag."""
    rows = [json.dumps(vars(shown), ensure_ascii=False) for shown in passages]
    return "[\n" + ",\n".join(rows).replace("<", "\\u003c").replace(">", "\\u003e").replace("`", "\\u0060") + "\n]"


def _text(passage: Passage, phrases: Phrases) -> str:
    """The passage without sentences that a model could take for instructions; empty where it is none."""
    return purified(passage.text, phrases) if len(passage.text) <= _LONGEST else ""
