"""Directions: what rises does not fall, what was found was not denied, and who was compared with whom stays so."""

# ruff: noqa: E501 - lists of words and expressions read better unbroken

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import chain

from scripter.grounding import comparisons
from scripter.grounding.evidence import Claim
from scripter.grounding.marks import way_of_numbers
from scripter.grounding.quantities import quantities_in
from scripter.grounding.reading import Clause, Word

_THAN = re.compile(
    r"\b(?:than|compared (?:with|to)|relative to|versus|vs\.?|(?<=, )against|against (?=(?:only |just |about )?\d)|as (?:many|much|often|fast|high|large|long|common|strong|likely|effective|good|well|big|frequent|rare|low)(?: \w+){0,4}? as|"
    r"unlike|als|que|do que)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(r"\b(?:more|less|fewer|\w{3,}er)\b", re.IGNORECASE)
_COMPARES = re.compile(
    r"\b(?:than|compared|versus|vs|as (?:many|much|often|fast|high|strong|likely|large|common|frequent)|als|more|less|fewer)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"^\W*(?:(?:but|and) (?:not|never)|not|unlike|except|aber nicht|mas não|pero no|mais pas)\b", re.IGNORECASE
)
_BUT = re.compile(r"^\W*(?:but|while|whereas|although|and)\b", re.IGNORECASE)
_AS_MUCH = re.compile(
    r"\b(?:just )?as (?:much|many|often|well|good|fast|likely|common|strong(?:ly)?|effective) as\b", re.IGNORECASE
)
_MULTIPLE = re.compile(r"\b(?:times|twice|half|third|fold|not) as\b", re.IGNORECASE)
_ACROSS = 3
"""Meanings shared by clauses of which one says what happens (`reduced`) and one compares (`lower`)."""
_GOES_ON = re.compile(r"\W*(?:than|compared|against)\b", re.IGNORECASE)
_YET_TO = re.compile(r"\b(?:remains?|ha(?:s|ve)) (?:yet )?to be\b", re.IGNORECASE)
_SIZES = frozenset(["larger", "smaller", "longer", "shorter", "bigger", "often", "frequent", "further"])
"""Comparatives that more often describe a thing than say which way it goes."""
_ATTRIBUTE = re.compile(
    r"\s(?!than\b|when\b|in\b|with\b|after\b|if\b|on\b|at\b|among\b|and\b|but\b|under\b|for\b|the\b|near\b|by\b|between\b|during\b|inside\b|outside\b|within\b|across\b|over\b|to\b|from\b|but\b|as\b|while\b|because\b)[a-z]"
)
"""What follows a comparative that describes a thing."""
_AIMS = re.compile(r"\bwhether\b|\b(?:aim|aims|aimed|hypothesi[sz]ed?|objective|purpose)\b", re.IGNORECASE)
"""Clauses that ask."""
_COMPARATIVE = frozenset(
    [
        "higher",
        "lower",
        "more",
        "less",
        "fewer",
        "greater",
        "larger",
        "smaller",
        "longer",
        "shorter",
        "increased",
        "decreased",
        "reduced",
        "elevated",
    ]
)


_OPEN = re.compile(
    r"\b(?:not?|never|cannot|can't|yet|remains?|too|nobody|no one|nothing) (?:\w+ ){0,4}?(?:know[ns]?|clear|test(?:ed)?|examined?|measured?|stud(?:y|ied)|proven?|shown?|tell|told|say|said|judged?|excluded?|ruled?|assess(?:ed)?|determined?|looked|investigated?|identified|established)\b|"
    r"\bun(?:known|clear|certain|tested|-known|-tested)\b|\bwhether\b|\bopen question\b|\b(?:might|may|could) (?:\w+ )?still\b|\bstill (?:be )?possible\b|\bperhaps\b|\bdid not (?:look|ask|test|examine|measure|study)\b",
    re.IGNORECASE,
)
"""What leaves a question open: however two texts put it, neither denies what the other says."""


@dataclass(frozen=True)
class Way:
    """Which way a clause goes: +1 up, -1 down, 0 not said; by what happens in it, and by how it compares."""

    happens: int
    compares: int

    @property
    def sign(self) -> int:
        """Both at once: losing less is gaining."""
        return (self.happens or 1) * (self.compares or 1) if self.happens or self.compares else 0

    def against(self, other: Way, *, across: bool) -> bool | None:
        """Whether two go opposite ways; None where one says nothing, or, unless `across`, nothing of the same sort."""
        if self.compares and other.compares and self.happens and other.happens:
            return self.sign != other.sign
        for mine, theirs in ((self.compares, other.compares), (self.happens, other.happens)):
            if mine and theirs:
                return mine != theirs
        return self.sign != other.sign if across and self.sign and other.sign else None


def fault(claim: Claim) -> str:
    """What goes the other way in the passages; empty where nothing does."""
    for segment in claim.said.segments:
        for clause in segment.mains:
            inside = [part for part in segment.clauses if clause.start <= part.start < clause.start + len(clause.text)]
            parts = [clause] if _THAN.search(clause.text) else inside
            reason = _denied(clause, claim) or next(filter(None, (_turned(part, claim) for part in parts)), "")
            sides = _sides(clause)
            reason = reason or _reversed(clause, claim) or (comparisons.fault(clause, sides, claim) if sides else "")
            if reason:
                return reason
    return _attributed(claim) or _opposed(claim) or _aside(claim)


def _mains(claim: Claim) -> list[Clause]:
    return list(chain.from_iterable(segment.mains for segment in claim.segments))


def way_of(clause: Clause, claim: Claim) -> Way:
    """The ways of a clause, bounds of numbers left aside."""
    bounds = [match.span() for match in comparisons.BOUNDS.finditer(clause.text)]
    has = claim.lexicon.has
    happens = compares = told = 0
    for word in clause.words:
        at = word.start - clause.start
        if any(a <= at < b for a, b in bounds):
            continue
        harder = bool(re.match(r"(?!other|rather|number)\w+er than\b", clause.text[at:]))
        if not (has("down", word.text) or has("up", word.text) or harder):
            continue
        if word.text in _SIZES and _ATTRIBUTE.match(clause.text, at + len(word.text)):
            continue
        sign = -1 if has("down", word.text) else 1
        if word.text in _COMPARATIVE or harder:
            compares, told = (compares or 1) * sign, told + 1
        else:
            happens = (happens or 1) * sign
    if not told:
        compares = way_of_numbers(clause.text, claim.language)
    return Way(happens, compares if told <= 2 else 0)


def _denials(clause: Clause, claim: Claim) -> int:
    """Denials, with `similar` and `unchanged` as `not different` where the sentence speaks of a difference or a likeness."""
    key = claim.lexicon.key
    differs = claim.said.keys & {key("differ"), key("change")} or claim.said.has("same")
    alike = sum(claim.lexicon.has("same", word.text) for word in clause.words) if differs else 0
    return clause.negations + alike


def _aligned(clause: Clause, claim: Claim) -> list[Clause]:
    """The clauses of the passages that share most with this one, and enough to speak of the same thing."""
    wanted = {key for key in clause.keys if key in claim.keys}
    if not wanted:
        return []
    scored = [
        (
            sum(_worth(key, claim) for key in wanted & other.keys)
            + len(_values(clause, claim) & _values(other, claim)),
            other,
        )
        for other in _mains(claim)
        if not _AIMS.search(other.text)
    ]
    most = max((score for score, _ in scored), default=0.0)
    total = sum(_worth(key, claim) for key in wanted)
    if most < 0.5 * total or most < 0.7:
        return []
    return [other for score, other in scored if score >= most - 1e-9]


def _values(clause: Clause, claim: Claim) -> set[float]:
    return {quantity.value for quantity in quantities_in(clause.text, claim.language)}


def _worth(key: str, claim: Claim) -> float:
    if any(letter.isdigit() for letter in key):
        return 1.5
    light = key in claim.lexicon.lists["light"] or key in claim.lexicon.lists["up"]
    return (0.4 if light else 1.0) / math.sqrt(max(claim.homes(key), 1))


def _denied(clause: Clause, claim: Claim) -> str:
    """Denied here and not there, or there and not here."""
    others = _aligned(clause, claim)
    if not others or (_OPEN.search(clause.text) and any(_OPEN.search(each.text) for each in claim.segments)):
        return ""
    here = bool(_denials(clause, claim))
    there = [bool(_denials(other, claim)) for other in others]
    if here and not any(there) and not _softly_denied(clause, others, claim):
        return "the passage does not deny it"
    if not here and all(there) and not _partly(clause, others[0], claim):
        return "the passage denies it"
    return ""


def _softly_denied(clause: Clause, others: list[Clause], claim: Claim) -> bool:
    """Whether the passages deny elsewhere what is denied here, or the denial is one of size: `no fewer than`."""
    elsewhere = any(
        segment_denies
        for segment in claim.segments
        for segment_denies in [any(_denials(m, claim) for m in segment.mains)]
        if clause.keys & segment.keys
    )
    down = any(way_of(other, claim).sign < 0 for other in others)
    return elsewhere or down


def _partly(clause: Clause, other: Clause, claim: Claim) -> bool:
    """Whether the denial in the passage is of a part that the sentence leaves out."""
    if re.search(r"\bneither\b", other.text, re.IGNORECASE):
        return False
    denied: set[str] = set()
    free: set[str] = set()
    denies = False
    for part in (c for segment in claim.segments for c in segment.clauses if c.text in other.text):
        goes_on = _GOES_ON.match(part.text) and denies
        denies = bool(goes_on or _denials(part, claim))
        (denied if denies else free).update(part.keys)
    if _YET_TO.search(other.text):
        return False
    has = claim.lexicon.has
    ways = [
        {word.key for word in words if has("up", word.text) or has("down", word.text)}
        for words in (clause.words, other.words)
    ]
    if ways[0] and ways[1] & denied:
        return False
    shared = clause.keys & other.keys
    return bool(shared) and len(shared & free - denied) > len(shared & denied - free)


def _turned(clause: Clause, claim: Claim) -> str:
    """Up where the passage has down, unless the two sides of the comparison change places too."""
    here = way_of(clause, claim)
    others = list(_parts(clause, claim))
    if not others:
        return ""
    for other in others:
        swapped = _swapped(clause, other, claim)
        across = len(clause.keys & other.keys) >= _ACROSS
        against = here.against(way_of(other, claim), across=across)
        if _equal(other) and here.sign and not _equal(clause) and _THAN.search(clause.text):
            continue
        if against is None and not (swapped and _compares(clause) and _compares(other)):
            return ""
        if against is not None and against == swapped:
            return ""
    if _swapped(clause, others[0], claim):
        return "the passage compares them the other way round"
    return "the passage says the opposite"


def _equal(clause: Clause) -> bool:
    return bool(_AS_MUCH.search(clause.text)) and not _MULTIPLE.search(clause.text)


def _parts(clause: Clause, claim: Claim) -> list[Clause]:
    """Aligned clauses, cut to the part that the sentence speaks of where they say several things."""
    found = []
    for main in _aligned(clause, claim):
        small = [c for segment in claim.segments for c in segment.clauses if c.text in main.text and c.keys]
        best = max(small, key=lambda c: len(clause.keys & c.keys), default=main)
        whole = _THAN.search(main.text) and (_THAN.search(clause.text) or _ALONE.search(clause.text))
        found.append(main if whole else best)
    return found


def _attributed(claim: Claim) -> str:
    """`higher elevation` where the passage has only `lower elevation`."""
    if _THAN.search(claim.said.text):
        return ""
    said: dict[str, set[int]] = {}
    given: dict[str, set[int]] = {}
    for segment in claim.said.segments:
        _attributes(segment.words, said, claim)
    for segment in claim.focus:
        _attributes(segment.words, given, claim)
    for noun, signs in said.items():
        if noun in given and not signs & given[noun]:
            return "the passage has it the other way: " + noun
    return ""


def _attributes(words: tuple[Word, ...], found: dict[str, set[int]], claim: Claim) -> None:
    for at, word in enumerate(words):
        if word.text in _COMPARATIVE:
            sign = -1 if claim.lexicon.has("down", word.text) else 1
            nouns = [other for other in words[at + 1 : at + 3] if other.content]
            if not nouns and at and words[at - 1].content:
                nouns = [words[at - 1]]
            for noun in nouns:
                found.setdefault(noun.key, set()).add(sign)


def _opposed(claim: Claim) -> str:
    """A word whose opposite the passage has in its place."""
    if not claim.focus:
        return ""
    close = [s for s in claim.segments if s in claim.focus or len(s.keys & claim.said.keys) >= 3]
    there = {word.text for segment in close for word in segment.words}
    anywhere = claim.texts
    compared = bool(_THAN.search(claim.said.text))
    for one, other in claim.lexicon.opposites:
        for mine, theirs in ((one, other), (other, one)):
            if compared and any(word.endswith("er") for word in claim.said.texts & mine):
                continue
            if claim.said.texts & mine and not claim.said.texts & theirs and there & theirs and not anywhere & mine:
                return f"the passage has the opposite: {min(there & theirs)}"
    highest, lowest = (claim.said.has(name) for name in ("highest_of", "lowest_of"))
    words = claim.focus[0].words
    up, down = (claim.said.has(name, words) for name in ("highest_of", "lowest_of"))
    if (highest and not lowest and down and not up) or (lowest and not highest and up and not down):
        return "the passage has the other extreme"
    return ""


def _reversed(clause: Clause, claim: Claim) -> str:
    """`women lower than men` where the passage says, without `than`, that women are higher."""
    sides, way = _sides(clause), way_of(clause, claim).sign
    if not sides or not way:
        return ""
    for other in _mains(claim):
        there = way_of(other, claim).sign
        if not there or _sides(other) or not any(word.text in _COMPARATIVE for word in other.words):
            continue
        left, right = other.keys & sides[0], other.keys & sides[1]
        if (left and not right and there != way) or (right and not left and there == way):
            rival = {claim.lexicon.kinds.get(key) for key in left | right} - {None}
            if rival:
                return "the passage says the opposite of them"
    return ""


def _compares(clause: Clause) -> bool:
    return bool(_COMPARES.search(clause.text))


def _sides(clause: Clause) -> tuple[set[str], set[str]] | None:
    match = next((m for m in _THAN.finditer(clause.text) if not _bounds_number(clause.text, m)), None)
    if not match:
        return None
    at = clause.start + match.start() + match[0].rstrip().rfind(" ") + 1
    if match.start() < 3:
        return None
    left = {word.key for word in clause.words if word.content and word.start < at}
    right = {word.key for word in clause.words if word.content and word.start > clause.start + match.end() - 1}
    left |= set(re.findall(r"\d+", clause.text[: match.start()]))
    right |= set(re.findall(r"\d+", clause.text[match.end() :]))
    return left - right, right - left


def _bounds_number(text: str, match: re.Match[str]) -> bool:
    return match[0].lower() == "than" and bool(quantities_in(text[match.end() : match.end() + 12].strip(), "en"))


def _swapped(clause: Clause, other: Clause, claim: Claim) -> bool:
    """Whether what stood on the left of the comparison stands on its right."""
    here, there = _sides(clause), _sides(other)
    if there and not here and _ALONE.search(clause.text):
        return _heft(clause.keys & there[1], claim) > _heft(clause.keys & there[0], claim)
    if not here or not there:
        return False
    straight = len(here[1] & there[1])
    crossed = _heft(here[0] & there[1], claim) + _heft(here[1] & there[0], claim)
    return crossed > straight


def _heft(keys: set[str] | frozenset[str], claim: Claim) -> float:
    """How many meanings, those that say little counted little."""
    return sum(0.4 if claim.lexicon.has("light", key) else 1.0 for key in keys)


def _aside(claim: Claim) -> str:
    """What the passage sets apart (`but not in women`) is not what the sentence asserts."""
    if any(_ASIDE.match(part.text) for segment in claim.said.segments for part in segment.clauses):
        return ""
    for segment in claim.focus[:1]:
        for clause in segment.clauses:
            apart_so = _ASIDE.match(clause.text) or (clause.negations and _BUT.match(clause.text))
            if not apart_so or not 0 < len(clause.keys) <= (4 if _ASIDE.match(clause.text) else 2):
                continue
            free = {key for other in segment.clauses if other is not clause for key in other.keys}
            apart = clause.keys - free
            for said in chain.from_iterable(part.clauses for part in claim.said.segments):
                named = apart & said.keys
                if named and not _denials(said, claim) and not _COMPARES.search(said.text):
                    return "the passage says so of something else, and sets this apart"
    return ""
