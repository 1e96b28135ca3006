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
_SUPERSCRIPT_CITATION = re.compile(
    r"(?<=[A-Za-zÀ-ÿ.,;:)\]\"”’])(?<!\b[a-zµ]m)(?<!\bm)(?<!\bs)[¹²³⁰⁴-⁹][¹²³⁰⁴-⁹,–⁻-]*(?![¹²³⁰⁴-⁹,–⁻-]*[⁺⁻])"
)  # but for charges: `Ca²⁺`
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
    trimmed = _without_example(trimmed, phrases)
    if len(trimmed.split()) > LONG:
        trimmed = without_tail(_ASIDE.sub(" ", trimmed), phrases)
    if len(trimmed.split()) > LONG:
        trimmed = without_head(trimmed, phrases)
    return _tidy(capitalised(trimmed))


def _without_example(text: str, phrases: Phrases) -> str:
    example = _EXAMPLE.search(text)
    if example and len(text[: example.start()].split()) >= 8 and has_verb(text[: example.start()], phrases):
        return text[: example.start()] + "."
    return text


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


_HEAD = re.compile(
    r"(?:By|Using|Unlike|While|Although|Even though|Despite|In addition to|Along with|Apart from|Besides|Regardless of|"
    r"Based on|Through|Notwithstanding|As|Embora|Apesar de|Aunque|A pesar de|Obwohl|Trotz|Bien que|Malgré)\s"
)
_POINTS_BACK = re.compile(
    r"(?:\S+\s){0,5}?(?:it|its|they|their|them|this|these|such|that|which|who|he|she|and|or|but|then|if|when|"
    r"while|because|as|including)\b",
    re.IGNORECASE,
)
_OPENS_SMALL = re.compile(r"(?:de|do|da|em|no|na|que|e|ou|para|por|com|como|se|in|on|at|by|for|to|of|with|from|as)\b")
_ASIDE = re.compile(
    r"\s?[—–](?=\D)[^—–]{3,140}(?:—\s?|(?<=\s)–\s)|"
    r",\s(?:which|who|whose|where)\s[^,]{8,110},(?=\s(?:is|are|was|were|has|have|had|can|could|may|will|would|must|do|does)\b)"
)
_EXAMPLE = re.compile(r"[,;—–]?\s\(?(?:e\.g\.|i\.e\.),?\s.*$")


def without_head(text: str, phrases: Phrases) -> str:
    """Without the clause or phrase before the main clause, where that can stand alone."""
    if not _HEAD.match(text):
        return text
    for comma in re.finditer(r",\s", text):
        rest = text[comma.end() :]
        clause = rest.split(",")[0]
        whole = len(rest.split()) >= 9 and len(clause.split()) >= 5
        whole = whole and not _POINTS_BACK.match(clause) and not _OPENS_SMALL.match(clause)
        if whole and phrases.clause_verbs and has_verb(" ".join(clause.split()[1:12]), phrases):
            return capitalised(rest)
    return text


_TAIL = re.compile(
    r"(?:[;:]\s|\s[–—]\s|,\s(?:which|who|where|whereas|while|although|thereby|thus|suggesting|indicating|"
    r"including|such as|as well as|because|since|so that|as long as|implying|coincident|giving|making|causing|"
    r"o que|sendo|enquanto|embora|lo que|mientras|aunque|siendo|wobei|während|obwohl|was|ce qui|tandis que|"
    r"alors que)\b)"
)


_LATE_CLAUSE = re.compile(r",\s(?:while|whereas|although|because|since|so that|but|if)\s[^,;]*$")
_SECOND_CLAUSE = re.compile(r",\s(?:and|e|y|und|et)\s")


def _tail_of(text: str, phrases: Phrases) -> int | None:
    for match in reversed(list(_SECOND_CLAUSE.finditer(text))):
        kept, rest = text[: match.start()], text[match.end() :]
        own_subject = re.match(r"(?:the|all|we|it|this|these|they|most|some|both) ", rest)
        clause = (
            ("," not in kept or own_subject)
            and len(kept.split()) >= 8
            and not re.match(r"(?:if|when|as|while|although|because|since|both|either)\b", text, re.IGNORECASE)
        )
        if clause and has_verb(kept, phrases) and has_verb(" ".join(rest.split()[:8]), phrases):
            return match.start()
    cuts = [match for match in _TAIL.finditer(text) if len(text[: match.start()].split()) >= 8]
    for match in reversed(cuts):
        rest = text[match.end() :]
        inner = re.search(r",\s", rest)
        listed = re.search(r"such as|including", match[0]) and not has_verb(rest, phrases)
        if match[0][0] == "," and inner and len(rest.split()) > 12 and not listed:
            continue  # an inserted clause: the main one may go on behind it
        kept = text[: match.start()]
        if match[0][0] == ":" and not _closed(kept, phrases):
            continue
        opens_late = re.match(r"(?:if|when|while|although|because|since|as|after|given)\b", text, re.IGNORECASE)
        if opens_late and "," not in kept:
            continue
        late = _LATE_CLAUSE.search(kept)
        if late and len(kept[: late.start()].split()) >= 8:
            kept = kept[: late.start()]  # its verb may stand in what is cut
        if has_verb(kept, phrases) and kept.count("(") == kept.count(")") and kept.count("“") == kept.count("”"):
            return len(kept)
    return None


def _closed(clause: str, phrases: Phrases) -> bool:
    """Whether what stands before a colon says something without what follows it."""
    last = clause.rsplit(maxsplit=1)[-1].lower()
    announced = re.search(r"\b(?:following|follows|namely|seguintes?|folgende[ns]?|suivant\w*)\b", clause)
    return not announced and phrases.language == "en" and last not in phrases.clause_verbs | phrases.function_words


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
    text = re.sub(r"(?<=[a-zà-ÿ])- (?=(?:se|lo|la|los|las|lhe|lhes|me|nos)\b)", "-", text)
    text = re.sub(r"\s+([.,;:!?%)\]»”])", r"\1", text)
    text = re.sub(r"([(\[“«])\s+", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", text)
    text = re.sub(r"[,;:–—-]+\s*([.!?])(?=\s|$)", r"\1", text)
    text = re.sub(r"\.{2}$", ".", text)
    return _SPACES.sub(" ", text).strip(" ,;–—")
