"""How far word times that are found in a recording lie from the true ones, by what was done to the sound.

The recordings are made here: scenes of `alignment_scenes.jsonl`, spoken by espeak-ng in voices, paces and pitches
unlike the narrator's, with pauses, breaths and hiss; then made more unlike it, for the narrator aligns with espeak-ng
itself: `coloured` by an equaliser, `bent` (pace, pitch and formants drift by a fifth both ways), and in a `room` with
echo on top of both. `stand-in` is the speech of Gemini's stand-in. Where Debian's `libflite1` is installed its voices,
made from recordings of people, are measured too: another engine altogether, with a pronunciation and rhythm of its own.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from narrator import sound as dsp
from narrator.alignment import align, render
from narrator.providers.espeak import Espeak, voice_name
from narrator.speakable import spoken_forms
from standins.gemini import speech

SCENES = Path(__file__).with_name("alignment_scenes.jsonl")
KINDS = ("plain", "coloured", "bent", "room", "stand-in")
RATE = 24_000
_VARIANTS = ("m3", "f2", "m7", "f1", "m1", "f5", "m5", "f3", "klatt2", "m2")
_VENDOR = ("Kore", "Puck", "Charon", "Zephyr", "Fenrir")

Sound = npt.NDArray[np.float32]
Times = list[tuple[float, float] | None]


@dataclass(frozen=True)
class Case:
    """A recording of a scene; `times` are of each form of each sentence, None where it is not heard apart."""

    kind: str
    language: str
    sound: Sound
    forms: list[list[str]]
    times: list[Times]


@dataclass(frozen=True)
class Error:
    """Of one word, in milliseconds."""

    kind: str
    language: str
    start: float
    end: float


def cases(kinds: tuple[str, ...] = KINDS, every: int = 1, seed: int = 5) -> Iterator[Case]:
    """The recordings: each scene (or every so many) in each kind."""
    random = np.random.default_rng(seed)
    scenes = [json.loads(line) for line in SCENES.read_text("utf-8").splitlines()][::every]
    for scene in scenes:
        language = scene["language"]
        forms = [spoken_forms(text.split(), language) for text in scene["sentences"]]
        for kind in kinds:
            yield _vendor(language, forms, random) if kind == "stand-in" else _spoken(kind, language, forms, random)


def errors(case: Case) -> list[Error]:
    """Of each word whose true time is known."""
    found = align(case.sound, RATE, render(case.forms, case.language))
    return [
        Error(case.kind, case.language, 1000 * abs(start - true[0]), 1000 * abs(end - true[1]))
        for aligned, times in zip(found, case.times, strict=True)
        for (start, end), true in zip(aligned.spans, times, strict=True)
        if true
    ]


def _spoken(kind: str, language: str, forms: list[list[str]], random: np.random.Generator) -> Case:
    name = f"{voice_name(language)}+{random.choice(_VARIANTS)}"
    pitch, spread = (int(each) for each in random.integers((25, 30), (75, 80)))
    voice = Espeak(name, pace=round(160 * random.uniform(0.8, 1.25)), pitch=pitch, pitch_range=spread)
    pieces, times = [_silence(random.uniform(0.1, 0.5), voice.rate)], []
    for sentence in forms:
        said = voice.say(sentence)
        sound, spans = _with_pauses(said.sound, said.times, voice.rate, random)
        at = sum(map(len, pieces)) / voice.rate
        times.append([span and (span[0] + at, span[1] + at) for span in spans])
        pieces += [sound, _silence(random.uniform(0.15, 0.8), voice.rate)]
    sound = np.concatenate(pieces)
    if kind in ("bent", "room"):
        sound, times = _bent(sound, times, voice.rate, random)
    sound = resampled(dsp.resample(sound, voice.rate), dsp.RATE)
    if kind != "plain":
        sound = _coloured(sound, random)
    if kind == "room":
        sound = sound + 0.35 * _echo(sound, random)
    return Case(kind, language, noisy(sound, random), forms, times)


def _vendor(language: str, forms: list[list[str]], random: np.random.Generator) -> Case:
    text = " ".join(form for sentence in forms for form in sentence if form)
    said = speech.speak(text, str(random.choice(_VENDOR)), language)
    sound = np.frombuffer(said.pcm, "<i2").astype(np.float32) / 32768
    if len(said.words) < len(text.split()) and language != "ja":
        return Case("stand-in", language, sound, forms, [[None] * len(sentence) for sentence in forms])
    heard = iter(said.words)
    times: list[Times] = []
    for sentence in forms:
        words = [[next(heard, None) for _ in form.split()] for form in sentence]
        times.append([(w[0].start, w[-1].end) if w and w[0] and w[-1] else None for w in words])
    return Case("stand-in", language, sound, forms, times)


def _with_pauses(sound: Sound, times: Times, rate: int, random: np.random.Generator) -> tuple[Sound, Times]:
    """Longer pauses where there are some, and a few where there are none; in half of them a breath is drawn."""
    spans = list(times)
    for index in range(len(spans) - 1, 0, -1):
        here, before = spans[index], spans[index - 1]
        if not here or not before or (here[0] - before[1] <= 0.05 and random.random() > 0.06):
            continue
        cut = round((here[0] - (0.03 if here[0] - before[1] > 0.05 else 0.0)) * rate)
        pause = _silence(random.uniform(0.1, 0.45), rate)
        breath = len(pause) - rate // 7
        if breath > rate // 8 and random.random() < 0.5:
            pause[rate // 14 : rate // 14 + breath] = random.normal(0, 0.006, breath) * np.hanning(breath)
        sound = np.concatenate([sound[:cut], pause, sound[cut:]])
        more = len(pause) / rate
        spans[index:] = [span and (span[0] + more, span[1] + more) for span in spans[index:]]
    return sound, spans


def _bent(sound: Sound, times: list[Times], rate: int, random: np.random.Generator) -> tuple[Sound, list[Times]]:
    """Played at a speed that drifts: pace, pitch and formants move together."""
    knots = random.uniform(0.82, 1.22, max(4, len(sound) // rate * 2)) * random.uniform(0.9, 1.1)
    grid = np.arange(len(sound))
    places = np.cumsum(np.interp(np.linspace(0, len(knots) - 1, len(sound)), np.arange(len(knots)), knots))
    played = np.interp(np.interp(np.arange(int(places[-1])), places, grid), grid, sound).astype(np.float32)

    def moved(seconds: float) -> float:
        return float(np.interp(seconds * rate, grid, places) / rate)

    return played, [[span and (moved(span[0]), moved(span[1])) for span in spans] for spans in times]


def _coloured(sound: Sound, random: np.random.Generator) -> Sound:
    """Up to 7 dB more or less in each octave."""
    octaves = np.linspace(np.log2(50), np.log2(12_000), 9)
    heights = np.log2(np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE), 50))
    gains = 10 ** (np.interp(heights, octaves, random.uniform(-7, 7, 9)) / 20)
    return np.fft.irfft(np.fft.rfft(sound) * gains, len(sound)).astype(np.float32)


def _echo(sound: Sound, random: np.random.Generator) -> Sound:
    """What a room of 0.35 seconds answers, as loud as the sound."""
    size = int(0.35 * RATE)
    answer = random.normal(0, 1, size) * np.exp(-np.arange(size) / (0.05 * RATE))
    whole = len(sound) + size
    wet = np.fft.irfft(np.fft.rfft(sound, whole) * np.fft.rfft(answer / np.sqrt((answer**2).sum()), whole), whole)
    return wet[: len(sound)].astype(np.float32)


def noisy(sound: Sound, random: np.random.Generator) -> Sound:
    """With hiss 22 to 45 dB below the speech."""
    sound = sound / np.abs(sound).max() * 0.6
    hiss = np.sqrt((sound**2).mean()) * 10 ** (-random.uniform(22, 45) / 20)
    return (sound + random.normal(0, hiss, len(sound))).astype(np.float32)


def resampled(sound: Sound, rate: int) -> Sound:
    """At the vendor's rate."""
    places = np.arange(len(sound) * RATE // rate) * rate / RATE
    return np.interp(places, np.arange(len(sound)), sound).astype(np.float32)


def _silence(seconds: float, rate: int) -> Sound:
    return np.zeros(round(seconds * rate), np.float32)


def main() -> None:
    """Print the figures by kind and by language."""
    from benchmarks import alignment_flite  # noqa: PLC0415 - run as a program, this module is not `benchmarks.alignment`

    recordings = [*cases(), *alignment_flite.cases()]
    begun = time.perf_counter()
    found = [error for case in recordings for error in errors(case)]
    took = (time.perf_counter() - begun) / sum(len(case.sound) for case in recordings) * RATE
    sentences = sum(len(json.loads(line)["sentences"]) for line in SCENES.read_text("utf-8").splitlines())
    print(
        f"alignment: {sentences} sentences, {len(recordings)} recordings, {1000 * took:.1f} ms for a second of speech"
    )
    print(f"{'milliseconds':16}{'words':>7}{'start p50':>11}{'p95':>6}{'max':>6}{'end p50':>11}{'p95':>6}{'max':>6}")
    groups: dict[str, list[Error]] = defaultdict(list)
    for error in found:
        for group in (error.kind, error.language, "all"):
            groups[group].append(error)
    for group, of in groups.items():
        figures = [(np.percentile(side, 50), np.percentile(side, 95), max(side)) for side in _sides(of)]
        shown = "".join(f"{middle:>11.0f}{most:>6.0f}{worst:>6.0f}" for middle, most, worst in figures)
        print(f"{group:16}{len(of):>7}{shown}")


def _sides(found: list[Error]) -> tuple[list[float], list[float]]:
    return [error.start for error in found], [error.end for error in found]


if __name__ == "__main__":
    main()
