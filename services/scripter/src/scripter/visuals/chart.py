"""A chart redrawn from the paper's table that the sentence speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from artifacts.script import ChartVisual

from scripter.candidates import terms_of
from scripter.numbers import numbers_in, tokens_of, value_of

if TYPE_CHECKING:
    from artifacts.paper import Paper, Table

    from scripter.phrases import Phrases

_CELL = re.compile(r"^\s*[~≈]?\s*(?P<number>[−–-]?\d+(?:[.,·]\d+)*)\s*(?P<percent>%)?\s*(?:[(\[±].*)?$")
_NO_MEASURE = re.compile(
    r"\bp\b|p[- ]?val|signif|\bref|\bid\b|accession|code|\bno\b\.?$|number of table|d\.?f\.?|\bt\b|"
    r"\bF\b|chi|χ|primer|year|date|ci\b|lower|upper|\br2?\b|position|start|end|size range",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"^(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s?)?(?:1[5-9]|20)\d\d(?:[-–/]\d{2,4})?$|^(?:day|week|month|year|d|wk)\s?\d+|^\d+\s?(?:h|hr|min|days?|weeks?|months?|years?)$",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"age|year|day|week|month|hour|time|dose|concentration|temperature|depth|distance|idade|ano|alter|jahr",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"^(?:total|all|overall|sum|mean|average|gesamt|totais)\b", re.IGNORECASE)
MOST_ROWS = 12
MOST_TIMES = 40
_NO_ROW = re.compile(r"(?:p|p[- ]?values?|lsd|sed?|s\.e\.?m?\.?|cv|significance|r2|n|sd|ci)\b", re.IGNORECASE)
_FOOTNOTE = re.compile(r"[ᵃ-ᶿ]+|[*†‡§]+$")
_NO_DATA = re.compile(r"\bp[- ]?values?\b|anova\b|analysis of variance|regression|primers?\b|contrast", re.IGNORECASE)
_CITED = re.compile(r"\b(?:Tab(?:le|ela|la|elle)?s?|Tableau)\.?\s*(\d+)", re.IGNORECASE)
_GOOD_FIT = 3.0


@dataclass(frozen=True)
class _Column:
    header: str
    categories: list[str]
    texts: list[str]
    values: list[float]
    percent: bool
    group: str = ""
    """The heading in the table that the rows stand under."""


def chart_visual(text: str, paper: Paper, phrases: Phrases, original: str = "") -> ChartVisual | None:
    """The column that fits the sentence best, or None where no table speaks of the same.

    `original` is the sentence as the paper has it: it may name the table.
    """
    said = terms_of(text, phrases)
    numbers = {number.text for number in numbers_in(text, phrases.language)}
    best: tuple[float, Table, _Column, int | None] | None = None
    cited = set(_CITED.findall(original))
    for table in paper.tables:
        named = bool(cited & set(re.findall(r"\d+$", table.label.strip(" .:"))))
        for column in _columns(table, phrases):
            points, row = _fit(column, table, said, numbers, phrases)
            points += 1.5 * named if points else 0.0
            if points >= _GOOD_FIT and (best is None or points > best[0]):
                best = points, table, column, row
    if best is None:
        return None
    _, table, column, row = best
    ordered = _rising(column.categories) or all(_TIME.match(category) for category in column.categories)
    return ChartVisual(
        form="line" if ordered and len(column.values) >= 5 else "bars",
        categories=column.categories,
        values=column.values,
        texts=column.texts,
        axis=_axis(column, table),
        highlight=row,
        source=table.label.strip(" .:"),
    )


def _fit(
    column: _Column, table: Table, said: frozenset[str], numbers: set[str], phrases: Phrases
) -> tuple[float, int | None]:
    shared = len(said & terms_of(f"{table.caption} {column.header}", phrases))
    headed = 5 * _share(said, terms_of(column.header, phrases))
    rows = [_share(said, terms_of(category, phrases)) for category in column.categories]
    told = [
        index for index, written in enumerate(column.texts) if set(tokens_of(written)) & numbers and len(written) > 1
    ]
    row = told[0] if len(told) == 1 else None
    if row is None and max(rows) and rows.count(max(rows)) == 1:
        row = rows.index(max(rows))
    if len(told) != 1 and (shared < 3 or not max(rows)):
        return 0.0, None
    exact = 2.5 * (len(told) == 1 and len(column.texts[told[0]]) > 1)
    return min(shared, 4) * 0.7 + 0.3 * headed + 0.6 * min(sum(bool(n) for n in rows), 3) + exact, row


def _share(said: frozenset[str], named: frozenset[str]) -> float:
    return len(said & named) / len(named) if named else 0.0


def _columns(table: Table, phrases: Phrases) -> list[_Column]:
    if _NO_DATA.search(table.caption):
        return []
    return [column for group, rows in _groups(table) for column in _columns_of(table, group, rows, phrases)]


def _groups(table: Table) -> list[tuple[str, list[list[str]]]]:
    """The rows under each row that is a heading; all of them under none."""
    groups: list[tuple[str, list[list[str]]]] = [("", [])]
    for row in table.rows:
        if len(row) < 2 or not row[0].strip() or _TOTAL.match(row[0].strip()) or _NO_ROW.match(row[0].strip()):
            continue
        if len({cell.strip() for cell in row[1:]} - {"", row[0].strip()}) == 0:
            groups.append((_FOOTNOTE.sub("", row[0].strip()), []))
        else:
            groups[-1][1].append(row)
    return groups


def _columns_of(table: Table, group: str, rows: list[list[str]], phrases: Phrases) -> list[_Column]:
    if not (2 if group else 3) <= len(rows) <= MOST_TIMES or len({len(row) for row in rows}) != 1:
        return []
    categories = [_FOOTNOTE.sub("", re.sub(r"\s+", " ", row[0]).strip()) for row in rows]
    if len(set(categories)) != len(categories) or any(len(category) > 32 for category in categories):
        return []
    if len(rows) > MOST_ROWS and not all(_TIME.match(category) for category in categories):
        return []
    numeric = sum(bool(_CELL.match(category)) for category in categories)
    if numeric and not all(_TIME.match(category) for category in categories):
        first = _header(table, 0)
        if not (numeric == len(rows) >= 4 and _rising(categories) and first and _SCALE.search(first)):
            return []
    columns = []
    for index in range(1, len(rows[0])):
        header = _header(table, index)
        column = _column(header, categories, [row[index] for row in rows], phrases)
        if column:
            columns.append(replace(column, group=group))
    return columns


def _rising(categories: list[str]) -> bool:
    values = [value_of(category) for category in categories]
    known = [value for value in values if value is not None]
    return len(known) == len(values) and all(a < b for a, b in pairwise(known))


def _header(table: Table, index: int) -> str:
    names = [_FOOTNOTE.sub("", row[index].strip()) for row in table.header if index < len(row) and row[index].strip()]
    return ", ".join(dict.fromkeys(names))


def _column(header: str, categories: list[str], cells: list[str], phrases: Phrases) -> _Column | None:
    matches = [_CELL.match(cell) for cell in cells]
    if not header or _NO_MEASURE.search(header) or not all(matches):
        return None
    found = [match for match in matches if match]
    percents = {bool(match["percent"]) for match in found}
    values = [value_of(match["number"], phrases.language) for match in found]
    numbers = [value for value in values if value is not None]
    if len(percents) != 1 or len(numbers) != len(found) or len(set(numbers)) < min(3, len(cells)):
        return None
    mixed_signs = min(numbers) < 0 < max(numbers)
    spread = max(map(abs, numbers)) / (min(abs(number) for number in numbers if number) or 1)
    dated = all(_TIME.match(category) for category in categories)
    if mixed_signs or spread > (5000 if dated else 200) or _units_differ(categories):
        return None
    percent = percents == {True}
    return _Column(header, categories, [m["number"] + ("%" if percent else "") for m in found], numbers, percent)


def _units_differ(categories: list[str]) -> bool:
    """Whether rows name units of their own, such as `Age (years)` and `Weight (kg)`."""
    units = [match[1] for category in categories if (match := re.search(r"[(,]\s*([^()]{1,12})\)?$", category))]
    measured = [unit for unit in units if re.search(r"kg|mg|mm|cm|year|%|/|°|\bg\b|\bn\b|mean|sd", unit, re.IGNORECASE)]
    named = re.compile(
        r"\b(?:age|weight|height|bmi|sex|female|male|mass|length|temperature|ph|density|width)\b", re.IGNORECASE
    )
    return bool(measured) or len({m.group().lower() for category in categories if (m := named.search(category))}) > 1


def _axis(column: _Column, table: Table) -> str:
    first = re.split(r"(?<=[a-z)])\.\s", table.caption)[0].strip(" .")
    header = f"{column.group}: {column.header}" if column.group else column.header
    axis = header if len(column.header) > 4 or not first else f"{header} · {first}"
    return axis if len(axis) <= 64 else axis[:64].rsplit(" ", 1)[0]
