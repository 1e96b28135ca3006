"""The paper as parts, read from paper.md with its numbers filled in; what every format is written from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from facts import CAUSES, NAMES, deaths, facts, periods, rate, read_table

AUTHORS = "Hidden Hill contributors"
SERIES = "Hidden Hill samples"
PUBLISHED = (2026, 11, 21)
LICENCE_URL = "https://creativecommons.org/publicdomain/zero/1.0/"
KEYWORDS = ("Crimean War", "mortality", "sanitation", "history of statistics", "Florence Nightingale")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Figure:
    """A picture of the data: the file's name without its ending, label and caption."""

    name: str
    label: str
    caption: str


@dataclass(frozen=True)
class Table:
    """Rows of text under one header row."""

    name: str
    label: str
    caption: str
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]


@dataclass
class Section:
    """A heading of level 2 or 3 and what follows it: paragraphs, figures and tables."""

    title: str
    level: int
    blocks: list[str | Figure | Table] = field(default_factory=list)


@dataclass(frozen=True)
class Text:
    """The whole paper. The abstract is pairs of heading and text."""

    title: str
    abstract: list[tuple[str, str]]
    summary: list[str]
    sections: list[Section]
    references: list[str]


def read_text() -> Text:
    """Read paper.md beside this file, numbers filled in."""
    source = Path(__file__).with_name("paper.md").read_text()
    numbers = facts(read_table())
    filled = re.sub(r"\{([\w.]+)\}", lambda found: numbers[found[1]], source)
    title, *parts = re.split(r"^(#{2,3}) ", filled, flags=re.MULTILINE)
    sections = [_section(len(marks), part) for marks, part in zip(parts[::2], parts[1::2], strict=True)]
    places = [section.title for section in sections]
    summary, end = places.index("Plain-language summary"), places.index("References")
    abstract = [(part.title, " ".join(map(str, part.blocks))) for part in sections[1:summary]]
    return Text(
        title.removeprefix("# ").strip(),
        abstract,
        [str(block) for block in sections[summary].blocks],
        sections[summary + 1 : end],
        [re.sub(r"^\d+\. ", "", line) for line in str(sections[end].blocks[0]).split("\n")],
    )


def _section(level: int, source: str) -> Section:
    title, *blocks = source.strip().split("\n\n")
    section = Section(title.strip(), level)
    for block in blocks:
        found = re.fullmatch(r"\[(figure|table) (\w+)\]", block)
        section.blocks.append(_PIECES[found[1], found[2]]() if found else block)
    return section


def _monthly() -> Table:
    header = ("Month", "Strength", "Zymotic disease", "Wounds", "Other causes", "Rate, all causes")
    rows = []
    for line in read_table():
        year, month = line.month.split("-")
        counts = [f"{line.deaths[cause]:,}" for cause in CAUSES]
        rows.append((f"{_MONTHS[int(month) - 1]} {year}", f"{line.army:,}", *counts, f"{rate([line]):,.1f}"))
    caption = (
        "Average strength of the British army in the East, deaths by cause, "
        "and annual death rate from all causes per 1000 men, by month."
    )
    return Table("monthly", "Table 1", caption, header, rows)


def _periods() -> Table:
    spans = periods(read_table())
    header = ("Cause of death", "Deaths, first year", "Deaths, second year", "Rate, first year", "Rate, second year")
    rows = [
        (
            NAMES[cause],
            *(f"{deaths(spans[year], cause):,}" for year in ("year1", "year2")),
            *(f"{rate(spans[year], cause):,.1f}" for year in ("year1", "year2")),
        )
        for cause in (*CAUSES, "all")
    ]
    caption = (
        "Deaths and annual death rates per 1000 men by cause, in the year before April 1855 and in the year after it."
    )
    return Table("periods", "Table 2", caption, header, rows)


def _monthly_figure() -> Figure:
    caption = (
        "Annual death rate per 1000 men by cause, April 1854 to March 1856. "
        "The line marks the arrival of the Sanitary Commission in March 1855."
    )
    return Figure("monthly", "Figure 1", caption)


def _periods_figure() -> Figure:
    caption = "Annual death rate per 1000 men by cause in the first year, to March 1855, and in the second year."
    return Figure("periods", "Figure 2", caption)


_PIECES = {
    ("table", "monthly"): _monthly,
    ("table", "periods"): _periods,
    ("figure", "monthly"): _monthly_figure,
    ("figure", "periods"): _periods_figure,
}
