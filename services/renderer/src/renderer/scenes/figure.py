"""Figure: the paper's own figure on a white card, slowly coming nearer."""

from __future__ import annotations

import logging

import cv2
import numpy as np
from PIL import Image

from renderer.layers import ENTER, Layer, ease, still
from renderer.scenes.scene import SMALL, Scene, heading
from renderer.shapes import rounded, shadowed
from renderer.sprite import Canvas, Plane, picture_planes
from renderer.text import block, clipped
from renderer.theme import BOTTOM, COLUMN, LEFT

log = logging.getLogger(__name__)
_PAD, _FROM = 28, 0.92

_WHITE = (235, 128)
"""Of the card: luma and chroma."""


class Panned:
    """A picture in a window of the canvas, moved by fractions of a pixel.

    Args:
        image: the picture, opaque.
        box: x, y, width and height of the window; even numbers.
        duration: seconds over which it comes nearer.
    """

    def __init__(self, image: Image.Image, box: tuple[int, int, int, int], duration: float) -> None:
        self._box = box
        self._duration = duration
        width, height = box[2], box[3]
        working = image.resize((round(width * 1.2) & ~1, round(height * 1.2) & ~1), Image.Resampling.LANCZOS)
        self._planes = picture_planes(working)

    @property
    def settled(self) -> float:
        return self._duration

    def draw(self, canvas: Canvas, at: float, leaving: float) -> None:
        strength = ease((at - 0.1) / ENTER) * leaving
        if strength <= 0:
            return
        zoom = _FROM + (1 - _FROM) * _glide(at / self._duration)
        for plane, source, shift in zip(canvas.planes, self._planes, (0, 1, 1), strict=True):
            self._paint(plane, source, zoom, shift, strength, _WHITE[shift])

    def boxes(self) -> list[tuple[int, int, int, int]]:
        x, y, width, height = self._box
        return [(x, y, x + width, y + height)]

    def _paint(self, plane: Plane, source: Plane, zoom: float, shift: int, strength: float, white: int) -> None:
        x, y, width, height = (value >> shift for value in self._box)
        scale = width / source.shape[1] * zoom
        move = np.array(
            [[scale, 0, (width - source.shape[1] * scale) / 2], [0, scale, (height - source.shape[0] * scale) / 2]]
        )
        shown = cv2.warpAffine(source, move, (width, height), flags=cv2.INTER_LINEAR, borderValue=(white,))
        window = plane[y : y + height, x : x + width]
        if strength < 1:
            cv2.addWeighted(shown, strength, window, 1 - strength, 0, dst=shown)
        window[:] = shown


def _glide(fraction: float) -> float:
    """Slow at both ends."""
    fraction = min(max(fraction, 0.0), 1.0)
    return fraction * fraction * (3 - 2 * fraction)


def layers(scene: Scene) -> list[Layer]:
    """Headline, the figure on its card, and whose it is. Without its picture, the headline alone."""
    visual = scene.brief.visual
    assert visual.kind == "figure"
    picture = scene.open_picture(visual.image.digest)
    if picture is None:
        log.warning("figure cannot be shown", extra={"digest": visual.image.digest})
        return heading(scene, largest=104, height=620, top=430)[0]
    found, y = heading(scene, largest=66, height=150)
    y = (y + 30) & ~1
    room = BOTTOM - y - SMALL.line - 30 - 2 * _PAD
    width = COLUMN - 2 * _PAD
    height = round(width * picture.height / picture.width)
    if height > room:
        width, height = round(room * picture.width / picture.height), room
    width, height = max(40, width) & ~1, max(40, height) & ~1
    card = rounded(COLUMN, height + 2 * _PAD, 36, (255, 255, 255, 255))
    shaded, margin = shadowed(card, blur=18, drop=12, strength=0.35)
    found.append(still(shaded, LEFT - margin, y - margin, 0.1, rise=0))
    x = (LEFT + (COLUMN - width) // 2) & ~1
    found.append(Panned(picture, (x, (y + _PAD) & ~1, width, height), scene.narration.duration))
    foot = " · ".join(part for part in (visual.label, visual.licence) if part)
    found.append(still(block([clipped(foot, SMALL, COLUMN)], SMALL, scene.soft), LEFT, y + height + 2 * _PAD + 18, 0.3))
    return found
