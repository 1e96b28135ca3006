"""The sound of the whole video: speech on its scenes' places, a quiet music bed, loudness as platforms want it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from captioner import ffmpeg

RATE = 48_000
LOUDNESS = -14.0
"""LUFS, integrated."""
CEILING = -1.5
"""dBTP before AAC, which adds up to half a decibel."""
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
    mono = samples.mean(axis=1)
    if rate == RATE:
        return np.asarray(mono, np.float32)
    scratch = path.with_suffix(".48k.wav")
    ffmpeg.run("-i", path, "-ac", "1", "-af", "aresample=48000:filter_size=64:phase_shift=10", scratch)
    resampled, _ = soundfile.read(scratch, dtype="float32")
    return np.asarray(resampled, np.float32)


def _bed(voice: Samples, horizon: Sequence[float]) -> Samples:
    """A slow pad of fifths whose chords follow the paper's numbers, ducked where there is speech."""
    time = np.arange(len(voice)) / RATE
    roots = [110 * 2 ** (step / 12) for step in (0, 5, 7, 3)]
    numbers = list(horizon) or [0.5]
    bed = np.zeros(len(voice))
    length = 6.0
    for bar in range(int(len(voice) / RATE / length) + 1):
        root = roots[int(numbers[bar % len(numbers)] * 3.99)]
        swell = np.clip(1 - np.abs(time - (bar + 0.5) * length) / length, 0, 1)
        for ratio, level in ((1, 1.0), (1.5, 0.6), (2, 0.5), (3, 0.15)):
            bed += level * swell * np.sin(2 * np.pi * root * ratio * time + bar)
    window = RATE // 4
    energy = np.convolve(np.abs(voice), np.ones(window) / window, "same") if len(voice) > window else np.abs(voice)
    ducked = bed / max(1e-9, float(np.abs(bed).max())) * BED * (1 - 0.6 * np.clip(energy * 12, 0, 1))
    edge = np.clip(np.minimum(time, time[-1] - time) / 1.5, 0, 1) if len(time) else time
    return np.asarray(ducked * edge, np.float32)


def master(track: Samples, target: Path) -> None:
    """Write the track as stereo AAC in MP4, at -14 LUFS with true peaks under -1 dBTP.

    The voice is levelled gently, measured, and raised by exactly what is missing before a limiter that looks ahead;
    measured again, the rest of the difference is made up.
    """
    raw, levelled = target.with_suffix(".wav"), target.with_suffix(".levelled.wav")
    soundfile.write(raw, track, RATE, subtype="FLOAT")
    compress = "acompressor=threshold=-24dB:ratio=2.5:attack=8:release=160:knee=6dB"
    ffmpeg.run("-i", raw, "-af", compress, "-c:a", "pcm_f32le", levelled)
    gain = LOUDNESS - loudness(levelled)[0]
    for _ in range(3):
        limited = f"volume={gain:.3f}dB,aresample=192000,alimiter=limit={_linear(CEILING)}:level=0:attack=4:release=60"
        ffmpeg.run(
            "-i", levelled, "-af", f"{limited},aresample=48000", "-ac", "2", "-c:a", "aac", "-b:a", "160k", target
        )
        off = LOUDNESS - loudness(target)[0]
        if abs(off) < 0.2:
            break
        gain += off


def loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP of a file's sound, by EBU R 128."""
    said = ffmpeg.run("-i", path, "-map", "0:a", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
    integrated = re.findall(r"I:\s+(-?[\d.]+|-inf) LUFS", said)
    peak = re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", said)
    return float(integrated[-1]), float(peak[-1])


def _linear(decibels: float) -> str:
    return f"{10 ** (decibels / 20):.4f}"
