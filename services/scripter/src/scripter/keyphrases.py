"""Phrases that name something, told by how the paper itself uses their words.

No tagger knows the nouns of every field and language. The paper does: a word that it mostly follows with a small word,
a verb or a comma can end a phrase; one that it mostly follows with another content word is an adjective.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from artifacts.paper import Paper

    from scripter.phrases import Phrases

MOST_WORDS = 7
_TOKEN = re.compile(r"[^\W_]+(?:[-'’/.·_][^\W_]+)*['’]?|[^\w\s]")
_LATIN = re.compile(r"\b(in|ex|de) (vitro|vivo|situ|silico|novo)\b", re.IGNORECASE)
_OPENERS = re.compile(
    r"the|a|an|of|in|by|with|for|no|these|this|their|its|our|o|as|os|um|uma|el|la|los|las|un|"
    r"una|der|die|das"
)
_ADJECTIVE = re.compile(r"(?:al|ic|ive|ous|able|ible|ful|less|ary|ior|oid|ed|ing|ly|mente|lich|isch)$")
_JOINTS = {"en": {"of"}, "pt": {"de", "da", "do", "das", "dos"}, "es": {"de", "del"}, "fr": {"de", "du", "des"}}
_VAGUE = re.compile(
    r"prior|given|back|days|day|year|years|time|times|hours|weeks|months|case|cases|use|number|total|"
    r"part|way|ways|order|majority|example|kind|half|addition|contrast|fact|result|results|finding|"
    r"findings|study|studies|paper|article|work|analysis|analyses|data|authors|colleagues|others|"
    r"something|nothing|thing|things|question|questions|role|type|types|effect|effects|level|levels|"
    r"group|groups|researchers|team|experiments|figure|table|section|estudo|estudos|artigo|resultados|"
    r"dados|trabalho|studie|studien|ergebnisse|étude|résultats|estudio"
)
_BY_LENGTH = (0.0, -2.0, 1.2, 1.8, 1.9, 1.7, 1.3, 0.9)
_NO_ADVERBS = re.compile(r"family|assembly|anomaly|supply|fly|early|only|daily|anatomy|monopoly")


class Keyphrases:
    """What a paper calls things, and which of its words may end a phrase."""

    def __init__(self, paper: Paper, phrases: Phrases) -> None:
        self._phrases = phrases
        self._prose = " ".join([paper.title, *paper.subjects, *(passage.text for passage in paper.passages)]).lower()
        self._title = set(_words(paper.title))
        self._seen: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._small = (
            phrases.function_words | phrases.clause_verbs | phrases.hedges | phrases.negations | phrases.first_person
        )
        self._named: set[str] = set()
        tokens = [token.lower() for passage in paper.passages for token in [*_TOKEN.findall(passage.text), "."]]
        for token, following in itertools.pairwise(tokens):
            self._seen[token] += 1
            self._ended[token] += self._parts(following)
            if _OPENERS.fullmatch(token):
                self._named.add(following)

    def may_end(self, word: str) -> bool:
        """Whether a phrase may end on the word."""
        lower = word.lower().strip("'’.,;:?!")
        if lower in self._small or lower in {"prior", "given", "back"} or not lower:
            return False
        adjective = self._phrases.language in {"en", "de"} and bool(_ADJECTIVE.search(lower))
        if self._seen[lower] < (3 if adjective else 5):
            return not adjective
        return self._ended[lower] >= (0.6 if adjective else 0.3) * self._seen[lower]

    def shortened(self, text: str, characters: int) -> str:
        """The first words that fit, ending where a phrase may."""
        if len(text) <= characters:
            return text.rstrip(" ,;:–—-.")
        words = text[: characters + 1].rsplit(" ", 1)[0].split()
        while len(words) > 1 and not self.may_end(words[-1]):
            words.pop()
        if len(words) < 2:
            return text[: characters - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + "…"
        return " ".join(words).rstrip(" ,;:–—-")

    def best(self, text: str, avoid: AbstractSet[str]) -> str:
        """The phrase of the text that names best what it is about, or its most telling word."""
        taken = {headline.lower() for headline in avoid}
        found = [
            (self._points(phrase, avoid) - 0.1 * place, phrase)
            for place, phrase in enumerate(self._candidates(text))
            if phrase.replace("_", " ").lower() not in taken
        ]
        return max(found, key=lambda item: item[0])[1].replace("_", " ") if found else ""

    def _candidates(self, text: str) -> Iterator[str]:
        runs: list[list[str]] = [[]]
        before = ""
        for token in _TOKEN.findall(_LATIN.sub(r"\1_\2", text)):
            verb = before == "to" and token.islower() and token not in self._named
            noun = bool(_OPENERS.fullmatch(before)) or bool(_ADJECTIVE.search(before) and before not in self._small)
            noun = noun and token.lower() in self._phrases.clause_verbs - self._phrases.function_words
            before = token.lower()
            joint = token.lower() in _JOINTS.get(self._phrases.language, ()) and runs[-1]
            if verb or (self._parts(token) and not joint and not noun):
                runs.append([])
            else:
                runs[-1].append(token)
        for run in runs:
            for start in range(len(run)):
                for end in range(start + 1, min(len(run), start + MOST_WORDS) + 1):
                    if (end == len(run) or self._parts(run[end])) and self._names(run[start:end]):
                        yield " ".join(run[start:end])

    def _names(self, words: list[str]) -> bool:
        first, last = words[0].lower(), words[-1].lower()
        ends_badly = not self.may_end(last) or len(last) < 3 or last in self._phrases.abbreviations
        vague = all(_VAGUE.fullmatch(word.lower()) or len(word) < 3 for word in words)
        return not (ends_badly or vague or _VAGUE.fullmatch(last) or self._parts(first))

    def _points(self, phrase: str, avoid: AbstractSet[str]) -> float:
        words = phrase.split()
        lower = phrase.lower().replace("_", " ")
        said = {word for headline in avoid for word in _words(headline)}
        points = _BY_LENGTH[len(words)] + 0.35 * math.log(max(self._prose.count(lower), 1))
        points += 0.5 * min(len(self._title & set(_words(lower))), 2)
        points -= 1.0 * bool(re.search(r"\d", phrase)) + 0.8 * bool(re.search(r"\b[A-Z]{2,}", phrase))
        points -= 4.0 * (set(_words(lower)) <= said) + 0.5 * (bool(_VAGUE.fullmatch(words[0].lower())))
        return points - 0.4 * bool(re.search(r"(?:ed|ing)$", words[0].lower()))

    def _parts(self, token: str) -> bool:
        lower = token.lower()
        adverb = self._phrases.language == "en" and lower.endswith("ly") and not _NO_ADVERBS.fullmatch(lower)
        return adverb or not token[:1].isalnum() or lower in self._small or bool(re.fullmatch(r"[\d.,]+", token))


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]{3,}", text.lower()) if not _VAGUE.fullmatch(word)]
