"""The form of a sentence: whole, and clean of what papers hold besides prose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripter.trimming import has_verb

if TYPE_CHECKING:
    from scripter.phrases import Phrases

_DEBRIS = {
    "citation": re.compile(r"\bet al\b|\bibid|op\. cit|\[\s*\]|\(\s*\)|\[\d"),
    "figure": re.compile(r"\b(?:Figs?|Figures?|Tables?|Abb|Tab)\b\.?\s*S?\d", re.IGNORECASE),
    "address": re.compile(r"https?:|www\.|doi\.org|\b\S+@\S+\.\S+"),
    "punctuation": re.compile(
        r"[,;:]\s*[.!?]|\s[.,;:!?](?:\s|$)|[,;:]{2,}|\.\.|,\s*,|\(\s|\s\)|^[,;:.)]|"
        r"(?<=[a-z])[.,;:]\d{1,3}\s+[A-Z]|\b(?:by|from|see|of|and|the|a|as in|shown in|described in|"
        r"reported in)[.,]\s*$|\b(?:by|of|and|the) ?[,;]"
    ),
    "spaces": re.compile(r"\s{2,}|[\n\t]"),
    "formula": re.compile(
        r"\[formula\]|\\[a-z]+|[{}^_|]|\$|=|[∑∫∂√∈∀∇]|(?<![A-Za-z-])[a-z]{4,}\d{1,2}(?=[\s.,])|/[\s.,;]|\s/"
    ),
    "placeholder": re.compile(r"[\ufffd\ue000-\uf8ff]|\bNaN\b|<[a-z/]"),
    "nothing": re.compile(
        r"\b(?:by|in|of|from|with|the|a|an) (?:and|or|,|\.|by|of)(?=\s|$)(?! (?:large|by))|\b(?:and|to|or|than) [,.]"
    ),
}


_SUBORDINATE = re.compile(
    r"(?:If|When|While|Although|Though|Because|Since|Whereas|Given|Embora|Enquanto|Quando|Cuando|Aunque|Mientras|Wenn|"
    r"Obwohl|Während|Weil|Quand|Lorsque|Bien que)\b[^,]*$"
)
_NO_SUBJECT = re.compile(
    r"(?:Show(?:s|ed)|Reveal(?:s|ed)|Was|Were|Is|Are|Has|Have|Had|Indicates?|Indicated|Suggests?|Suggested|Demonstrate[sd]|Led|"
    r"Resulted|Leads|Results in|Provides|Includes|Consists)\s(?!.*\?$)"
)
_AIM_ONLY = re.compile(
    r"To [a-z]+ |[A-ZÀ-Þ][a-zà-ÿ]+(?<!mul)(?:[aei]r)(?: e | y | o| a| as| os| el| la| los| las| le| les)", re.IGNORECASE
)
"""An objective of a structured abstract: `To assess ...`, `Analisar o ...`."""


def form_faults(text: str, phrases: Phrases) -> list[str]:
    """Whether it is one complete sentence without remains of what was cut."""
    found = [name for name, pattern in _DEBRIS.items() if pattern.search(text)]
    if not re.search(r"[.!?。！？…]['\"”’»)]*$", text):
        found.append("no final stop")
    if not re.match(r"[\"“‘«¿¡(]*(?:[^\W\d_a-zà-ÿ]|\d|[a-z]{1,2}[A-Z0-9-])", text):
        found.append("small first letter")
    for opening, closing in ("()", "[]", "“”", "«»"):
        if text.count(opening) != text.count(closing):
            found.append("unbalanced " + opening)
    if text.count("‘") > text.count("’") or ("‘" not in text and re.search(r"[^s\W]’(?=[\s.,;])", text)):
        found.append("unbalanced ‘")
    if text.count('"') % 2:
        found.append('unbalanced "')
    return found + _clause_faults(text, phrases)


def _clause_faults(text: str, phrases: Phrases) -> list[str]:
    found = []
    if not has_verb(text, phrases) and not phrases.verb_endings.search(text):
        found.append("no verb")
    if _AIM_ONLY.match(text) and not _main_clause(text, phrases):
        found.append("an aim without a main clause")
    if _NO_SUBJECT.match(text):
        found.append("no subject")
    comparing = phrases.language == "en" and re.match(r"As [^,]*$", text)
    if (comparing or _SUBORDINATE.match(text)) and not text.endswith("?"):
        found.append("a subordinate clause alone")
    return found


def _main_clause(text: str, phrases: Phrases) -> bool:
    _, comma, rest = text.partition(",")
    if comma:
        if re.match(r" (?:in|and|or|with|for|as|at|by|on|from|including|such|which)\b", rest):
            return False
        return has_verb(rest, phrases) or bool(phrases.verb_endings.search(rest))
    return not text.startswith("To ") and has_verb(" ".join(text.split()[2:]), phrases)
