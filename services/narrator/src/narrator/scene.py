"""A whole scene spoken: its sentences with pauses between, and the time of every word as it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from artifacts.narration import Word

from narrator import sound as dsp
from narrator.providers.voice import Sound, Utterance, Voice
from narrator.spans import Spans, complete, share
from narrator.speakable import spoken_forms

LEAD_IN = 0.12
PAUSE = 0.35
TAIL = 0.4
READABLE = 15.8
"""Written characters a second, at most: captions may show 17, and a sentence is not spoken evenly."""
CALMEST = 0.75
SILENT = 2.5
"""Seconds of a scene in which nothing is spoken."""
CROWDED = 17.0
"""Written characters a second at which a voice that cannot be slowed is given a longer pause after its sentence."""
LONGEST_PAUSE = 1.2


@dataclass(frozen=True)
class SpokenScene:
    """The sound at 48 kHz, a whole number of video frames long, and the words in it."""

    sound: Sound
    words: list[Word]
    unsure: int = 0
    """Sentences whose words' times are only shared out."""

    @property
    def duration(self) -> float:
        return len(self.sound) / dsp.RATE


def speak(
    voice: Voice, sentences: Sequence[str], language: str, gain: float, report: Callable[[float], None]
) -> SpokenScene:
    """Speak the sentences of a scene with one gain for all."""
    pieces: list[Sound] = [_silence(LEAD_IN)]
    words: list[Word] = []
    pause, unsure = 0.0, 0
    for index, text in enumerate(sentences):
        tokens = text.split()
        if not tokens:
            continue
        pieces.append(_silence(pause))
        at = sum(map(len, pieces)) / dsp.RATE
        written = len(" ".join(tokens))
        forms = spoken_forms(tokens, language)
        spoken = _said(voice, forms, written)
        piece, spans = _placed(voice, spoken, forms, gain)
        unsure += not spoken.sure
        pieces.append(piece)
        words += [
            Word(text=token, start=round(at + start, 4), end=round(at + end, 4), sentence=index)
            for token, (start, end) in zip(tokens, spans, strict=True)
        ]
        pause = min(max(PAUSE, written / CROWDED - len(piece) / dsp.RATE), LONGEST_PAUSE)
        report((index + 1) / len(sentences))
    pieces.append(_silence(max(TAIL, pause) if words else SILENT))
    whole = np.concatenate(pieces)
    return SpokenScene(np.pad(whole, (0, -len(whole) % dsp.FRAME)), words, unsure)


def gain_of(voice: Voice) -> float:
    """The gain that brings this voice to the common level: the same for every scene, so they join evenly."""
    spoken = voice.sample()
    level = dsp.loud_level(_softened(voice, spoken), spoken.rate)
    return dsp.LEVEL / level if level else 1.0


def _softened(voice: Voice, spoken: Utterance) -> Sound:
    return dsp.soften(spoken.sound, spoken.rate) if voice.harsh else spoken.sound


def _said(voice: Voice, forms: list[str], written: int) -> Utterance:
    """Speak a sentence; where its words are so long that its caption could not be read, again and calmer."""
    spoken = voice.say(forms)
    speed = written / (len(spoken.sound) / spoken.rate + PAUSE)
    return voice.say(forms, max(READABLE / speed, CALMEST)) if speed > READABLE else spoken


def _placed(voice: Voice, spoken: Utterance, forms: list[str], gain: float) -> tuple[Sound, Spans]:
    """The sentence at its level, without silence at its ends, and the time of each form in it."""
    soft = dsp.limit(_softened(voice, spoken) * gain)
    first, last = dsp.bounds(soft, spoken.rate)
    if last <= first:
        size = max(0.3, 0.12 * len(forms))
        return _silence(size), share((0.0, size), [1] * len(forms))
    trimmed = dsp.resample(dsp.fade(soft[first:last], spoken.rate), spoken.rate)
    length = (last - first) / spoken.rate
    known = [
        None
        if t is None
        else (min(max(t[0] - first / spoken.rate, 0), length), min(t[1] - first / spoken.rate, length))
        for t in spoken.times
    ]
    return trimmed, complete(known, forms, length)


def _silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * dsp.RATE), np.float32)
