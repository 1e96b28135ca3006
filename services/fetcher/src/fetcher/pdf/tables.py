"""Rows of a table, by how its words are aligned below the caption; nothing rather than a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fetcher.pdf.layout import Block, Line, Sheet, Word, joined

if TYPE_CHECKING:
    from fetcher.pdf.sections import Piece

_FEWEST_ROWS, _FEWEST_COLUMNS, _MOST_COLUMNS = 3, 2, 14
_FILLED = 0.7

Cell = tuple[float, float, str]


def read_rows(sheets: list[Sheet], pieces: list[Piece], caption: Block) -> tuple[list[list[str]], list[list[str]]]:
    """Header rows and rows; both empty where the words do not line up."""
    sheet = next(sheet for sheet in sheets if sheet.number == caption.page)
    rows = [_cells(words) for words in _rows(_lines_below(sheet, pieces, caption))]
    rows = [row for row in rows if row]
    edges = _columns(rows)
    if not _FEWEST_COLUMNS <= len(edges) <= _MOST_COLUMNS:
        return [], []
    grid = [_fitted(row, edges) for row in rows]
    if any(row is None for row in grid):
        return [], []
    full = [row for row in grid if row]
    filled = sum(bool(cell) for row in full for cell in row)
    if (
        len(full) < _FEWEST_ROWS
        or filled < _FILLED * len(full) * len(edges)
        or any(len(cell) > 160 for row in full for cell in row)
    ):
        return [], []
    return [full[0]], full[1:]


def _lines_below(sheet: Sheet, pieces: list[Piece], caption: Block) -> list[Line]:
    x0, _, x1, bottom = caption.box
    left, right = min(x0, caption.column[0]) - 6, max(x1, caption.column[1]) + 6
    walls = [
        piece.block.box[1]
        for piece in pieces
        if piece.block.page == sheet.number
        and piece.block is not caption
        and piece.block.box[1] > bottom - 2
        and piece.role in ("prose", "caption", "note")
        and min(piece.block.box[2], right) - max(piece.block.box[0], left) > 20
    ]
    end = min(walls, default=0.95 * sheet.height)
    lines = [
        line
        for line in sheet.lines
        if line.top > bottom - 3 and line.bottom < end + 2 and line.x0 >= left and line.x1 <= right
    ]
    return sorted(lines, key=lambda line: line.base)


def _rows(lines: list[Line]) -> list[list[Word]]:
    rows: list[list[Word]] = []
    base = size = 0.0
    for line in lines:
        if rows and line.base - base > 4.5 * size:
            break
        if rows and line.base - base < 0.35 * line.size:
            rows[-1] += line.words
        else:
            rows.append(list(line.words))
            base, size = line.base, line.size
    return [sorted(row, key=lambda word: word.x0) for row in rows]


def _cells(words: list[Word]) -> list[Cell]:
    groups: list[list[Word]] = []
    for word in words:
        if not groups or word.x0 - groups[-1][-1].x1 > 0.75 * word.size:
            groups.append([])
        groups[-1].append(word)
    return [(group[0].x0, group[-1].x1, joined(group)) for group in groups]


def _columns(rows: list[list[Cell]]) -> list[tuple[float, float]]:
    """Stretches of x that cells of the well-divided rows share."""
    most = max((len(row) for row in rows), default=0)
    cells = sorted((x0, x1) for row in rows if len(row) >= max(2, most - 1) for x0, x1, _ in row)
    edges: list[tuple[float, float]] = []
    for x0, x1 in cells:
        if edges and x0 < edges[-1][1] + 1:
            edges[-1] = (edges[-1][0], max(edges[-1][1], x1))
        else:
            edges.append((x0, x1))
    return edges


def _fitted(row: list[Cell], edges: list[tuple[float, float]]) -> list[str] | None:
    """The row's texts by column; None where a cell spans columns, empty where the row is a line across."""
    texts = [""] * len(edges)
    for x0, x1, text in row:
        touched = [index for index, (left, right) in enumerate(edges) if x0 < right and x1 > left]
        if len(touched) > 1 and len(row) == 1:
            return []
        if len(touched) != 1 or texts[touched[0]]:
            return None
        texts[touched[0]] = text
    return texts
