"""Burned-in captions: the words that are spoken now, the active one in a pill of the accent."""

from __future__ import annotations

from itertools import pairwise

from artifacts.captions import BurnedCaption, BurnedWord, Captions
from PIL import Image, ImageFilter

from renderer import bidi
from renderer.fonts import TEXT
from renderer.shapes import rounded
from renderer.sprite import Canvas, Sprite, sprite
from renderer.text import Style, put, roomy
from renderer.theme import CAPTION_BOTTOM, CAPTION_CENTRE, CAPTION_TOP, FPS, Theme
from renderer.wrapping import is_wide

STYLE = Style(TEXT, 66, 800, leading=1.22)
GAP = 28
"""Pixels between words: a blank and room for the pill."""
_PAD, _GLOW, _CLOSE = 14, 16, 10
_SMALLEST, _WIDEST = 26, 835 - 2 * _PAD


def line_width(line: list[BurnedWord], style: Style = STYLE) -> float:
    """Width of a line in pixels."""
    return sum(style.width(word.text) for word in line) + sum(gap(*pair) for pair in pairwise(line))


def style_of(caption: BurnedCaption) -> Style:
    """How a caption is set: smaller where a line, measured for another font, would not fit."""
    style = roomy(STYLE, "".join(word.text for line in caption.lines for word in line))
    while style.size > _SMALLEST and any(line_width(line, style) > _WIDEST for line in caption.lines):
        style = style.at(style.size - 2)
    return style


def gap(word: BurnedWord, after: BurnedWord) -> int:
    """Pixels between two words; scripts that are written without blanks have less."""
    return _CLOSE if is_wide(word.text[-1:]) and is_wide(after.text[:1]) else GAP


class CaptionTrack:
    """Draws the captions of a scene."""

    def __init__(self, captions: Captions, theme: Theme) -> None:
        self._captions = captions.burned
        self._theme = theme
        self._shown: BurnedCaption | None = None
        self._base: Sprite | None = None
        self._pills: dict[tuple[int, int], Sprite] = {}

    def draw(self, canvas: Canvas, frame: int) -> None:
        """Draw what is to be read in a frame; words change on the frame nearest to their time."""
        at = (frame + 0.5) / FPS
        shown = next((caption for caption in self._captions if caption.start <= at < caption.end), None)
        if shown is None:
            return
        if shown is not self._shown:
            self._prepare(shown)
        assert self._base is not None
        self._base.blend(canvas)
        active = [(word.start, place) for place, word in self._words(shown) if word.start <= at < word.end + 0.35]
        if active:
            self._pills[max(active)[1]].blend(canvas)

    def boxes(self) -> list[tuple[int, int, int, int]]:
        """Where the text of the captions may appear."""
        found = []
        for caption in self._captions:
            style = style_of(caption)
            for row, line in enumerate(caption.lines):
                width = line_width(line, style) + 2 * _PAD
                top = self._top(caption, style) + row * style.line
                left = CAPTION_CENTRE - width / 2
                found.append((round(left), round(top), round(left + width), round(top + style.line)))
        return found

    @staticmethod
    def _words(caption: BurnedCaption) -> list[tuple[tuple[int, int], BurnedWord]]:
        return [((row, i), word) for row, line in enumerate(caption.lines) for i, word in enumerate(line)]

    @staticmethod
    def _top(caption: BurnedCaption, style: Style) -> float:
        return (CAPTION_TOP + CAPTION_BOTTOM) / 2 - len(caption.lines) * style.line / 2

    def _prepare(self, caption: BurnedCaption) -> None:
        self._shown = caption
        self._pills = {}
        style = style_of(caption)
        ink = (*self._theme.ink, 255)
        image = Image.new("RGBA", (1080, len(caption.lines) * style.line + 2 * _GLOW), (*ink[:3], 0))
        top = self._top(caption, style)
        for row, line in enumerate(caption.lines):
            x = CAPTION_CENTRE - line_width(line, style) / 2
            whole = " ".join(word.text for word in line)
            seen = bidi.order([word.text for word in line])
            for i, after in zip(seen, [*seen[1:], None][: len(seen)], strict=True):
                text = bidi.within(line[i].text, whole)
                put(image, x, _GLOW + row * style.line, text, style, ink)
                self._pills[row, i] = self._pill(text, style, x, top + row * style.line)
                x += style.width(text) + (gap(line[i], line[after]) if after is not None else 0)
        self._base = sprite(_glowing(image, self._theme), 0, top - _GLOW)

    def _pill(self, text: str, style: Style, x: float, y: float) -> Sprite:
        bare = text if bidi.is_rtl(text) else text.rstrip(",.;:!?、。，！？") or text
        pill = rounded(round(style.width(bare)) + 2 * _PAD, style.line - 2, 16, (*self._theme.accent, 255))
        put(pill, _PAD, -1, bare, style, (*self._theme.pill_ink, 255))
        return sprite(pill, x - _PAD, y)


def _glowing(image: Image.Image, theme: Theme) -> Image.Image:
    """Text over a soft glow of the opposite brightness, so that it stands off the sky."""
    colour = (255, 252, 244) if theme.light else (14, 10, 34)
    glow = Image.new("RGBA", image.size, (*colour, 0))
    strength = 2.2 if theme.glare else 1.1
    alpha = image.getchannel("A").filter(ImageFilter.GaussianBlur(9)).point(lambda a: min(255, round(a * strength)))
    glow.putalpha(alpha)
    glow.alpha_composite(image)
    return glow
