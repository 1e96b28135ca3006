"""Numbers as papers write them."""

from __future__ import annotations

import re
from typing import NamedTuple

NUMBER = re.compile(r"\d+(?:[.,·]\d+)*(?:[\u2009\u202f\u00a0 ]\d{3}(?!\d))*")
_THOUSANDS = re.compile(r"\d{1,3}([,.\u2009\u202f\u00a0 ])\d{3}(?:\1\d{3})*(?!\d)")
_DECIMAL_COMMA = frozenset({"pt", "es", "de", "fr", "it", "nl", "ru", "pl", "cs", "tr", "id"})


class Found(NamedTuple):
    """A number in a text: as written, its value, and where it stands."""

    text: str
    value: float
    start: int
    end: int


def tokens_of(text: str) -> list[str]:
    """Every run of digits with its inner points and commas, as written."""
    return re.findall(r"\d+(?:[.,·]\d+)*", text)


def value_of(text: str, language: str = "en") -> float | None:
    """The value of a number as written, or None where it is none."""
    written = text.strip().lstrip("~≈<>≤≥+").replace("−", "-").replace("–", "-").replace("·", ".")
    sign = -1.0 if written.startswith("-") else 1.0
    written = written.lstrip("-").strip()
    comma = language.split("-", maxsplit=1)[0] in _DECIMAL_COMMA
    grouped = _THOUSANDS.fullmatch(written)
    if grouped and (grouped[1] not in ".," or grouped[1] == ("." if comma else ",")):
        written = written.replace(grouped[1], "")
    else:
        point = "." if "," in written else ""  # `2.761,5`, but `2.761` may be either
        between = point if comma else ",\u2009\u202f\u00a0 "
        written = re.sub(rf"[{between}](?=\d{{3}}(?:\D|$))", "", written) if between else written
        written = written.replace(",", ".")
    try:
        return sign * float(written)
    except ValueError:
        return None


def numbers_in(text: str, language: str = "en") -> list[Found]:
    """Every number of a text that stands by itself, not as part of a name such as `eLife2` or `H3K27`."""
    found = []
    for match in NUMBER.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if re.search(r"[A-Za-zÀ-ÿ_/][-–‐]?$", before) or re.match(r"[A-Za-zÀ-ÿ_]{2,}|[A-Z]\b|'", after):
            continue
        value = value_of(match[0], language)
        if value is not None:
            found.append(Found(match[0], value, match.start(), match.end()))
    return found
