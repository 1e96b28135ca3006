"""Rows of a JATS or XHTML table; a merged cell repeats its text in every place it covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fetcher.jats.inline import text_of

if TYPE_CHECKING:
    from fetcher.markup import Element

_WIDEST = 200
_LONGEST = 2000
_MOST_CHARACTERS = 1_000_000


def rows_of(wrap: Element) -> tuple[list[list[str]], list[list[str]]]:
    """Header rows and body rows of all tables in the wrap."""
    header: list[list[str]] = []
    rows: list[list[str]] = []
    for table in wrap.iter("table"):
        head = [row for part in table.findall("thead") for row in part.findall("tr")]
        body = [row for part in table if part.tag in ("tbody", "tfoot") for row in part.findall("tr")]
        body += table.findall("tr")
        if not head:
            head, body = _split_head(body)
        header += _expanded(head)
        rows += _expanded(body)
    return header, rows


def _split_head(rows: list[Element]) -> tuple[list[Element], list[Element]]:
    """Without a thead, the first rows that hold nothing but th cells are the header."""
    count = 0
    for row in rows:
        if any(cell.tag != "th" for cell in row) or not len(row):
            break
        count += 1
    return (rows[:count], rows[count:]) if count < len(rows) else ([], rows)


def _expanded(rows: list[Element]) -> list[list[str]]:
    grid: list[list[str]] = []
    covered: dict[tuple[int, int], str] = {}
    room = _MOST_CHARACTERS
    for y, row in enumerate(rows[:_LONGEST]):
        line: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            _skip(line, covered, y)
            text, width, height = text_of(cell), _span(cell, "colspan"), _span(cell, "rowspan")
            for x in range(len(line), min(len(line) + width, _WIDEST)):
                line.append(text)
                covered |= {(below, x): text for below in range(y + 1, min(y + height, len(rows)))}
        _skip(line, covered, y)
        room -= sum(map(len, line))
        if room < 0:
            break
        if any(line):
            grid.append(line)
    return grid


def _skip(line: list[str], covered: dict[tuple[int, int], str], y: int) -> None:
    while (y, len(line)) in covered:
        line.append(covered[y, len(line)])


def _span(cell: Element, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), _WIDEST) if text.isdecimal() else 1
