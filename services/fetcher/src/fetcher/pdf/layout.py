"""What the reader's steps hand to each other; all lengths in PDF points from the page's top left corner."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from functools import cached_property

from fetcher.prose import lowered, raised


@dataclass(slots=True)
class Word:
    """Characters without a space between them; a superscript is a word of its own, glued to its host."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    bold: bool = False
    script: int = 0
    """1 raised, -1 lowered, 0 on the line."""
    glued: bool = False
    """No space before it."""

    def plain(self) -> str:
        """The text with raised and lowered digits as Unicode has them."""
        return raised(self.text) if self.script > 0 else lowered(self.text) if self.script < 0 else self.text


@dataclass
class Line:
    """Words on one baseline in one column, from left to right."""

    words: list[Word]
    page: int

    @cached_property
    def text(self) -> str:
        return joined(self.words)

    @cached_property
    def x0(self) -> float:
        return min(word.x0 for word in self.words)

    @cached_property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @cached_property
    def top(self) -> float:
        return min(word.top for word in self.full)

    @cached_property
    def bottom(self) -> float:
        return max(word.bottom for word in self.full)

    @cached_property
    def full(self) -> list[Word]:
        """The words on the line itself, without raised and lowered ones."""
        return [word for word in self.words if not word.script] or self.words

    @cached_property
    def size(self) -> float:
        return weighted_median([(word.size, len(word.text)) for word in self.full])

    @cached_property
    def base(self) -> float:
        return statistics.median(word.base for word in self.full)

    @cached_property
    def bold(self) -> bool:
        letters = sum(len(word.text) for word in self.full)
        return sum(len(word.text) for word in self.full if word.bold) > 0.7 * letters


@dataclass
class Block:
    """Lines of one kind that belong together: a paragraph, a heading, a caption."""

    lines: list[Line]
    column: tuple[float, float] = (0.0, 0.0)
    """Left and right edge of the column it stands in."""
    starts_indented: bool = False

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def size(self) -> float:
        return weighted_median([(line.size, len(line.text)) for line in self.lines])

    @property
    def bold(self) -> bool:
        return all(line.bold for line in self.lines)

    @property
    def box(self) -> tuple[float, float, float, float]:
        lines = [line for line in self.lines if line.page == self.page]
        return (
            min(line.x0 for line in lines),
            min(line.top for line in lines),
            max(line.x1 for line in lines),
            max(line.bottom for line in lines),
        )


@dataclass
class Sheet:
    """A page as it was read: its lines in reading order, and what is out of the flow."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    rotated: str = ""
    """Text that does not run from left to right, such as the arXiv stamp."""
    columns: list[list[Line]] = field(default_factory=list)
    """Lines by column, in reading order."""


def joined(words: list[Word]) -> str:
    """The words as running text."""
    return "".join(("" if word.glued or not index else " ") + word.plain() for index, word in enumerate(words))


def weighted_median(pairs: list[tuple[float, int]]) -> float:
    """The value that half of the weight lies below; 0 of nothing."""
    total, seen = sum(weight for _, weight in pairs), 0
    for value, weight in sorted(pairs):
        seen += weight
        if 2 * seen >= total:
            return value
    return 0.0
