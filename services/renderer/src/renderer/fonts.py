"""Typefaces, from packages, never from the system."""

from __future__ import annotations

import functools

import fontpkg
from PIL import ImageFont

Font = ImageFont.FreeTypeFont
HEAD, TEXT, SERIF, MONO = "space-grotesk", "inter", "source-serif-4", "jetbrains-mono"
_FALLBACKS = (TEXT, SERIF, MONO)


@functools.lru_cache(maxsize=256)
def font(family: str, size: int, weight: int = 400) -> Font:
    """A family at a size in pixels and a weight."""
    face = ImageFont.truetype(str(fontpkg.path(family, weight=weight, nearest=True)), size)
    axes = []
    for axis in face.get_variation_axes():
        name = str(axis["name"])
        wanted = weight if "eight" in name else size if "ptical" in name else axis["default"] or 0
        axes.append(float(min(max(wanted, axis["minimum"] or 0), axis["maximum"] or 0)))
    face.set_variation_by_axes(axes)
    return face


def fitting(text: str, family: str, size: int, weight: int) -> Font:
    """The family, or the first other one that has a glyph for every character that this one lacks."""
    first = font(family, size, weight)
    if _covers(family, text):
        return first
    return next((font(other, size, weight) for other in _FALLBACKS if _covers(other, text)), first)


def _covers(family: str, text: str) -> bool:
    return all(_has(family, sign) for sign in set(text) if not sign.isspace())


@functools.lru_cache(maxsize=8192)
def _has(family: str, sign: str) -> bool:
    """Whether the family draws the character as anything but the box for what is missing."""
    probe = font(family, 40, 400)
    return bytes(probe.getmask(sign)) != bytes(probe.getmask("\U0010ffff"))
