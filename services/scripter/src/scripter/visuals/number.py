"""A striking number of the spoken sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifacts.script import Bar, NumberVisual

from scripter.numbers import Found, numbers_in

if TYPE_CHECKING:
    from scripter.phrases import Phrases

_UNIT = re.compile(
    r"\s?(%|‰|°C|°F|per ?cent\b|por ciento\b|por cento\b|Prozent\b|pour cent\b|mg/kg|mg|kg|km|µm|μm|"
    r"nm|mm|cm|ml|mL|°|K\b|Hz|kHz|MHz)"
    r"(?![\w/])|-?(fold)\b"
)
_PERCENT = re.compile(r"per ?cent|por c|pour c|Prozent|%", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:from|de|von)\s+(?P<a>\d[\d.,]*)\s?(?P<ua>%|per ?cent|por cento|por ciento|Prozent)?\s+(?:\w+\s+){0,4}?"
    r"(?:to|para|a|auf|à)\s+(?P<b>\d[\d.,]*)\s?(?P<ub>%|per ?cent|por cento|por ciento|Prozent)",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"increas|decreas|fell|rose|drop|declin|reduc|improv|grew|lower|aument|diminu|redu|caiu|subi|ca[íy]|baj|stieg|sank|"
    r"erhöh|augment|baiss",
    re.IGNORECASE,
)
_NOT_COUNTED = re.compile(
    r"(?:figure|table|chapter|model|type|day|grade|stage|phase|group|level|version|no\.|years?|in|since|age[ds]?|until|by|to|and|[–-])\s*$",
    re.IGNORECASE,
)
_LABEL_STOPS = frozenset(
    [
        "and",
        "aged",
        "who",
        "that",
        "which",
        "when",
        "while",
        "using",
        "during",
        "after",
        "before",
        "where",
        "because",
        "since",
        "whereas",
        "but",
        "or",
        "per",
        "than",
        "over",
        "at",
        "on",
        "by",
        "with",
        "from",
        "e",
        "que",
        "quando",
        "onde",
        "durante",
        "após",
        "com",
        "por",
        "y",
        "cuando",
        "und",
        "mit",
        "die",
        "das",
        "que",
        "dans",
        "par",
    ]
)
_TIME_UNIT = re.compile(
    r"(?:days?|hours?|minutes?|seconds?|weeks?|months?|years?|mybp|bp|kb|dias|horas|anos|años|jahren?|ans|y|h|d)",
    re.IGNORECASE,
)
_ENDS = {"en": ("From", "To"), "pt": ("De", "Para"), "es": ("De", "A"), "de": ("Von", "Auf"), "fr": ("De", "À")}


def number_visual(text: str, phrases: Phrases) -> NumberVisual | None:
    """The sentence's most telling number with what it counts, or None."""
    change = _change(text, phrases)
    if change:
        return change
    ranked: list[tuple[float, NumberVisual]] = []
    for number in numbers_in(text, phrases.language):
        made = _shown(text, number, phrases)
        if made:
            ranked.append(made)
    return max(ranked, key=lambda item: item[0])[1] if ranked else None


def _shown(text: str, number: Found, phrases: Phrases) -> tuple[float, NumberVisual] | None:
    before, after = text[: number.start], text[number.end :]
    match = _UNIT.match(after)
    unit = (match[1] or match[2]) if match else ""
    year = re.fullmatch(r"(?:1[5-9]|20)\d\d", number.text)
    magnitude = re.match(
        r"\s(million|billion|milhões|bilhões|millones|Millionen|Milliarden|millions|milliards)\b", after
    )
    if (year and not unit) or re.match(r"\s?[–-]\s?\d|\s(?:to|or|and|±)\s\d|th\b|st\b|nd\b", after) or "/" in after[:1]:
        return None
    if re.search(r"[a-z,]\s[A-Z][\w-]+\s$|^[A-Z]\w+\s$", before) and not unit and not magnitude:
        return None
    if not unit and (number.value < 10 or _NOT_COUNTED.search(before)):
        return None
    unit = "%" if unit and _PERCENT.fullmatch(unit) else unit
    rest = after[match.end() :] if match else after
    if magnitude:
        unit, rest = magnitude[1], after[magnitude.end() :]
    label = _label(rest, phrases)
    if not label:
        return None
    points = 3.0 * (unit == "%") + 2.5 * (unit == "fold") + 2.5 * bool(magnitude) + 1.0 * (number.value >= 100)
    sign = "−" if re.search(r"(?:^|\s)[−–-]$", before) else ""
    value = -number.value if sign else number.value
    visual = NumberVisual(text=sign + number.text, value=value, unit="-fold" if unit == "fold" else unit, label=label)
    return points, visual


def _label(rest: str, phrases: Phrases) -> str:
    """What is counted: the words behind the number up to the next verb, comma or bracket."""
    words: list[str] = []
    for word in re.split(r"[,;:.()](?:\s|$)|[–—]", rest.strip() + " ")[0].split():
        lower = word.lower().strip("“”\"'")
        stops = lower in phrases.clause_verbs and len(words) > 0
        stops = stops or (len(words) > 0 and lower in _LABEL_STOPS)
        if stops or len(words) == 7 or any(c.isdigit() for c in word):
            break
        words.append(word)
    while words and words[-1].lower() in phrases.function_words:
        words.pop()
    if not words or words[0].lower() in phrases.function_words - {
        "of",
        "more",
        "less",
        "higher",
        "lower",
        "greater",
        "de",
        "der",
        "des",
        "dos",
        "das",
        "mais",
        "más",
    }:
        return ""
    only_time = len(words) == 1 and _TIME_UNIT.fullmatch(words[0])
    if only_time or words[0].lower() in phrases.clause_verbs or len(" ".join(words)) < 4 or words[0][:1].isupper():
        return ""
    return " ".join(words)


def _change(text: str, phrases: Phrases) -> NumberVisual | None:
    """`The death rate fell from 42% to 2%`: the last number, with both as bars."""
    change, moves = _CHANGE.search(text), _MOVES.search(text)
    if not change or not moves or moves.start() > change.start() or phrases.language not in _ENDS:
        return None
    both = [n for n in numbers_in(text, phrases.language) if n.start in {change.start("a"), change.start("b")}]
    what = re.sub(
        r"^(?:the|a|an|o|a|os|as|el|la|los|las|der|die|das|le|les)\s",
        "",
        text[: moves.start()].strip(),
        flags=re.IGNORECASE,
    )
    words = what.split(", ")[-1].split()
    while words and words[-1].lower() in phrases.function_words:
        words.pop()
    if len(both) != 2 or not 1 <= len(words) <= 8:
        return None
    first, last = both
    names = _ENDS[phrases.language]
    bars = [
        Bar(label=name, value=number.value, text=f"{number.text}%")
        for name, number in ((names[1], last), (names[0], first))
    ]
    return NumberVisual(text=last.text, value=last.value, unit="%", label=" ".join(words), bars=bars)
