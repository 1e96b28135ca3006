"""A scene that was recorded in one piece: looked at, cut into its sentences, and each word found in them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from chassis.errors import Fatal

from narrator import sound as dsp
from narrator.alignment import Aligned, Rendering, align
from narrator.providers.voice import Sound, Utterance

FASTEST, SLOWEST = 0.55, 1.7
"""Length of the speech against the local engine's: outside of this something is missing, or was added."""
STRANGE = 0.95
"""Doubt of a whole scene, from which on other words are heard than were asked for."""
_QUIETEST = 0.004
_CLIPPED = 0.002
"""Share of the samples that may lie at the very edge."""
_BEFORE, _AFTER = 0.06, 0.12
"""Seconds kept around a sentence."""
_LONGEST_STOP = 2.5
"""Seconds of silence inside of a sentence."""


class Unfit(Fatal):
    """What was received and paid is no speech that can be used; another request may give one."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__("provider.speech", f"What was recorded could not be used: {why}.", detail)


class Recording:
    """A voice that has said its sentences once, and says each of them again as it did.

    Args:
        engine, name: who speaks.
        sound, rate: all sentences one after the other, mono.
        renderings: the same sentences by the local engine.
    """

    harsh = False

    def __init__(self, engine: str, name: str, sound: Sound, rate: int, renderings: Sequence[Rendering]) -> None:
        self.engine = engine
        self.name = name
        self.aligned = align(sound, rate, renderings)
        self._whole = Utterance(sound, rate, [])
        cuts = _cuts(self.aligned, len(sound) / rate)
        self._said = {
            tuple(forms): _part(sound, rate, each, start, end)
            for forms, each, (start, end) in zip(renderings[0].forms, self.aligned, cuts, strict=True)
        }

    def say(self, forms: Sequence[str], pace: float = 1.0) -> Utterance:  # noqa: ARG002 - it was said at its own pace
        """The sentence as it was recorded; one that says nothing is silent."""
        return self._said.get(tuple(forms)) or Utterance(np.zeros(0, np.float32), self._whole.rate, [None] * len(forms))

    def sample(self) -> Utterance:
        return self._whole


def _cuts(aligned: Sequence[Aligned], length: float) -> list[tuple[float, float]]:
    """Start and end of each sentence with a little around it, and nothing of its neighbours."""
    middles = [(before.spans[-1][1] + after.spans[0][0]) / 2 for before, after in pairwise(aligned)]
    return [
        (max(each.spans[0][0] - _BEFORE, low), max(min(each.spans[-1][1] + _AFTER, high), each.spans[0][0] + _BEFORE))
        for each, low, high in zip(aligned, [0.0, *middles], [*middles, length], strict=True)
    ]


def _part(sound: Sound, rate: int, aligned: Aligned, start: float, end: float) -> Utterance:
    first = round(start * rate)
    times = [(max(a - first / rate, 0.0), b - first / rate) for a, b in aligned.spans]
    return Utterance(sound[first : round(end * rate)], rate, list(times), aligned.sure)


def recorded(engine: str, name: str, sound: Sound, rate: int, renderings: Sequence[Rendering]) -> Recording:
    """The recording as a voice. Raises Unfit where it is not the speech that was asked for."""
    if fault := _fault_of(sound, rate, renderings[0].seconds):
        raise Unfit(fault)
    recording = Recording(engine, name, sound, rate, renderings)
    doubt = float(
        np.average([each.doubt for each in recording.aligned], weights=[_weight(each) for each in recording.aligned])
    )
    if doubt > STRANGE:
        raise Unfit("it says something else", f"doubt {doubt:.2f}")
    stops = (later[0] - end for each in recording.aligned for (_, end), later in pairwise(each.spans))
    if max(stops, default=0.0) > _LONGEST_STOP:
        raise Unfit("it stops amid a sentence")
    return recording


def _weight(aligned: Aligned) -> float:
    return aligned.spans[-1][1] - aligned.spans[0][0]


def _fault_of(sound: Sound, rate: int, expected: float) -> str:
    """What is wrong with a sound before its words are looked for; empty: nothing."""
    if dsp.loud_level(sound, rate) < _QUIETEST:
        return "it is silent"
    if float((np.abs(sound) > 0.999).mean()) > _CLIPPED:
        return "it is distorted"
    first, last = dsp.bounds(sound, rate)
    ratio = (last - first) / rate / expected
    if not FASTEST <= ratio <= SLOWEST:
        return f"it is {'too short' if ratio < 1 else 'too long'} for its text"
    return ""
