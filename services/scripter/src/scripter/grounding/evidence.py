"""The sentence and the part of its passages that it speaks of."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from artifacts.paper import Paper, Passage
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from scripter.abbreviations import definitions_in
from scripter.grounding.lexicon import Lexicon
from scripter.grounding.quantities import quantities_in
from scripter.grounding.reading import Reading, Segment, Word, read, restated

_ALIKE = 0.91
_MOST = 3
"""Segments that one sentence may merge."""
LIGHT = 0.35
"""Weight of words that say little, where the passage lacks them."""


def without_quantities(segment: Segment, language: str) -> list[Word]:
    """The words of a segment that are no part of its numbers and their units."""
    found = quantities_in(segment.text, language)
    kept = []
    for word in segment.words:
        at = bisect_right(found, word.start, key=lambda quantity: quantity.start) - 1
        if at < 0 or word.start >= found[at].end:
            kept.append(word)
    return kept


@dataclass(frozen=True)
class Claim:
    """A sentence to be judged and its passages, read."""

    said: Reading
    passages: tuple[Reading, ...]
    language: str

    @property
    def lexicon(self) -> Lexicon:
        return self.said.lexicon

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(segment for passage in self.passages for segment in passage.segments)

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset().union(*(passage.keys for passage in self.passages))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for passage in self.passages for word in passage.words)

    @cached_property
    def texts(self) -> frozenset[str]:
        return frozenset(word.text for word in self.words)

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """Words of the sentence that carry meaning; numbers and units have a check of their own."""
        found = []
        for segment in self.said.segments:
            found += [word for word in without_quantities(segment, self.language) if word.content]
        return tuple(found)

    @cached_property
    def uncovered(self) -> tuple[Word, ...]:
        """Content words of the sentence for which the passages have no counterpart."""
        return tuple(word for word in self.content if not self.covers(word))

    def covers(self, word: Word) -> bool:
        """Whether the passages have the word, another of its meaning, or one spelt or derived alike."""
        if word.key in self.keys or word.text in self.texts:
            return True
        return not word.name and alike(word.key, self.keys)

    def is_light(self, word: Word) -> bool:
        has = self.lexicon.has
        return not word.name and (
            has("light", word.text) or has("up", word.text) or has("down", word.text)
            or any(has(name, word.text) for name in ("hedges", "soft", "same", "strong", "weak", "partial", "causal"))
        )  # fmt: skip

    @cached_property
    def focus(self) -> tuple[Segment, ...]:
        """The segments that between them hold most of what the sentence says, the best first."""
        wanted: dict[str | float, float] = {
            quantity.value: 1.0
            for segment in self.said.segments
            for quantity in quantities_in(segment.text, self.language)
        }
        wanted |= {
            word.key: (0.4 if self.is_light(word) else 2.0 if word.name else 1.0) / max(self.homes(word.key), 1) ** 0.3
            for word in self.content
        }
        chosen: list[Segment] = []
        while wanted and len(chosen) < _MOST:
            gains = [(sum(wanted.get(key, 0.0) for key in self._held[at]), -at) for at in range(len(self.segments))]
            gain, at = max(gains, default=(0.0, 0))
            if gain < (0.3 if not chosen else 1.9):
                break
            segment = self.segments[-at]
            chosen.append(segment)
            wanted = {key: weight for key, weight in wanted.items() if key not in self._held[-at]}
        return tuple(chosen)

    def homes(self, key: str) -> int:
        """How many segments have a meaning."""
        return sum(key in segment.keys for segment in self.segments)

    @cached_property
    def _held(self) -> list[set[str | float]]:
        """What each segment has: meanings, and values of its numbers."""
        return [
            {*segment.keys, *(quantity.value for quantity in quantities_in(segment.text, self.language))}
            for segment in self.segments
        ]

    @cached_property
    def similarity(self) -> float:
        """0 to 1: how much of what the sentence says the passages say, in the same words or in others."""
        if not self.content:
            return 1.0
        total = covered = 0.0
        for word in self.content:
            weight = LIGHT if self.is_light(word) else 1.0
            total += weight
            covered += weight * self.covers(word)
        values = {q.value for segment in self.segments for q in quantities_in(segment.text, self.language)}
        for segment in self.said.segments:
            for quantity in quantities_in(segment.text, self.language):
                total += 1.0
                covered += (
                    quantity.value in values
                    or bool(quantity.about or quantity.bound)
                    or quantity.unit.kind == "fraction"
                )
        # Where few words are left to judge by, the spelling of the whole decides along.
        spelt = max((fuzz.token_set_ratio(self.said.text, segment.text) for segment in self.focus), default=0.0) / 100
        return (covered + 0.5 * spelt) / (total + 0.5)


def alike(key: str, keys: frozenset[str]) -> bool:
    """Whether a stem has a near twin: another derivation (`detection`, `detectable`) or spelling (`tumour`)."""
    if len(key) < 5:
        return False
    near = [other for other in keys if other[:4] == key[:4] and abs(len(other) - len(key)) <= 4]
    return bool(near) and process.extractOne(key, near, scorer=JaroWinkler.similarity, score_cutoff=_ALIKE) is not None


def claim_of(sentence: str, passages: tuple[str, ...], language: str) -> Claim:
    """Read a sentence and its passages, the sentence in the words of the passages where those have akin ones."""
    claim = Claim(read(sentence, language), tuple(read(text, language) for text in _explained(passages)), language)
    akin = {word.key: key for word in claim.content if not word.name and (key := _akin(word, claim))}
    return replace(claim, said=restated(claim.said, akin)) if akin else claim


def _akin(word: Word, claim: Claim) -> str:
    """The meaning that the passages have in the place of one they lack, nearest to what else the sentence says."""
    if word.key in claim.keys or word.text in claim.texts or word.key not in claim.lexicon.senses:
        return ""
    found = [
        (len(segment.keys & claim.said.keys), key)
        for segment in claim.segments
        for key in segment.keys
        if claim.lexicon.akin(word.key, key)
    ]
    return max(found, key=lambda item: (item[0], item[1]))[1] if found else ""


@lru_cache(maxsize=256)
def _explained(passages: tuple[str, ...]) -> tuple[str, ...]:
    """The passages with what an abbreviation stands for behind it, wherever they use it."""
    known = definitions_in(Paper(title="", passages=[Passage(id="p", text=text) for text in passages]))
    if not known:
        return passages
    pattern = re.compile(rf"(?<![\w(-])({'|'.join(map(re.escape, known))})s?(?![\w-])")
    return tuple(pattern.sub(lambda m: f"{m[0]} {known[m[1]].full}", text) for text in passages)
