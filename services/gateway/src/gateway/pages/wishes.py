"""What may be wished of a new video: the choices that the form offers, and what was chosen of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from artifacts.request import Options
from chassis.errors import UsageError
from pydantic import ValidationError

from gateway.problems import invalid

LENGTHS = {30: "About 30 s", 60: "About 60 s", 90: "About 90 s"}
LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "pt": "Português"}
AUDIENCES = {"child": "For children", "general": "For everybody", "student": "For students", "expert": "For experts"}
TONES = {"calm": "Calm", "lively": "Lively", "serious": "Serious"}
BASES = {"en": "en-us"}
"""Names of the voices of languages, where they are not the languages' own."""
PITCHES = {"": "Usual voice", "f3": "Higher voice", "m3": "Lower voice"}
THEMES = {"": "By the paper’s subject", "dusk": "Dusk", "dawn": "Dawn", "paper": "Paper", "night": "Night"}
_WRITERS = {"extractive": "The paper’s own sentences"}
_SPEAKERS = {"espeak": "This machine’s voice"}
_BEST = {"": "The best within the budget"}
_SIMPLE = ("audience", "tone", "theme", "writer", "speech")
_MARKED = ("music", "review", "footage")


def choices(providers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the form offers; `writers`, `speakers` and `films` are empty where no provider can be used for them."""
    usable: dict[str, dict[str, str]] = {}
    for each in providers:
        if each["usable"]:
            usable.setdefault(each["does"], {})[each["name"]] = each["title"]
    writers, speakers = usable.get("script"), usable.get("speech")
    return {
        "lengths": LENGTHS,
        "languages": LANGUAGES,
        "audiences": AUDIENCES,
        "tones": TONES,
        "bases": BASES,
        "pitches": PITCHES,
        "themes": THEMES,
        "writers": _BEST | _WRITERS | writers if writers else {},
        "speakers": _BEST | _SPEAKERS | speakers if speakers else {},
        "films": ", ".join(usable.get("footage", {}).values()),
    }


def chosen(form: Mapping[str, str]) -> Options:
    """The options that the sent form asks for. Raises UsageError that names what makes no sense."""
    language, pitch, budget = form.get("language", "en"), form.get("pitch", ""), form.get("budget", "").strip()
    wished: dict[str, Any] = {"seconds": form.get("seconds", 60), "language": language}
    wished |= {name: form[name] for name in _SIMPLE if form.get(name)}
    if pitch in PITCHES and pitch:
        wished["voice"] = f"{BASES.get(language, language)}+{pitch}"
    if budget:
        wished["budget"] = budget.replace(",", ".")
    try:
        return Options.model_validate(wished | {name: name in form for name in _MARKED})
    except ValidationError as error:
        raise invalid(error) from error


def widest(form: Mapping[str, str], films: str) -> Options:
    """The form's wish with all that can be paid for; the usual wish where the form makes no sense."""
    try:
        options = chosen(form)
    except UsageError:
        options = chosen({})
    return options.model_copy(update={"budget": options.budget or 1.0, "footage": bool(films)})
