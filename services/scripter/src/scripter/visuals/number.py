"""A striking number of the spoken sentence."""

from __future__ import annotations

import itertools
import math
import re
from typing import TYPE_CHECKING

from artifacts.script import Bar, NumberVisual

from scripter.numbers import Found, numbers_in

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

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
    r"(?:per|in every|figure|table|chapter|model|type|day|grade|stage|phase|group|level|version|no\.|"
    r"years?|in|since|age[ds]?|until|by|to|and|[–-])\s*$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\d\s?%?\s?(?:to|a|bis|à|[–-])\s?$")
_CONDITION = re.compile(
    r"\b(?:equivalent to|corresponding to|set at|set to|at|p|power of|confidence|level of|when|if|where)\s$",
    re.IGNORECASE,
)
_BOUNDS = (
    ("<", re.compile(r"\b(?:less|fewer|lower) than\s$|\bbelow\s$", re.IGNORECASE)),
    (">", re.compile(r"\b(?:more|greater|higher) than\s$|\bover\s$", re.IGNORECASE)),
)
_SAYS_MORE = frozenset(["died", "survived", "had", "received", "developed", "reported", "responded"])
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
    r"(?:days?|hours?|minutes?|seconds?|weeks?|months?|years?|mybp|bp|kb|hpf|dpf|hrs?|min|dias|horas|anos|años|jahren?|ans|y|h|d)",
    re.IGNORECASE,
)
_ENDS = {"en": ("From", "To"), "pt": ("De", "Para"), "es": ("De", "A"), "de": ("Von", "Auf"), "fr": ("De", "À")}


def number_visual(text: str, phrases: Phrases, shown: AbstractSet[str] = frozenset()) -> NumberVisual | None:
    """The sentence's most telling number with what it counts, or None; not one of those shown before."""
    change = _change(text, phrases)
    if change and change.text not in shown:
        return change
    ranked: list[tuple[float, NumberVisual]] = []
    for number in numbers_in(text, phrases.language):
        made = _shown(text, number, phrases)
        if made and made[1].text not in shown:
            ranked.append(made)
    return max(ranked, key=lambda item: item[0])[1] if ranked else None


def _shown(text: str, number: Found, phrases: Phrases) -> tuple[float, NumberVisual] | None:
    before, after = text[: number.start], text[number.end :]
    words = set(before.lower().split()) - {"than", "less", "fewer", "if", "only"}
    bound = next((mark for mark, pattern in _BOUNDS if pattern.search(before)), "")
    match = _UNIT.match(after)
    unit = (match[1] or match[2]) if match else ""
    year = re.fullmatch(r"(?:1[5-9]|20)\d\d", number.text)
    magnitude = re.match(
        r"\s(million|billion|milhões|bilhões|millones|Millionen|Milliarden|millions|milliards)\b", after
    )
    if (year and not unit) or re.match(r"\s?[–-]\s?\d|\s(?:to|or|and|±)\s\d|th\b|st\b|nd\b", after) or "/" in after[:1]:
        return None
    if re.search(r"\d\s?\S?,\s(?:and\s|or\s)?$", before) or (bound and words & phrases.negations):
        return None
    if _RANGE.search(before) or re.match(r"\s?%?\s?(?:[–-]|to|a|bis|à)\s?\d", after):
        return None
    named = re.search(r"[a-z,]\s[A-Z][\w-]+\s$|^[A-Z]\w+\s$", before) and "," not in number.text
    if named and not unit and not magnitude:
        return None
    if not unit and (number.value < 10 or (_NOT_COUNTED.search(before) and "," not in number.text)):
        return None
    unit = "%" if unit and _PERCENT.fullmatch(unit) else unit
    rest = after[match.end() :] if match else after
    if magnitude:
        unit, rest = magnitude[1], after[magnitude.end() :]
    moved = _moved(before, phrases) if unit in {"%", "fold"} else ""
    label = moved or _label(rest, phrases, share=unit == "%")
    if not label:
        return None
    size = math.log10(max(number.value, 1))
    points = 3.0 * (unit == "%") + 2.5 * (unit == "fold") + 2.5 * bool(magnitude) + 0.4 * size
    points += 3.0 * bool(moved) - 3.0 * bool(_CONDITION.search(before)) - 1.5 * (label.startswith("of ") and not unit)
    minus = re.search(r"(?:^|\s)[−–-]$", before)
    value = -number.value if minus else number.value
    sign = "−" if minus else bound
    visual = NumberVisual(text=sign + number.text, value=value, unit="-fold" if unit == "fold" else unit, label=label)
    return points, visual


def _label(rest: str, phrases: Phrases, *, share: bool = False) -> str:
    """What is counted: the words behind the number up to the next verb, comma or bracket."""
    words: list[str] = []
    for word in re.split(r"[,;:.()](?:\s|$)|[–—]", rest.strip() + " ")[0].split():
        lower = word.lower().strip("“”\"'")
        stops = lower in phrases.clause_verbs and len(words) > 0
        stops = stops or (len(words) > 0 and lower in _LABEL_STOPS)
        if stops and len(words) == 1 and lower in _SAYS_MORE:
            stops = False  # `men died of disease` says more than `men`
        if stops or len(words) == 7 or (any(c.isdigit() for c in word) and not share):
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
    if words[0].endswith("ing"):
        return ""
    only_time = len(words) == 1 and _TIME_UNIT.fullmatch(words[0])
    if (
        only_time
        or words[0].lower() in phrases.clause_verbs
        or len(" ".join(words)) < 3
        or not re.match(r"[a-zà-ÿ]|[A-Z][a-z]{3,}s$", words[0])
    ):
        return ""
    return " ".join(words)


def _moved(before: str, phrases: Phrases) -> str:
    """What was changed by so much: `improved clickthrough rate over the baseline by` gives `clickthrough rate`."""
    moves = list(_MOVES.finditer(before))
    if (
        not moves
        or re.search(r"\d", before[moves[-1].end() :])
        or not re.search(r"\bby (?:about |nearly |almost |up to |more than )?$", before)
    ):
        return ""
    words = before[moves[-1].end() :].split()[1 if before[moves[-1].end() : moves[-1].end() + 1].isalpha() else 0 :]
    words = words or [""]
    what = list(itertools.takewhile(lambda word: word.lower() not in phrases.cut_before | {"by", "to", "of"}, words))
    if not what:
        what = before[: moves[-1].start()].rsplit(", ", maxsplit=1)[-1].split()[-5:]
    while what and what[-1].lower() in phrases.function_words:
        what.pop()
    while what and what[0].lower() in phrases.function_words:
        what.pop(0)
    return " ".join(what) if 1 <= len(what) <= 7 else ""


def _change(text: str, phrases: Phrases) -> NumberVisual | None:
    """`The death rate fell from 42% to 2%`: the last number, with both as bars."""
    change, moves = _CHANGE.search(text), _MOVES.search(text)
    if not change or not moves or moves.start() > change.start() or phrases.language not in _ENDS:
        return None
    both = [n for n in numbers_in(text, phrases.language) if n.start in {change.start("a"), change.start("b")}]
    changed = re.sub(r"^\w*\s*", "", text[moves.end() : change.start()]).strip()
    what = changed or text[: moves.start()].strip().split(", ")[-1]
    words = re.sub(r"^(?:the|a|an|o|a|os|as|el|la|los|las|der|die|das|le|les)\s", "", what, flags=re.IGNORECASE).split()
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
