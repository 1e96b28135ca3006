"""What a language's listeners expect, from the tables in `languages/`: cues, openings, labels."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

TABLES = ("en", "pt", "es", "de", "fr", "ja")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class Phrases:
    """The table of one language with its expressions compiled; `other` where the language has none of its own."""

    language: str
    abbreviations: frozenset[str]
    connectives: re.Pattern[str]
    """At the start of a sentence, with the comma that follows."""
    lead_ins: re.Pattern[str]
    figure_lead_ins: re.Pattern[str]
    paper_openers: re.Pattern[str]
    anaphora: re.Pattern[str]
    harmless: re.Pattern[str]
    after_results: re.Pattern[str]
    first_person: frozenset[str]
    hedges: frozenset[str]
    negations: frozenset[str]
    function_words: frozenset[str]
    cut_before: frozenset[str]
    weak_cuts: frozenset[str]
    clause_verbs: frozenset[str]
    verb_endings: re.Pattern[str]
    """A word that may be a finite verb, for languages and verbs that no list exhausts."""
    colleagues: str
    cues: dict[str, re.Pattern[str]] = field(repr=False)
    kickers: dict[str, str] = field(repr=False)
    labels: dict[str, str] = field(repr=False)

    def kicker(self, name: str) -> str:
        return self.kickers.get(name, "")

    def label(self, name: str, **facts: object) -> str:
        """The label with its blanks filled in; empty where the language has none."""
        return self.labels.get(name, "").format(**facts)


@lru_cache(maxsize=16)
def phrases_for(language: str) -> Phrases:
    """The table of a language by its ISO 639-1 code, regional parts ignored."""
    code = language.lower().split("-")[0]
    name = code if code in TABLES else "other"
    table = tomllib.loads((resources.files("scripter") / "languages" / f"{name}.toml").read_text("utf-8"))
    return Phrases(
        language=code,
        abbreviations=frozenset(table["abbreviations"]),
        connectives=_opening([re.escape(words) for words in table["connectives"]], "[,:]"),
        lead_ins=_opening(table["lead_ins"]),
        figure_lead_ins=_opening(table["figure_lead_ins"]),
        paper_openers=_opening(table["paper_openers"]),
        anaphora=_opening(table["anaphora"]),
        harmless=_opening(table["harmless"], bounded=False),
        after_results=_opening(table["after_results"], bounded=False),
        first_person=frozenset(table["first_person"]),
        hedges=frozenset(table["hedges"]),
        negations=frozenset(table["negations"]),
        function_words=frozenset(table["function_words"]),
        cut_before=frozenset(table["cut_before"]),
        weak_cuts=frozenset(table["weak_cuts"]),
        clause_verbs=frozenset(table["clause_verbs"]),
        verb_endings=re.compile(table["verb_endings"]) if table["verb_endings"] else _NEVER,
        colleagues=table["colleagues"],
        cues={role: _anywhere(words) for role, words in table["cues"].items()},
        kickers=_texts(table["kickers"]),
        labels=_texts(table["labels"]),
    )


def _opening(expressions: list[str], after: str = "", *, bounded: bool = True) -> re.Pattern[str]:
    if not expressions:
        return _NEVER
    longest_first = sorted(expressions, key=len, reverse=True)
    end = r"(?!\w)" if bounded else ""
    return re.compile(rf"(?:{'|'.join(longest_first)}){end}{after}\s*", re.IGNORECASE)


def _anywhere(expressions: list[str]) -> re.Pattern[str]:
    if not expressions:
        return _NEVER
    return re.compile(rf"(?<!\w)(?:{'|'.join(expressions)})(?!\w)", re.IGNORECASE)


def _texts(table: dict[str, Any]) -> dict[str, str]:
    return {name: str(text) for name, text in table.items()}
