"""One run of the stage."""

from __future__ import annotations

import soundfile
from artifacts.narration import Narration
from artifacts.script import Brief

from chassis import JobFolder
from narrator import sound as dsp
from narrator.providers.espeak import Espeak, voice_name
from narrator.providers.voice import Voice
from narrator.scene import gain_of, speak
from narrator.settings import NarratorSettings


def narrate(job: JobFolder, settings: NarratorSettings) -> None:
    """Speak the scene's sentences.

    Raises:
        UsageError: the voice or the language is unknown.
    """
    brief = job.load("scene.*.brief", Brief)
    voice = choose(brief, settings)
    spoken = speak(
        voice, [s.text for s in brief.sentences], brief.language, gain_of(voice), lambda done: job.progress(0.9 * done)
    )
    sound = job.scratch("speech.flac")
    soundfile.write(sound, spoken.sound, dsp.RATE, subtype="PCM_16", format="FLAC")
    narration = Narration(
        scene=brief.scene,
        duration=round(spoken.duration, 6),
        sample_rate=dsp.RATE,
        engine=voice.engine,
        voice=voice.name,
        language=brief.language,
        words=spoken.words,
    )
    job.write("scene.*.speech", sound, "audio/flac")
    job.write("scene.*.narration", narration, "application/json")


def choose(brief: Brief, settings: NarratorSettings) -> Voice:
    """The voice the user asked for, or the language's own."""
    english = brief.language.lower().split("-")[0] == "en"
    default = settings.english_voice if english else ""
    name = brief.voice or default or voice_name(brief.language)
    return Espeak(name, pace=settings.pace, pitch=settings.pitch, pitch_range=settings.pitch_range)
