"""Abbreviations that a paper defines, spelled out where they are spoken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artifacts.paper import Paper

_DEFINITION = re.compile(r"\(\s*(?P<short>(?:[a-zµβα]{1,4}|[A-Z])?[A-Z][A-Za-z0-9/-]{0,8}?s?)\s*[);,]")
_SHORT = re.compile(
    r"(?:(?<![\w/-])|(?<=\b[Pp]re-)|(?<=\b[Nn]on-)|(?<=\b[Pp]ost-))"
    r"(?:[a-zµβα]{1,4}|[A-Z])?[A-Z][A-Za-z0-9/-]{0,8}(?![\w/-])"
)
KNOWN = frozenset(
    [
        "DNA",
        "RNA",
        "HIV",
        "AIDS",
        "USA",
        "US",
        "UK",
        "EU",
        "UN",
        "WHO",
        "MRI",
        "CT",
        "PCR",
        "UV",
        "NASA",
        "TV",
        "IQ",
        "GPS",
        "COVID",
        "COVID-19",
        "BMI",
        "LED",
        "AI",
        "PhD",
        "ATP",
        "CO2",
        "SARS",
        "NHS",
        "FDA",
        "CDC",
        "TB",
        "DDT",
        "CRISPR",
        "BSE",
        "UNICEF",
        "UNESCO",
        "II",
        "III",
        "IV",
        "VI",
        "VII",
        "VIII",
        "IX",
        "XX",
        "XIX",
        "XVIII",
        "XVII",
        "XVI",
        "XXI",
    ]
)
_WORD = re.compile(r"[^\s,;:()\[\]]+")
_SMALL = frozenset(
    [
        "of",
        "the",
        "and",
        "in",
        "for",
        "to",
        "a",
        "an",
        "on",
        "with",
        "de",
        "da",
        "do",
        "dos",
        "das",
        "del",
        "la",
        "el",
        "los",
        "las",
        "e",
        "y",
        "et",
        "und",
        "der",
        "die",
        "des",
        "von",
        "du",
        "le",
        "les",
    ]
)


@dataclass(frozen=True)
class Abbreviation:
    """What a short form stands for and the passage that says so."""

    short: str
    full: str
    passage: str


def definitions_in(paper: Paper) -> dict[str, Abbreviation]:
    """Every `full name (ABC)` of the paper, first definition first."""
    found: dict[str, Abbreviation] = {}
    prose = " ".join(passage.text for passage in paper.passages)
    named = frozenset(re.findall(r"(?<=[a-zà-ÿ,] )[A-ZÀ-Þ][^\W\d_]+", prose))
    for passage in paper.passages:
        for match in _DEFINITION.finditer(passage.text):
            short = match["short"]
            singular = short[:-1] if short.endswith("s") and short[:-1].isupper() else short
            if singular in found or len(singular) < 2 or sum(c.isupper() for c in singular) < 2:
                continue
            full = _full_name(passage.text[: match.start()], singular, named)
            if full:
                found[singular] = Abbreviation(singular, full, passage.id)
    return found


def expand(text: str, known: dict[str, Abbreviation]) -> tuple[str, list[str]]:
    """The text with defined abbreviations spelled out, and the ids of the passages that define them."""
    used: list[str] = []

    def spelled(match: re.Match[str]) -> str:
        prefix = re.match(r"(?:pre|non|post)-(?=[A-Z])", match[0], re.IGNORECASE)
        word = match[0][prefix.end() :] if prefix else match[0]
        singular = word[:-1] if word not in known and word.endswith("s") else word
        entry = known.get(singular)
        if entry is None or singular in KNOWN or entry.full.lower() in text.lower():
            return match[0]
        used.append(entry.passage)
        full = entry.full
        if singular != word and not re.search(r"(?:s|ed|ing)$", full):
            full = full[:-1] + "ies" if full.endswith("y") and full[-2] not in "aeiou" else full + "s"
        full = prefix[0] + full if prefix else full
        return full[:1].upper() + full[1:] if match.start() == 0 else full

    return _SHORT.sub(spelled, text), list(dict.fromkeys(used))


def unexplained(text: str) -> list[str]:
    """Capital abbreviations that a listener is left alone with."""
    return [
        word for word in re.findall(r"(?<![\w-])[A-Z][A-Z0-9-]{1,}s?(?![\w])", text) if word.rstrip("s") not in KNOWN
    ]


def _full_name(before: str, short: str, named: frozenset[str]) -> str:
    """The words before the short form that it stands for; their first capital is kept where they are a name."""
    words = list(_WORD.finditer(before))
    letters = re.sub(r"[^A-Za-z]", "", short).lower()
    longest = min(len(letters) + 4, len(words))
    for count in range(max(1, len(letters) - 2), longest + 1):
        phrase = before[words[-count].start() :].strip()
        if re.search(r"[.!?;:()\[\]\"]", phrase) or re.match(r"(?:the|a|an|of|and)\b", phrase, re.IGNORECASE):
            continue
        if _spells(phrase, letters):
            capitals = [word for word in phrase.split() if word[:1].isupper() and word.lower() not in _SMALL]
            titled = len(capitals) == 1 and phrase.split()[0] == capitals[0] and len(phrase.split()) > 1
            name = re.split(r"[^\w]", phrase, maxsplit=1)[0] in named or re.match(r"\w+['’]s ", phrase)
            return phrase[:1].lower() + phrase[1:] if titled and not name else phrase
    return ""


def _spells(phrase: str, letters: str) -> bool:
    parts = [part for part in re.split(r"[\s/–-]+", phrase) if part]
    initials = [part[0].lower() for part in parts if part.lower() not in _SMALL]
    if initials and "".join(initials) == letters and len(initials) > 1:
        return True
    # `deoxyribonucleic acid (DNA)`: letters in order, the first of each word among them
    if not parts or parts[0][0].lower() != letters[0] or len(parts) > len(letters):
        return False
    position = 0
    for part in parts:
        if part.lower() in _SMALL:
            continue
        if position >= len(letters) or part[0].lower() != letters[position]:
            return False
        position += 1
        tail = part[1:].lower()
        while position < len(letters):
            at = tail.find(letters[position])
            remaining = len([p for p in parts[parts.index(part) + 1 :] if p.lower() not in _SMALL])
            if at < 0 or len(letters) - position <= remaining:
                break
            tail = tail[at + 1 :]
            position += 1
    return position == len(letters)
