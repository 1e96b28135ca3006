"""How well a sentence would play each part of the script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripter.numbers import numbers_in

if TYPE_CHECKING:
    from artifacts.script import Role

    from scripter.candidates import Candidate
    from scripter.phrases import Phrases

_ORIGIN: dict[Role, dict[str, float]] = {
    "hook": {"summary": 2.4, "abstract": 1.4, "body": 0.4, "caption": -4},
    "question": {"summary": 1.5, "abstract": 1.8, "body": 0.1, "caption": -4},
    "method": {"summary": 1.6, "abstract": 1.9, "body": -1.3, "caption": -4},
    "results": {"summary": 2.0, "abstract": 2.1, "body": -1.0, "caption": -1.5},
    "caveat": {"summary": 0.8, "abstract": 0.6, "body": 0.6, "caption": -4},
    "takeaway": {"summary": 1.7, "abstract": 1.9, "body": -0.7, "caption": -4},
    "end": {"summary": 1.7, "abstract": 2.0, "body": -0.7, "caption": -4},
}
_KIND: dict[Role, dict[str, float]] = {
    "hook": {"introduction": 0.7, "methods": -2, "results": -1, "conclusion": -0.3, "discussion": -0.6},
    "question": {"introduction": 1.0, "methods": -1.6, "results": -1.2, "conclusion": -1.2, "discussion": -1.0},
    "method": {"methods": 0.8, "results": -1.0, "introduction": -0.4, "conclusion": -1.5, "discussion": -1.0},
    "results": {"results": 1.3, "methods": -1.6, "introduction": -1.6, "conclusion": 0.2, "discussion": -0.1},
    "caveat": {"discussion": 0.9, "conclusion": 0.5, "methods": -1.2, "introduction": -1.5, "results": -0.8},
    "takeaway": {"conclusion": 1.5, "discussion": 0.5, "methods": -2, "introduction": -1.3, "results": -0.9},
    "end": {"conclusion": 1.4, "discussion": 0.5, "methods": -2, "introduction": -1.0, "results": -0.9},
}
_TARGET: dict[Role, tuple[float, float]] = {"hook": (0.0, 0.16), "question": (0.2, 0.45), "method": (0.25, 0.5),
    "results": (0.4, 0.85), "caveat": (0.6, 1.0), "takeaway": (0.8, 1.0), "end": (0.85, 1.0)}  # fmt: skip
_WRONG = re.compile(
    r"\b(?:study|paper|article|review) (?:is|was) (?:supported|funded)|\bwe (?:thank|hope you)\b|\bsee also\b|\?.+\?|"
    r"\bto our knowledge\b|\bas (?:mentioned|discussed|noted|described|shown|stated)\b|\b(?:above|below)\b|"
    r"\b(?:first|second|third|last) (?:section|part|author)\b|\bwork(?:s)? of\b|\bmedian follow",
    re.IGNORECASE,
)


_THIS_STUDY = re.compile(
    r"\b(?:this|our|the present) (?:study|work|paper|review|analysis|finding|trial)s?\b", re.IGNORECASE
)
_SAYS_NOTHING = re.compile(r"\bquestions? (?:emerge|arise|remain)|\bwe (?:present|report) our results\b", re.IGNORECASE)
_HOOKLESS = re.compile(
    r"^(?:(?:Recent(?:ly)?|Several|Many|Most|Previous|Prior|Earlier|Some),? )*"
    r"(?:[Ss]tudy|[Ss]tudies|Previous|Prior|Earlier)\b|"
    r"\b(?:therefore|thus|also|another|however|then|likewise)\b|\b[Tt]he authors\b"
)
_POINTING = re.compile(
    r"(?<!^)\b(?:[Tt]his|[Tt]hese|[Tt]hose|such) (?!study|paper|article|"
    r"work|review|finding|result|data|analysis|"
    r"trial|a\b|as\b)[a-z]+|"
    r"\b(?:to|of|by|for|with|in) (?:this|these|those|them|it)\b"
)
"""Words inside a sentence that point at something said before it."""


def score(candidate: Candidate, role: Role, phrases: Phrases) -> float:
    """How well the sentence suits the role; above about 1.5 it is good, below 0 it would be an embarrassment."""
    cue = "takeaway" if role == "end" else role
    hits = len({match.lower() for match in phrases.cues[cue].findall(candidate.text)})
    points = _ORIGIN[role].get(candidate.origin, 0.0) + _KIND[role].get(candidate.kind, 0.0)
    points += min(hits, 3) * (0.75 if role in {"question", "caveat", "method"} else 0.55)
    points += 1.6 * candidate.centrality + 1.3 * candidate.ease
    points -= 0.9 * len(_POINTING.findall(candidate.text))
    points -= 3.6 * _distance(candidate.place, _TARGET[role]) * (0.35 if candidate.origin == "body" else 1.0)
    points -= 0.5 * len(phrases.cues["awkward"].findall(candidate.text))
    points -= (0.7 if role == "hook" else 0.3) * candidate.cryptic
    points -= 0.8 * bool(_WRONG.search(candidate.text))
    points -= 1.5 * (candidate.text.endswith("?") and role not in {"hook", "question"})
    points -= 0.12 * max(0, candidate.words - 24) + 0.25 * max(0, 8 - candidate.words)
    return points + _by_role(candidate, role, hits, phrases)


def _by_role(candidate: Candidate, role: Role, hits: int, phrases: Phrases) -> float:
    words = set(re.findall(r"[^\W\d_]+", candidate.text.lower()))
    own = bool(words & phrases.first_person)
    others = len(phrases.cues["background"].findall(candidate.text))
    numbers = len(numbers_in(candidate.text, phrases.language))
    tabled = bool(phrases.cues["question"].pattern != "(?!)")
    if role == "hook":
        methodical = len(phrases.cues["method"].findall(candidate.text))
        opening = 0.8 * (candidate.origin == "body" and candidate.place < 0.03)
        opening += 0.6 * candidate.opens + 0.4 * min(candidate.titled, 2)
        return (
            -1.0 * own
            - 0.9 * others
            - 0.8 * bool(_HOOKLESS.search(candidate.text))
            - 0.05 * max(0, candidate.words - 18)
            + 0.5 * candidate.pictured
            - 0.5 * min(methodical, 2)
            + opening
        )
    if role == "question":
        return -2.0 * (hits == 0 and tabled) + 0.4 * own - 0.4 * (numbers > 1)
    if role == "method":
        found = 0.3 * min(len(phrases.cues["results"].findall(candidate.text)), 3)
        aside = 0.8 * (candidate.origin == "body" and candidate.titled == 0)
        return -1.6 * (hits == 0 and tabled) + 0.4 * min(numbers, 2) + 0.5 * own - 0.7 * others - aside - found
    if role == "results":
        asks = 0.6 * min(len(phrases.cues["question"].findall(candidate.text)), 2)
        return (
            0.8 * candidate.reported
            + candidate.pictured
            - asks
            - 0.8 * (hits == 0 and tabled)
            + 0.35 * min(numbers, 2)
            - 0.2 * max(0, numbers - 4)
            - 1.2 * others
        )
    if role == "caveat":
        admitted = 1.2 * bool(phrases.cues["admission"].search(candidate.text))
        return admitted - 3.5 * (hits == 0) - 0.6 * others
    methods = 0.5 * min(len(phrases.cues["method"].findall(candidate.text)), 2)
    ours = 0.5 * (own or candidate.after_results or bool(_THIS_STUDY.search(candidate.text)))
    ours += 0.9 * (candidate.reported and candidate.origin != "body" and candidate.place > 0.6)
    ours -= 0.8 * bool(_SAYS_NOTHING.search(candidate.text))
    short = 0.07 * max(0, candidate.words - 16) if role == "end" else 0.0
    return ours - 0.9 * (hits == 0 and tabled) - 0.7 * others - short - 0.2 * max(0, numbers - 1) - methods


def _distance(place: float, target: tuple[float, float]) -> float:
    return max(target[0] - place, place - target[1], 0.0)
