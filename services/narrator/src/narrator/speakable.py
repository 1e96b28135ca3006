"""What is said for each word as it is written: `0.001` after `<`, `°C`, `Ca²⁺`, `mg/kg`, `mRNA`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from narrator.chemistry import spell, spoken_formula
from narrator.numerals import NUMBER, spoken_number, year
from narrator.terms import GREEK, Terms, terms_of
from narrator.units import spoken_unit

LONGEST = 80
"""Characters of one word that are said; the rest of a longer one (a sequence, a broken line) is not."""

_SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUB = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_FOLD = str.maketrans({"−": "-", "‐": "-", "‑": "-", "μ": "µ", "’": "'", "‘": "'", "ʹ": "'", "⁄": "/", "∕": "/",
                       "≈": "~", "∼": "~", "≃": "~", "⩽": "≤", "⩾": "≥", "·": "·", "⋅": "·"})  # fmt: skip
_OPEN, _CLOSE = "([{«“„\"'‘", ")]}»”\"'’"
_SIGNED_YEARS = frozenset(
    ["in", "since", "by", "until", "during", "from", "between", "to", "of", "and", "before", "after", "around", "circa"]
)
_SCALES = frozenset(["thousand", "million", "billion", "trillion"])
_MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}
_DECADES = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"]
_FRACTIONS = {
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
    "½": "one half",
}


@dataclass(frozen=True)
class _Context:
    """The core of a word's neighbours, folded to plain characters."""

    before: str
    after: str
    terms: Terms
    english: bool
    shouting: bool
    """The whole sentence is in capitals, so capitals do not mark an abbreviation."""


def spoken_forms(tokens: Sequence[str], language: str) -> list[str]:
    """Say what is spoken for each token of a sentence split at white space.

    A form holds letters, digits, spaces, apostrophes and at most one punctuation mark at its end;
    it is empty for a token that is not spoken.
    """
    terms = terms_of(language)
    folded = [_fold(token) for token in tokens]
    parts = [_peel(token, terms) for token in folded]
    cores = [core for _, core, _ in parts]
    letters = [c for c in "".join(tokens) if c.isalpha()]
    shouting = len(letters) > 12 and all(not c.islower() for c in letters)
    english = language.lower().split("-")[0] == "en"
    forms: list[str] = []
    for index, (opened, core, mark) in enumerate(parts):
        before = cores[index - 1] if index else ""
        after = cores[index + 1] if index + 1 < len(cores) else ""
        context = _Context(before, after, terms, english, shouting)
        if opened and forms and forms[-1][-1:].isalnum():
            forms[-1] += ","
        form = _clean(_say(core, context))[:LONGEST].strip()
        within = mark == "." and (after[:1].islower() or (after and re.fullmatch(r"(\w\.)+\w", core)))
        forms.append(form + ("" if within else mark) if form else "")
    return forms


def _fold(token: str) -> str:
    """Plain characters: superscripts become `^` and digits, look-alikes one sign."""
    token = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+", lambda m: "^" + m[0].translate(_SUPER), token)
    token = unicodedata.normalize("NFKC", token.translate(_SUB).translate(_FOLD)).translate(_FOLD)
    return re.sub(r"(?<![\w.,])\.(?=\d)", "0.", token)


def _peel(token: str, terms: Terms) -> tuple[bool, str, str]:
    """Split a token into: opens a bracket, core, and the mark that shapes the voice after it."""
    opened = token[:1] in "([{"
    token = token.lstrip(_OPEN)
    if token.lower() in terms.words:
        return opened, token, ""
    core = token.rstrip(_CLOSE + ",.;:!?…")
    tail = token[len(core) :]
    for size in (1, 0):
        abbreviation = core + tail[:size]
        if size and abbreviation.lower() in terms.words:
            return opened, abbreviation, "," if "," in tail else ""
    if core in {"—", "–", "--"}:
        return opened, "", ""
    mark = next((c for c in "?!.;:," if c in tail.replace("…", ".")), "," if ")" in tail else "")
    return opened, core, mark


def _say(core: str, context: _Context) -> str:
    if not core:
        return ""
    if core.lower() in context.terms.words:
        return context.terms.words[core.lower()]
    if re.match(r"(?i)(https?://|www\.|doi:|10\.\d{4,9}/)", core) or re.fullmatch(r"\S+@\S+\.\w+", core):
        return context.terms.link
    if not context.terms.units:
        return core
    if context.english and (said := _english_only(core, context)):
        return said
    return _quantity(core, context) or _word(core, context)


def _english_only(core: str, context: _Context) -> str:
    """Money, decades, common fractions and primes."""
    money = re.fullmatch(r"(US)?([$€£])(.+)", core)
    if money:
        said = _say(money[3], context)
        return said if context.after in _SCALES else f"{said} {_MONEY[money[2]]}"
    if core in _SCALES and context.before.lstrip("US")[:1] in _MONEY:
        return f"{core} {_MONEY[context.before.lstrip('US')[:1]]}"
    decade = re.fullmatch(r"(1[1-9]|20)([2-9])0s", core)
    if decade:
        return f"{decade[1]} {_DECADES[int(decade[2]) - 2]}"
    prime = re.fullmatch(r"([35])['′]-?(.*)", core)
    if prime:
        return f"{prime[1]} prime {_say(prime[2], context)}"
    return _FRACTIONS.get(core, "")


def _quantity(core: str, context: _Context) -> str:
    """Signs, numbers, ranges, powers and units; empty if the token is none of these."""
    terms = context.terms
    signs = {"<": terms.less, ">": terms.greater, "≤": terms.at_most, "≥": terms.at_least, "=": terms.equals,
             "~": terms.about, "±": terms.plus_minus, "×": terms.times, "+/-": terms.plus_minus, "+": terms.plus,
             "<=": terms.at_most, ">=": terms.at_least}  # fmt: skip
    if core in signs:
        return signs[core]
    if core == "-":
        return terms.minus if re.match(r"\d", context.after) else ""
    for sign in sorted(signs, key=len, reverse=True):
        if core.startswith(sign):
            return f"{signs[sign]} {_say(core[len(sign) :], context)}"
    named = re.fullmatch(r"([A-Za-z]{1,3}\d?)([=<>≤≥])(.+)", core)
    if named:
        return f"{_say(named[1], context)} {signs[named[2]]} {_say(named[3], context)}"
    return _number(core, context) or _unit_after_number(core, context)


def _number(core: str, context: _Context) -> str:
    terms = context.terms
    if context.english and _is_year(core, context):
        return year(core)
    value = re.fullmatch(rf"(-?)({NUMBER})(?:\^([+-]?\d+))?(.*)", core)
    if not value:
        return ""
    minus, number, power, rest = value.groups()
    said = (f"{terms.minus} " if minus else "") + spoken_number(number, terms)
    if power and number == "10":
        return f"{said} {_power(power, terms)} {_unit(rest, number, context)}"
    if power:
        said += f" {_power(power, terms)}"
    exponent = re.fullmatch(r"(?:[eE]|[x×·*]10\^?)([+-]?\d{1,3})(.*)", rest)
    if exponent:
        return f"{said} {terms.times} 10 {_power(exponent[1], terms)} {_unit(exponent[2], '2', context)}"
    if number == "10" and context.before.endswith("×") and re.fullmatch(r"-\d{1,2}", rest):
        return f"{said} {_power(rest, terms)}"
    return _tail(said, number, rest, context)


def _tail(said: str, number: str, rest: str, context: _Context) -> str:
    """What follows a number inside its token: nothing, a unit, the end of a range, or a word."""
    terms = context.terms
    if not rest:
        return said
    span = re.fullmatch(rf"(%|°C|°)?\s*[-–—]\s*(-?{NUMBER}.*)", rest)
    if span:
        return f"{said} {_unit(span[1] or '', number, context)} {terms.to} {_say(span[2], context)}"
    ratio = re.fullmatch(rf"[±](.*)|([×/:])({NUMBER})", rest)
    if ratio and ratio[1]:
        return f"{said} {terms.plus_minus} {_say(ratio[1], context)}"
    if ratio and ratio[3]:
        join = {"×": terms.times, "/": terms.slash.strip() if not context.english else "over", ":": terms.to}[ratio[2]]
        return f"{said} {join} {spoken_number(ratio[3], terms)}"
    unit = _unit(rest, number, context)
    if unit:
        return f"{said} {unit}"
    ordinal = re.fullmatch(r"(st|nd|rd|th|s|'s|D|d)", rest)
    if ordinal and context.english:
        return f"{number}{rest}" if rest in {"st", "nd", "rd", "th"} else f"{said} {'dee' if rest in 'Dd' else ''}"
    return f"{said} {_word(rest.lstrip('-–'), context)}"


def _unit(text: str, number: str, context: _Context) -> str:
    return spoken_unit(text, number, context.terms) if text else ""


def _unit_after_number(core: str, context: _Context) -> str:
    """A unit that stands alone is one only after a number, or after another unit (`mg kg-1`)."""
    before = re.search(rf"({NUMBER})$", context.before)
    if before:
        return spoken_unit(core, before[1], context.terms)
    if core.startswith("°") or core in {"%", "′", "″"}:
        return spoken_unit(core, "2", context.terms)
    if context.before and re.search(r"(-1|\^-\d)$", core) and spoken_unit(core, "2", context.terms):
        return spoken_unit(core, "2", context.terms)
    return ""


def _power(power: str, terms: Terms) -> str:
    minus = f"{terms.minus} " if power.startswith("-") else ""
    digits = power.lstrip("+-")
    if not minus and digits in {"2", "3"}:
        return terms.squared if digits == "2" else terms.cubed
    return f"{terms.power} {minus}{int(digits)}"


def _is_year(core: str, context: _Context) -> bool:
    if not re.fullmatch(r"1[1-9]\d\d|20\d\d", core):
        return False
    counted = re.fullmatch(r"[a-z]+s|people|children|women|men|mice", context.after) or spoken_unit(
        context.after, core, context.terms
    )
    return context.before.lower() in _SIGNED_YEARS or not counted


def _word(core: str, context: _Context) -> str:  # noqa: PLR0911 - one return for each kind of word
    """A word that is no quantity: formulas, abbreviations, Greek letters, words joined by a stroke."""
    terms = context.terms
    if core.lower() in terms.words:
        return terms.words[core.lower()]
    if re.fullmatch(r"CI", core) and context.english and (re.search(r"\d%?$", context.before + context.after[:1])):
        return "confidence interval"
    formula = spoken_formula(core, terms)
    if formula:
        return formula
    if "/" in core:
        pieces = [piece for piece in core.split("/") if piece]
        return terms.slash.join(_say(piece, context) for piece in pieces)
    raised = re.fullmatch(r"(\w{1,2})\^([+-]?\d+)", core)
    if raised:
        return f"{_say(raised[1], context)} {_power(raised[2], terms)}"
    if context.english and re.fullmatch(r"(?=.*\d)[A-Za-z0-9]{2,6}[+-]", core):
        return f"{spell(core[:-1])} {terms.plus if core[-1] == '+' else terms.minus}"
    if any(c in GREEK for c in core.lower()):
        core = "".join(f" {GREEK[c.lower()]} " if c.lower() in GREEK else c for c in core)
        return " ".join(_say(piece, context) for piece in re.split(r"[\s-]+", core) if piece)
    if "-" in core.strip("-") or "–" in core:
        return " ".join(_say(piece, context) for piece in re.split(r"[-–]+", core) if piece)
    return core if context.shouting or not context.english else spell(core)


def _clean(text: str) -> str:
    """Only what no speech engine takes for a command: letters, marks, digits, apostrophes, points inside numbers."""
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" or c in "'.,%" else " " for c in text)
    kept = re.sub(r"(?<!\d)[.,]+|[.,]+(?!\d)", " ", kept)
    return " ".join(kept.split())
