"""Who speaks a scene: what the user asked for, or the best that is usable within the budget.

A scene's run sees neither the other scenes nor the budget, so all scenes of a job have one voice by what they see
alike: wish, key and settings; and a scene that chooses Gemini by itself leaves as much of the budget as the scenes
after it need, so that a budget which does not last is found in the first scene.
"""

from __future__ import annotations

import logging
from pathlib import Path

from artifacts.script import Brief, Span, SpeechName
from chassis.errors import Fatal, UsageError
from chassis.purse import BudgetSpent
from vendors.gemini import Stopped
from vendors.settings import GeminiSettings

from chassis import JobFolder
from narrator.alignment import render
from narrator.providers import gemini
from narrator.providers.espeak import Espeak, voice_name
from narrator.providers.piper import Piper, speaks
from narrator.providers.voice import Voice
from narrator.recording import SLOWEST, Recording, Unfit, recorded
from narrator.settings import NarratorSettings
from narrator.speakable import spoken_forms
from vendors import gemini as vendor

_LOG = logging.getLogger(__name__)
_EDGES = 3.0
"""Seconds of silence that a recording may have besides its speech."""


def voice_of(job: JobFolder, brief: Brief, settings: NarratorSettings, paid: GeminiSettings) -> tuple[Voice, str]:
    """The scene's voice, and a sentence for the user where it is not the one that was wished for.

    Raises:
        UsageError: the voice, the engine or the language cannot be had.
        Error: Gemini was asked for by name and cannot be paid or refuses; or it asks for patience.
    """
    wish = wish_of(brief)
    spoken = [spoken_forms(sentence.text.split(), brief.language) for sentence in brief.sentences]
    forms = [each for each in spoken if any(each)]
    key = job.key(vendor.NAME) or paid.api_key.get_secret_value()
    if wish == "gemini" and not key:
        message = (
            "Gemini cannot speak: there is no key; give one, set HIDDENHILL_GEMINI_API_KEY, or choose another voice."
        )
        raise UsageError("usage.speech", message)
    if forms and key and wish in ("", "gemini"):
        try:
            return _recorded(job, brief, forms, paid), ""
        except (Stopped, Unfit) as error:
            return _instead(brief, settings, error)
        except BudgetSpent:
            if wish:
                raise
        except Fatal as error:
            if wish:
                raise
            return _instead(brief, settings, error)
    return local_voice(brief, settings, wish), ""


def _instead(brief: Brief, settings: NarratorSettings, error: Fatal) -> tuple[Voice, str]:
    """The local voice, and why."""
    _LOG.warning("Gemini does not speak", extra={"scene": brief.scene, "code": error.code, "detail": error.detail})
    voice = local_voice(brief, settings, "")
    return voice, f"{voice.engine} speaks scene {brief.scene}. {error.message}"


def wish_of(brief: Brief) -> SpeechName:
    """The engine that is asked for, by its name or by its voice's; empty: the best that there is."""
    if brief.speech or not brief.voice:
        return brief.speech
    return "gemini" if gemini.voice_called(brief.voice) else "espeak"


def local_voice(brief: Brief, settings: NarratorSettings, wish: SpeechName) -> Voice:
    """The voice of this machine: the operator's Piper where it speaks the language, or espeak-ng's."""
    model = settings.piper_voice
    if wish == "piper" and not model:
        message = "There is no Piper voice here; set HIDDENHILL_NARRATOR_PIPER_VOICE, or choose another voice."
        raise UsageError("usage.speech", message)
    if wish == "piper" or (not wish and model and speaks(Path(model), brief.language)):
        return Piper(Path(model), brief.language)
    english = brief.language.lower().split("-")[0] == "en"
    default = settings.english_voice if english else ""
    asked = brief.voice if wish == "espeak" else ""
    name = asked or default or voice_name(brief.language)
    return Espeak(name, pace=settings.pace, pitch=settings.pitch, pitch_range=settings.pitch_range)


def _recorded(job: JobFolder, brief: Brief, forms: list[list[str]], paid: GeminiSettings) -> Recording:
    """Gemini's recording of the scene. Raises Stopped or Unfit where none of the tries was of use."""
    name = gemini.voice_called(brief.voice) or ("" if brief.voice else gemini.default_voice(paid))
    if not name:
        message = f"Gemini has no voice called {brief.voice[:40]!r}; use one of {', '.join(gemini.VOICES)}."
        raise UsageError("usage.voice", message)
    renderings = render(forms, brief.language)
    seconds = SLOWEST * renderings[0].seconds + _EDGES
    wish = gemini.Wish(forms, brief.language, name, seconds, 0.0 if wish_of(brief) else _rest(brief.span))
    failure: Fatal = Unfit("nothing was received")
    for attempt in range(gemini.TRIES):
        job.progress(0.1)
        try:
            recording = recorded(gemini.ENGINE, name, *gemini.record(job, paid, wish, attempt), renderings)
        except (Stopped, Unfit) as error:
            failure = error
        except BudgetSpent:
            if not attempt:
                raise
        else:
            return recording
    raise failure


def _rest(span: Span) -> float:
    """How much is spoken after the scene, in scenes of its length."""
    return (1 - span.end) / (span.end - span.start) if span.end > span.start else 0.0
