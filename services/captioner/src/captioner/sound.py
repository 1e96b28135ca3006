"""The sound of the whole video: speech on its scenes' places, a quiet music bed, loudness as platforms want it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from captioner import ffmpeg

RATE = 48_000
LOUDNESS = -14.0
"""LUFS, integrated."""
PEAK = -1.0
"""dBTP, at most."""
CEILING = -1.6
"""dB of samples before AAC, which adds about half a decibel."""
FUTILE = 0.05
"""dB of loudness for a dB of gain under which more of it only flattens the sound: the peaks' limit goes first."""
SILENT = -60.0
"""LUFS under which there is nothing to raise."""
BED = 0.05
"""Level of the music bed against the voice."""

Samples = NDArray[np.float32]


def lay_out(
    speeches: Sequence[tuple[float, Path]], duration: float, horizon: Sequence[float], *, music: bool
) -> Samples:
    """Put each speech (mono, any rate) at its start in seconds; returns mono samples at 48 kHz."""
    track = np.zeros(round(duration * RATE), np.float32)
    for start, path in speeches:
        speech = _read(path)
        at = round(start * RATE)
        speech = speech[: len(track) - at]
        track[at : at + len(speech)] += speech
    return track + _bed(track, horizon) if music else track


def _read(path: Path) -> Samples:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != RATE:
        with tempfile.TemporaryDirectory() as place:
            resampled = Path(place) / "speech.wav"
            ffmpeg.run("-i", path, "-af", f"aresample={RATE}:filter_size=64", "-c:a", "pcm_f32le", resampled)
            samples, _ = soundfile.read(resampled, dtype="float32", always_2d=True)
    return np.asarray(samples.mean(axis=1), np.float32)


def _bed(voice: Samples, horizon: Sequence[float]) -> Samples:
    """A slow pad of fifths whose chords follow the paper's numbers, ducked where there is speech."""
    roots = [110 * 2 ** (step / 12) for step in (0, 5, 7, 3)]
    numbers = list(horizon) or [0.5]
    bed = np.zeros(len(voice), np.float32)
    half = 6 * RATE
    for bar, begin in enumerate(range(-half, len(voice), half)):
        root = roots[min(int(numbers[bar % len(numbers)] * 4), 3)]
        place = np.arange(max(begin, 0), min(begin + 2 * half, len(voice)))
        swell = 0.5 - 0.5 * np.cos(np.pi * (place - begin) / half)
        for ratio, level in ((1, 1.0), (1.5, 0.6), (2, 0.5), (3, 0.15)):
            bed[place] += level * swell * np.sin(2 * np.pi * root * ratio / RATE * place + bar)
    time = np.arange(len(voice)) / RATE
    edge = np.clip(np.minimum(time, time[-1:] - time) / 1.5, 0, 1)
    loud = float(np.abs(bed).max(initial=1e-9))
    return np.asarray(bed / loud * BED * edge * (1 - 0.6 * _presence(voice)), np.float32)


def _presence(voice: Samples) -> Samples:
    """How much voice there is at each sample, 0 to 1, smooth over half a second: the bed makes room before it."""
    level = np.abs(_blocks(voice, RATE // 100)).mean(axis=1)
    smooth = np.convolve(level, np.hanning(53)[1:-1] / 26, "same") if len(level) > 51 else level
    return _spread(np.clip(smooth * 12, 0, 1), RATE // 100, len(voice))


def _blocks(track: Samples, size: int) -> Samples:
    return np.pad(track, (0, -len(track) % size)).reshape(-1, size)


def _spread(values: NDArray[np.floating[Any]], size: int, length: int) -> Samples:
    """Values of blocks as a line through the blocks' middles, for each sample."""
    middles = (np.arange(len(values)) + 0.5) * size
    return np.asarray(np.interp(np.arange(length), middles, values), np.float32)


def limit(track: Samples, ceiling: float) -> Samples:
    """Turn down what exceeds the ceiling (linear), 4 ms before it comes, so that no sample does."""
    size = RATE // 1000
    peaks = np.abs(_blocks(track, size)).max(axis=1)
    wanted = np.minimum(1, ceiling / np.maximum(peaks, 1e-9))
    held = np.lib.stride_tricks.sliding_window_view(np.pad(wanted, 8, constant_values=1), 17).min(axis=1)
    window = np.hanning(11)[1:-1]
    gain = np.convolve(np.pad(held, 4, mode="edge"), window / window.sum(), "valid")
    return track * _spread(gain, size, len(track))


def master(track: Samples, target: Path) -> None:
    """Write the track as stereo AAC in MP4, at -14 LUFS with true peaks under -1 dBTP.

    The voice is levelled gently, raised by what is missing and limited, until the measured loudness is right.
    The encoder moves peaks a little: if they come out too high, it is done again under a lower ceiling.
    """
    raw, levelled, limited = (target.with_suffix(suffix) for suffix in (".raw.wav", ".levelled.wav", ".limited.wav"))
    soundfile.write(raw, track, RATE, subtype="FLOAT")
    compress = "acompressor=threshold=-24dB:ratio=2.5:attack=8:release=160:knee=6dB"
    ffmpeg.run("-i", raw, "-af", compress, "-c:a", "pcm_f32le", levelled)
    samples, _ = soundfile.read(levelled, dtype="float32")
    ceiling, correction = CEILING, 0.0
    for _ in range(6):
        _level(samples, limited, ceiling, LOUDNESS + correction)
        ffmpeg.run("-i", limited, "-ac", "2", "-c:a", "aac", "-b:a", "160k", target)
        loud, peak = loudness(target)
        if loud < SILENT or (abs(LOUDNESS - loud) < 0.3 and peak <= PEAK):
            return
        ceiling -= max(0.0, peak - PEAK + 0.1)
        correction += LOUDNESS - loud


def _level(samples: Samples, target: Path, ceiling: float, wanted: float) -> None:
    """Write the samples at the wanted loudness, as two channels sound, under the ceiling in dB."""
    gain, before, slope = 0.0, None, 1.0
    for _ in range(10):
        limited = limit(samples * np.float32(_linear(gain)), _linear(ceiling))
        soundfile.write(target, np.column_stack([limited, limited]), RATE, subtype="FLOAT")
        loud, _ = loudness(target)
        if loud < SILENT or abs(wanted - loud) < 0.05:
            return
        if before is not None:
            # The harder the limiter works, the less of a step's gain is left: judged by the step just made.
            slope = min((loud - before[1]) / (gain - before[0]), 1.0)
        if slope < FUTILE:
            return
        before = gain, loud
        gain += (wanted - loud) / slope


def loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP of a file's sound, by EBU R 128."""
    said = ffmpeg.run("-i", path, "-map", "0:a", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
    integrated = re.findall(r"I:\s+(-?[\d.]+|-inf) LUFS", said)
    peak = re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", said)
    return float(integrated[-1]), float(peak[-1])


def _linear(decibels: float) -> float:
    return float(10 ** (decibels / 20))
