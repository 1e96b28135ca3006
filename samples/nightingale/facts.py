"""Every number of the paper, by arithmetic from the table."""

from __future__ import annotations

import csv
from calendar import monthrange
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CAUSES = ("zymotic", "wounds", "other")
NAMES = {"zymotic": "Zymotic disease", "wounds": "Wounds", "other": "Other causes", "all": "All causes"}


@dataclass(frozen=True)
class Month:
    """A line of the table: average strength, deaths by cause, and the annual rates per 1000 as they were printed."""

    month: str
    army: int
    deaths: dict[str, int]
    printed_rates: dict[str, float]

    @property
    def days(self) -> int:
        year, month = map(int, self.month.split("-"))
        return monthrange(year, month)[1]


def read_table() -> list[Month]:
    """The table, in order of time."""
    with Path(__file__).with_name("mortality.csv").open(newline="") as file:
        return [
            Month(
                line["month"],
                int(line["army"]),
                {cause: int(line[cause]) for cause in CAUSES},
                {cause: float(line[f"{cause}_rate"]) for cause in CAUSES},
            )
            for line in csv.DictReader(file)
        ]


def deaths(months: Sequence[Month], cause: str = "all") -> int:
    """Deaths of a period from one cause, or from all."""
    return sum(month.deaths[each] for month in months for each in CAUSES if cause in (each, "all"))


def rate(months: Sequence[Month], cause: str = "all") -> float:
    """Deaths per 1000 men and year."""
    return deaths(months, cause) * 12 * 1000 / sum(month.army for month in months)


def fall(before: float, after: float) -> float:
    """How far a rate fell, in percent of what it was."""
    return 100 * (before - after) / before


def periods(table: Sequence[Month]) -> dict[str, list[Month]]:
    """The periods that the paper speaks of."""
    named = {month.month: month for month in table}
    single = {"nov54": "1854-11", "jan55": "1855-01", "mar55": "1855-03", "jan56": "1856-01", "mar56": "1856-03"}
    return {
        "all": list(table),
        "year1": list(table[:12]),
        "year2": list(table[12:]),
        "winter1": [named[month] for month in ("1854-12", "1855-01", "1855-02")],
        "winter2": [named[month] for month in ("1855-12", "1856-01", "1856-02")],
        **{name: [named[month]] for name, month in single.items()},
    }


def facts(table: Sequence[Month]) -> dict[str, str]:
    """The numbers as they stand in the text, by the name that the text gives them."""
    found = {"months": str(len(table)), "rates": str(len(table) * len(CAUSES))}
    spans = periods(table)
    for name, months in spans.items():
        found[f"{name}.deaths"] = f"{deaths(months):,}"
        found[f"{name}.all_rate"] = f"{rate(months):,.1f}"
        for cause in CAUSES:
            found[f"{name}.{cause}"] = f"{deaths(months, cause):,}"
            found[f"{name}.{cause}_rate"] = f"{rate(months, cause):,.1f}"
            found[f"{name}.{cause}_share"] = f"{100 * deaths(months, cause) / deaths(months):.1f}"
    first, second = spans["year1"], spans["year2"]
    for cause in (*CAUSES, "all"):
        found[f"fall.{cause}"] = f"{fall(rate(first, cause), rate(second, cause)):.1f}"
    january = spans["jan55"]
    ratio = deaths(table, "zymotic") / deaths(table, "wounds")
    strength = {name: sum(month.army for month in spans[name]) for name in ("winter1", "winter2")}
    return found | {
        "all.zymotic_per_wounds": f"{ratio:.1f}",
        "jan55.zymotic_per_wounds": f"{deaths(january, 'zymotic') / deaths(january, 'wounds'):.0f}",
        "jan55.zymotic_a_day": f"{deaths(january, 'zymotic') / january[0].days:.0f}",
        "jan55.army_gone_in": f"{12 * 1000 / rate(january):.1f}",
        "mar56.army": f"{spans['mar56'][0].army:,}",
        "winter.larger": f"{100 * (strength['winter2'] / strength['winter1'] - 1):.0f}",
        "wounds.more": f"{deaths(second, 'wounds') - deaths(first, 'wounds'):,}",
    }


def _share(cause: str) -> Callable[[Sequence[Month]], float]:
    return lambda table: deaths(table, cause) / deaths(table)


CLAIMS: dict[str, Callable[[Sequence[Month]], bool]] = {
    "four of every five": lambda table: abs(_share("zymotic")(table) - 4 / 5) < 0.01,
    "fewer than one in ten": lambda table: 0.09 < _share("wounds")(table) < 1 / 10,
    "in every month but one: September 1855": lambda table: (
        [month.month for month in table if month.deaths["zymotic"] <= month.deaths["wounds"]] == ["1855-09"]
    ),
    "was the worst month of the war": lambda table: (
        max(table, key=lambda month: rate([month])).month
        == max(table, key=lambda month: deaths([month])).month
        == "1855-01"
    ),
    "in a larger army": lambda table: periods(table)["jan56"][0].army > periods(table)["jan55"][0].army,
    "to the last printed digit": lambda table: all(
        abs(rate([month], cause) - month.printed_rates[cause]) <= 0.0501 for month in table for cause in CAUSES
    ),
    "In two years": lambda table: len(table) == 24,
    "fell far less": lambda table: (
        fall(rate(table[:12], "wounds"), rate(table[12:], "wounds"))
        < fall(rate(table[:12], "zymotic"), rate(table[12:], "zymotic")) / 5
    ),
    "hardly more than": lambda table: 0 < deaths(table, "wounds") / deaths(table, "other") - 1 < 0.01,
}
"""What the text says of the table in words: the phrase, and whether it is true."""
