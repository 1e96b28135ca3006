"""When each word of a recording is heard: it is warped onto a rendering by espeak-ng whose word times are known.

Both sounds become cepstra (what the mouth does), each normed by its own mean and spread, so that speaker, room and
microphone fall out; pauses are told apart by loudness. Dynamic time warping says which moment of the one is which of
the other. Edges beside a pause are then moved to where the recording itself begins or ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from narrator import sound as dsp
from narrator.providers.espeak import Espeak, voice_name
from narrator.providers.voice import Sound
from narrator.spans import Spans, complete, share

STEP = 0.01
"""Seconds of one frame."""
SHORTEST = 0.04
"""Seconds of a word, at least."""
SURE = 1.0
"""Doubt up to which words are placed where they are heard."""
_GAP = 0.3
"""Seconds between the sentences of the rendering."""
_PAUSE = 0.1
"""Seconds of quiet that part words; shorter ones are a mouth closed for a p or t."""
_REACH, _BEYOND = 0.08, 0.05
"""Seconds on the pause's own side of an edge, and on the other, within which a word's edge is moved to the pause's."""
_LEFT = 6
"""Frames of a pause that are looked at on either side."""
_MOVES, _QUIET, _DETOUR = 3.0, 3.0, 2.0
"""Weights: of the cepstra's change, of speech against pause, of each frame that one sound waits for the other."""

_ASTRAY = 800
"""Frames that the path may leave the straight one, besides the difference in length; it bounds the memory."""
_CEPSTRA = 13
_VARIANTS = ("", "+f2")
"""Of the local engine's voice: a recording is held against the one that is most like it."""

_Frames = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rendering:
    """Sentences as the local engine says them, and when: `times` are seconds of each form of each sentence."""

    sound: Sound
    rate: int
    forms: list[list[str]]
    times: list[Spans]

    @property
    def seconds(self) -> float:
        """From the first word to the last, with a natural pause between sentences."""
        return self.times[-1][-1][1] - self.times[0][0][0]


@dataclass(frozen=True)
class Aligned:
    """A sentence in a recording: seconds of each form.

    Args:
        spans: one after the other, none shorter than 40 ms.
        doubt: how little what is heard is like the sentence: up to 0.85 for other engines' voices, about 1 and more
            for other words.
    """

    spans: Spans
    doubt: float

    @property
    def sure(self) -> bool:
        """False: the words only share the sentence's time by their length."""
        return self.doubt <= SURE


def render(sentences: Sequence[Sequence[str]], language: str) -> list[Rendering]:
    """Say the sentences, none of them empty, with the local engine's voices, low and high.

    Raises:
        UsageError: the engine does not speak the language.
    """
    return [_rendered(sentences, voice_name(language) + variant) for variant in _VARIANTS]


def align(recording: Sound, rate: int, renderings: Sequence[Rendering]) -> list[Aligned]:
    """When each form of each sentence is heard in the recording, by the rendering that is most like it."""
    heard = _features(recording, rate)
    return min(
        (_warped(heard, rendering) for rendering in renderings), key=lambda aligned: sum(each.doubt for each in aligned)
    )


def _rendered(sentences: Sequence[Sequence[str]], name: str) -> Rendering:
    voice = Espeak(name, pace=165, pitch=46, pitch_range=50)
    pieces: list[Sound] = []
    times: list[Spans] = []
    at, rate = 0.0, voice.rate
    gap = np.zeros(round(_GAP * rate), np.float32)
    for forms in sentences:
        said = voice.say(forms)
        first, last = dsp.bounds(said.sound, rate)
        at += len(gap) / rate
        cut, length = first / rate, (last - first) / rate
        known = [t and (min(max(t[0] - cut, 0.0), length), min(max(t[1] - cut, 0.0), length)) for t in said.times]
        times.append([(at + start, at + end) for start, end in complete(known, forms, length)])
        pieces += [gap, said.sound[first:last]]
        at += length
    return Rendering(np.concatenate([*pieces, gap]), rate, [list(forms) for forms in sentences], times)


def _warped(heard: _Frames, rendering: Rendering) -> list[Aligned]:
    from dtaidistance import dtw_ndim  # type: ignore[import-untyped]  # noqa: PLC0415 - slow; few runs need it

    known = _features(rendering.sound, rendering.rate)
    shown, left = _kept(known), _kept(heard)
    path = np.array(dtw_ndim.warping_path(known[shown], heard[left], use_c=True, penalty=_DETOUR, window=_ASTRAY))
    frames = np.arange(len(shown))
    first, last = (np.searchsorted(path[:, 0], frames, "left"), np.searchsorted(path[:, 0], frames, "right") - 1)
    middle = (left[path[first, 1]] + left[path[last, 1]]) / 2 + 0.5
    pauses = _pauses(heard[:, -1] == 0)
    aligned: list[Aligned] = []
    for forms, spans in zip(rendering.forms, rendering.times, strict=True):
        edges = STEP * np.interp(np.array(spans) / STEP - 0.5, shown, middle)
        placed = _ordered([_moved(float(start), float(end), pauses) for start, end in edges])
        begin, end = np.searchsorted(shown[path[:, 0]], (spans[0][0] / STEP, spans[-1][1] / STEP))
        doubt = _doubt(path[begin:end], known[shown], heard[left])
        if doubt > SURE:
            placed = _ordered(share((placed[0][0], placed[-1][1]), [len(form) or 0.3 for form in forms]))
        aligned.append(Aligned(placed, doubt))
    return aligned


def _kept(rows: _Frames) -> npt.NDArray[np.int_]:
    """The frames without the middles of pauses: how long one is says nothing of where it belongs."""
    quiet = rows[:, -1] == 0
    near = np.convolve(~quiet, np.ones(2 * _LEFT + 1), "same") > 0
    return np.flatnonzero(near | ~quiet)


def _doubt(path: npt.NDArray[np.int_], known: _Frames, heard: _Frames) -> float:
    """How little the cepstra vary together, and how crooked the path is between them."""
    here, there = known[path[:, 0]], heard[path[:, 1]]
    spoken = (here[:, -1] > 0) & (there[:, -1] > 0)
    here, there = here[spoken, :_CEPSTRA], there[spoken, :_CEPSTRA]
    likeness = float((here * there).sum() / np.sqrt((here**2).sum() * (there**2).sum() + 1e-9))
    straight = float((np.diff(path, axis=0).sum(axis=1) == 2).mean()) if len(path) > 1 else 0.0
    return 2.0 - likeness - straight


def _pauses(quiet: npt.NDArray[np.bool_]) -> Spans:
    """Start and end of each pause, in seconds."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(int)))
    return [(a * STEP, b * STEP) for a, b in turns.reshape(-1, 2).tolist() if (b - a) * STEP >= _PAUSE]


def _moved(start: float, end: float, pauses: Spans) -> tuple[float, float]:
    """A word's edges, moved to those of the pauses that they lie in or beside."""
    begin = next((loud for quiet, loud in pauses if quiet - _REACH <= start < loud + _BEYOND and loud < end), start)
    stop = next((quiet for quiet, loud in pauses if quiet - _BEYOND < end <= loud + _REACH and quiet > begin), end)
    return begin, stop


def _ordered(spans: Spans) -> Spans:
    """The spans one after the other, none shorter than a word can be."""
    starts: list[float] = []
    for start, _ in spans:
        starts.append(max(start, starts[-1] + SHORTEST) if starts else start)
    limits = [*starts[1:], float("inf")]
    return [
        (start, min(max(end, start + SHORTEST), limit))
        for start, (_, end), limit in zip(starts, spans, limits, strict=True)
    ]


def _features(sound: Sound, rate: int) -> _Frames:
    """Cepstra, their change, and whether there is speech; one row each 10 ms."""
    cepstra = _cepstra(sound, rate)
    speech = _speech(sound, rate, len(cepstra))
    if not speech.any():
        speech[:] = True
    normed = (cepstra - cepstra[speech].mean(axis=0)) / (cepstra[speech].std(axis=0) + 1e-6)
    rows = np.hstack([normed, _MOVES * np.gradient(normed, axis=0), np.full((len(normed), 1), _QUIET)])
    rows[~speech] = 0
    return np.ascontiguousarray(rows)


def _cepstra(sound: Sound, rate: int) -> _Frames:
    import kaldi_native_fbank  # type: ignore[import-untyped]  # noqa: PLC0415 - only voices without times need it

    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.samp_freq = rate
    options.frame_opts.dither = 0
    options.frame_opts.frame_shift_ms = 1000 * STEP
    options.frame_opts.snip_edges = False
    options.mel_opts.num_bins = 30
    options.mel_opts.low_freq, options.mel_opts.high_freq = 80, 7600
    options.use_energy = False
    options.num_ceps = _CEPSTRA
    options.cepstral_lifter = 0
    computer = kaldi_native_fbank.OnlineMfcc(options)
    computer.accept_waveform(rate, (sound * 32768).tolist())
    computer.input_finished()
    return np.array([computer.get_frame(frame) for frame in range(computer.num_frames_ready)], float)


def _speech(sound: Sound, rate: int, count: int) -> npt.NDArray[np.bool_]:
    """For each frame, whether it is louder than the room."""
    sums = np.concatenate([[0.0], np.cumsum(sound.astype(float) ** 2)])
    middle = (np.arange(count) + 0.5) * STEP * rate
    low, high = (np.clip(middle + side * STEP * rate, 0, len(sound)).astype(int) for side in (-1, 1))
    level = 10 * np.log10((sums[high] - sums[low]) / np.maximum(high - low, 1) + 1e-12)
    loud: npt.NDArray[np.bool_] = level > max(np.percentile(level, 95) - 35, np.percentile(level, 5) + 6)
    return loud
