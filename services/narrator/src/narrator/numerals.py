"""Numbers and years as they are said."""

import re

from narrator.terms import Terms

NUMBER = r"\d+(?:[.,\u2009\u202f]\d+)*"
"""A number with decimal mark and thousands marks of any language, without sign."""


def spoken_number(text: str, terms: Terms) -> str:
    """The number without its thousands marks, as the speech engine reads it as one."""
    text = re.sub(r"(?<=\d)[\u2009\u202f](?=\d{3})", "", text)
    mark = re.escape(terms.thousands)
    if mark and re.fullmatch(rf"\d{{1,3}}(?:{mark}\d{{3}})+(?:[.,]\d+)?", text) and not text.startswith("0"):
        text = text.replace(terms.thousands, "")
    return text


def year(text: str) -> str:
    """A year from 1100 to 2099, in English: `18 58`, `19 hundred`, `19 oh 5`, `2007`, `20 24`."""
    century, rest = text[:2], text[2:]
    if century == "20" and rest < "10":
        return text
    if rest == "00":
        return f"{century} hundred"
    return f"{century} oh {rest[1]}" if rest.startswith("0") else f"{century} {rest}"
