"""A film as the ground of a scene: made to last as long as the scene does, under a veil that text stands out from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from renderer.film import Reader
from renderer.layers import LEAVE, Layer
from renderer.sprite import Canvas
from renderer.theme import HEIGHT, WIDTH, Theme
from renderer.veil import Veil, density, survey

SLOWEST = 0.6
"""Share of its own speed that a film is slowed down to."""
DISSOLVE = 0.9
"""Seconds in which a film that is over begins anew, one picture melting into the other."""
ENTER = 0.4
"""Seconds until it has come up over the sky."""


class Reel:
    """A film's pictures by the time of the scene.

    A long film is cut. A short one is slowed down; where that is not enough, it dissolves into itself and begins anew:
    run backwards, rivers flow uphill, and a picture that freezes looks broken.
    """

    def __init__(self, path: Path, film: float, scene: float) -> None:
        self._path = path
        self._rate = min(1.0, max(SLOWEST, film / scene))
        self._length = film / self._rate
        self._dissolve = min(DISSOLVE, self._length / 3)
        self._readers: dict[int, Reader] = {}

    def close(self) -> None:
        for reader in self._readers.values():
            reader.close()

    def at(self, seconds: float) -> NDArray[np.uint8]:
        """The picture at a time of the scene; times only grow."""
        each = self._length - self._dissolve
        turn = max(0, int(seconds / each))
        into = seconds - turn * each
        picture = self._turn(turn).at(into * self._rate)
        if not turn or into >= self._dissolve:
            return picture
        share = into / self._dissolve
        share = share * share * (3 - 2 * share)
        before = self._turn(turn - 1).at((into + each) * self._rate)
        mixed: NDArray[np.uint8] = cv2.addWeighted(before, 1 - share, picture, share, 0)  # type: ignore[assignment]
        return mixed

    def _turn(self, number: int) -> Reader:
        for over in [each for each in self._readers if each < number - 1]:
            self._readers.pop(over).close()
        if number not in self._readers:
            self._readers[number] = Reader(self._path, WIDTH, HEIGHT)
        return self._readers[number]


@dataclass(frozen=True)
class Film:
    """A film in a file, and the label of the figure that it began with, if any."""

    path: Path
    figure: str = ""


class FilmGround:
    """Paints a scene's ground from a film, once it is known what it is covered with. Raises Broken.

    Args:
        path: the film.
        seconds: length of the scene.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        length, self._brightness = survey(path)
        self._reel = Reel(path, length, seconds)
        self._seconds, self._fades = seconds, False
        self._veil: Veil

    def cover(self, theme: Theme, boxes: Iterable[tuple[int, int, int, int]], *, fades: bool) -> None:
        """Say whose text stands on it, and where: x0, y0, x1, y1.

        `fades`: the sky is seen through it as the scene begins and ends.
        """
        self._veil = Veil(theme, density(theme, self._brightness, boxes))
        self._fades = fades

    def close(self) -> None:
        self._reel.close()

    def presence(self, at: float) -> float:
        """How much of the film is seen, 0 to 1, the rest being sky."""
        if not self._fades:
            return 1.0
        share = min(1.0, at / ENTER, (self._seconds - at) / LEAVE)
        share = max(0.0, share)
        return share * share * (3 - 2 * share)

    def paint(self, canvas: Canvas, at: float, settled: list[Layer]) -> None:
        """Paint film, veil and what stands still over what the canvas has, as far as the film is there."""
        presence = self.presence(at)
        if presence <= 0:
            return
        if presence >= 1:
            self._veil.over(self._reel.at(at), settled, canvas)
            return
        sky = canvas.buffer.copy()
        self._veil.over(self._reel.at(at), settled, canvas)
        cv2.addWeighted(canvas.buffer, presence, sky, 1 - presence, 0, dst=canvas.buffer)
