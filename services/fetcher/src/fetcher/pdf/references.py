"""How many works a paper cites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fetcher.pdf.layout import Line

_NUMBER = re.compile(r"^\[?(\d{1,4})(?:[.\])]|\s)\s*(?=[^\W\d_]|['\"“‘])")
_YEAR = re.compile(r"\b(?:19|20)\d\d[a-z]?\b")


def count_references(lines: list[Line]) -> int:
    """The number of the last item of a numbered list, else the items that stand out to the left or hold a year."""
    numbers = [int(found[1]) for line in lines if (found := _NUMBER.match(line.text))]
    seen, last, held = set(numbers), 0, 0
    for number in range(1, 1000):
        held += number in seen
        if number in seen and held > 0.7 * number:
            last = number
    if last >= 3:
        return last
    return max(_standing_out(lines), min(1, sum(bool(_YEAR.search(line.text)) for line in lines)))


def _standing_out(lines: list[Line]) -> int:
    """Items whose first line begins left of its others, column by column."""
    starts = 0
    for line, after in zip(lines, [*lines[1:], None], strict=False):
        hanging = (
            after is not None and after.page == line.page and 4 < after.x0 - line.x0 < 45 and after.base > line.base
        )
        starts += hanging and line.text[:1].isupper()
    years = sum(1 for line in lines if _YEAR.search(line.text))
    return starts if starts > 0.4 * years else int(0.9 * years)
