"""Reading order: where the gutters of a page are, and which line follows which."""

from __future__ import annotations

import itertools
import re

from fetcher.pdf.layout import Line, Sheet

_GUTTER = 4.0
_STEP = 1.0
_ITEM_NUMBER = re.compile(r"\[?\d{1,3}[.)\]]?")


def arrange(sheet: Sheet) -> None:
    """Put the lines of a sheet into reading order, column by column, and join what one line was torn into."""
    _lower_initials(sheet)
    _join_item_numbers(sheet)
    sheet.columns = [merged(column, sheet.number) for column in _order(sheet.lines, 0)]
    sheet.lines = [line for column in sheet.columns for line in column]


def _lower_initials(sheet: Sheet) -> None:
    """Put an initial that is two or three lines high in front of the first line beside it."""
    for initial in [line for line in sheet.lines if len(line.text) == 1 and line.text.isupper()]:
        beside = [
            line
            for line in sheet.lines
            if line.size < 0.55 * initial.size
            and -3 < line.x0 - initial.x1 < 2 * line.size
            and initial.top - line.size < line.base <= initial.base + 2
        ]
        if beside:
            host = min(beside, key=lambda line: line.base)
            letter, first = initial.words[0], host.words[0]
            letter.size, letter.base, letter.top, letter.bottom = first.size, first.base, first.top, first.bottom
            letter.bold, letter.script, first.glued = first.bold, 0, True
            for line in beside:
                left = min(letter.x0, line.words[0].x0)
                line.words[0].x0 = left if line is not host else line.words[0].x0
            place = next(index for index, line in enumerate(sheet.lines) if line is host)
            sheet.lines[place] = Line([letter, *host.words], sheet.number)
            sheet.lines = [
                line if line not in beside else Line(line.words, line.page)
                for line in sheet.lines
                if line is not initial
            ]


def _join_item_numbers(sheet: Sheet) -> None:
    """Give the number of a list's item, which may stand nearer to the left column, to the line it begins."""
    numbers = [line for line in sheet.lines if len(line.words) == 1 and _ITEM_NUMBER.fullmatch(line.text)]
    for number in numbers:
        for index, line in enumerate(sheet.lines):
            if abs(line.base - number.base) < 1 and 0 < line.x0 - number.x1 < 1.8 * line.size and len(line.words) > 2:
                sheet.lines[index] = Line([*number.words, *line.words], sheet.number)
                sheet.lines = [other for other in sheet.lines if other is not number]
                break


def _order(lines: list[Line], depth: int) -> list[list[Line]]:
    gutter = _gutter(lines) if depth < 4 else None
    if gutter is None:
        return [sorted(lines, key=lambda line: (line.base, line.x0))] if lines else []
    columns: list[list[Line]] = []
    for band, crossing in _bands(lines, gutter):
        if crossing:
            columns += _order(band, depth + 1) if len(band) < len(lines) else [sorted(band, key=lambda line: line.base)]
            continue
        columns += _order([line for line in band if _middle(line) < gutter], depth + 1)
        columns += _order([line for line in band if _middle(line) >= gutter], depth + 1)
    return columns


def _middle(line: Line) -> float:
    return (line.x0 + line.x1) / 2


def _crosses(line: Line, gutter: float) -> bool:
    return line.x0 < gutter - 1 and line.x1 > gutter + 1


def _bands(lines: list[Line], gutter: float) -> list[tuple[list[Line], bool]]:
    """The lines from top to bottom, cut where lines across the gutter begin and end."""
    across = [line for line in lines if _crosses(line, gutter)]
    bands: list[tuple[list[Line], bool]] = []
    for line in sorted(lines, key=lambda line: line.base):
        beside = any(_beside(line, other) for other in across)
        ends = bool(bands) and bands[-1][1] and _ends_paragraph(bands[-1][0][-1], line)
        crossing = _crosses(line, gutter) or beside or ends
        if not bands or bands[-1][1] != crossing:
            bands.append(([], crossing))
        bands[-1][0].append(line)
    joined: list[tuple[list[Line], bool]] = []
    for band, crossing in bands:
        sides = {_middle(line) < gutter for line in band}
        whole = crossing or (len(sides) == 1 and len(bands) > 1)
        if joined and joined[-1][1] and whole:
            joined[-1][0].extend(band)
        else:
            joined.append((band, whole))
    return joined


def _ends_paragraph(before: Line, line: Line) -> bool:
    """Whether a short line is the last of the full-width paragraph above it."""
    return (
        abs(before.x0 - line.x0) < 2
        and abs(before.size - line.size) < 0.2
        and line.base - before.base < 1.7 * line.size
    )


def _beside(line: Line, other: Line) -> bool:
    """Whether two lines are pieces of one row of text."""
    return (
        line is not other
        and abs(line.base - other.base) < 2
        and -1 < max(line.x0, other.x0) - min(line.x1, other.x1) < 2 * other.size
    )


def _gutter(lines: list[Line]) -> float | None:
    """The x that most text stands on both sides of, on the same height, without crossing it; None: one column."""
    if len(lines) < 6:
        return None
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    span = right - left
    best, best_score = None, 0.0
    x = left + 0.14 * span
    while x < right - 0.14 * span:
        score = _score(lines, x)
        if score > best_score:
            best, best_score = x, score
        x += _STEP
    return _centred(lines, best) if best is not None else None


def _score(lines: list[Line], x: float) -> float:
    half = _GUTTER / 2
    sides: tuple[list[Line], list[Line]] = ([], [])
    crossing = 0.0
    for line in lines:
        if line.x1 <= x - half:
            sides[0].append(line)
        elif line.x0 >= x + half:
            sides[1].append(line)
        else:
            crossing += line.size
    if min(len(sides[0]), len(sides[1])) < 4:
        return 0.0
    shared = _shared_height(sides[0], sides[1])
    text = min(sum(_width(side) for side in sides[0]), sum(_width(side) for side in sides[1]))
    rows = sum(len({round(line.base / 3) for line in side}) for side in sides)
    wordy = sum(len(line.words) for side in sides for line in side) / rows
    size = max(line.size for side in sides for line in side)
    if shared < 3 * size or wordy < 2.5 or text < 250 or crossing > 2.5 * shared:
        return 0.0
    return shared - 0.3 * crossing


def _width(line: Line) -> float:
    return line.x1 - line.x0


def _shared_height(left: list[Line], right: list[Line]) -> float:
    rows = {int(line.base // 6) for line in left}
    rows |= {row + 1 for row in rows}
    others = {int(line.base // 6) for line in right}
    others |= {row + 1 for row in others}
    return 6.0 * len(rows & others)


def _centred(lines: list[Line], x: float) -> float:
    """The middle of the gap that the x lies in."""
    clear = [line for line in lines if not _crosses(line, x)]
    left = max((line.x1 for line in clear if line.x1 <= x + 1), default=x)
    right = min((line.x0 for line in clear if line.x0 >= x - 1), default=x)
    return (left + right) / 2


def merged(lines: list[Line], page: int) -> list[Line]:
    """Pieces on one baseline as one line, raised and lowered pieces put back where they belong."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.base, line.x0)):
        row = next((row for row in reversed(rows[-4:]) if _same_row(row, line)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    return [_one(row, page) for row in rows]


def _same_row(row: list[Line], line: Line) -> bool:
    size = max(*(part.size for part in row), line.size)
    base = max(row, key=lambda part: part.size).base
    overlap = any(min(part.x1, line.x1) - max(part.x0, line.x0) > 0.3 * size for part in row)
    small = min(*(part.size for part in row), line.size) < 0.86 * size
    return abs(base - line.base) < (0.5 if small else 0.3) * size and not overlap


def _one(row: list[Line], page: int) -> Line:
    if len(row) == 1:
        return row[0]
    main = max(row, key=lambda part: part.size)
    words = [word for part in row for word in part.words]
    for part in row:
        if part.size < 0.86 * main.size:
            shift = (main.base - part.base) / main.size
            for word in part.words:
                word.script = 1 if shift > 0.12 else -1 if shift < -0.06 else 0
    words.sort(key=lambda word: word.x0)
    for before, word in itertools.pairwise(words):
        word.glued = word.x0 - before.x1 < 0.19 * main.size and (word.glued or bool(word.script) or bool(before.script))
    return Line(words, page)
