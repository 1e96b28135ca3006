"""What every voice offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]
"""Mono samples, -1 to 1."""


@dataclass(frozen=True)
class Utterance:
    """A spoken sentence; `times` has start and end in seconds for each form, None where it is not heard apart."""

    sound: Sound
    rate: int
    times: list[tuple[float, float] | None]


class Voice(Protocol):
    """A way to speak a sentence and to know when each of its words is heard."""

    engine: str
    """Who speaks, as the credits name it."""
    name: str

    def say(self, forms: Sequence[str], pace: float = 1.0) -> Utterance:
        """Speak the forms as one sentence, `pace` times as fast as usual. The caller cuts silence at both ends."""
        ...
