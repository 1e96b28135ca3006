"""Headings that stand in bold at the beginning of their paragraph's first line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fetcher.pdf.layout import Block, Line, joined
from fetcher.pdf.sections import Piece
from fetcher.prose import tidy

if TYPE_CHECKING:
    from fetcher.pdf.layout import Word

_MOST_WORDS = 10
_NO_HEADING = re.compile(
    r"(?:theorem|lemma|proof|definition|proposition|corollary|remark|example|step|case|note|box|table|fig(?:ure)?"
    r"|scheme|algorithm|citation|copyright|received|accepted|keywords?|key words|abbreviations|q|a|\W*\d+|[A-Z])\b",
    re.IGNORECASE,
)


def part_run_ins(pieces: list[Piece], taken: set[int]) -> list[Piece]:
    """The pieces, with every heading that runs into its paragraph as a piece of its own; `taken` are lines' `id`s."""
    parted: list[Piece] = []
    for piece in pieces:
        if piece.role == "prose" and id(piece.block.lines[0]) not in taken and (bold := _opening(piece.block.lines[0])):
            parted += _two(piece, bold)
        else:
            parted.append(piece)
    return parted


def _opening(line: Line) -> list[Word]:
    """The bold words that open a line and end like a heading; empty where there are none."""
    bold: list[Word] = []
    for word in line.words:
        if not word.bold:
            break
        bold.append(word)
    rest = line.words[len(bold) :]
    if not bold or not rest or len(bold) > _MOST_WORDS:
        return []
    text = joined(bold)
    heading = text[-1] in ".:—–" and len(text) > 5 and text[0].isupper() and not _NO_HEADING.match(text)
    return bold if heading and (rest[0].text[0].isupper() or not rest[0].text[0].isalpha()) else []


def _two(piece: Piece, bold: list[Word]) -> list[Piece]:
    block = piece.block
    first = block.lines[0]
    title = tidy(joined(bold))
    if not piece.text.startswith(title):
        return [piece]
    rest = Line(first.words[len(bold) :], first.page)
    head = Piece(Block([Line(bold, first.page)], block.column), title.rstrip(" .:—–"), "heading", run_in=True)
    return [head, Piece(Block([rest, *block.lines[1:]], block.column), piece.text[len(title) :].lstrip(), piece.role)]
