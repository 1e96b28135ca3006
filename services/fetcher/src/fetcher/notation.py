"""How parts of a formula are written on one line of text."""

from __future__ import annotations

import re
import unicodedata

from fetcher.prose import clean, lowered, raised

UNREADABLE = "[formula]"
_LONGEST = 80
_SPACED = set("=<>≤≥≈≠∼~→←↔⇌∝±×+∈≡≪≫≃≅∓⇒")


def short(text: str | None) -> str:
    """The formula's text, or `[formula]` where there is none or it is too long to be read."""
    text = clean(text or "")
    return text if 0 < len(text) <= _LONGEST else UNREADABLE


def grouped(text: str) -> str:
    """The text, in brackets where it is more than one name or number."""
    text = text.strip()
    return text if re.fullmatch(r"[\w.,′]+|\(.*\)", text) else f"({text})"


def power(text: str) -> str:
    """The text as an exponent."""
    text = re.sub(r"\s+", "", text)
    if text in ("*", "∗", "′", "″", "†", "·"):
        return "*" if text == "∗" else text
    if text in ("∘", "°"):
        return "°"
    mapped = raised(text)
    return mapped if mapped != text and not mapped.startswith("^") else "^" + (text if text.isalnum() else f"({text})")


def index(text: str) -> str:
    """The text as an index."""
    text = text.strip()
    mapped = lowered(text)
    return mapped if mapped != text else "_" + (text if text.isalnum() else f"({text})")


_ACCENTS = {
    "¯": "\u0304",
    "‾": "\u0304",
    "_": "\u0304",
    "^": "\u0302",
    "ˆ": "\u0302",
    "~": "\u0303",
    "˜": "\u0303",
    "∼": "\u0303",
    "˙": "\u0307",
    ".": "\u0307",
    "→": "\u20d7",
    "⃗": "\u20d7",
    "¨": "\u0308",
}


def accented(base: str, accent: str) -> str:
    """A letter under its accent."""
    mark = _ACCENTS.get(accent.strip())
    return unicodedata.normalize("NFC", base + mark) if mark and len(base) == 1 else base


def operator(text: str) -> str:
    """An operator with the space that it wants around it."""
    text = {"-": "−", "*": "·", "\u2061": "", "\u2062": "", "\u2063": ""}.get(text, text)
    return f" {text} " if text in _SPACED else text
