"""A whole scene spoken: its sentences with pauses between, and the time of every word as it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from artifacts.narration import Word

from narrator import sound as dsp
from narrator.providers.voice import Sound, Voice
from narrator.speakable import spoken_forms

LEAD_IN = 0.12
PAUSE = 0.35
TAIL = 0.4
READABLE = 15.8
"""Written characters a second, at most: captions may show 17, and a sentence is not spoken evenly."""
CALMEST = 0.75
SILENT = 2.5
"""Seconds of a scene in which nothing is spoken."""
_CALIBRATION = ["The", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog,", "and", "nobody", "minds."]

Spans = list[tuple[float, float]]


@dataclass(frozen=True)
class SpokenScene:
    """The sound at 48 kHz, a whole number of video frames long, and the words in it."""

    sound: Sound
    words: list[Word]

    @property
    def duration(self) -> float:
        return len(self.sound) / dsp.RATE


def speak(
    voice: Voice, sentences: Sequence[str], language: str, gain: float, report: Callable[[float], None]
) -> SpokenScene:
    """Speak the sentences of a scene with one gain for all."""
    pieces: list[Sound] = [_silence(LEAD_IN)]
    words: list[Word] = []
    for index, text in enumerate(sentences):
        tokens = text.split()
        if not tokens:
            continue
        if words:
            pieces.append(_silence(PAUSE))
        at = sum(map(len, pieces)) / dsp.RATE
        piece, spans = _sentence(voice, spoken_forms(tokens, language), gain, len(" ".join(tokens)))
        pieces.append(piece)
        words += [
            Word(text=token, start=round(at + start, 4), end=round(at + end, 4), sentence=index)
            for token, (start, end) in zip(tokens, spans, strict=True)
        ]
        report((index + 1) / len(sentences))
    pieces.append(_silence(TAIL if words else SILENT))
    whole = np.concatenate(pieces)
    return SpokenScene(np.pad(whole, (0, -len(whole) % dsp.FRAME)), words)


def gain_of(voice: Voice) -> float:
    """The gain that brings this voice to the common level: the same for every scene, so they join evenly."""
    spoken = voice.say(_CALIBRATION)
    level = dsp.loud_level(dsp.soften(spoken.sound, spoken.rate), spoken.rate)
    return dsp.LEVEL / level if level else 1.0


def _sentence(voice: Voice, forms: list[str], gain: float, written: int) -> tuple[Sound, Spans]:
    """Speak a sentence; where its words are so long that its caption could not be read, again and calmer."""
    spoken = voice.say(forms)
    speed = written / (len(spoken.sound) / spoken.rate + PAUSE)
    if speed > READABLE:
        spoken = voice.say(forms, max(READABLE / speed, CALMEST))
    soft = dsp.limit(dsp.soften(spoken.sound, spoken.rate) * gain)
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


def complete(known: Sequence[tuple[float, float] | None], forms: Sequence[str], length: float) -> Spans:
    """Give each form a time: one that is not heard apart shares, by its length, the time of the one before it.

    Engines run short words together (`that a`), and a dash is not spoken at all.
    """
    heads = [index for index, span in enumerate(known) if span is not None]
    if not heads:
        return share((0.0, length), [len(form) or 1 for form in forms])
    spans: Spans = []
    for head, following in zip([0, *heads[1:]], [*heads[1:], len(known)], strict=True):
        span = known[head] if known[head] is not None else known[heads[0]]
        assert span is not None
        start = spans[-1][1] if spans and span[0] < spans[-1][1] else span[0]
        weights = [len(form) or 0.3 for form in forms[head:following]]
        spans += share((start, max(span[1], start + 0.001 * len(weights))), weights)
    return spans


def share(span: tuple[float, float], weights: Sequence[float]) -> Spans:
    """Cut a span into parts in proportion to the weights."""
    start, end = span
    edges = start + (end - start) * np.cumsum([0, *weights]) / sum(weights)
    return [(float(a), float(b)) for a, b in pairwise(edges)]


def _silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * dsp.RATE), np.float32)
