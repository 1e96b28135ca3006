"""The end card: what the paper is, and how far the script may be trusted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifacts.script import EndVisual, Sentence

from scripter import grounding
from scripter.standing import labels

if TYPE_CHECKING:
    from artifacts.paper import Paper

    from scripter.phrases import Phrases

_COLLECTIVE = re.compile(
    r"contributors|authors|members|investigators|association|council|university|cent(?:re|er)\b|department|"
    r"group|consorti|committee|network|collaborat|team|initiative|society|institute|plos|\bfor\b|\bof\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "di",
        "du",
        "ten",
        "ter",
        "el",
        "al",
        "bin",
    ]
)


def end_visual(paper: Paper, sentences: list[Sentence], credits_: list[str], phrases: Phrases) -> EndVisual:
    """The citation with badges that count what a check really found."""
    good = sum(bool(sentence.verdict and sentence.verdict.supported) for sentence in sentences)
    count = grounding.numbers_checked(sentences, phrases.language)
    badges = [phrases.label("traced", good=good, all=len(sentences))]
    if count:
        badges.append(phrases.label("number" if count == 1 else "numbers", count=count))
    return EndVisual(
        title=paper.title,
        authors=authors_line(paper, phrases),
        year=paper.published[:4],
        journal=paper.journal,
        doi=paper.doi,
        url=paper.url or (f"https://doi.org/{paper.doi}" if paper.doi else ""),
        licence=paper.licence,
        credits=" · ".join(credits_),
        badges=badges,
        labels=labels(paper, phrases),
    )


def authors_line(paper: Paper, phrases: Phrases) -> str:
    """`F. Nightingale`, `Lee and Park` or `Lee et al.`."""
    if not paper.authors:
        return ""
    if len(paper.authors) == 1 and _COLLECTIVE.search(paper.authors[0]):
        return paper.authors[0]
    if len(paper.authors) == 1:
        given, _, family = paper.authors[0].rpartition(" ")
        return f"{given[0]}. {family}" if given and len(paper.authors[0].split()) <= 4 else paper.authors[0]
    if len(paper.authors) == 2:
        return f"{family_name(paper.authors[0])} & {family_name(paper.authors[1])}"
    return f"{family_name(paper.authors[0])} {phrases.label('et_al')}"


def family_name(author: str) -> str:
    """The family name with its particles; a collective's name as it is."""
    words = author.split()
    if _COLLECTIVE.search(author):
        return author
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    name = " ".join(words[start:])
    return name.title() if name.isupper() and len(name) > 3 else name
