"""The check of a sentence that is spoken in another language than the paper's.

Rules cannot hold a Spanish sentence against an English passage. They hold its rendering in the paper's language, the
gist, against the passage, and the sentence against the gist: numbers with their units, what is denied, which way
something goes, names, and how much is said must agree. The gist is made by a call that sees the sentence and not the
paper, so that what a sentence says beyond the passage is in the gist too.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from artifacts.script import Check, Sentence, Verdict
from rapidfuzz.distance import JaroWinkler

from scripter.grounding import Thresholds, verdict_on
from scripter.numbers import numbers_in
from scripter.phrases import phrases_for

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "es", "de", "fr", "pt", "ja")
"""Languages of which enough is known to hold a sentence in one against its rendering in another."""
_UNIT = re.compile(r"\s?(%|％|‰|°C|°F|mg|µg|μg|kg|km|µm|μm|nm|mm|cm|ml|mL|kHz|MHz|Hz|kPa|kJ|K|g|m|L|W|V)(?![\w])")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_CJK_LETTERS = 2.3
"""Letters that one sign of Japanese stands for."""
_LEAST_SAID, _MOST_SAID = 0.55, 1.9
_NEAR = 0.82
_NAME = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")


@dataclass(frozen=True)
class Tongue:
    """What tells numbers, denials and ways in one language."""

    numbers: dict[str, float]
    scales: dict[str, float]
    percent: re.Pattern[str]
    denies: re.Pattern[str]
    may_deny: re.Pattern[str]
    """What another language may say with a denial."""
    idioms: re.Pattern[str]
    up: re.Pattern[str]
    down: re.Pattern[str]
    common_capitals: re.Pattern[str]
    """Words with a capital that other languages write small."""


@lru_cache(maxsize=8)
def tongue_of(language: str) -> Tongue:
    """The table of one of LANGUAGES."""
    text = (resources.files("scripter") / "languages" / "agreement.toml").read_text("utf-8")
    table = tomllib.loads(text)[language]
    flags = re.IGNORECASE
    made = {name: re.compile(table[name] or r"(?!)", flags) for name in Tongue.__annotations__ if name in _EXPRESSIONS}
    return Tongue(numbers=table["numbers"], scales=table["scales"], **made)


_EXPRESSIONS = ("percent", "denies", "may_deny", "idioms", "up", "down", "common_capitals")


def verdict_across(
    sentence: Sentence, gist: str, texts: Mapping[str, str], languages: tuple[str, str], limits: Thresholds
) -> Verdict:
    """The verdict on a sentence by its gist; `languages` are the spoken one and the paper's."""
    spoken, written = languages
    if not gist:
        reason = f"the paper is in another language ({written}) and nobody has rendered the sentence in it"
        return Verdict(supported=False, score=0.0, checks=[Check(name="passages", passed=False, reason=reason)])
    verdict = verdict_on(sentence.model_copy(update={"text": gist}), dict(texts), written, limits)
    faults = disagreements(sentence.text, gist, spoken, written)
    checks = []
    for check in verdict.checks:
        fault = next((fault for fault in faults if fault.name == check.name), None)
        held = check.name == "passages" and check.passed
        checks.append(fault or (check.model_copy(update={"reason": f"held against it as “{gist}”"}) if held else check))
    checks += [fault for fault in faults if fault not in checks]
    return Verdict(
        supported=verdict.supported and not faults, score=round(verdict.score * 0.3 ** len(faults), 3), checks=checks
    )


def disagreements(text: str, gist: str, spoken: str, written: str) -> list[Check]:
    """In what a sentence and its gist say different things."""
    found = (
        ("passages", _wrong_language(text, spoken, written)),
        ("numbers", _numbers(text, gist, spoken, written)),
        ("direction", _ways(text, gist, spoken, written)),
        ("entities", _names(text, gist, spoken)),
        ("similarity", _amounts(text, gist)),
    )
    return [Check.model_validate({"name": name, "passed": False, "reason": reason}) for name, reason in found if reason]


def _wrong_language(text: str, spoken: str, written: str) -> str:
    signs, letters = len(_CJK.findall(text)), len(re.findall(r"[^\W\d_]", text))
    if spoken == "ja" or written == "ja":
        japanese = signs > letters / 3
        return "" if japanese == (spoken == "ja") else f"it is not in the language that is spoken ({spoken})"
    words = re.findall(r"[^\W\d_]+", text.lower())
    wanted, other = (sum(w in phrases_for(code).function_words for w in words) for code in (spoken, written))
    return "" if wanted > other or (wanted and wanted == other) else f"it is not in the language spoken ({spoken})"


def values_in(text: str, language: str) -> set[tuple[float, str]]:
    """The numbers of a text with their units, written in digits or in words."""
    tongue = tongue_of(language)
    text = tongue.percent.sub(" %", unicodedata.normalize("NFKC", text))
    found: set[tuple[float, str]] = set()
    for number in numbers_in(text, language):
        value, rest = number.value, text[number.end :]
        scale = next((word for word in tongue.scales if re.match(rf"\s?{word}(?![a-z])", rest, re.IGNORECASE)), "")
        unit = _UNIT.match(rest)
        found.add((value * tongue.scales.get(scale, 1.0), unit[1].replace("μ", "µ") if unit else ""))
    for word in re.findall(r"[^\W\d_]+", text.lower()) if language != "ja" else ():
        if word in tongue.numbers:
            found.add((tongue.numbers[word], ""))
    if language == "ja":
        found |= {(value, "") for word, value in tongue.numbers.items() if word in text}
    return found


def _numbers(text: str, gist: str, spoken: str, written: str) -> str:
    said, meant = values_in(text, spoken), values_in(gist, written)
    more = {value for value, _ in said} - {value for value, _ in meant}
    less = {value for value, _ in meant} - {value for value, _ in said}
    if more or less:
        return "its numbers change when it is rendered: " + ", ".join(f"{value:g}" for value in sorted(more | less))
    for value, unit in said:
        units = {other for known, other in meant if known == value}
        if unit and units and unit not in units and "" not in units:
            return f"the unit of {value:g} changes when it is rendered"
        if unit == "%" and units == {""}:
            return f"{value:g} is a percentage here and none when it is rendered"
    return ""


def _ways(text: str, gist: str, spoken: str, written: str) -> str:
    one, other = tongue_of(spoken), tongue_of(written)
    said, meant = one.idioms.sub(" ", text), other.idioms.sub(" ", gist)
    if one.denies.search(said) and not (other.denies.search(meant) or other.may_deny.search(meant)):
        return "it denies what it does not deny when it is rendered"
    if other.denies.search(meant) and not (one.denies.search(said) or one.may_deny.search(said)):
        return "it asserts what is denied when it is rendered"
    up, down = bool(one.up.search(text)), bool(one.down.search(text))
    rises, falls = bool(other.up.search(gist)), bool(other.down.search(gist))
    if (up and not down and falls and not rises) or (down and not up and rises and not falls):
        return "it goes the other way when it is rendered"
    return ""


def _names(text: str, gist: str, spoken: str) -> str:
    """Names of the sentence that the gist has no counterpart for."""
    spare = [match[0] for match in _NAME.finditer(gist) if _is_name(match[0], opens=match.start() == 0)]
    everything = {_plain(match[0]) for match in _NAME.finditer(gist)}
    missing = []
    for match in _NAME.finditer(text):
        name, opens = match[0], match.start() == 0 or text[: match.start()].rstrip()[-1:] in ".:!?¿¡“«"
        if _CJK.search(name):
            missing += [part for part in re.findall(r"[A-Za-z][A-Za-z0-9-]+", name) if _plain(part) not in everything]
            continue
        sure = bool(re.search(r"[^\W\d_].*[A-Z0-9]", name))
        if not _is_name(name, opens=opens) or (spoken in {"de", "ja"} and not sure):
            continue
        if tongue_of(spoken).common_capitals.fullmatch(name) or _known(name, everything):
            continue
        missing.append(name)
    unmatched = [name for name in spare if not _known(name, {_plain(m[0]) for m in _NAME.finditer(text)})]
    return "" if len(missing) <= len(unmatched) else f"it names {missing[0]}, which is lost when it is rendered"


def _known(name: str, words: set[str]) -> bool:
    plain = _plain(name)
    return plain in words or any(
        JaroWinkler.similarity(plain, word) >= _NEAR for word in words if word[:1] == plain[:1]
    )


def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _is_name(word: str, *, opens: bool) -> bool:
    if re.fullmatch(r"[\d.,-]+", word):
        return False
    return bool(re.search(r"[^\W\d_].*[A-Z]", word)) or (word[0].isupper() and not opens)


def _amounts(text: str, gist: str) -> str:
    one, other = _letters(text), _letters(gist)
    return "" if one and _LEAST_SAID <= other / one <= _MOST_SAID else "its rendering does not say as much as it does"


def _letters(text: str) -> float:
    signs = len(_CJK.findall(text))
    return len(re.findall(r"\w", text)) - signs + signs * _CJK_LETTERS
