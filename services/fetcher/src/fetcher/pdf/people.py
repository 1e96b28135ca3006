"""Names of authors, freed of marks, degrees and addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fetcher.pdf.layout import Line

_MARK = re.compile(
    r"[*†‡§¶∗⁎#⋆☆✉◦♦♠♣∥‖|•·;{}\u1d2c-\u1d6a\u2070-\u207f¹²³]|\b\d{1,2}\b|(?<=[^\W\d_])\d+"
    r"|(?<=[a-zà-ÿ.]) [a-df-xz](?=[\s,;*]|$)|(?:^|(?<=[ |]))iD\b"
)
_ADDRESS = re.compile(
    r"<[^>]*>|\(?\b(?:https?://)?(?:www\.)?orcid\S*|\bORCID:?|\(?\d{4}-\d{4}-\d{4}-\d{3}[\dX]\)?|\{[^}]*\}@\S+|\S+@\S+"
)
_SURNAME_FIRST = re.compile(r"(?P<family>[^\s,]+(?: [^\s,]+){0,2}), (?P<given>[^\s,]+(?: [^\s,]+){0,2})")
_SPLIT = re.compile(
    r"\s*(?:,|\||;|\s&\s|\b(?:and|AND)\b|\bund\b|\bet\b(?! al)|\b[ye]\b(?= [A-Z]\S* (?:(?![ye] )\w+ )?[A-Z])|\s{3,})\s*"
)
_DEGREE = re.compile(
    r"^(?:m\.?d|ph\.?\s?d|m\.?sc|b\.?sc|m\.?p\.?h|r\.?n|dr\.?p\.?h|d\.?phil|m\.?a|m\.?s|b\.?a|mbbs|mbchb|frcp"
    r"|facp|dvm|sc\.?d|pharm\.?d|m\.?b\.?a|edd|d\.?sc|m\.?eng|fellow|ieee|member)\.?$",
    re.IGNORECASE,
)
_TITLE = re.compile(r"^(?:(?:dr|prof|professor|mr|mrs|ms|by|authors?)\.?:?\s+)+", re.IGNORECASE)
_PLACE = re.compile(
    r"universi|institut|department|d[ée]partement|college|school|hospital|laborator|cent(?:er|re)\b|facult"
    r"|academy|division|ministry|corporation|\binc\b|\bltd\b|\bllc\b"
    r"|street|avenue|road|\busa\b|\bu\.?k\.?\b|\b(?:united|china|germany|france|japan|italy|canada|australia"
    r"|spain|brazil|california|new york|airplanes|company)\b|@|http|www|foundation"
    r"|journal|article|research|science|review|vol\.|issn|received|accepted|published|abstract|correspond|author"
    r"|email|e-mail|member|student|society for",
    re.IGNORECASE,
)
_COLLECTIVE = re.compile(
    r"\b(?:consortium|collaboration|(?:study|working|research|writing) group|network|team|initiative|investigators"
    r"|committee|task force|contributors|collaborators|trialists|partnership|alliance)$",
    re.IGNORECASE,
)
_PARTICLES = {
    "de",
    "van",
    "der",
    "den",
    "von",
    "zu",
    "la",
    "las",
    "los",
    "del",
    "della",
    "di",
    "el",
    "al",
    "bin",
    "ibn",
    "da",
    "do",
    "dos",
    "das",
    "ten",
    "ter",
    "du",
    "le",
    "y",
    "e",
    "af",
    "'t",
    "’t",
    "av",
    "zur",
}
_NO_NAMES = {"the", "part", "section", "chapter", "volume", "issue", "page", "for", "with", "directive", "directives"}


def names_in(line: Line) -> list[str] | None:
    """The authors that a line of the byline names; None where the line is something else."""
    if not _may_name(line):
        return None
    found, pieces = names(marked(line))
    return found if found and len(found) >= 0.6 * pieces else None


def _may_name(line: Line) -> bool:
    bare = _ADDRESS.sub("", line.text)
    return line.words[0].script <= 0 and not (_PLACE.search(bare) and not _COLLECTIVE.search(bare))


def goes_on(text: str, line: Line) -> str:
    """A list's text with the next line's, where the two tore a name; else empty."""
    if not _may_name(line):
        return ""
    whole = f"{text} {marked(line)}"

    def left(text: str) -> int:
        found, pieces = names(text)
        return pieces - len(found)

    return whole if left(whole) < left(text) + left(marked(line)) else ""


def marked(line: Line) -> str:
    """The line's text with a bar for every raised mark and wide gap."""
    parts: list[str] = []
    end = line.words[0].x0
    for word in line.words:
        if word.x0 - end > 0.95 * line.size:
            parts.append("|")
        parts.append("|" if word.script > 0 else word.text)
        end = word.x1
    return " ".join(parts)


def names(text: str) -> tuple[list[str], int]:
    """The names in a list of authors, and how many pieces the list has."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]|\bet al\.?", "|", _ADDRESS.sub("|", text.replace("–", "-").replace("‐", "-")))
    text = _given_first(text)
    pieces = [piece.strip(" .-–:'") for piece in _SPLIT.split(_MARK.sub("|", text))]
    found: list[str] = []
    counted = 0
    for raw in pieces:
        piece = _TITLE.sub("", raw)
        if not piece or _DEGREE.match(piece) or len(piece) == 1:
            continue
        if found and re.fullmatch(r"jr|sr|i{2,3}|iv", piece, re.IGNORECASE):
            found[-1] += " " + piece + ("." if piece.lower() in ("jr", "sr") else "")
            continue
        counted += 1
        if name := _name(piece):
            found.append(name)
    return list(dict.fromkeys(found)), counted


def _given_first(text: str) -> str:
    """`Doe, Jane; Smith, John` as `Jane Doe; John Smith`."""
    turned = [_SURNAME_FIRST.fullmatch(piece.strip()) for piece in text.strip(" ;").split(";")]
    if len(turned) < 2 or any(found is None or _DEGREE.match(found["given"]) for found in turned):
        return text
    return "; ".join(f"{found['given']} {found['family']}" for found in turned if found)


def _name(piece: str) -> str:
    tokens = [token for token in piece.split() if not _DEGREE.match(token) or len(token) < 3]
    if _COLLECTIVE.search(piece):
        return piece
    if any(token.lower().strip(".") in _NO_NAMES for token in tokens):
        return ""
    weighty = [token for token in tokens if token.lower() not in _PARTICLES]
    if not 2 <= len(weighty) <= 6 or _PLACE.search(piece):
        return ""
    if not all(_nameish(token) for token in tokens) or not any(
        len(token.strip(".")) > 1 for token in tokens if token[0].isupper()
    ):
        return ""
    return " ".join(_cased(token, tokens) for token in tokens)


def _nameish(token: str) -> bool:
    if token.lower() in _PARTICLES or token.lower().rstrip(".") in ("jr", "sr"):
        return True
    letters = re.sub(r"[-'’.ʼ]", "", token)
    return (
        letters.isalpha()
        and (token[0].isupper() or token[:2].lower() in ("d'", "d’", "o'", "o’"))
        and not letters[-1].isdigit()
    )


def _cased(token: str, tokens: list[str]) -> str:
    """`DOUGLAS` as `Douglas`; initials such as `JR` stay."""
    shouted = token.isupper() and len(token.strip(".")) > 2 and "." not in token
    if not shouted or (len(token) == 3 and token == tokens[0]):
        return token
    return "-".join(part.capitalize() for part in token.split("-"))
