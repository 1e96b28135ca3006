"""Splitting scientific prose into sentences.

A full stop ends a sentence only where what follows can open one and what precedes is no abbreviation, initial or
label. General splitters miss the two habits that matter here: `p < 0.05. The` and citation digits behind the stop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripter.phrases import Phrases

_STOP = re.compile(
    r"(?P<mark>[.!?…]+|[。！？])"
    r"(?P<closing>[\"”’»)\]]*)"
    r"(?P<cited>(?:\s?\[[\d,;\s–-]+\])|(?:\d{1,3}(?:\s?[,–-]\s?\d{1,3})*(?=\s|$))|[¹²³⁰-⁹][¹²³⁰-⁹⁻,–]*)?"
    r"(?P<gap>\s+|$|(?<=[。！？]))"
)
_OPENER = re.compile(r"[\"“‘«(\[¿¡–—-]*\s*(?:[^\W\d_]|\d)")
_INITIALS = re.compile(r"(?:^|[\s(“\"])(?:[A-ZÀ-Þ]\.-?)+[A-ZÀ-Þ]$")
_GENUS = re.compile(r"(?:^|[\s(“\"])[A-ZÀ-Þ]$")
_UNITS = frozenset(["mg", "ml", "kg", "km", "cm", "mm", "min", "max", "hr", "hrs", "sec", "wk", "yr"])


@dataclass(frozen=True)
class Span:
    """A sentence and where it stands in its passage, in characters."""

    text: str
    start: int
    end: int


def split(text: str, phrases: Phrases) -> list[Span]:
    """The sentences of a passage in order."""
    spans = []
    start = 0
    for match in _STOP.finditer(text):
        if match["gap"] and not _ends(text, match, phrases):
            continue
        end = match.end() - len(match["gap"])
        spans.append(_span(text, start, end))
        start = match.end()
    if text[start:].strip():
        spans.append(_span(text, start, len(text)))
    return [span for span in spans if span.text]


def _span(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    return Span(text[start:end], start, end)


def _ends(text: str, stop: re.Match[str], phrases: Phrases) -> bool:
    following = text[stop.end() :]
    if not following.strip():
        return True
    if text.rfind("(", 0, stop.start()) > text.rfind(")", 0, stop.end()) and ")" in following[:200]:
        return False  # `(21 U.S.C. 811)`
    if stop["cited"] and stop["cited"].isdigit() and text[: stop.start()][-1:].isdigit():
        return False  # a decimal
    opener = _OPENER.match(following)
    if not opener:
        return False
    first = opener[0][-1]
    if first.islower() and not re.match(r"[a-z]{1,2}[A-Z0-9]", following[opener.end() - 1 :]):
        return False
    if stop["mark"] != ".":
        return True
    return not _abbreviated(text[: stop.start()], following, phrases, parenthesised=bool(stop["closing"]))


def _abbreviated(before: str, following: str, phrases: Phrases, *, parenthesised: bool) -> bool:
    if parenthesised and before.endswith("al"):
        return False
    word = re.split(r"[\s(\[“\"]", before)[-1].lower().lstrip("(")
    digit_next = following.lstrip()[:1].isdigit()
    if word in {"no", "p", "s", "n", "min", "max", "ed", "m"} and not digit_next:
        return word in {"p", "n"} and len(before) > 1 and before[-2:-1] in " ("
    if word in _UNITS:
        return False
    if phrases.language == "de" and re.fullmatch(r"[1-3]?\d", word):
        return True  # an ordinal: `am 3. März`
    if _INITIALS.search(before):
        return not re.search(r"(?:U\.S|U\.K|D\.C)$", before)  # `C.E. Hubbard`, but `in the U.S. The`
    if _GENUS.search(before):
        # `E. coli`, `J. Smith`: an initial, unless it ends a name such as `vitamin D.`
        return not re.search(r"(?:vitamin|type|group|hepatitis|class|panel|protein|model|phase|factor) [A-Z]$", before)
    return word in phrases.abbreviations or word.rstrip(".") in phrases.abbreviations
