"""A table's header and rows, from where its words stand between its edges."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from fetcher.pdf.layout import Line, Word, joined
from fetcher.pdf.regions import Region, cells_of
from fetcher.prose import tidy

if TYPE_CHECKING:
    from fetcher.pdf.rules import Rule

_MOST_COLUMNS = 20
_WIDE_GAP, _NARROW_GAP = 0.6, 0.17
"""In ems: what parts columns of words, and what parts a column of numbers from the one before it."""
_LONGEST_CELL = 400
_FEWEST_FILLED = 0.3

Row = list[str]


def read_grid(region: Region) -> tuple[list[Row], list[Row]]:
    """Header rows and rows, all of one width; both empty where the words do not line up."""
    head, body = _parted(region)
    dividers = _dividers(head, body)
    width = len(dividers) + 1
    if not body or not 2 <= width <= _MOST_COLUMNS:
        return [], []
    rows = _rows(region, body, dividers)
    filled = sum(bool(cell) for row in rows for cell in row)
    longest = max(len(cell) for row in rows for cell in row)
    if not rows or filled < _FEWEST_FILLED * len(rows) * width or longest > _LONGEST_CELL:
        return [], []
    return _header(head, dividers, region.spans), rows


def _parted(region: Region) -> tuple[list[Line], list[Line]]:
    """The lines above the rule below the header, and the others; without such a rule the first line is the header."""
    rows = sorted(region.rows, key=lambda row: row.base)
    for rule in region.rules[1:-1]:
        head = [row for row in rows if row.base < rule]
        if head and len(head) < 0.6 * len(rows):
            return head, rows[len(head) :]
        if head:
            break
    return rows[:1], rows[1:]


def _dividers(head: list[Line], body: list[Line]) -> list[float]:
    """The x between columns: where no row has a word, in a gap wide enough or before a column of numbers."""
    several = [row for row in body if len(cells_of(row)) > 1] or body
    if not several:
        return []
    size = sorted(row.size for row in several)[len(several) // 2]
    dividers: list[float] = []
    for left, right in _free(several, len(several) // 15):
        narrow = right - left >= _NARROW_GAP * size and len(several) > 2 and _parts_numbers(several, left, right)
        if right - left >= _WIDE_GAP * size or narrow:
            dividers.append(_clear_of(head, left, right))
    return dividers


def _free(rows: list[Line], allowed: int) -> list[tuple[float, float]]:
    """The stretches of x that words of at most so many rows stand in."""
    edges = sorted({x for row in rows for word in row.words for x in (word.x0, word.x1)})
    free: list[tuple[float, float]] = []
    for left, right in itertools.pairwise(edges):
        middle = (left + right) / 2
        if sum(any(word.x0 < middle < word.x1 for word in row.words) for row in rows) > allowed:
            continue
        if free and abs(free[-1][1] - left) < 0.01:
            free[-1] = (free[-1][0], right)
        else:
            free.append((left, right))
    return free


def _clear_of(head: list[Line], left: float, right: float) -> float:
    """The x in a free stretch that the fewest words of the header stand across."""
    words = [word for line in head for word in line.words if word.x1 > left and word.x0 < right]
    places = [left + (right - left) * step / 16 for step in range(1, 16)]
    crossed = [sum(word.x0 - 0.5 < x < word.x1 + 0.5 for word in words) for x in places]
    best = [x for x, count in zip(places, crossed, strict=True) if count == min(crossed)]
    return best[len(best) // 2]


def _parts_numbers(rows: list[Line], left: float, right: float) -> bool:
    """Whether numbers begin on the right of a narrow gap, and nothing on its left waits for them."""
    after = [next((w.text for w in row.words if w.x0 >= right - 0.01), "") for row in rows]
    before = [next((w.text for w in reversed(row.words) if w.x1 <= left + 0.01), "") for row in rows]
    found = [text for text in after if text]
    numbers = sum(text[0].isdigit() or (text[0] in "−-–<>." and len(text) > 1) for text in found)
    return bool(found) and numbers >= 0.8 * len(found) and not any(text[-1:] in ",(±+=<>" for text in before if text)


def _column(x: float, dividers: list[float]) -> int:
    return sum(divider < x for divider in dividers)


def _cells(row: Line, dividers: list[float]) -> Row:
    """The row's text by column; a line of words that begins on the left and has no gap is one cell."""
    columns: list[list[Word]] = [[] for _ in range(len(dividers) + 1)]
    whole = len(cells_of(row)) == 1 and _column(row.words[0].x1, dividers) == 0 and _runs_on(row, dividers)
    for word in row.words:
        host = columns[0 if whole else _column((word.x0 + word.x1) / 2, dividers)]
        host.append(word)
    return [tidy(joined(words)) for words in columns]


def _runs_on(row: Line, dividers: list[float]) -> bool:
    """Whether a line disregards the columns: it stands across a divider, or ends before the last column."""
    across = any(word.x0 + 0.5 < x < word.x1 - 0.5 for word in row.words for x in dividers)
    return across or row.words[-1].x0 < dividers[-1]


def _rows(region: Region, body: list[Line], dividers: list[float]) -> list[Row]:
    """One row a band where rules part the rows; else one a line, with lines that are set close put together."""
    parted = [_cells(line, dividers) for line in body]
    rules = [rule for rule in region.rules if rule > body[0].base]
    ruled = len(rules) > 2 and len(rules) >= 0.35 * len(body)
    close = _close_gap(body)
    rows: list[Row] = []
    for index, (line, cells) in enumerate(zip(body, parted, strict=True)):
        before = body[index - 1] if index else None
        if before is None:
            goes_on = False
        elif ruled:
            goes_on = not any(before.base < rule < line.base for rule in rules)
        else:
            goes_on = line.base - before.base <= close and not all(cells)
        if goes_on:
            rows[-1] = [f"{above} {own}".strip() for above, own in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    return rows


def _close_gap(lines: list[Line]) -> float:
    """The largest distance of lines within one row, where rows stand visibly wider apart; else 0."""
    gaps = sorted(after.base - before.base for before, after in itertools.pairwise(lines))
    jumps = [(wide / max(near, 0.1), near) for near, wide in itertools.pairwise(gaps)]
    ratio, near = max(jumps, default=(0.0, 0.0))
    return near if ratio > 1.18 and near < 1.4 * lines[0].size else 0.0


def _header(lines: list[Line], dividers: list[float], spans: list[Rule]) -> list[Row]:
    """Header rows; the lines of one cell are put together, and a cell over several columns repeats its text."""
    rows: list[Row] = []
    open_row = False
    for line in lines:
        cells, spanning = _header_cells(line, dividers, spans)
        if open_row and not spanning:
            rows[-1] = [f"{above} {own}".strip() for above, own in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
        open_row = not spanning
    return [row for row in rows if any(row)]


def _header_cells(line: Line, dividers: list[float], spans: list[Rule]) -> tuple[Row, bool]:
    cells = [""] * (len(dividers) + 1)
    spanning = False
    for x0, x1 in cells_of(line, _WIDE_GAP):
        words = [word for word in line.words if x0 - 0.01 <= word.x0 <= x1]
        straddles = any(word.x0 + 0.5 < divider < word.x1 - 0.5 for word in words for divider in dividers)
        rule = next((s for s in spans if 0 < s.y - line.base < 1.2 * line.size and s.x0 < (x0 + x1) / 2 < s.x1), None)
        left, right = (rule.x0, rule.x1) if rule else (x0, x1)
        first, last = _column(left + 1, dividers), _column(right - 1, dividers)
        if (straddles or rule) and last > first:
            spanning = True
            for column in range(first, last + 1):
                cells[column] = f"{cells[column]} {tidy(joined(words))}".strip()
            continue
        for column in range(len(cells)):
            own = [word for word in words if _column((word.x0 + word.x1) / 2, dividers) == column]
            cells[column] = f"{cells[column]} {tidy(joined(own))}".strip()
    return cells, spanning
