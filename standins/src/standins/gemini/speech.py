"""Speech that stands in for Gemini's: made by espeak-ng, in voices unlike the narrator's own, with known word times."""

from __future__ import annotations

import hashlib
import io
import re
import wave
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from narrator.providers.espeak import Espeak, voice_name

RATE = 24_000
VARIANTS = ("m3", "f2", "m7", "f4", "m1", "f5")
NOISE = 12
"""Amplitude of the hiss, of 32768: recordings are never digital silence."""
_SPACELESS = re.compile(r"[\u4e00-\u9fff々]+[\u3040-\u309f]*|[\u3040-\u309f]+|[\u30a0-\u30ffー]+|[^\s\u3040-\u9fff]+")
_COMMON = {
    "en": "the of and to in is was that for with",
    "de": "der die das und ist nicht mit ein eine von den im zu sind auf alle",
    "es": "el la los las que y en una por con",
    "fr": "le la les des et est une dans que pour",
    "pt": "o a os as que e em uma não com",
    "it": "il lo gli che di è una per con non",
}


@dataclass(frozen=True)
class Word:
    """A word as it is heard, in seconds from the beginning of the sound."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Spoken:
    """Speech as 24 kHz 16-bit mono PCM, and when each word of it is heard."""

    text: str
    voice: str
    language: str
    pcm: bytes
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / RATE

    def view(self) -> dict[str, Any]:
        words = [asdict(word) for word in self.words]
        return {
            "text": self.text, "voice": self.voice, "language": self.language, "seconds": self.seconds,
            "digest": hashlib.sha256(self.pcm).hexdigest(), "words": words,
        }  # fmt: skip

    def wav(self) -> bytes:
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(self.pcm)
        return buffer.getvalue()


def transcript(prompt: str) -> str:
    """What is to be spoken: all that follows the last line that ends in a colon, or the whole prompt."""
    lines = prompt.strip().splitlines()
    last = max((place for place, line in enumerate(lines[:-1]) if line.rstrip().endswith(":")), default=-1)
    return "\n".join(lines[last + 1 :]).strip()


def language_of(text: str) -> str:
    """The language of a text by its script and its commonest words."""
    if re.search(r"[\u3040-\u30ff]", text):
        return "ja"
    words = re.findall(r"\w+", text.lower())
    return max(_COMMON, key=lambda code: sum(words.count(word) for word in _COMMON[code].split()))


@lru_cache(maxsize=64)
def speak(text: str, voice: str, language: str = "") -> Spoken:
    """Speak a text in a voice that depends on the name alone."""
    language = language.split("-", maxsplit=1)[0].lower() or language_of(text)
    seed = int.from_bytes(hashlib.sha256(voice.encode()).digest()[:4], "big")
    name = f"{voice_name(language)}+{VARIANTS[seed % len(VARIANTS)]}"
    engine = Espeak(name, pace=150 + seed // 7 % 20, pitch=35 + seed // 11 % 30, pitch_range=50)
    forms = _SPACELESS.findall(text) if language == "ja" else text.split()
    said = engine.say(forms)
    samples = _resampled(said.sound, said.rate)
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))
    before, after = (int(part * RATE) for part in random.uniform(0.12, 0.35, 2))
    whole = np.concatenate([np.zeros(before, np.int16), samples, np.zeros(after, np.int16)]).astype(np.int32)
    whole += random.integers(-NOISE, NOISE, len(whole), endpoint=True)
    words = tuple(
        Word(form, round(times[0] + before / RATE, 4), round(times[1] + before / RATE, 4))
        for form, times in zip(forms, said.times, strict=True)
        if times
    )
    pcm = np.clip(whole, -32768, 32767).astype("<i2").tobytes()
    return Spoken(text, voice, language, pcm, words)


def _resampled(sound: npt.NDArray[np.float32], rate: int) -> npt.NDArray[np.int16]:
    if not len(sound):
        return np.zeros(0, np.int16)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    frame = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16)[None], format="s16", layout="mono")
    frame.sample_rate = rate
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([one.to_ndarray()[0] for one in frames])
