"""Shapes with clean edges: cards, pills, bars, rings."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from renderer.text import Ink, Style, put

_OVER = 3
"""Shapes are drawn this many times larger and scaled down."""


def rounded(width: int, height: int, radius: float, ink: Ink) -> Image.Image:
    """A filled rounded rectangle."""
    mask = Image.new("L", (width * _OVER, height * _OVER), 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, width * _OVER - 1, height * _OVER - 1), radius=radius * _OVER, fill=ink[3] if len(ink) > 3 else 255
    )
    image = Image.new("RGBA", (width, height), (*ink[:3], 0))
    image.putalpha(mask.resize((width, height), Image.Resampling.LANCZOS))
    return image


def shadowed(image: Image.Image, *, blur: float, drop: int, strength: float) -> tuple[Image.Image, int]:
    """The picture with a soft shadow below it, and the margin that was added on every side."""
    margin = int(blur * 2) + drop
    size = (image.width + 2 * margin, image.height + 2 * margin)
    mask = Image.new("L", size, 0)
    mask.paste(image.getchannel("A").point(lambda alpha: round(alpha * strength)), (margin, margin + drop))
    shadow = Image.new("RGBA", size, (10, 8, 28, 0))
    shadow.putalpha(mask.filter(ImageFilter.GaussianBlur(blur)))
    shadow.alpha_composite(image, (margin, margin))
    return shadow, margin


def badge(text: str, style: Style, ink: Ink, glass: Ink, air: tuple[int, int] = (24, 11)) -> Image.Image:
    """A text in an outlined pill of glass, with so much air beside and above it."""
    width, height = round(style.width(text)) + 2 * air[0], style.line + 2 * air[1]
    outer = rounded(width, height, height / 2, (*ink[:3], 255))
    hole = rounded(width - 4, height - 4, height / 2 - 2, (255, 255, 255, 255)).getchannel("A")
    alpha = outer.getchannel("A")
    cut = Image.new("L", outer.size, 0)
    cut.paste(hole, (2, 2))
    alpha.paste(0, (0, 0), cut)
    outer.putalpha(alpha)
    pill = rounded(width, height, height / 2, glass)
    pill.alpha_composite(outer)
    put(pill, *air, text, style, ink)
    return pill
