"""The hidden hill: sky and three layers of hills, a function of how far the video is."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from renderer.sprite import Canvas, Plane, yuv
from renderer.theme import HEIGHT, WIDTH, Theme

SKY_TRAVEL = 40
"""Pixels that the sky moves over the whole video."""
DRIFT = (420, 720, 1080)
"""Pixels that the hills move over the whole video, back to front; 6 to 18 a second in a minute."""
CRESTS = (1572, 1690, 1800)
SWELLS = (92, 80, 84)
"""Mean height of a layer's outline and how far it swings, in pixels."""
LENGTHS = (190, 150, 210)
"""Pixels between two numbers of the horizon."""
STEP = 6
_STOPS = (0, 980, 1430, 1700)
"""Rows of a dark sky's four colours: dark down to the foot of the content, bright behind the hills."""
_ROUNDING = (np.array([0, 4, 2, 6, 1, 5, 3, 7]) + 0.5) / 8
"""Eight rows in turn are rounded up at these fractions, against bands.

Whole rows, not single pixels: x264 predicts a row from its neighbour for next to nothing, and scattered dots cost as
much as all the rest of the picture.
"""
_SUB = 4
"""Fractional bits of polygon corners."""


class Background:
    """Paints sky and hills."""

    def __init__(self, theme: Theme, horizon: Sequence[float]) -> None:
        self._sky = _sky(theme)
        self._colours = [yuv(colour) for colour in theme.hills]
        self._outlines = [_outline(horizon, layer) for layer in range(3)]

    def sky(self, canvas: Canvas, progress: float) -> None:
        """Paint the whole canvas with the sky as it is when the video has come to `progress` (0 to 1)."""
        rows = np.arange(HEIGHT) + (1 - progress) * SKY_TRAVEL
        for index, plane in enumerate(canvas.planes):
            wanted = rows if index == 0 else rows[::2] + 0.5
            column = np.interp(wanted, np.arange(len(self._sky)), self._sky[:, index])
            plane[:] = (column + np.resize(_ROUNDING, len(column))).astype(np.uint8)[:, None]

    def hills(self, canvas: Canvas, progress: float) -> None:
        """Paint the hills over the canvas."""
        for outline, drift, colour in zip(self._outlines, DRIFT, self._colours, strict=True):
            first = progress * drift
            xs = np.arange(-STEP, WIDTH + 2 * STEP, STEP, dtype=np.float64)
            ys = np.interp(xs + first, np.arange(len(outline)) * float(STEP), outline)
            for plane, value, shift in zip(canvas.planes, colour, (0, 1, 1), strict=True):
                _fill(plane, xs, ys, value, shift)


def _fill(plane: Plane, xs: NDArray[np.float64], ys: NDArray[np.float64], value: float, shift: int) -> None:
    scale = (1 << _SUB) / (1 << shift)
    offset = 0.25 * (1 << _SUB) if shift else 0.0
    points = np.stack([xs * scale - offset, ys * scale - offset], axis=1)
    floor = plane.shape[0] << _SUB
    corners = np.array([[points[-1][0], floor], [points[0][0], floor]])
    polygon = np.rint(np.concatenate([points, corners])).astype(np.int32)
    cv2.fillPoly(plane, [polygon], (round(value),), lineType=cv2.LINE_AA, shift=_SUB)


def _sky(theme: Theme) -> NDArray[np.float64]:
    """Colour of every row, a little more than the canvas is high, in limited-range planes."""
    stops = np.array([yuv(colour) for colour in theme.sky])
    places = np.linspace(0, HEIGHT, len(stops)) if theme.light else _STOPS
    rows = np.arange(HEIGHT + SKY_TRAVEL + 2)
    return np.stack([np.interp(rows, places, stops[:, plane]) for plane in range(3)], axis=1)


def _outline(horizon: Sequence[float], layer: int) -> NDArray[np.float64]:
    """Height of a layer's outline, in pixels from the top, every STEP pixels.

    It goes by the order of the numbers, so that one huge value does not flatten all the others.
    """
    numbers = np.array(list(horizon) or [0.35, 0.6, 0.4, 0.75, 0.5, 0.3, 0.65, 0.45], np.float64)
    numbers = np.roll(numbers, 5 * layer)
    ranks = np.argsort(np.argsort(numbers, kind="stable"), kind="stable")
    waves = 1 - 2 * ranks / max(1, len(ranks) - 1)
    length = WIDTH + DRIFT[layer] + 4 * STEP
    knots = np.arange(int(length / LENGTHS[layer]) + 4)
    values = np.resize(waves, len(knots))
    at = np.arange(0, length, STEP) / LENGTHS[layer]
    curve = _smooth(values, at)
    curve = curve - (curve.max() + curve.min()) / 2
    return np.asarray(CRESTS[layer] + SWELLS[layer] * curve / (float(np.abs(curve).max()) or 1.0))


def _smooth(values: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """A uniform cubic B-spline through the neighbourhood of the values: soft, without overshoot."""
    whole = np.floor(at).astype(int)
    t = at - whole
    padded = np.concatenate([values[:1], values, values[-1:], values[-1:]])
    weights = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    parts = [weight * padded[np.minimum(whole + i, len(padded) - 1)] / 6 for i, weight in enumerate(weights)]
    return np.asarray(np.sum(parts, axis=0))
