"""What a scene is made of: layers that enter, stay and leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from renderer.sprite import Canvas, Sprite, sprite

ENTER, LEAVE, STAGGER, RISE = 0.5, 0.25, 0.06, 24
"""Seconds, and pixels."""


def ease(fraction: float) -> float:
    """Ease-out cubic of 0 to 1."""
    return 1 - (1 - min(max(fraction, 0.0), 1.0)) ** 3


class Layer(Protocol):
    """A part of a scene."""

    @property
    def settled(self) -> float:
        """When it stops changing by itself, in seconds of the scene."""
        ...

    def draw(self, canvas: Canvas, at: float, leaving: float) -> None:
        """Draw as it is at a time; `leaving` is 1 until the scene's end begins, then falls to 0."""
        ...

    def boxes(self) -> list[tuple[int, int, int, int]]:
        """Where anything readable may appear: x0, y0, x1, y1."""
        ...


@dataclass
class Still:
    """A picture that fades in and rises to its place."""

    sprite: Sprite
    begins: float = 0.0
    takes: float = ENTER
    rise: int = RISE

    @property
    def settled(self) -> float:
        return self.begins + self.takes

    def draw(self, canvas: Canvas, at: float, leaving: float) -> None:
        entered = ease((at - self.begins) / self.takes) if self.takes else float(at >= self.begins)
        if entered > 0 and leaving > 0:
            self.sprite.blend(canvas, entered * leaving, round((1 - entered) * self.rise / 2) * 2)

    def boxes(self) -> list[tuple[int, int, int, int]]:
        return [self.sprite.box]


class Moving:
    """A picture that is drawn anew while it changes: a counter, growing bars.

    Args:
        paint: draws the picture at a progress of 0 to 1.
        x, y: its top left corner.
        begins, takes: when it moves, in seconds.
    """

    def __init__(self, paint: Callable[[float], Image.Image], x: int, y: int, begins: float, takes: float) -> None:
        self._paint = paint
        self._place = (x, y)
        self._begins, self._takes = begins, takes
        self._last = sprite(paint(1.0), x, y)

    @property
    def settled(self) -> float:
        return self._begins + self._takes

    def draw(self, canvas: Canvas, at: float, leaving: float) -> None:
        progress = (at - self._begins) / self._takes
        if progress <= 0 or leaving <= 0:
            return
        shown = self._last if progress >= 1 else sprite(self._paint(ease(progress)), *self._place)
        shown.blend(canvas, min(1.0, progress * 4) * leaving)

    def boxes(self) -> list[tuple[int, int, int, int]]:
        return [self._last.box]


def still(image: Image.Image, x: float, y: float, begins: float = 0.0, **more: float) -> Still:
    """A layer of a picture whose top left corner lies at x, y."""
    return Still(sprite(image, x, y), begins, more.get("takes", ENTER), int(more.get("rise", RISE)))
