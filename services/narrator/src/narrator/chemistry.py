"""Formulas, ions and abbreviations, letter by letter."""

import re

from narrator.terms import ELEMENTS, Terms

_WORDS = frozenset(
    [
        "AIDS",
        "NASA",
        "NATO",
        "SARS",
        "MERS",
        "COVID",
        "ANOVA",
        "ELISA",
        "LASER",
        "FRET",
        "NICE",
        "UNICEF",
        "UNESCO",
        "CRISPR",
        "RADAR",
        "SONAR",
        "LIGO",
        "CERN",
        "ESA",
        "ALS",
        "LASSO",
        "PRISMA",
        "CONSORT",
        "STROBE",
        "BERT",
        "SCUBA",
        "ZIKA",
        "EBOLA",
        "RAM",
        "ROM",
        "PET",
        "SPECT",
        "CAT",
        "GAN",
        "RANSAC",
        "MANOVA",
        "ANCOVA",
        "BOLD",
    ]
) - {"ESA", "ALS"}
_FORMULA = re.compile(r"(?:\(?[A-Z][a-z]?\)?\d*)+")


def spoken_formula(text: str, terms: Terms) -> str:
    """Say a chemical formula or an ion (`CO2`, `Ca^2+`, `NaCl`); empty if the text is none."""
    plain = text.replace("^", "")
    if plain in terms.ions:
        return terms.ions[plain]
    match = re.fullmatch(r"([A-Za-z0-9()]+?)(?:\^?(\d?)([+-]))?", plain)
    if not match:
        return ""
    body, count, sign = match.groups()
    if not _FORMULA.fullmatch(body) or not (sign or re.search(r"[a-zA-Z)]\d", body) or body == "NaCl"):
        return ""
    pieces = re.findall(r"[A-Z][a-z]?|\d+", body)
    if any(piece[0].isalpha() and piece not in ELEMENTS for piece in pieces):
        return ""
    said = " ".join(piece if piece.isdigit() else letters(piece) for piece in pieces)
    charge = {"+": terms.plus, "-": terms.minus, None: ""}[sign]
    return f"{said} {count or ''} {charge}".strip()


def spell(word: str) -> str:
    """Say an abbreviation letter by letter (`mRNA`, `EGFR`, `TP53`); any other word stays as it is."""
    plural = re.fullmatch(r"([A-Z]{2,6})s", word)
    if plural and plural[1] not in _WORDS:
        return letters(plural[1]) + "s"
    if word in _WORDS or not re.search(r"[A-Z]", word):
        return _apart(word) if re.search(r"\d", word) else word
    if re.fullmatch(r"[A-Z]{2,6}", word):
        return letters(word)
    if re.fullmatch(r"[a-z]{1,2}[A-Z]{2,5}|[A-Z][a-z][A-Z]", word):
        return letters(word)
    if re.fullmatch(r"(?=.*\d)[A-Za-z0-9.]{2,12}", word):
        return _apart(word)
    return word


def letters(text: str) -> str:
    """Each character on its own; a lone `A` would be read as the article."""
    return " ".join("ay" if c in "Aa" else c.upper() for c in text)


def _apart(word: str) -> str:
    """Letters and figures of a name such as `TP53` or `Nav1.7`."""
    pieces = re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", word)
    return " ".join(letters(p) if p.isupper() or len(p) == 1 else p for p in pieces)
