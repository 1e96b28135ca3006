"""The veil between a film and the text on it: dark where the film is bright and text stands, else hardly there.

With everything that stands still it makes one linear step from a film's frame to the canvas: two operations on whole
planes, however much is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from renderer.film import Broken, covering, ends, opened
from renderer.layers import Layer
from renderer.sprite import Canvas, yuv
from renderer.theme import HEIGHT, Theme

_COARSE = 12
"""Pixels of the canvas to one of the pictures that brightness is measured on."""
_BRIGHTEST = 0.97
"""Quantile of a row's pixels that text on it must stand out from."""
_REACH, _RUN_OUT = 40, 300
"""Pixels around text that are as dark as behind it, and over which the veil then runs out."""
_CONTRAST = 5.4
"""Aimed at, a little more than the 4.5 that must be had."""
_UNDER_TEXT, _ELSEWHERE, _DENSEST = 0.34, 0.10, 0.86
_GAMMA = 2.2
Rows = NDArray[np.float64]


def survey(path: Path) -> tuple[float, Rows]:
    """How long a film can be shown, in seconds, and how bright it gets on every row of the canvas, 0 to 1.

    Brightness is that of the grey which shines as much. Raises Broken.
    """
    seconds, rows = 0.0, np.zeros(HEIGHT // _COARSE)
    with opened(path) as (container, stream):
        frames = container.decode(stream)
        while True:
            try:
                frame = next(frames, None)
            except av.FFmpegError:
                frame = None
            if frame is None:
                break
            small = covering(frame, 1080 // _COARSE, HEIGHT // _COARSE, "rgb24").astype(np.float32) / 255
            light = (small**_GAMMA) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
            rows = np.maximum(rows, np.quantile(light, _BRIGHTEST, axis=1))
            seconds = ends(frame)
    if not seconds:
        raise Broken("no frames")
    return seconds, np.repeat(rows ** (1 / _GAMMA), _COARSE)


def density(theme: Theme, brightness: Rows, boxes: Iterable[tuple[int, int, int, int]]) -> Rows:
    """How dense the veil is on every row, 0 to 1, for text in these boxes over a film this bright."""
    text = np.ones(HEIGHT, np.uint8)
    for _, top, _, bottom in boxes:
        text[max(0, top) : max(0, bottom)] = 0
    text[: int(np.argmin(text))] = 0  # over the first text nothing is to be seen
    away = cv2.distanceTransform(np.repeat(text[:, None], 3, axis=1), cv2.DIST_L1, 3)[:, 1]
    near = np.clip(1 - (away - _REACH) / _RUN_OUT, 0, 1)
    near = near * near * (3 - 2 * near)
    weakest = min(_light(ink) for ink in (theme.ink, theme.soft, theme.accent))
    most = max(0.0, (weakest + 0.05) / _CONTRAST - 0.05) ** (1 / _GAMMA)
    dark = _light(theme.sky[0]) ** (1 / _GAMMA)
    needed = np.clip((brightness - most) / np.maximum(brightness - dark, 1e-6), _UNDER_TEXT, _DENSEST)
    # blurred no further than it was widened, so that it is nowhere less than what is needed
    widened = cv2.dilate(needed[:, None], np.ones((4 * _REACH + 1, 1)))
    softened = cv2.blur(widened, (1, 2 * _REACH + 1), borderType=cv2.BORDER_REPLICATE)[:, 0]
    return np.asarray(_ELSEWHERE + (softened - _ELSEWHERE) * near)


def _light(colour: Sequence[int]) -> float:
    return float(np.dot((np.array(colour[:3]) / 255) ** _GAMMA, [0.2126, 0.7152, 0.0722]))


class Veil:
    """Lies over a film with all layers that stand still."""

    def __init__(self, theme: Theme, rows: Rows) -> None:
        self._rows, self._colour = rows, yuv(theme.sky[0])
        self._dark, self._bright = Canvas(), Canvas()
        self._share = np.empty_like(self._dark.buffer)
        self._drawn: list[Layer] | None = None

    def over(self, film: NDArray[np.uint8], settled: list[Layer], canvas: Canvas) -> None:
        """Paint the film's frame, the veil and what stands still on it."""
        if self._drawn != settled:
            self._draw(settled)
        cv2.multiply(film, self._share, dst=canvas.buffer, scale=1 / 255)
        cv2.add(canvas.buffer, self._dark.buffer, dst=canvas.buffer)

    def _draw(self, settled: list[Layer]) -> None:
        """Draw on a black and on a white film: what both have in common is added, what differs lets the film through.

        What has come to stand still since the last time is drawn over the rest, where it lies above it.
        """
        done = self._drawn or []
        if self._drawn is None or settled[: len(done)] != done:
            done = []
            for canvas, film in ((self._dark, 0), (self._bright, 255)):
                for plane, value, step in zip(canvas.planes, self._colour, (1, 2, 2), strict=True):
                    column = self._rows[::step] * value + (1 - self._rows[::step]) * film
                    plane[:] = np.rint(column).astype(np.uint8)[:, None]
        for layer in settled[len(done) :]:
            layer.draw(self._dark, layer.settled, 1.0)
            layer.draw(self._bright, layer.settled, 1.0)
        self._drawn = settled
        cv2.subtract(self._bright.buffer, self._dark.buffer, dst=self._share)
