"""What a publisher prints around the text: running heads, page numbers, line numbers, download notices."""

from __future__ import annotations

import itertools
import re
from collections import Counter

from fetcher.pdf.blocks import caption_of
from fetcher.pdf.layout import Line, Sheet, Word, weighted_median

_PAGE_NUMBER = re.compile(
    r"(page )?\d{1,5}( ?(of|/) ?\d+)?|[-–] ?\d+ ?[-–]|[ivxl]{1,6}|[SR]\d{1,3}|e\d{1,6}", re.IGNORECASE
)
_NOTICE = re.compile(
    r"downloaded (from|by|on|at)|this preprint|not (been )?certified by peer review|author/funder"
    r"|all rights reserved\. no reuse"
    r"|is made available under a|ver(dot|jdt) date|jkt \d+|under a creative ?commons .*international licen[sc]e\.?$"
    r"|provisional pdf|author manuscript|see front matter|under review as a conference|accepted manuscript$"
    r"|for peer review",
    re.IGNORECASE,
)
_MARGIN = 0.09


def remove_line_numbers(sheets: list[Sheet]) -> bool:
    """Take out the numbers beside the lines of a manuscript; returns whether it has any.

    They rise steadily down one margin, stand beside nearly every (fifth) line, and do so on most pages:
    a list of references does not.
    """
    numbered = {sheet.number: words for sheet in sheets if (words := _line_numbers(sheet))}
    written = [sheet for sheet in sheets if len(sheet.lines) > 8]
    if len(numbered) < max(1, 0.5 * len(written)):
        return False
    for sheet in sheets:
        gone = numbered.get(sheet.number, set())
        for line in sheet.lines:
            line.words = [word for word in line.words if id(word) not in gone]
        sheet.lines = [Line(line.words, line.page) for line in sheet.lines if line.words]
    return True


def _line_numbers(sheet: Sheet) -> set[int]:
    """`id` of the words that number the lines of a page."""
    places: dict[int, list[Word]] = {}
    for line in sheet.lines:
        for word in {id(word): word for word in (line.words[0], line.words[-1])}.values():
            if word.text.isascii() and word.text.isdigit() and len(word.text) < 5:
                places.setdefault(round((word.x1 if word.x0 < sheet.width / 2 else word.x0) / 6), []).append(word)
    rows = len({round(line.base / 3) for line in sheet.lines if any(not word.text.isdigit() for word in line.words)})
    gone: set[int] = set()
    for place, found in places.items():
        near = sorted(found + places.get(place + 1, []), key=lambda word: word.base)
        step = _rises([int(word.text) for word in near]) if len(near) >= 5 else 0
        if step and len(near) * step > 0.55 * rows and _at_margin(sheet, place * 6):
            gone |= {id(word) for word in near}
    return gone


def _rises(numbers: list[int]) -> int:
    """The step by which the numbers rise; 0 where they do not."""
    step, count = Counter(after - before for before, after in itertools.pairwise(numbers)).most_common(1)[0]
    return step if step in (1, 2, 5, 10) and count >= 0.8 * (len(numbers) - 1) else 0


def _at_margin(sheet: Sheet, x: float) -> bool:
    """Whether hardly any text stands outside of x, as beside line numbers and not in a table or list."""
    left = sum(1 for line in sheet.lines if line.x1 < x - 12 and len(line.words) > 1)
    right = sum(1 for line in sheet.lines if line.x0 > x + 12 and len(line.words) > 1)
    text = [line for line in sheet.lines if len(line.words) > 3]
    inside = sum(1 for line in text if line.x0 - 3 <= x <= line.x1 + 3 and line.words[0].x1 - x > 12)
    return min(left, right) <= 2 and inside < 0.2 * len(text) + 1


def remove_furniture(sheets: list[Sheet]) -> list[str]:
    """Take heads, feet, page numbers and notices out of all sheets; returns their distinct texts."""
    seen: Counter[str] = Counter()
    for sheet in sheets:
        seen.update({_shape(line.text) for line in sheet.lines if _marginal(line, sheet, 0.13)})
    needed = 2 if len(sheets) < 6 else 3
    removed: dict[str, None] = {}
    for sheet in sheets:
        gone = [line for line in sheet.lines if _is_furniture(line, sheet, seen, needed) or _is_head(line, sheets)]
        removed |= dict.fromkeys(line.text for line in gone)
        taken = {id(line) for line in gone}
        sheet.lines = [line for line in sheet.lines if id(line) not in taken]
    return list(removed)


def _is_furniture(line: Line, sheet: Sheet, seen: Counter[str], needed: int) -> bool:
    if caption_of(line):
        return False
    if _marginal(line, sheet, 0.13) and _shape(line.text) and seen[_shape(line.text)] >= needed:
        return True
    if _marginal(line, sheet, _MARGIN) and _PAGE_NUMBER.fullmatch(line.text.strip()):
        return True
    return _marginal(line, sheet, 0.16) and bool(_NOTICE.search(line.text))


def _is_head(line: Line, sheets: list[Sheet]) -> bool:
    """Whether a few small words stand at the very top of a later page of a paper too short to repeat its heads."""
    sheet = sheets[line.page - sheets[0].number]
    return (
        len(sheets) < 4
        and sheet is not sheets[0]
        and line.bottom < 0.07 * sheet.height
        and len(line.words) < 15
        and line.size < 0.95 * weighted_median([(other.size, len(other.text)) for other in sheet.lines])
    )


def _marginal(line: Line, sheet: Sheet, share: float) -> bool:
    return line.bottom < share * sheet.height or line.top > (1 - share) * sheet.height


def _shape(text: str) -> str:
    """The text without its numbers, as heads repeat it from page to page."""
    return re.sub(r"[\d\W]+", " ", text).strip().lower()
