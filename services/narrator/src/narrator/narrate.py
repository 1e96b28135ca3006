"""One run of the stage."""

from __future__ import annotations

import soundfile
from artifacts.narration import Narration
from artifacts.script import Brief
from vendors.settings import GeminiSettings

from chassis import JobFolder
from narrator import sound as dsp
from narrator.scene import gain_of, speak
from narrator.settings import NarratorSettings
from narrator.voices import voice_of


def narrate(job: JobFolder, settings: NarratorSettings, paid: GeminiSettings) -> None:
    """Speak the scene's sentences.

    Raises:
        UsageError: the voice or the language is unknown, or the engine cannot be had.
        Error: as `narrator.voices.voice_of` says.
    """
    brief = job.load("scene.*.brief", Brief)
    voice, note = voice_of(job, brief, settings, paid)
    spoken = speak(
        voice, [s.text for s in brief.sentences], brief.language, gain_of(voice), lambda done: job.progress(0.9 * done)
    )
    if spoken.unsure:
        note = f"{note} In scene {brief.scene} it is only estimated when words are heard.".strip()
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
        note=note,
    )
    job.write("scene.*.speech", sound, "audio/flac")
    job.write("scene.*.narration", narration, "application/json")
