"""Sprites: pictures with alpha, turned once into BT.709 planes, blended only inside their box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from renderer.theme import HEIGHT, WIDTH, Colour

Plane = NDArray[np.uint8]
Wide = NDArray[np.uint16]

_TO_YUV = np.array(
    [[0.2126, 0.7152, 0.0722], [-0.114572, -0.385428, 0.5], [0.5, -0.454153, -0.045847]], np.float32
) * np.array([[219 / 255], [224 / 255], [224 / 255]], np.float32)
_OFFSET = np.array([16, 128, 128], np.float32)


class Canvas:
    """A frame in memory: one buffer, three planes (4:2:0)."""

    def __init__(self) -> None:
        self.buffer: Plane = np.empty((HEIGHT * 3 // 2, WIDTH), np.uint8)
        quarter = HEIGHT // 4
        half = (HEIGHT // 2, WIDTH // 2)
        self.planes: tuple[Plane, Plane, Plane] = (
            self.buffer[:HEIGHT],
            self.buffer[HEIGHT : HEIGHT + quarter].reshape(half),
            self.buffer[HEIGHT + quarter :].reshape(half),
        )


def yuv(colour: Colour) -> tuple[float, float, float]:
    """A colour in limited-range BT.709."""
    y, u, v = _TO_YUV @ np.array(colour, np.float32) + _OFFSET
    return float(y), float(u), float(v)


@dataclass(frozen=True)
class Sprite:
    """A picture in its place. x and y are even, so that chroma falls on whole samples."""

    x: int
    y: int
    planes: tuple[Wide, Wide, Wide]
    """Values times alpha (0 to 256)."""
    alphas: tuple[Wide, Wide]
    """At full and at half resolution, 0 to 256."""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x0, y0, x1, y1 in pixels."""
        height, width = self.planes[0].shape
        return self.x, self.y, self.x + width, self.y + height

    def blend(self, canvas: Canvas, strength: float = 1.0, rise: int = 0) -> None:
        """Blend into the canvas, at `strength` 0 to 1, `rise` (even) pixels below its place."""
        for plane, values, index in zip(canvas.planes, self.planes, (0, 1, 1), strict=True):
            shift = 1 if index else 0
            x, y = self.x >> shift, (self.y + rise) >> shift
            _blend(plane, values, self.alphas[index], x, y, strength)


def _blend(plane: Plane, values: Wide, alpha: Wide, x: int, y: int, strength: float) -> None:
    top, left = max(0, -y), max(0, -x)
    bottom, right = min(values.shape[0], plane.shape[0] - y), min(values.shape[1], plane.shape[1] - x)
    if bottom <= top or right <= left:
        return
    values, alpha = values[top:bottom, left:right], alpha[top:bottom, left:right]
    if strength < 1:
        level = np.uint32(round(strength * 256))
        values = ((values.astype(np.uint32) * level) >> 8).astype(np.uint16)
        alpha = ((alpha.astype(np.uint32) * level) >> 8).astype(np.uint16)
    target = plane[y + top : y + bottom, x + left : x + right]
    mixed = (256 - alpha) * target
    mixed += values
    np.right_shift(mixed, 8, out=mixed)
    target[:] = mixed


def sprite(image: Image.Image, x: float, y: float) -> Sprite:
    """A sprite of an RGBA picture whose top left corner lies at x, y."""
    x0, y0 = int(x) & ~1, int(y) & ~1
    pixels = np.asarray(image.convert("RGBA"))
    pad = ((0, pixels.shape[0] & 1), (0, pixels.shape[1] & 1), (0, 0))
    pixels = np.pad(pixels, pad)
    alpha = pixels[..., 3].astype(np.float32) * (256 / 255)
    colours = pixels[..., :3].astype(np.float32) @ _TO_YUV.T + _OFFSET
    weighted = colours * alpha[..., None]
    small = (pixels.shape[1] // 2, pixels.shape[0] // 2)
    chroma = cv2.resize(weighted[..., 1:], small, interpolation=cv2.INTER_AREA)
    half = cv2.resize(alpha, small, interpolation=cv2.INTER_AREA)
    return Sprite(
        x0,
        y0,
        (_wide(weighted[..., 0]), _wide(chroma[..., 0]), _wide(chroma[..., 1])),
        (_wide(alpha), _wide(half)),
    )


def picture_planes(image: Image.Image) -> tuple[Plane, Plane, Plane]:
    """An opaque picture as three planes (4:2:0), sides made even."""
    width, height = image.width & ~1, image.height & ~1
    pixels = np.asarray(image.convert("RGB"))[:height, :width].astype(np.float32)
    colours = pixels @ _TO_YUV.T + _OFFSET
    chroma = cv2.resize(colours[..., 1:], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return _byte(colours[..., 0]), _byte(chroma[..., 0]), _byte(chroma[..., 1])


def _wide(values: NDArray[Any]) -> Wide:
    return np.ascontiguousarray(np.rint(values).astype(np.uint16))


def _byte(values: NDArray[Any]) -> Plane:
    return np.ascontiguousarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
