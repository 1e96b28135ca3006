"""Recordings by Flite, where Debian's `libflite1` is installed: another engine, with the time of every word."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterator

import numpy as np
from narrator import sound as dsp
from narrator.speakable import spoken_forms

from benchmarks.alignment import SCENES, Case, Sound, Times, noisy, resampled

VOICES = ("slt", "rms", "awb", "kal16")
_POINTER = ctypes.c_void_p


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_char_p),
        ("rate", ctypes.c_int),
        ("count", ctypes.c_int),
        ("channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class Flite:
    """A voice. Raises OSError where the library is not installed."""

    def __init__(self, voice: str) -> None:
        self._lib = ctypes.CDLL("libflite.so.1")
        for name in ("flite_synth_text", "utt_relation", "relation_head", "item_next", "item_as", "item_parent"):
            getattr(self._lib, name).restype = _POINTER
        self._lib.utt_wave.restype = ctypes.POINTER(_Wave)
        self._lib.ffeature_float.restype = ctypes.c_float
        self._lib.flite_init()
        register = getattr(ctypes.CDLL(f"libflite_cmu_us_{voice}.so.1"), f"register_cmu_us_{voice}")
        register.restype = _POINTER
        self._voice = _POINTER(register(None))

    def say(self, text: str) -> tuple[Sound, int, list[tuple[float, float]]]:
        """The sound, its rate, and start and end of each token of the text."""
        spoken = _POINTER(self._lib.flite_synth_text(text.encode(), self._voice))
        spans: list[tuple[float, float]] = []
        word, last = self._lib.relation_head(_POINTER(self._lib.utt_relation(spoken, b"Word"))), None
        while word:
            token = self._lib.item_parent(_POINTER(self._lib.item_as(_POINTER(word), b"Token")))
            start = self._feature(word, "daughter1.daughter1.R:Segment.p.end")
            end = self._feature(word, "daughtern.daughtern.R:Segment.end")
            if token == last:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
            last, word = token, self._lib.item_next(_POINTER(word))
        wave = self._lib.utt_wave(spoken).contents
        sound = np.ctypeslib.as_array(wave.samples, (wave.count,)).astype(np.float32) / 32768
        rate = int(wave.rate)
        self._lib.delete_utterance(spoken)
        return sound, rate, spans

    def _feature(self, word: int, path: str) -> float:
        return float(self._lib.ffeature_float(_POINTER(word), f"R:SylStructure.{path}".encode()))


def cases(every: int = 1) -> Iterator[Case]:
    """The English scenes in each voice; none where Flite is not installed."""
    random = np.random.default_rng(5)
    scenes = [json.loads(line) for line in SCENES.read_text("utf-8").splitlines()]
    for name in VOICES:
        try:
            voice = Flite(name)
        except OSError:
            return
        for scene in [each for each in scenes if each["language"] == "en"][::every]:
            forms = [spoken_forms(text.split(), "en") for text in scene["sentences"]]
            yield _spoken(voice, f"flite {name}", forms, random)


def _spoken(voice: Flite, kind: str, forms: list[list[str]], random: np.random.Generator) -> Case:
    pieces: list[Sound] = []
    times: list[Times] = []
    for sentence in forms:
        sound, rate, spans = voice.say(" ".join(sentence))
        at, given = sum(map(len, pieces)) / rate, iter(spans)
        words = [[next(given) for _ in form.split()] for form in sentence]
        times.append([(each[0][0] + at, each[-1][1] + at) if each else None for each in words])
        pieces += [sound, np.zeros(round(random.uniform(0.05, 0.5) * rate), np.float32)]
    whole = resampled(dsp.resample(np.concatenate(pieces), rate), dsp.RATE)
    return Case(kind, "en", noisy(whole, random), forms, times)
