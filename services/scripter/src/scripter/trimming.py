"""Making a paper's sentence fit to be spoken, by leaving words out.

Nothing is added but a capital letter, and `and colleagues` for `et al.`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripter.parentheses import without_parentheses

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from scripter.phrases import Phrases

LONG = 28
"""Words from which on a sentence loses its tail clauses."""

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u3000]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_SUPERSCRIPT_CITATION = re.compile(r"(?<=[A-Za-zÀ-ÿ.,;:)\]\"”’])(?<!\b[a-zµ]m)(?<!\bm)(?<!\bs)[¹²³⁰⁴-⁹][¹²³⁰⁴-⁹,–⁻-]*")
_SPACED_SUPERSCRIPT = re.compile(r"\s[¹²³⁰⁴-⁹][¹²³⁰⁴-⁹,–⁻ -]*(?=[\s.,;:)]|$)")
_DIGITS_BEHIND_STOP = re.compile(r"(?<=[A-Za-zÀ-ÿ)\]\"”’%][.,;:!?])\d{1,3}(?:\s?[,–-]\s?\d{1,3})*(?=\s|$)")
_DIGITS_LIST_BEHIND_WORD = re.compile(r"(?<=[a-zà-ÿ]{4})\d{1,3}(?:[,–-]\d{1,3})+(?=[\s.,;:)]|$)")
_DIGITS_BEHIND_WORD = re.compile(r"\b([a-zà-ÿ]{4,})(\d{1,3})(?=[\s.,;:)]|$)")
_ENUMERATORS = re.compile(r"(?:(?<=\s)|^)(?:\(?(?:[ivx]{1,4}|[1-9]|[a-e])\))\s+")
_ET_AL = re.compile(r"\bet\s+al\b\.?,?|\be outros\b(?= \(\d{4})")
_LABEL = re.compile(
    r"^(?:(?:[A-ZÀ-Þ][\w’'/-]*|and|of|the|e|y|und|et|de|do|da|dos|das|del)(?:\s+|$)){0,4}?[A-ZÀ-Þ][\w’'/-]*\s*[:.]\s+(?=[A-ZÀ-Þ])"
)
_CAPS_LABEL = re.compile(r"^(?:[A-ZÀ-Þ]{4,}(?:[ /&-]+[A-ZÀ-Þ]{2,}){0,5})\s*[:.–-]?\s+(?=[A-ZÀ-Þ\d])")
_KNOWN_LABEL = re.compile(
    r"^(?:background|objectives?|aims?|purpose|methods?|results?|findings?|conclusions?|interpretation|introduction|"
    r"methodology|setting|design|participants|objetivos?|métodos?|resultados?|conclus(?:ão|ões|ión|iones)|introdução|"
    r"hintergrund|ziele?|methoden?|ergebnisse?|schlussfolgerung(?:en)?|contexte|objectifs?|méthodes?|résultats?)"
    r"(?:\s*(?:/|and|e|y|und|et)\s*\w+)?(?:\s*[:.–—]\s*|\s+)(?=[A-ZÀ-Þ])",
    re.IGNORECASE,
)


def trim(text: str, phrases: Phrases, vocabulary: AbstractSet[str] = frozenset()) -> str:
    """The sentence without citations, references to figures, labels, asides and connectives.

    Args:
        text: a sentence as the paper has it.
        phrases: the table of its language.
        vocabulary: the paper's lower-case words, to tell `cells12` (a citation) from a name.
    """
    trimmed = _INVISIBLE.sub("", _SPACES.sub(" ", text)).strip()
    trimmed = _without_citation_digits(trimmed, vocabulary)
    trimmed = without_parentheses(trimmed)
    trimmed = _without_labels(trimmed.lstrip("⁰¹²³⁴⁵⁶⁷⁸⁹,–⁻ "))
    if phrases.colleagues:
        trimmed = re.sub(r"\bet al\b\.?[’']s\b", f"{phrases.colleagues}’", trimmed)
        trimmed = _ET_AL.sub(phrases.colleagues, trimmed)
    trimmed = _tidy(_ENUMERATORS.sub("", trimmed))
    trimmed = _without_openings(trimmed, phrases)
    if len(trimmed.split()) > LONG:
        trimmed = without_tail(trimmed, phrases)
    return _tidy(capitalised(trimmed))


def capitalised(text: str) -> str:
    """With a capital first letter, unless the first word is a name such as `mRNA` or `p53`."""
    first = text.split(" ", 1)[0]
    if re.match(r"[a-zà-ÿ]+$", first.rstrip(",.;:")) or re.match(r"[a-zà-ÿ]+[-’'][a-zà-ÿ-]+,?$", first):
        return text[:1].upper() + text[1:]
    return text


def without_tail(text: str, phrases: Phrases) -> str:
    """Without the last clauses that add to a sentence, as long as a whole sentence stays."""
    shorter = text
    for _ in range(3):
        cut = _tail_of(shorter, phrases)
        if cut is None:
            break
        shorter = shorter[:cut].rstrip(" ,;:–—") + "."
        if len(shorter.split()) <= LONG - 4:
            break
    return shorter


_TAIL = re.compile(
    r"(?:;\s|\s[–—]\s|,\s(?:which|who|where|whereas|while|although|thereby|thus|suggesting|indicating|"
    r"including|such as|as well as|because|since|so that|as long as|implying|coincident|giving|making|causing|"
    r"o que|sendo|enquanto|embora|lo que|mientras|aunque|siendo|wobei|während|obwohl|was|ce qui|tandis que|"
    r"alors que)\b)"
)


_SECOND_CLAUSE = re.compile(r",\s(?:and|e|y|und|et)\s")


def _tail_of(text: str, phrases: Phrases) -> int | None:
    for match in reversed(list(_SECOND_CLAUSE.finditer(text))):
        kept, rest = text[: match.start()], text[match.end() :]
        clause = (
            "," not in kept
            and len(kept.split()) >= 8
            and not re.match(r"(?:if|when|as|while|although|because|since|both|either)\b", text, re.IGNORECASE)
        )
        if clause and has_verb(kept, phrases) and has_verb(" ".join(rest.split()[:8]), phrases):
            return match.start()
    cuts = [match for match in _TAIL.finditer(text) if len(text[: match.start()].split()) >= 8]
    for match in reversed(cuts):
        rest = text[match.end() :]
        inner = re.search(r",\s", rest)
        if match[0][0] == "," and inner and len(rest.split()) > 12:
            continue  # an inserted clause: the main one may go on behind it
        kept = text[: match.start()]
        opens_late = re.match(r"(?:if|when|while|although|because|since|as|after|given)\b", text, re.IGNORECASE)
        if opens_late and "," not in kept:
            continue
        if has_verb(kept, phrases) and kept.count("(") == kept.count(")") and kept.count("“") == kept.count("”"):
            return match.start()
    return None


def has_verb(text: str, phrases: Phrases) -> bool:
    """Whether there is a finite verb, as far as the language's table knows them."""
    if not phrases.clause_verbs:
        return True
    return any(word in phrases.clause_verbs for word in re.findall(r"[^\W\d_]+", text.lower()))


def _without_citation_digits(text: str, vocabulary: AbstractSet[str]) -> str:
    text = _SPACED_SUPERSCRIPT.sub("", text)
    text = _SUPERSCRIPT_CITATION.sub("", text)
    text = _DIGITS_BEHIND_STOP.sub("", text)
    text = _DIGITS_LIST_BEHIND_WORD.sub("", text)
    return _DIGITS_BEHIND_WORD.sub(lambda m: m[1] if m[1] in vocabulary and m[0] not in vocabulary else m[0], text)


def _without_labels(text: str) -> str:
    for label in (_KNOWN_LABEL, _CAPS_LABEL):
        match = label.match(text)
        if (
            match
            and len(text[match.end() :].split()) >= 4
            and not re.match(r"(?:Results|Methods|Findings) [a-z]", text)
        ):
            text = text[match.end() :]
    match = _LABEL.match(text)
    if match and ":" in match[0] and len(match[0].split()) <= 4:
        text = text[match.end() :]
    return re.sub(r"^\W*\d+(?:\.\d+)+\.?\s+(?=[A-Z])|^\s*[-–•·*]\s+", "", text)


def _without_openings(text: str, phrases: Phrases) -> str:
    for _ in range(4):
        before = text
        for opening in (phrases.figure_lead_ins, phrases.lead_ins, phrases.connectives, phrases.paper_openers):
            match = opening.match(text)
            if match and len(text[match.end() :].split()) >= 4:
                rest = text[match.end() :].lstrip(", ")
                if opening is phrases.lead_ins and re.match(r"(?:this|these|it|they|there)\b", rest):
                    continue
                text = capitalised(rest)
        if text == before:
            break
    return text


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([.,;:!?%)\]»”])", r"\1", text)
    text = re.sub(r"([(\[“«])\s+", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:–—-]+\s*([.!?])(?=\s|$)", r"\1", text)
    text = re.sub(r"\.{2}$", ".", text)
    return _SPACES.sub(" ", text).strip(" ,;–—")
