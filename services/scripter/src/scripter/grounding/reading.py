"""A text as the grounding check reads it: segments of clauses of words, each word with what stands for its meaning."""

# ruff: noqa: E501 - lists of words and expressions read better unbroken

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from operator import attrgetter

from scripter.grounding.lexicon import Lexicon, lexicon_of
from scripter.phrases import phrases_for
from scripter.sentences import split

_WORD = re.compile(
    r"(?:[^\W\d_]|\d+(?=[^\W\d_]))[^\W_]*(?:'[^\W_]+|[-.](?=[^\W_]*\d)[^\W_]+|(?<=\bun)-[^\W_]+|(?<=-)[A-Z])*"
)
_CLAUSE = re.compile(
    r"(?<=[^\d\s])[,;:](?=\s)|(?<=\d)[,;:](?=\s)|\s[–—]\s|(?=[()])|"
    r"\s(?=(?:compared|than|against|and|but|while|whereas|although|though|versus|vs|und|aber|während|et|mais|tandis|y|e|pero|mas|mientras|enquanto)\s)",
    re.IGNORECASE,
)
_MAIN = re.compile(
    r"[;:](?=\s)|\s[–—]\s|,?\s(?=(?:but(?! not [^,;.]{1,40},)|while|whereas|although|though|yet(?! to)|aber|während|mais|pero|mas)\s)",
    re.IGNORECASE,
)
_start = attrgetter("start")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
"""Marks of notes and citations."""
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_IDIOMS = re.compile(
    r"\bnot (?:only|just|merely|necessarily)\b|\bno (?:less|fewer|more|later|earlier) than\b|\bwhether or not\b|"
    r"\bcan(?:no|')t (?:be )?(?:yet )?(?:excluded?|ruled? (?:\w+ )?out)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(r"\b(?:brought|brings?|took|pushed|drove)\b([^.,;]{1,40}?)\bdown\b", re.IGNORECASE)
_YET = re.compile(r"\btoo \w+ to\b|\b(?:ha(?:s|ve)|remains?) (?:yet )?to be \w+|\byet to be\b", re.IGNORECASE)
"""What was not done so far."""
_UN = re.compile(r"(?:un|non-?)([a-z]{4,}(?:ed|t))\b|without ([a-z]{4,})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Word:
    """A word: in lower case, what stands for its meaning, where it stands, whether it is a name and carries content."""

    text: str
    key: str
    start: int
    name: bool
    content: bool


@dataclass(frozen=True)
class Clause:
    """A part of a segment that says one thing."""

    text: str
    start: int
    words: tuple[Word, ...]
    negations: int

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(word.key for word in self.words if word.content)


@dataclass(frozen=True)
class Segment:
    """A sentence of a passage: its text, small clauses for numbers, and larger ones for what is claimed."""

    text: str
    words: tuple[Word, ...]
    clauses: tuple[Clause, ...]
    mains: tuple[Clause, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(word.key for word in self.words if word.content)


@dataclass(frozen=True)
class Reading:
    """A whole text, read."""

    text: str
    lexicon: Lexicon = field(repr=False)
    segments: tuple[Segment, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset().union(*(segment.keys for segment in self.segments))

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for segment in self.segments for word in segment.words)

    @cached_property
    def texts(self) -> frozenset[str]:
        return frozenset(word.text for word in self.words)

    def has(self, name: str, words: tuple[Word, ...] | None = None) -> set[str]:
        """The words of a list that stand in the text, or among the given words."""
        return {word.text for word in (self.words if words is None else words) if self.lexicon.has(name, word.text)}


@lru_cache(maxsize=512)
def read(text: str, language: str) -> Reading:
    """Read a text; passages are read once."""
    lexicon = lexicon_of(language)
    plain = normal(text)
    parts = _split(plain, lexicon.language)
    segments = tuple(_segment(_canonical(part, lexicon), lexicon) for part in parts if part.strip())
    return Reading(plain, lexicon, segments)


def restated(reading: Reading, keys: dict[str, str]) -> Reading:
    """The same text with other meanings put for some of its words."""

    def words(given: tuple[Word, ...]) -> tuple[Word, ...]:
        return tuple(replace(word, key=keys.get(word.key, word.key)) for word in given)

    def clauses(given: tuple[Clause, ...]) -> tuple[Clause, ...]:
        return tuple(replace(clause, words=words(clause.words)) for clause in given)

    segments = tuple(
        replace(each, words=words(each.words), clauses=clauses(each.clauses), mains=clauses(each.mains))
        for each in reading.segments
    )
    return replace(reading, segments=segments)


def normal(text: str) -> str:
    """One form for signs that look alike: dashes, quotes, spaces, superscripts and minus signs stay apart."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("‘", "'").replace("‐", "-").replace("‑", "-")
    text = re.sub(r"[\u00a0\u2009\u202f\u2007\u200a]", " ", text).replace("μ", "µ")
    return re.sub(r"\s+", " ", text).strip()


def is_cjk(text: str) -> bool:
    """Whether a text is written without spaces between its words."""
    return len(_CJK.findall(text)) > len(text) / 4


def _split(text: str, language: str) -> list[str]:
    if is_cjk(text):
        return re.split(r"(?<=[。！？])", text)
    return [span.text for span in split(text, phrases_for(language))]


def _canonical(text: str, lexicon: Lexicon) -> str:
    """Phrases of one meaning as one word, and `without shade` as `unshade`."""
    if lexicon.phrases:
        text = lexicon.phrases.sub(lambda match: lexicon.phrase_words[match[0].lower()], text)
    text = _DOWN.sub(r"decreased\1", text) if lexicon.language == "en" else text
    return _UN.sub(lambda match: "un-" + (match[1] or match[2]), text) if lexicon.language == "en" else text


def _segment(text: str, lexicon: Lexicon) -> Segment:
    words = _cjk_words(text) if is_cjk(text) else _words(text, lexicon)
    return Segment(text, words, _clauses(text, words, _CLAUSE, lexicon), _clauses(text, words, _MAIN, lexicon))


def _words(text: str, lexicon: Lexicon) -> tuple[Word, ...]:
    found = []
    for match in _WORD.finditer(text):
        written = match[0].rstrip(_RAISED).removesuffix("'s").removesuffix("'")
        if not written:
            continue
        lower = written.lower()
        name = _is_name(written, opens=match.start() == 0 or lexicon.language == "de")
        content = len(lower) > 1 and (name or not lexicon.has("stop", lower))
        negative = lower.startswith("un-")
        key = "un-" + lexicon.key(lower[3:]) if negative else lexicon.key(lower)
        found.append(Word(lower, key, match.start(), name, content))
    return tuple(found)


def _is_name(written: str, *, opens: bool) -> bool:
    if re.search(r"\d", written) or re.search(r"[^\W\d_][A-Z]", written):
        return bool(re.search(r"[A-Z]", written)) or not re.fullmatch(r"\d+[a-z]+", written)
    return written[0].isupper() and not opens


def _cjk_words(text: str) -> tuple[Word, ...]:
    """Pairs of neighbouring letters stand for words; runs of Latin letters and of katakana are names."""
    found = [
        Word(match[0].lower(), match[0].lower(), match.start(), name=True, content=True)
        for match in re.finditer(r"[A-Za-z][A-Za-z0-9-]+|[ァ-ヴー]{3,}", text)
    ]
    for at in range(len(text) - 1):
        pair = text[at : at + 2]
        if re.fullmatch(r"[\u3400-\u9fff]{2}", pair):
            found.append(Word(pair, pair, at, name=False, content=True))
    return tuple(found)


def _clauses(text: str, words: tuple[Word, ...], at: re.Pattern[str], lexicon: Lexicon) -> tuple[Clause, ...]:
    cuts = [0, *(match.start() for match in at.finditer(text)), len(text)]
    spans = [(a, b) for a, b in itertools.pairwise(cuts) if text[a:b].strip(" ,;:()")]
    return tuple(
        Clause(text[a:b], a, inside, negations_in(text[a:b], inside, lexicon))
        for a, b in spans
        for inside in [words[bisect_left(words, a, key=_start) : bisect_left(words, b, key=_start)]]
    )


def negations_in(text: str, words: tuple[Word, ...], lexicon: Lexicon) -> int:
    """How many words deny something, idioms such as `not only` left aside."""
    if lexicon.language == "ja":
        return len(re.findall(r"(?:な(?:い|かっ)|ません|ずに|なく)(?!て(?:は|も))", text))
    idioms = len(_IDIOMS.findall(text))
    idioms -= len(_YET.findall(text)) if lexicon.language == "en" else 0
    return max(sum(lexicon.has("negators", word.text) for word in words) - idioms, 0)
