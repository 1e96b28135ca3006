"""Speech by Piper, from a voice file of the operator's, where the package is installed."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from chassis.errors import UsageError

from narrator.alignment import align, render
from narrator.providers.voice import CALIBRATION, Utterance

_SETTING = "HIDDENHILL_NARRATOR_PIPER_VOICE"
_LOADING = threading.Lock()


def language_of(model: Path) -> str:
    """The language of a voice file, such as `en`. Raises UsageError where a file is missing or wrong."""
    described = model.with_name(f"{model.name}.json")
    for path in (model, described):
        if not path.is_file():
            raise UsageError(
                "usage.settings", f"{_SETTING}: there is no file {path}; a voice is an .onnx and its .onnx.json."
            )
    try:
        return str(json.loads(described.read_bytes())["espeak"]["voice"]).lower().split("-")[0]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            "usage.settings", f"{_SETTING}: {described} does not describe a voice.", repr(error)
        ) from error


class Piper:
    """A voice of Piper's.

    Args:
        model: the .onnx file, with its .onnx.json beside it.
        language: tag of what is to be spoken.

    Raises:
        UsageError: a file is missing or wrong, the package is not installed, or the voice speaks another language.
    """

    engine = "Piper"
    harsh = False

    def __init__(self, model: Path, language: str) -> None:
        if not speaks(model, language):
            message = f"The Piper voice here speaks {language_of(model)!r}, and not {language!r}; choose another voice."
            raise UsageError("usage.language", message)
        self.name = model.stem
        self._language = language
        with _LOADING:
            self._voice = _loaded(model)

    def say(self, forms: Sequence[str], pace: float = 1.0) -> Utterance:
        from piper import SynthesisConfig  # type: ignore[import-not-found]  # noqa: PLC0415 - an extra

        text = " ".join(form for form in forms if form)
        rate = int(self._voice.config.sample_rate)
        usual = float(self._voice.config.length_scale)
        config = SynthesisConfig(length_scale=usual / pace, normalize_audio=False)
        parts = [chunk.audio_float_array for chunk in self._voice.synthesize(text, config)] if text else []
        if not parts:
            return Utterance(np.zeros(0, np.float32), rate, [None] * len(forms))
        sound = np.concatenate(parts)
        (aligned,) = align(sound, rate, render([forms], self._language))
        return Utterance(sound, rate, list(aligned.spans), aligned.sure)

    def sample(self) -> Utterance:
        return self.say(CALIBRATION)


def speaks(model: Path, language: str) -> bool:
    """Whether the voice is of this language. Raises UsageError as `language_of` does."""
    return language_of(model) == language.lower().split("-")[0]


@cache
def _loaded(model: Path) -> Any:
    try:
        import piper  # noqa: PLC0415 - an extra
    except ImportError as error:
        message = f"{_SETTING} is set, and Piper is not installed; install hiddenhill-narrator[piper]."
        raise UsageError("usage.settings", message, repr(error)) from error
    try:
        return piper.PiperVoice.load(model)
    except Exception as error:  # onnxruntime's errors have no common class
        raise UsageError(
            "usage.settings", f"{_SETTING}: {model} is no voice that Piper can load.", repr(error)
        ) from error
