"""The theme that suits a paper's subject, and the horizon that its numbers draw."""

from __future__ import annotations

import hashlib
import math
import re
from typing import TYPE_CHECKING

from scripter.numbers import numbers_in, value_of

if TYPE_CHECKING:
    from artifacts.paper import Paper
    from artifacts.script import ThemeName

_SUBJECTS: dict[ThemeName, re.Pattern[str]] = {
    "dawn": re.compile(
        r"ecolog|climat|plant|agri|environ|evolution|animal|wildlife|ocean|marine|forest|biodivers|conservation|zoolog|"
        r"botan|soil|bird|fish|insect|genome|species|taxonom|crop|livestock|microbio|bacteri|habitat|earth|ecologia|planta",
        re.IGNORECASE,
    ),
    "night": re.compile(
        r"physic|físic|astro|galax|star|cosmo|quantum|comput|algorithm|machine learning|software|network|mathem|"
        r"engineer|engenh|space|telescope|neural network|informatics|library|material science|polymer|polímer|"
        r"hamiltonian",
        re.IGNORECASE,
    ),
    "paper": re.compile(
        r"histor|societ|sociol|polic(?:y|ies)|politic|educa|econom|law\b|philosoph|linguist|literat|cultur|anthropolog|"
        r"manage|administra|humanit|discurs|bakhtin|ensino|universit|sociais|ethic",
        re.IGNORECASE,
    ),
    "dusk": re.compile(
        r"medic|patient|health|saúde|clinic|disease|cancer|psych|brain|neuro|drug|therap|surg|hospital|mental|virus|"
        r"infect|vaccin|cell|pharma|immun|nurs|enferm|cardi|dental|oral|hiv|pain",
        re.IGNORECASE,
    ),
}


def theme_of(paper: Paper) -> ThemeName:
    """By the subject headings and the title, then the abstract; dusk where nothing is told."""
    subjects = " ".join(paper.subjects)
    points: dict[ThemeName, float] = {}
    for theme, pattern in _SUBJECTS.items():
        inside = len({match.lower() for match in pattern.findall(paper.abstract)})
        points[theme] = (
            2 * len(pattern.findall(f"{subjects} {paper.journal}")) + 3 * len(pattern.findall(paper.title)) + inside
        )
    best = max(points, key=lambda theme: (points[theme], theme == "dusk"))
    return best if points[best] else "dusk"


def horizon_of(paper: Paper) -> list[float]:
    """32 to 64 numbers, 0 to 1: the paper's own on a logarithmic scale, else its digest's bytes."""
    values = _table_numbers(paper)
    if len(values) < 32:
        text = " ".join(passage.text for passage in paper.passages[:60])
        values += [number.value for number in numbers_in(text, paper.language)]
    values = values[:64]
    scaled = [math.log1p(abs(value)) for value in values if abs(value) < 1e15]
    if len(scaled) < 16 or max(scaled) - min(scaled) < 1e-9:
        digest = hashlib.sha256(paper.model_dump_json().encode()).digest()
        return [round(byte / 255, 3) for byte in digest]
    low, high = min(scaled), max(scaled)
    return [round((value - low) / (high - low), 3) for value in scaled]


def _table_numbers(paper: Paper) -> list[float]:
    best: list[float] = []
    for table in paper.tables:
        width = max((len(row) for row in table.rows), default=0)
        for index in range(1, width):
            column = [value_of(row[index], paper.language) for row in table.rows if index < len(row)]
            numbers = [value for value in column if value is not None]
            best = max(best, numbers, key=len)
    return best
