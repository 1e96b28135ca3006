"""Quantities in a text: values with their units, how exactly they are given, and what bounds them."""

# ruff: noqa: E501 - lists of words and expressions read better unbroken

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from scripter.grounding import units
from scripter.numbers import NUMBER, value_of

_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER = re.compile(r"\s?[×x·]\s?10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|\^-?\d+)")
_ONES = dict(
    zip(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
        ],
        [*range(2, 21), *range(30, 100, 10)],
        strict=True,
    )
)
_WORDS = {
    "en": _ONES | {"dual": 2, "dozen": 12, "zero": 0, "one": 1},
    "de": {"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12},
    "fr": {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12},
    "es": {"dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "once": 11, "doce": 12},
    "pt": {"dois": 2, "duas": 2, "três": 3, "quatro": 4, "cinco": 5, "seis": 6, "sete": 7, "oito": 8, "nove": 9, "dez": 10, "onze": 11, "doze": 12},
}  # fmt: skip
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "tausend": 1e3, "millionen": 1e6, "millones": 1e6, "milhões": 1e6, "mil": 1e3, "mille": 1e3, "millions": 1e6, "万": 1e4, "億": 1e8}  # fmt: skip
_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}  # fmt: skip
_TIMES = {"twice": 2, "thrice": 3, "quadrupled": 4} | dict.fromkeys(["doubled", "double", "doubles", "doubling", "twofold"], 2) | dict.fromkeys(["tripled", "triple", "triples", "tripling", "trebled", "threefold"], 3)  # fmt: skip
_TIMES_ELSEWHERE = {"doppelt": 2, "verdoppelt": 2, "verdoppelte": 2, "zweimal": 2, "dreimal": 3, "viermal": 4, "fünfmal": 5, "zehnmal": 10, "doble": 2, "duplicó": 2, "triple": 3, "triplicó": 3, "dobro": 2, "dobrou": 2, "duplicou": 2, "triplo": 3, "triplicou": 3, "doublé": 2, "triplé": 3}  # fmt: skip
_ARTICLES = ("a", "an", "one", "um", "uma", "uno", "una", "un", "une", "ein", "eine", "einen", "einer", "eines")
MULTIPLES = frozenset(_TIMES)
_COUNTED = "|".join(sorted({word for words in _WORDS.values() for word in words} | {*_ARTICLES}, key=len, reverse=True))
_FRACTION = re.compile(
    rf"\b(?:(?P<top>\d+|{_COUNTED})(?: (?!of|in|out)[^\W\d_]+)? (?:in|out of|in every|em cada|em|de cada|sur|von) (?P<low>\w+)|"
    rf"(?P<over>[1-9])/(?P<under>\d)(?![\d/]|[.,]\d)|"
    rf"(?P<half>half|halved|hälfte|halb|halbiert|moitié|mitad|metade)|"
    rf"(?P<many>{_COUNTED})[ -](?P<part>thirds?|quarters?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|twentieths?|hundredths?|thousandths?|"
    r"drittel|viertel|fünftel|sechstel|achtel|zehntel|tiers|quarts?|cinquièmes?|dixièmes?|tercios?|cuartos?|cuartas|quintos?|décimos?|décimas|terços?|terceras?|quartos?))\b",
    re.IGNORECASE,
)
_PARTS = {
    "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "twentieth": 20, "hundredth": 100, "thousandth": 1000,
    "drittel": 3, "viertel": 4, "fünftel": 5, "sechstel": 6, "achtel": 8, "zehntel": 10, "tier": 3, "quart": 4, "cinquième": 5, "dixième": 10,
    "tercio": 3, "cuarto": 4, "cuarta": 4, "quinto": 5, "décimo": 10, "décima": 10, "terço": 3, "tercera": 3, "quarto": 4,
}  # fmt: skip
_ABOUT = re.compile(
    r"(?:about|around|approximately|approx\.?|roughly|nearly|almost|some|close to|just (?:over|under)|circa|ca\.|~|≈|∼|rund|etwa|knapp|"
    r"fast|ungefähr|environ|près de|presque|unos|unas|cerca de|casi|aproximadamente|quase|約|およそ|in the order of|little (?:more|less) than|"
    r"well over|a mere|as many as|on average|im schnitt|im mittel)\s?(?:\w+\s)?(?:the\s)?$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:more than|over|above|exceed(?:s|ed|ing)?|in excess of|upwards of|north of|(?:great|high|old|long|larg|deep|tall|wid|heavi|fast|hott|warm|farth|furth|bigg|lat|thick|strong)er than|better than|at least|no less than|no fewer than|"
    r"minimum of|as of|>|≥|>=|mehr als|über|mindestens|plus de|au moins|más de|al menos|mais de|pelo menos|or above)\s?(?:(?:the|a|an|age|ages) )*$",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"(?:less than|fewer than|under|below|(?:low|young|short|small|shallow|narrow|light|slow|cold|cool|near|clos|thinn|earli|weak)er than|approach(?:es|ed|ing)?|at most|not even|no more than|up to|as many as|as much as|maximum of|within|<|≤|<=|"
    r"weniger als|unter|höchstens|bis zu|moins de|au plus|menos de|como máximo|no máximo)\s?(?:(?:the|a|an|age|ages) )*$",
    re.IGNORECASE,
)
_MORE_AFTER = re.compile(
    r"(?:\s?\w+)?\s?(?:years? )?(?:or|and) (?:older|more|over|above|higher|longer)\b|以上", re.IGNORECASE
)
_LESS_AFTER = re.compile(
    r"(?:\s?\w+)?\s?(?:years? )?(?:or|and) (?:younger|less|fewer|under|below|lower|shorter)\b|以下|未満", re.IGNORECASE
)
BESIDE = 40
"""Characters before and after a number that are looked at: a text of nothing but numbers takes linear time."""


@dataclass(frozen=True)
class Quantity:
    """A value in the base of its unit, with `step` the resolution it is written in, and its place in the text."""

    text: str
    value: float
    step: float
    unit: units.Unit
    bound: str
    """`>`, `<` or empty."""
    about: bool | None
    """Whether it is said to be rough; None where it is said to be exact."""
    start: int
    end: int
    worded: bool = False
    """Written as a word."""


@lru_cache(maxsize=1024)
def quantities_in(text: str, language: str) -> tuple[Quantity, ...]:
    """Every quantity of a text in order, those that are part of names left out."""
    found = [*_fractions(text, language), *_digits(text, language), *_worded(text, language)]
    kept: list[Quantity] = []
    for item in sorted(found, key=lambda q: (q.start, -q.end)):
        if not kept or item.start >= kept[-1].end:
            kept.append(item)
    return tuple(_shared_units(kept, text))


def _digits(text: str, language: str) -> list[Quantity]:
    found = []
    for match in NUMBER.finditer(text):
        before, after = text[max(0, match.start() - BESIDE) : match.start()], text[match.end() : match.end() + BESIDE]
        if re.search(r"[A-Za-zÀ-ÿ_/][-–‐.]?$|[A-Za-z]\d[.-]$", before) or re.match(r"[A-Z]\d|'|-[A-Z][a-z]?\d", after):
            continue
        value = value_of(match[0], language)
        raised = re.match(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", after)
        if value is None or (re.search(r"[A-Z]$", before)):
            continue
        end = match.end()
        if raised and match[0] == "10":
            value, end = _power(10, raised[0]), end + raised.end()
        power = _POWER.match(text, end)
        if power:
            value, end = value * _power(10, power[1].lstrip("^")), power.end()
        if re.search(r"(?:^|[\s(])[−-]$", before):
            value = -value
        decimals = len(re.split(r"[.,·]", match[0])[-1]) if re.search(r"[.,·]", match[0]) and value % 1 else 0
        found.append(_quantity(text, match.start(), end, (value, 10.0**-decimals), language))
    return found


def _power(base: float, digits: str) -> float:
    return float(base) ** int(digits.translate(_SUPER))


def _worded(text: str, language: str) -> list[Quantity]:
    words = _WORDS.get(language, {})
    found = []
    for match in re.finditer(r"[^\W\d_]+(?:-[^\W\d_]+)?", text.lower()):
        word = match[0]
        tens, _, ones = word.partition("-")
        multiples, ordinals = (_TIMES, _ORDINALS) if language == "en" else (_TIMES_ELSEWHERE, {})
        if word in multiples or word in ordinals:
            times = word in multiples
            value = float(multiples.get(word) or ordinals[word])
            kind = units.TIMES if times else units.ORDINAL
            if times or (word != "second" or not re.match(r"s?,| and ", text[match.end() :])):
                found.append(
                    Quantity(
                        word,
                        value,
                        1,
                        kind,
                        _bound(text, *match.span()),
                        _about(text, match.start()),
                        *match.span(),
                        worded=True,
                    )
                )
        elif word in words and (
            word != "one" or re.match(r" (?:hundred|thousand|million|billion)", text[match.end() :])
        ):
            found.append(_quantity(text, *match.span(), (float(words[word]), 1.0), language, worded=True))
        elif tens in words and (ones in words or ones in units.NAMES):
            value = float(words[tens]) + (words.get(ones, 0))
            end = match.end() if ones in words else match.start() + len(tens)
            found.append(_quantity(text, match.start(), end, (value, 1.0), language, worded=True))
        elif word in {"a", "an"} and (
            scaled := re.match(r" (hundred|thousand|million|billion)(?:fold)?", text[match.end() :])
        ):
            end = match.end() + scaled.end(1)
            found.append(_quantity(text, match.start(), end, (_SCALES[scaled[1]], 1.0), language, worded=True))
    return found


def _fractions(text: str, language: str) -> list[Quantity]:
    found = []
    words = _WORDS.get(language, {}) | dict.fromkeys(_ARTICLES, 1)
    for match in _FRACTION.finditer(text):
        if match["over"]:
            value = float(match["over"]) / max(float(match["under"]), 1)
            if not 0 < value < 1 or re.search(r"[\d/]$", text[: match.start()]):
                continue
        elif match["half"]:
            value = 0.5
            if text[: match.start()].endswith("and a "):
                continue
        elif match["part"]:
            many, part = match["many"].lower(), match["part"].lower()
            value = words.get(many, 0) / _PARTS[part if part in _PARTS else part.rstrip("s")]
            if not 0 < value < 1:
                continue
        else:
            top, low = (
                float(words.get(m, 0)) if not m.isdecimal() else float(m)
                for m in (match["top"].lower(), match["low"].lower())
            )
            if not 0 < top < low or (match["low"].isdecimal() and top != 1):
                continue
            value = top / low
        whole = re.match(r" (?:of )?an? ", text[match.end() :])
        unit, length = units.unit_at(text[match.end() + whole.end() :], language) if whole else (units.NONE, 0)
        if whole and unit.kind:
            end = match.end() + whole.end() + length
            found.append(
                Quantity(
                    match[0],
                    value,
                    0.01,
                    unit,
                    _bound(text, *match.span()),
                    about=True,
                    start=match.start(),
                    end=end,
                    worded=True,
                )
            )
            continue
        found.append(Quantity(match[0], value, 0, units.FRACTION, _bound(text, *match.span()), _about(text, match.start()), *match.span(), worded=True))  # fmt: skip
    return found


def _quantity(
    text: str, start: int, end: int, value: tuple[float, float], language: str, *, worded: bool = False
) -> Quantity:
    amount, step = value
    scale = re.match(r"[ -]?(hundred|thousand|million|billion|trillion|tausend|Millionen|millones|milhões|mil|mille|millions|万|億)(?:\b|(?=fold|人|円))", text[end:])  # fmt: skip
    if scale:
        amount, step, end = amount * _SCALES[scale[1].lower()], step * _SCALES[scale[1].lower()], end + scale.end()
    more = re.match(r" and a half", text[end:])
    if more:
        amount, step, end = amount + 0.5, 0.1, end + more.end()
    unit, length = units.unit_at(text[end:], language)
    if text.endswith("factor of ", 0, start):
        unit, length = units.TIMES, 0
    about, bound = _about(text, start), _bound(text, start, end)
    return Quantity(text[start:end], amount, step, unit, bound, about, start, end + length, worded)


def _about(text: str, start: int) -> bool | None:
    before = text[max(0, start - BESIDE) : start]
    if re.search(r"\b(?:exactly|precisely|genau|exactement|exactamente|exatamente)\s$", before, re.IGNORECASE):
        return None
    return bool(_ABOUT.search(before))


def _bound(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - BESIDE) : start], text[end : end + BESIDE]
    if re.search(r"\bnot? more than (?:the |an? )?$", before, re.IGNORECASE):
        return "<"
    if _MORE.search(before) or _MORE_AFTER.match(after):
        return ">"
    return "<" if _LESS.search(before) or _LESS_AFTER.match(after) else ""


def _shared_units(found: list[Quantity], text: str) -> list[Quantity]:
    """`from 28.1 to 30.1 %`, `90 and 180 kg`, `9.3–10.8 y`: the unit is the last one's for all."""
    shared = list(found)
    for at in range(len(shared) - 2, -1, -1):
        one, other = shared[at], shared[at + 1]
        between = text[one.end : other.start]
        if one.unit == units.NONE and other.unit.kind not in {"", "order", "fraction", "times"} and re.fullmatch(
            r"\s?(?:to|and|or|–|-|±|bis|auf|und|à|et|a|y|e|,)\s?(?:about |from )?", between
        ):  # fmt: skip
            shared[at] = replace(one, unit=other.unit)
        if other.unit == units.NONE and one.unit.kind not in {"", "order", "fraction", "times"} and re.fullmatch(
            r"\s(?:instead of|rather than|compared with|compared to|versus|vs|against|down from|up from|than)\s", between
        ):  # fmt: skip
            shared[at + 1] = replace(shared[at + 1], unit=one.unit)
    return shared
