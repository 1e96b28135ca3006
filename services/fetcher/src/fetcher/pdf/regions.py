"""Where the tables of a paper stand: between rules of one width beside a caption, or in aligned rows below one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fetcher.pdf.blocks import caption_of
from fetcher.pdf.columns import merged
from fetcher.pdf.rules import Rule, rules_of

if TYPE_CHECKING:
    from fetcher.pdf.layout import Line, Sheet

_NEAR = 6.0
_NARROWEST = 60.0
_FARTHEST_ABOVE, _FARTHEST_BELOW = 110.0, 40.0
_CELL_GAP = 0.75


@dataclass
class Region:
    """A table's place on its page, the lines in it by row, and the rules it is set between."""

    label: str
    """Normal form of the caption's label, such as `table 1`."""
    page: int
    box: tuple[float, float, float, float]
    rows: list[Line]
    rules: list[float] = field(default_factory=list)
    """Heights of the rules from edge to edge."""
    spans: list[Rule] = field(default_factory=list)
    """Shorter rules, which say what a header's cell spans."""


def label_key(label: str) -> str:
    """Labels of one table are equal: `TABLE 1`, `Tab. 1` and `Table 1`."""
    return re.sub(r"^tab[a-z]*\.?\s*", "table ", label.strip().lower())


def find_ruled(document: Any, sheets: list[Sheet]) -> list[Region]:
    """The tables between rules; the sheets keep their rows as one line each until `take_out`."""
    found: list[tuple[Sheet, Line, Region | None, Region | None]] = []
    for sheet in sheets:
        captions = [line for line in sheet.lines if _is_caption(line)]
        if not captions:
            continue
        rules = rules_of(document, sheet)
        found += [(sheet, line, _below(sheet, line, rules), _above(sheet, line, rules)) for line in captions]
    below = sum(under is not None for _, _, under, _ in found)
    above = sum(over is not None for _, _, _, over in found)
    regions: list[Region] = []
    for _, _, under, over in found:
        region = (under or over) if below >= above else (over or under)
        if region and not any(_overlap(region, other) for other in regions):
            regions.append(region)
    for sheet in sheets:
        here = [region for region in regions if region.page == sheet.number]
        outside = [line for line in sheet.lines if not any(_within(line, region.box) for region in here)]
        sheet.lines = outside + [row for region in here for row in region.rows]
    return regions


def take_out(sheets: list[Sheet], regions: list[Region]) -> None:
    """Leave nothing of the tables in arranged sheets."""
    gone = {id(word) for region in regions for row in region.rows for word in row.words}
    for sheet in sheets:
        sheet.columns = [[line for line in column if id(line.words[0]) not in gone] for column in sheet.columns]
        sheet.lines = [line for line in sheet.lines if id(line.words[0]) not in gone]


def find_aligned(sheets: list[Sheet], known: list[Region]) -> list[Region]:
    """The tables without rules, below their captions in arranged sheets."""
    labels = {region.label for region in known}
    regions: list[Region] = []
    for sheet in sheets:
        for column in sheet.columns:
            for index, line in enumerate(list(column)):
                if not _is_caption(line) or _label(line) in labels:
                    continue
                rows = _aligned_rows(column[index + 1 :])
                if len(rows) > 2:
                    labels.add(_label(line))
                    regions.append(Region(_label(line), sheet.number, _box(rows), rows))
    return regions


def cells_of(line: Line, gap: float = _CELL_GAP) -> list[tuple[float, float]]:
    """Left and right edges of the line's stretches of words without a wide gap."""
    cells: list[tuple[float, float]] = []
    for word in sorted(line.words, key=lambda word: word.x0):
        if cells and word.x0 - cells[-1][1] <= gap * line.size:
            cells[-1] = (cells[-1][0], max(cells[-1][1], word.x1))
        else:
            cells.append((word.x0, word.x1))
    return cells


def _is_caption(line: Line) -> bool:
    found = caption_of(line)
    return bool(found and found["kind"].lower().startswith("tab"))


def _label(line: Line) -> str:
    found = caption_of(line)
    return label_key(found["label"]) if found else ""


def _below(sheet: Sheet, caption: Line, rules: list[Rule]) -> Region | None:
    """The table that begins with a rule a caption's length below the caption."""
    under = [rule for rule in rules if rule.y > caption.base - 1 and _over(rule, caption)]
    return _framed(sheet, caption, under, rules) if under and under[0].y - caption.base < _FARTHEST_ABOVE else None


def _above(sheet: Sheet, caption: Line, rules: list[Rule]) -> Region | None:
    """The table that ends with a rule just above the caption."""
    over = [rule for rule in reversed(rules) if rule.y < caption.base and _over(rule, caption)]
    return _framed(sheet, caption, over, rules) if over and caption.top - over[0].y < _FARTHEST_BELOW else None


def _framed(sheet: Sheet, caption: Line, rules: list[Rule], everything: list[Rule]) -> Region | None:
    """The bands between the nearest rule and those of its width that follow, as long as they hold rows of cells."""
    first = rules[0]
    frame = [rule for rule in rules if abs(rule.x0 - first.x0) < _NEAR and abs(rule.x1 - first.x1) < _NEAR]
    lines = [line for line in sheet.lines if _between(line, first.x0, first.x1)]
    edges, rows = [first.y], 0
    for rule in frame[1:]:
        top, bottom = sorted((edges[-1], rule.y))
        band = [line for line in lines if top - 1 < line.base < bottom + 1]
        if any(caption_of(line) for line in band) or not _tabular(band, first, sheet.number):
            break
        rows += len(band)
        edges.append(rule.y)
    if rows < 2:
        return None
    edges.sort()
    box = (first.x0, edges[0], first.x1, edges[-1])
    held = merged([line for line in lines if _within(line, box)], sheet.number)
    spans = [
        rule
        for rule in everything
        if box[1] < rule.y < box[3] and rule.x0 > box[0] - 2 and rule.x1 < box[2] + 2 and rule not in frame
    ]
    return Region(_label(caption), sheet.number, box, held, edges, spans)


def _tabular(band: list[Line], frame: Rule, page: int) -> bool:
    """Whether lines stand in cells rather than run across the frame as text does."""
    rows = merged(band, page)
    across = [row for row in rows if len(cells_of(row)) == 1 and row.x1 - row.x0 > 0.72 * (frame.x1 - frame.x0)]
    return len(across) < 3 or len(across) < 0.5 * len(rows)


def _aligned_rows(lines: list[Line]) -> list[Line]:
    """The rows that follow a caption: most of several cells, until text runs on."""
    rows: list[Line] = []
    for line in lines:
        several = len(cells_of(line)) > 1
        near = not rows or 0 < line.base - rows[-1].base < 3.2 * line.size
        if caption_of(line) or not near or (rows and abs(line.size - rows[0].size) > 0.15 * line.size):
            break
        if not several and not rows:
            continue
        if not several and len(rows) > 1 and len(cells_of(rows[-1])) == 1:
            break
        rows.append(line)
    while rows and len(cells_of(rows[-1])) == 1:
        rows.pop()
    parted = sum(len(cells_of(row)) > 1 for row in rows)
    return rows if parted > 2 and parted >= 0.7 * len(rows) else []


def _over(rule: Rule, line: Line) -> bool:
    wide = rule.x1 - rule.x0 > _NARROWEST
    return wide and min(rule.x1, line.x1) - max(rule.x0, line.x0) > 0.5 * min(rule.x1 - rule.x0, line.x1 - line.x0)


def _between(line: Line, x0: float, x1: float) -> bool:
    return x0 - _NEAR < (line.x0 + line.x1) / 2 < x1 + _NEAR and line.x0 > x0 - 2 * _NEAR and line.x1 < x1 + 2 * _NEAR


def _within(line: Line, box: tuple[float, float, float, float]) -> bool:
    return _between(line, box[0], box[2]) and box[1] - 1 < line.base < box[3] + 2


def _overlap(one: Region, other: Region) -> bool:
    a, b = one.box, other.box
    return one.page == other.page and a[0] < b[2] and b[0] < a[2] and a[1] < b[3] - 2 and b[1] < a[3] - 2


def _box(rows: list[Line]) -> tuple[float, float, float, float]:
    return min(r.x0 for r in rows), min(r.top for r in rows), max(r.x1 for r in rows), max(r.bottom for r in rows)
