"""Burned-in captions: the words that are spoken now, the active one in a pill of the accent."""

from __future__ import annotations

from artifacts.captions import BurnedCaption, BurnedWord, Captions
from PIL import Image, ImageFilter

from renderer import bidi
from renderer.fonts import TEXT
from renderer.shapes import rounded
from renderer.sprite import Canvas, Sprite, sprite
from renderer.text import Style, put
from renderer.theme import CAPTION_BOTTOM, CAPTION_CENTRE, CAPTION_TOP, FPS, Theme

STYLE = Style(TEXT, 66, 800, leading=1.22)
GAP = 28
"""Pixels between words: a blank and room for the pill."""
_PAD, _GLOW = 14, 16


def line_width(line: list[BurnedWord]) -> float:
    """Width of a line in pixels."""
    return sum(STYLE.width(word.text) for word in line) + GAP * (len(line) - 1)


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
            for row, line in enumerate(caption.lines):
                width = line_width(line) + 2 * _PAD
                top = self._top(caption) + row * STYLE.line
                left = CAPTION_CENTRE - width / 2
                found.append((round(left), round(top), round(left + width), round(top + STYLE.line)))
        return found

    @staticmethod
    def _words(caption: BurnedCaption) -> list[tuple[tuple[int, int], BurnedWord]]:
        return [((row, i), word) for row, line in enumerate(caption.lines) for i, word in enumerate(line)]

    @staticmethod
    def _top(caption: BurnedCaption) -> float:
        return (CAPTION_TOP + CAPTION_BOTTOM) / 2 - len(caption.lines) * STYLE.line / 2

    def _prepare(self, caption: BurnedCaption) -> None:
        self._shown = caption
        self._pills = {}
        ink = (*self._theme.ink, 255)
        height = len(caption.lines) * STYLE.line
        image = Image.new("RGBA", (1080, height + 2 * _GLOW), (*ink[:3], 0))
        top = self._top(caption)
        for row, line in enumerate(caption.lines):
            x = CAPTION_CENTRE - line_width(line) / 2
            for i in bidi.order([word.text for word in line]):
                text = line[i].text
                put(image, x, _GLOW + row * STYLE.line, text, STYLE, ink)
                self._pills[row, i] = self._pill(text, x, top + row * STYLE.line)
                x += STYLE.width(text) + GAP
        self._base = sprite(_glowing(image, self._theme), 0, top - _GLOW)

    def _pill(self, text: str, x: float, y: float) -> Sprite:
        bare = text if bidi.is_rtl(text) else text.rstrip(",.;:!?、。，！？") or text
        width = round(STYLE.width(bare))
        pill = rounded(width + 2 * _PAD, STYLE.line - 2, 16, (*self._theme.accent, 255))
        put(pill, _PAD, -1, bare, STYLE, (*self._theme.pill_ink, 255))
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
