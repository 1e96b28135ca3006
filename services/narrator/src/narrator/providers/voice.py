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
    """A spoken sentence.

    Args:
        times: start and end in seconds for each form, None where it is not heard apart.
        sure: False where the times are only shared out.
    """

    sound: Sound
    rate: int
    times: list[tuple[float, float] | None]
    sure: bool = True


CALIBRATION = ["The", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog,", "and", "nobody", "minds."]
"""What a voice says where no one hears it, to know how loud it is."""


class Voice(Protocol):
    """A way to speak a sentence and to know when each of its words is heard."""

    engine: str
    """Who speaks, as the credits name it."""
    name: str
    harsh: bool
    """A formant synthesiser, whose edge is taken off."""

    def say(self, forms: Sequence[str], pace: float = 1.0) -> Utterance:
        """Speak the forms as one sentence, `pace` times as fast as usual where the voice can.

        Silence at both ends may stay.
        """
        ...

    def sample(self) -> Utterance:
        """Some speech of this voice, to set its level by."""
        ...
