"""Units as they are said: `mg/kg`, `mg kg-1`, `kg/m²`, `°C`, `%`."""

import re

from narrator.terms import Terms


def spoken_unit(text: str, number: str, terms: Terms) -> str:
    """Say a unit after a number; empty if the text is none.

    Args:
        text: folded to plain characters, superscripts as `^2`.
        number: what it follows, as written: one is singular.
        terms: the words of the language.
    """
    plain = {"%": terms.percent, "°C": terms.celsius, "°F": terms.fahrenheit, "°": terms.degree, "ºC": terms.celsius,
             "'": "minutes" if terms.percent == "percent" else "", "′": "minutes", "″": "seconds"}  # fmt: skip
    if text in plain:
        return plain[text]
    parts = re.split(r"([/·.])", text.replace("µ", "µ"))
    said: list[str] = []
    per = False
    for part in parts:
        if part in {"/", "·", "."}:
            per = part == "/"
            continue
        word = _single(part, terms, one=number == "1", per=per)
        if not word:
            return ""
        said.append(word)
    return " ".join(said)


def _single(part: str, terms: Terms, *, one: bool, per: bool) -> str:
    match = re.fullmatch(r"(%|°C|[A-Za-zµÅ]+)\^?(-?[123])?", part)
    if not match:
        return ""
    symbol, power = match[1], match[2] or ""
    below = per or power.startswith("-")
    plural = {"%": terms.percent, "°C": terms.celsius}.get(symbol) or terms.units.get(symbol, "")
    if not plural:
        return ""
    word = terms.singular.get(symbol, plural) if below or one else plural
    size = power.lstrip("-")
    if size in {"2", "3"}:
        english = {"2": "square", "3": "cubic"}
        raised = {"2": terms.squared, "3": terms.cubed}
        word = f"{english[size]} {word}" if terms.percent == "percent" else f"{word} {raised[size]}"
    return f"{terms.per} {word}" if below else word
