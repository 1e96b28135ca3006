"""What words mean to the grounding check, from the tables in `lexicons/`."""

# ruff: noqa: E501 - lists of words and expressions read better unbroken

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

import Stemmer  # type: ignore[import-not-found]

STEMMERS = {"en": "english", "de": "german", "es": "spanish", "fr": "french", "pt": "portuguese", "it": "italian"}
_LISTS = (
    "stop", "light", "up", "down", "negators", "same", "hedges", "soft", "sure", "universal", "partial", "strong", "weak",
    "causal", "claims_cause", "association", "acts", "limits", "people", "generic_people", "creatures", "highest_of", "lowest_of",
)  # fmt: skip
_AS_WRITTEN = frozenset(
    {"stop", "hedges", "soft", "sure", "causal", "claims_cause", "association", "acts", "limits", "negators"}
)
"""Lists in which the form of a word matters: `lead` is a metal, `reduced` often an adjective."""
_REMEMBERED = 50_000
"""So many answers are kept."""
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Lexicon:
    """The lists of one language. Words of `_AS_WRITTEN` lists are compared as they stand, others by stem."""

    language: str
    stem: Callable[[str], str] = field(repr=False)
    lists: dict[str, frozenset[str]] = field(repr=False)
    meaning: dict[str, str] = field(repr=False)
    """From a stem to the one word that stands for all of its meaning."""
    phrases: re.Pattern[str] | None = field(repr=False)
    phrase_words: dict[str, str] = field(repr=False)
    kinds: dict[str, str] = field(repr=False)
    """From a meaning to its kind, such as `organ`."""
    groups: dict[str, frozenset[str]] = field(repr=False)
    opposites: tuple[tuple[frozenset[str], frozenset[str]], ...] = field(repr=False)
    forms: dict[str, str] = field(repr=False)
    """From an irregular form to the word it is of."""
    senses: dict[str, frozenset[int]] = field(repr=False)
    """From a meaning to the senses of the thesaurus that have it."""
    doings: frozenset[str] = field(repr=False)
    """Meanings that the thesaurus has above its things alone: what is done, and how things are."""
    _known: dict[tuple[str, str], bool] = field(default_factory=dict, repr=False, compare=False)

    def has(self, name: str, word: str) -> bool:
        """Whether a word, in lower case, is in a list."""
        known = self._known.get((name, word))
        if known is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            known = self._known[name, word] = self._has(name, word)
        return known

    def _has(self, name: str, word: str) -> bool:
        if word in self.lists[name]:
            return True
        return name not in _AS_WRITTEN and any(self.stem(base) in self.lists[name] for base in self._bases(name, word))

    def _bases(self, name: str, word: str) -> tuple[str, ...]:
        """The word, and in lists of directions what a comparative is of: `rarer` of `rare`."""
        if name not in {"up", "down"} or self.language != "en" or not word.endswith("er"):
            return (word,)
        return (word, word[:-1], word[:-2], word[:-3] + "y" if word.endswith("ier") else word)

    def key(self, word: str) -> str:
        """What stands for the word's meaning: equal for words that may be put for each other."""
        return _key(word, self.stem, self.forms, self.meaning)

    def akin(self, one: str, other: str) -> bool:
        """Whether two meanings may be put for each other in some sense, and are not two things of one kind."""
        if self.senses.get(one, _NONE).isdisjoint(self.senses.get(other, _NONE)):
            return False
        return not (one in self.kinds and self.kinds[one] == self.kinds.get(other))


@lru_cache(maxsize=16)
def lexicon_of(language: str) -> Lexicon:
    """The lexicon of a language by its ISO 639-1 code; one without lists where there is none."""
    code = language.lower().split("-")[0]
    table = _table(f"{code}.toml")
    meanings = _table(f"{code}.meanings.toml")
    algorithm = STEMMERS.get(code)
    stem: Callable[[str], str] = Stemmer.Stemmer(algorithm).stemWord if algorithm else str
    lists = {
        name: frozenset(words if name in _AS_WRITTEN else map(stem, words))
        for name in _LISTS
        for words in [_words(table.get(name, ""))]
    }
    meaning, phrase_words = _meanings(meanings.get("same", []), stem)
    kinds: dict[str, str] = {}
    for kind, words in meanings.get("kinds", {}).items():
        for word in _words(words):
            kinds.setdefault(meaning.get(stem(word), stem(word)), kind)
    longest_first = sorted(phrase_words, key=len, reverse=True)
    pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"
    groups = {name: frozenset(_words(words)) for name, words in table.get("groups", {}).items()}
    compiled = re.compile(pattern, re.IGNORECASE) if phrase_words else None
    parts = _thesaurus(f"{code}.thesaurus.txt")
    forms = {word: line[0] for line in parts["forms"] for word in line[1:]}
    senses: dict[str, set[int]] = {}
    for at, words in enumerate(parts["doings"] + parts["things"]):
        for word in words:
            senses.setdefault(_key(word, stem, forms, meaning), set()).add(at)
    doings = frozenset(key for key, found in senses.items() if max(found) < len(parts["doings"]))
    frozen = {key: frozenset(found) for key, found in senses.items()}
    return Lexicon(
        code, stem, lists, meaning, compiled, phrase_words, kinds, groups, _opposites(table), forms, frozen, doings
    )


def _key(word: str, stem: Callable[[str], str], forms: dict[str, str], meaning: dict[str, str]) -> str:
    stemmed = stem(forms.get(word, word))
    return meaning.get(word) or meaning.get(stemmed, stemmed)


def _thesaurus(name: str) -> dict[str, list[list[str]]]:
    """Irregular forms, senses of doings and senses of things, each a list of words."""
    path = resources.files("scripter.grounding") / "lexicons" / name
    parts: dict[str, list[list[str]]] = {"forms": [], "doings": [], "things": []}
    part = parts["forms"]
    for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
        if line.startswith("["):
            part = parts[line.strip("[]")]
        elif line and not line.startswith("#"):
            part += [sense.split() for sense in line.split("/")]
    return parts


def _opposites(table: dict[str, Any]) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    pairs = [line.split("|") for line in table.get("opposites", [])]
    return tuple((frozenset(one.split()), frozenset(other.split())) for one, other in pairs)


def _words(text: str) -> list[str]:
    return [word.rstrip("*") for word in text.split()]


def _meanings(lines: list[str], stem: Callable[[str], str]) -> tuple[dict[str, str], dict[str, str]]:
    """Words by stem, phrases as they stand, each to the first word of its line; the first line that names a word wins."""
    words: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for line in lines:
        first, *others = line.split("|")
        kept = words.get(stem(first), stem(first)) if not re.search(r"[ -]", first) else re.sub(r"[ -]", "", first)
        for text in (first, *others):
            if re.search(r"[ -]", text):
                phrases.setdefault(text, kept if re.search(r"[ -]", first) or kept != stem(first) else first)
            else:
                words.setdefault(stem(text), kept)
    return words, phrases


def _table(name: str) -> dict[str, Any]:
    path = resources.files("scripter.grounding") / "lexicons" / name
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
