"""A passage set in the sheet's serif, whose highlighted words are marked as they are spoken."""

from __future__ import annotations

from dataclasses import dataclass

from artifacts.narration import Word
from PIL import Image, ImageDraw

from renderer import bidi
from renderer.fonts import SERIF
from renderer.scenes.sheet import INK, MARK, spoken_times
from renderer.text import Style, put
from renderer.theme import COLUMN
from renderer.wrapping import count, wrap

BODY = Style(SERIF, 50, 400, leading=1.46)
_SMALLEST = 30
PAD = 56
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Set:
    """A word of the passage as it is set: where, and whether it is highlighted."""

    text: str
    x: float
    y: float
    width: float
    marked: bool


class Passage:
    """Words in their places on a sheet.

    Args:
        text: the passage.
        highlight: start and end of what is marked, in characters.
        top: y of the first line, in pixels of the sheet.
        room: pixels that it may be high; it is set smaller to fit.
        largest: size in pixels of a short one.
    """

    def __init__(self, text: str, highlight: tuple[int, int], top: int, room: int, largest: int = BODY.size) -> None:
        self._text, self._highlight = text, highlight
        style = BODY.at(largest)
        while style.size > _SMALLEST and count(text, style, COLUMN - 2 * PAD) * style.line > room:
            style = style.at(style.size - 2)
        self._style, self._top = style, top
        self._words = self._place()

    @property
    def bottom(self) -> int:
        """The y under the last line."""
        return round(max((word.y for word in self._words), default=self._top)) + self._style.line

    def draw(self, image: Image.Image, *, marks: bool) -> None:
        """Write the words, and mark the highlighted ones or none."""
        draw = ImageDraw.Draw(image)
        for word in self._words:
            if marks and word.marked:
                beside = (other.x for other in self._words if other.marked and other.y == word.y and other.x > word.x)
                right = min(beside, default=word.x + word.width + 6)
                top = word.y + self._style.line * 0.1
                draw.rectangle((word.x - 6, top, right, word.y + self._style.line * 0.96), fill=MARK)
        for word in self._words:
            put(image, word.x, word.y, word.text, self._style, INK)

    def strokes(self, spoken: list[Word]) -> list[tuple[Box, float]]:
        """Where each highlighted word lies, and when it is spoken."""
        times = spoken_times([word.text for word in self._words], [word.marked for word in self._words], spoken)
        return [
            ((word.x - 8, word.y, word.x + word.width + 14, word.y + self._style.line), begins)
            for word, begins in zip(self._words, times, strict=True)
            if begins is not None
        ]

    def _place(self) -> list[_Set]:
        start, end = self._highlight
        position, found = 0, []
        for row, line in enumerate(wrap(self._text, self._style, COLUMN - 2 * PAD)):
            for word, (shown, x) in zip(line.split(" "), self._shown(line), strict=True):
                bare = word.removesuffix("-") if word not in self._text else word
                at = self._text.find(bare, position)
                position = at + len(bare) if at >= 0 else position
                marked = at >= 0 and at < end and at + len(bare) > start
                y = self._top + row * self._style.line
                found.append(_Set(shown, x, y, self._style.width(shown), marked))
        return found

    def _shown(self, line: str) -> list[tuple[str, float]]:
        """Each word of a line as it is drawn, and its left end."""
        words = [bidi.within(word, line) for word in line.split(" ")]
        blank = self._style.width("a b") - self._style.width("a") - self._style.width("b")
        x = COLUMN - PAD - self._style.width(line) if bidi.is_rtl(line) else float(PAD)
        found = [0.0] * len(words)
        for index in bidi.order(words):
            found[index] = x
            x += self._style.width(words[index]) + blank
        return list(zip(words, found, strict=True))
