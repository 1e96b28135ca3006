"""Figure: the paper's own figure on a white card; it comes nearer, to the panel that is spoken of, the rest dimmed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from artifacts.script import FigureVisual
from PIL import Image

from renderer.layers import ENTER, STAGGER, Layer, ease, still
from renderer.scenes import panels
from renderer.scenes.panels import Box
from renderer.scenes.scene import SMALL, Scene, heading
from renderer.shapes import rounded, shadowed
from renderer.sprite import Canvas, Plane, picture_planes
from renderer.text import block, clipped
from renderer.theme import BOTTOM, COLUMN, LEFT
from renderer.wrapping import at_most, wrap

log = logging.getLogger(__name__)
_PAD, _FROM = 28, 0.94
_NEAREST = 2.6
"""A panel is enlarged at most so much against the whole figure."""
_SHARPEST = 2000
"""Pixels of the longer side of the picture that is kept in memory."""
_DIMMED = 0.7
_LOOK, _TRAVEL = 1.3, 1.1
"""Seconds in which the whole is seen first, and that a move takes."""
_CARD = 0.35
"""Seconds until the card is there."""
_WHITE = (235, 128)
"""Of the card: luma and chroma."""
_FOOT_INK = (74, 70, 88, 255)


@dataclass(frozen=True)
class View:
    """What is seen from a moment on: the middle in fractions of the picture, the zoom, the panel that stands out."""

    begins: float
    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    panel: Box | None = None


class Panned:
    """A picture in a window of the canvas, moved by fractions of a pixel from view to view.

    Args:
        image: the picture, opaque.
        box: x, y, width and height of the window; even numbers.
        views: what is seen when, the first from the start; a zoom of 1 shows the whole.
        duration: seconds over which the whole comes nearer where there is one view only.
    """

    def __init__(
        self, image: Image.Image, box: tuple[int, int, int, int], views: Sequence[View], duration: float
    ) -> None:
        self._box, self._views, self._duration = box, views, duration
        self._fit = min(box[2] / image.width, box[3] / image.height)
        nearest = max(view.zoom for view in views)
        scale = min(self._fit * nearest * 1.1, _SHARPEST / max(image.size))
        size = max(16, round(image.width * scale)) & ~1, max(16, round(image.height * scale)) & ~1
        self._fit *= image.width / size[0]
        self._planes = picture_planes(image.resize(size, Image.Resampling.LANCZOS))

    @property
    def settled(self) -> float:
        return self._duration if len(self._views) == 1 else self._views[-1].begins + _TRAVEL

    def draw(self, canvas: Canvas, at: float, leaving: float) -> None:
        # white on the card's white: it comes after the card and goes before it, or its edges would be seen
        strength = ease((at - _CARD) / ENTER) * leaving**3
        if strength <= 0:
            return
        x, y, zoom = self._seen(at)
        for plane, source, shift in zip(canvas.planes, self._planes, (0, 1, 1), strict=True):
            self._paint(plane, source, (x, y, zoom, at), shift, strength)

    def boxes(self) -> list[tuple[int, int, int, int]]:
        x, y, width, height = self._box
        return [(x, y, x + width, y + height)]

    def _seen(self, at: float) -> tuple[float, float, float]:
        if len(self._views) == 1:
            only = self._views[0]
            return only.x, only.y, only.zoom * (_FROM + (1 - _FROM) * _glide(at / self._duration))
        seen = self._views[0].x, self._views[0].y, self._views[0].zoom
        for view in self._views[1:]:
            share = _glide((at - view.begins) / _TRAVEL)
            wanted = view.x, view.y, view.zoom
            seen = (
                seen[0] + (wanted[0] - seen[0]) * share,
                seen[1] + (wanted[1] - seen[1]) * share,
                seen[2] * (wanted[2] / seen[2]) ** share,
            )
        return seen

    def _paint(
        self, plane: Plane, source: Plane, seen: tuple[float, float, float, float], shift: int, strength: float
    ) -> None:
        left, top, width, height = (value >> shift for value in self._box)
        x, y, zoom, at = seen
        scale = self._fit * zoom
        right, down = width / 2 - x * source.shape[1] * scale, height / 2 - y * source.shape[0] * scale
        move = np.array([[scale, 0, right], [0, scale, down]])
        white = _WHITE[shift]
        shown: Plane = cv2.warpAffine(  # type: ignore[assignment]
            source, move, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(white,)
        )
        for view in self._views:
            share = _glide((at - view.begins) / _TRAVEL)
            after = next((each.begins for each in self._views if each.begins > view.begins), None)
            share *= 1 - _glide((at - after) / _TRAVEL) if after is not None else 1
            if view.panel is not None and share > 0:
                _dim(shown, view.panel, (right, down, source.shape[1] * scale, source.shape[0] * scale), share, white)
        window = plane[top : top + height, left : left + width]
        if strength < 1:
            cv2.addWeighted(shown, strength, window, 1 - strength, 0, dst=shown)
        window[:] = shown


def _dim(shown: Plane, panel: Box, place: tuple[float, float, float, float], share: float, white: int) -> None:
    """Bring all but the panel near to white."""
    right, down, width, height = place
    x0, x1 = (round(min(max(right + x * width, 0), shown.shape[1])) for x in (panel[0] - 0.008, panel[2] + 0.008))
    y0, y1 = (round(min(max(down + y * height, 0), shown.shape[0])) for y in (panel[1] - 0.008, panel[3] + 0.008))
    level = _DIMMED * share
    for strip in (shown[:y0], shown[y1:], shown[y0:y1, :x0], shown[y0:y1, x1:]):
        if strip.size:
            strip[:] = cv2.addWeighted(strip, 1 - level, strip, 0, white * level)


def _glide(fraction: float) -> float:
    """Slow at both ends."""
    fraction = min(max(fraction, 0.0), 1.0)
    return fraction * fraction * (3 - 2 * fraction)


def _views(scene: Scene, visual: FigureVisual, picture: Image.Image, size: tuple[int, int]) -> list[View]:
    """The whole, then each panel when it is spoken of."""
    boxes = panels.of_figure(scene.brief, visual, picture)
    views = [View(0.0)]
    shown = ""
    for index, letter in enumerate(panels.spoken(scene.brief, visual) if boxes else []):
        begins = max(scene.sentence_start(index), _LOOK, views[-1].begins + _TRAVEL + 0.3)
        if letter and letter != shown and begins + _TRAVEL < scene.narration.duration:
            views.append(_near(boxes[letter], picture, size, begins))
            shown = letter
    return views


def _near(box: Box, picture: Image.Image, size: tuple[int, int], begins: float) -> View:
    fit = min(size[0] / picture.width, size[1] / picture.height)
    width, height = (box[2] - box[0]) * picture.width * fit, (box[3] - box[1]) * picture.height * fit
    zoom = min(_NEAREST, 0.94 * size[0] / width, 0.94 * size[1] / height)
    return View(begins, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, max(1.0, zoom), box)


def layers(scene: Scene) -> list[Layer]:
    """Headline, the figure on its card with its label and licence, and what its caption says.

    Without its picture, the headline alone; so it is where the figure itself moves behind it.
    """
    visual = scene.brief.visual
    assert visual.kind == "figure"
    if scene.animated:
        return heading(scene)[0]
    picture = scene.open_picture(visual.image.digest)
    if picture is None:
        log.warning("figure cannot be shown", extra={"digest": visual.image.digest})
        return heading(scene, largest=104, height=620)[0]
    found, y = heading(scene, largest=66, height=150)
    y = (y + 30) & ~1
    width, foot = COLUMN - 2 * _PAD, SMALL.line + 18
    natural = round(width * picture.height / picture.width)
    height = max(120, min(natural, BOTTOM - y - foot - 2 * _PAD)) & ~1
    card = rounded(COLUMN, height + 2 * _PAD + foot, 36, (255, 255, 255, 255))
    shaded, margin = shadowed(card, blur=18, drop=12, strength=0.35)
    found.append(still(shaded, LEFT - margin, y - margin, takes=_CARD, rise=0))
    views = _views(scene, visual, picture, (width, height))
    found.append(Panned(picture, (LEFT + _PAD, (y + _PAD) & ~1, width, height), views, scene.narration.duration))
    credit = clipped(" · ".join(part for part in (visual.label, visual.licence) if part), SMALL, width)
    found.append(still(block([credit], SMALL, _FOOT_INK), LEFT + _PAD + 8, y + height + _PAD + 22, _CARD, rise=0))
    return found + _caption(scene, visual.caption, y + card.height + 28)


def _caption(scene: Scene, caption: str, y: int) -> list[Layer]:
    """The caption's beginning, as far as there is room for whole lines of it."""
    lines = wrap(caption, SMALL, COLUMN - 80)
    room = BOTTOM - y - 56
    if not caption or room < 2 * SMALL.line:
        return []
    lines = at_most(lines, SMALL, COLUMN - 80, min(room, 4 * SMALL.line))
    card = rounded(COLUMN, len(lines) * SMALL.line + 56, 28, scene.theme.card)
    text = block(lines, SMALL, scene.ink)
    card.alpha_composite(text.crop((0, 0, min(text.width, COLUMN - 40), text.height)), (40, 28))
    return [still(card, LEFT, y, 0.4 + STAGGER)]
