"""What a viewer must know of a paper before believing it: not reviewed yet, taken back, not found in people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artifacts.paper import Paper

    from scripter.phrases import Phrases

_NOTICES = ("retracted", "retraction", "concern", "corrected", "correction", "preprint")
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/(?:\d{4}\.|\d{6})|21203/rs\.|48550/arxiv|20944/preprints|31234|26434/chemrxiv)", re.IGNORECASE
)
_MODELS = (
    ("mice", re.compile(r"\b(?:mice|mouse|murine|camundongos?|ratones|mäusen?|souris)\b|マウス", re.IGNORECASE)),
    ("rats", re.compile(r"\b(?:rats?|ratas|ratten)\b|ラット", re.IGNORECASE)),
    ("flies", re.compile(r"\b(?:drosophila|fruit fl(?:y|ies))\b", re.IGNORECASE)),
    ("zebrafish", re.compile(r"\b(?:zebrafish|danio rerio)\b", re.IGNORECASE)),
    ("cells", re.compile(r"\b(?:in vitro|cell lines?|cultured cells)\b", re.IGNORECASE)),
)
_PEOPLE = re.compile(
    r"\b(?:patients?|participants?|volunteers|women|men|children|adults|people|cohort)\b", re.IGNORECASE
)


def retracted(paper: Paper) -> bool:
    """Whether the paper itself was taken back; a notice that takes another one back is none of these."""
    return any(notice.kind == "retracted" for notice in paper.notices) or bool(
        re.match(r"\W*(?:retracted(?: article| paper)?|withdrawn)\b\s*[:\]–—-]", paper.title, re.IGNORECASE)
    )


def labels(paper: Paper, phrases: Phrases) -> list[str]:
    """The paper's standing, and what it was found in where that was no human being."""
    kinds = {notice.kind for notice in paper.notices}
    if retracted(paper):
        kinds.add("retracted")
    unpublished = "preprint" in paper.kind.lower() or (not paper.journal and bool(paper.arxiv))
    if unpublished or _PREPRINT_DOI.match(paper.doi):
        kinds.add("preprint")
    found = [phrases.label(kind) for kind in _NOTICES if kind in kinds]
    return [label for label in dict.fromkeys([*found, studied_in(paper, phrases)]) if label]


def studied_in(paper: Paper, phrases: Phrases) -> str:
    """`in mice` and the like, or an empty string."""
    subject = " ".join([paper.title, paper.abstract, *paper.subjects])
    counts = {name: len(pattern.findall(subject)) for name, pattern in _MODELS}
    top = max(counts, key=lambda name: counts[name])
    named = any(pattern.search(paper.title) for name, pattern in _MODELS if name == top)
    if counts[top] >= 2 and (named or counts[top] > len(_PEOPLE.findall(subject))):
        return phrases.label(top)
    return ""
