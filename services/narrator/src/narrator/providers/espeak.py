"""Speech by libespeak-ng, in this process, with the time of every word.

The library keeps its state in globals, so one lock guards voice, parameters and synthesis together.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from chassis.errors import Defect, UsageError

from narrator.providers.voice import CALIBRATION, Sound, Utterance

SYNCHRONOUS = 2
PHONEME_EVENTS = 1
UTF8 = 1
RATE, PITCH, RANGE, WORD_GAP = 1, 3, 4, 7
WORD, PHONEME = 1, 7
SLOWEST = 80
"""Words a minute, the least that the library takes."""
BY_LANGUAGE = {"en": "en-us", "pt": "pt-br", "zh": "cmn", "no": "nb"}
# Languages that the library lists but does not find by name, and those whose plain name means another country's.
ALIASES = {"en-gb": "en-gb-x-rp", "pt-pt": "pt", "fr-fr": "fr", "en": "en-us", "pt": "pt-br", "zh": "cmn"}


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.POINTER(ctypes.c_char)),
        ("identifier", ctypes.c_char_p),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class Mark:
    """A word (by its place in the text, in characters) or a phoneme, and the sample that it begins at."""

    sample: int
    position: int
    phoneme: str = ""


class _Library:
    """The one loaded library; `lock` is held from the first parameter to the last sample."""

    def __init__(self) -> None:
        import espeakng_loader  # noqa: PLC0415 - only the run needs the library

        self.lock = threading.Lock()
        self.data = Path(espeakng_loader.get_data_path())
        self._lib = ctypes.CDLL(str(espeakng_loader.get_library_path()))
        self._lib.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        self._lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self.rate: int = self._lib.espeak_Initialize(SYNCHRONOUS, 0, str(self.data).encode(), PHONEME_EVENTS)
        if self.rate <= 0:
            raise Defect(
                "internal.espeak", "The speech engine could not be started.", f"espeak_Initialize: {self.rate}"
            )
        self._sound: list[bytes] = []
        self._marks: list[Mark] = []
        self._callback = _CALLBACK(self._receive)
        self._lib.espeak_SetSynthCallback(self._callback)

    def _receive(self, wave: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        if wave and count > 0:
            self._sound.append(ctypes.string_at(wave, 2 * count))
        index = 0
        while events[index].type:
            event = events[index]
            if event.type == WORD:
                self._marks.append(Mark(event.sample, event.text_position - 1))
            elif event.type == PHONEME:
                self._marks.append(Mark(event.sample, -1, event.id.string.decode(errors="replace") or "_"))
            index += 1
        return 0

    def languages(self) -> list[str]:
        """The codes of all voices, such as `en-us`."""
        found, listed = set(), self._lib.espeak_ListVoices(None)
        index = 0
        while listed[index]:
            tags, offset = listed[index].contents.languages, 0
            while tags[offset] != b"\0":
                tag = ctypes.string_at(ctypes.addressof(tags.contents) + offset + 1)
                found.add(tag.decode())
                offset += len(tag) + 2
            index += 1
        return sorted(found)

    def select(self, voice: str) -> bool:
        return bool(self._lib.espeak_SetVoiceByName(voice.encode()) == 0)

    def synthesise(self, text: str, parameters: dict[int, int]) -> tuple[Sound, list[Mark]]:
        self._sound, self._marks = [], []
        for parameter, value in parameters.items():
            self._lib.espeak_SetParameter(parameter, value, 0)
        encoded = text.encode()
        code = self._lib.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, UTF8, None, None)
        if code:
            raise Defect("internal.espeak", "The speech engine failed on a sentence.", f"espeak_Synth: {code}")
        sound = np.frombuffer(b"".join(self._sound), np.int16).astype(np.float32) / np.float32(32768)
        return sound.astype(np.float32), self._marks


@cache
def _library() -> _Library:
    return _Library()


_LOADING = threading.Lock()


def library() -> _Library:
    """The library, loaded once even if several runs begin together."""
    with _LOADING:
        return _library()


def variants() -> list[str]:
    """Names that may follow `+` in a voice's name."""
    return sorted(path.name for path in (library().data / "voices" / "!v").iterdir())


class Espeak:
    """A voice of espeak-ng by name, such as `en-us+f4`.

    Raises:
        UsageError: there is no such voice.
    """

    engine = "eSpeak NG"
    harsh = True

    def __init__(self, name: str, *, pace: int, pitch: int, pitch_range: int) -> None:
        base, plus, variant = name.partition("+")
        base = ALIASES.get(base.lower(), base)
        lib = library()
        with lib.lock:
            known = bool(base) and base.isascii() and base in lib.languages() and lib.select(base)
        if not known or (variant and variant not in variants()):
            raise UsageError(
                "usage.voice",
                f"There is no voice called {name[:40]!r}. Use a language such as en-us, en-gb-x-rp, de, fr, es, it "
                f"or pt-br, with or without a variant, as in en-us+f3: {', '.join(variants())}.",
            )
        self.name = base + plus + variant
        self.rate = lib.rate
        self._parameters = {RATE: pace, PITCH: pitch, RANGE: pitch_range, WORD_GAP: 0}

    def say(self, forms: Sequence[str], pace: float = 1.0) -> Utterance:
        """Speak the forms as one sentence, `pace` times as fast as usual."""
        text, places = _joined(forms)
        parameters = self._parameters | {RATE: max(round(self._parameters[RATE] * pace), SLOWEST)}
        lib = library()
        with lib.lock:
            lib.select(self.name)
            sound, marks = lib.synthesise(text, parameters) if text else (np.zeros(0, np.float32), [])
        return Utterance(sound, lib.rate, _times(places, marks, len(sound), lib.rate))

    def sample(self) -> Utterance:
        return self.say(CALIBRATION)


def voice_name(language: str) -> str:
    """Espeak's voice for a language tag.

    Raises:
        UsageError: espeak does not speak the language.
    """
    lib = library()
    tag = language.lower()
    with lib.lock:
        known = lib.languages()
    for candidate in (ALIASES.get(tag, tag), BY_LANGUAGE.get(tag.split("-")[0], ""), tag.split("-")[0]):
        with lib.lock:
            if candidate in known and lib.select(candidate):
                return candidate
    raise UsageError(
        "usage.language", f"There is no voice for the language {language!r}; use en, de, fr, es, it or pt."
    )


def _joined(forms: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text of a sentence, and for each form its first and last-but-one character in it."""
    text, places = "", []
    for form in forms:
        start = len(text)
        text += form + " " if form else ""
        places.append((start, len(text)))
    return text.strip(), places


def _times(
    places: list[tuple[int, int]], marks: list[Mark], length: int, rate: int
) -> list[tuple[float, float] | None]:
    """Start and end of each form. A form's first word mark starts it; the pause before the next one ends it."""
    starts: dict[int, int] = {}
    for mark in marks:
        if not mark.phoneme:
            owner = next((i for i, (first, end) in enumerate(places) if first <= mark.position < end), None)
            if owner is not None:
                starts.setdefault(owner, mark.sample)
    heard = sorted(starts)
    phonemes = [(mark.sample, mark.phoneme.startswith("_")) for mark in marks if mark.phoneme]
    times: list[tuple[float, float] | None] = [None] * len(places)
    for form, limit in zip(heard, [*(starts[following] for following in heard[1:]), length], strict=False):
        times[form] = (starts[form] / rate, _end(phonemes, starts[form], limit) / rate)
    return times


def _end(phonemes: list[tuple[int, bool]], start: int, limit: int) -> int:
    """Where the pauses begin that lead up to `limit`."""
    end = limit
    for sample, pause in reversed([p for p in phonemes if start < p[0] < limit]):
        if not pause:
            break
        end = sample
    return end
