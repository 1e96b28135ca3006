"""Title and authors of a document that says neither in a form made for machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fetcher.headings import kind_of

if TYPE_CHECKING:
    from fetcher.docx.blocks import Paragraph

_TWO_SENTENCES = re.compile(r"[a-z]{3}[.!] [A-Z]|^<")
_TITLE_LABEL = re.compile(r"(?:[A-Z]+ )?(?:TITLE|TITEL|TÍTULO|TITRE|Title)", re.UNICODE)
_AUTHOR_LABEL = re.compile(r"(?:[A-Z]+ )?(?:AUTHORS?|AUTOR(?:ES)?|Authors?)")
_KEYWORD_LABEL = re.compile(
    r"(?:AUTHOR )?KEY ?WORDS?|Key ?words?|Palavras-chave|Palabras clave|Schlagw[öo]rter", re.IGNORECASE
)
_LABEL = re.compile(r"(?:[A-Z][A-Z-]*)(?: [A-Z][A-Z-]*){0,3}:?")
_MARKS = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃ-ᵛ*†‡§¶#\d]+(?:[,⁻]\s*[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃ-ᵛ*†‡§¶#\d]+)*")
_PERSON = re.compile(
    r"(?:[^\W\d_][\w.'’‐-]*\.?)(?: (?:[^\W\d_][\w.'’‐-]*\.?|de|da|dos|von|van|der|den|la|le|di|bin|al)){1,5}"
)
_NOT_PERSON = re.compile(
    r"universit|institut|department|school|college|hospital|cent(?:er|re)|laborator|faculty"
    r"|abstract|version|draft|team|group"
    r"|january|february|march|april|june|july|august|september|october|november|december"
    r"|office|agency|ministry|subtitle|title|document|report",
    re.IGNORECASE,
)


_ADDRESS = re.compile(
    r"@\w|\borcid\b|\b(?:universit|universidad|institut|department|school of|college|hospital|laborator|faculty)\w*\b"
    r"(?=[^.]*,[^.]*\.?$|(?: [^\s.]+){0,6}$)",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\W*(?:correspond|e-?mail|received|accepted|revised|submitted|these authors contributed|present address"
    r"|word count|running (?:head|title))",
    re.IGNORECASE,
)


def labelled(paragraph: Paragraph) -> tuple[str, str]:
    """Label and text of a paragraph such as `Keywords: science`, with `:` or a line break; the label may be empty."""
    first, _, rest = paragraph.text.partition("\n")
    if rest and _LABEL.fullmatch(first.strip()):
        return first.strip(" :"), rest.replace("\n", " ").strip()
    name, colon, rest = paragraph.text.partition(":")
    if (
        colon
        and rest.strip()
        and any(label.fullmatch(name.strip()) for label in (_TITLE_LABEL, _AUTHOR_LABEL, _KEYWORD_LABEL))
    ):
        return name.strip().upper(), rest.replace("\n", " ").strip()
    return "", paragraph.text


def is_title(label: str) -> bool:
    """Whether the label announces a title."""
    return _TITLE_LABEL.fullmatch(label) is not None


def is_authors(label: str) -> bool:
    """Whether the label announces authors."""
    return _AUTHOR_LABEL.fullmatch(label) is not None


def is_keywords(label: str) -> bool:
    """Whether the label announces keywords."""
    return _KEYWORD_LABEL.fullmatch(label) is not None


def is_address(text: str) -> bool:
    """Whether a short line of the front page says where the authors work or how to reach them."""
    return len(text.split()) < 40 and (_ADDRESS.search(text) is not None or bool(_CONTACT.match(text)))


def find_title(paragraphs: list[Paragraph], declared: str) -> int | None:
    """Index of the paragraph that holds the title, or None.

    Styled as title, else labelled so, else as the file's properties say, else the most prominent line
    before the prose begins.
    """
    for k, paragraph in enumerate(paragraphs[:60]):
        if paragraph.style.role == "title" and paragraph.text:
            return k
    for k, paragraph in enumerate(paragraphs[:30]):
        if is_title(labelled(paragraph)[0]):
            return k
    if len(declared.split()) > 2:
        for k, paragraph in enumerate(paragraphs[:30]):
            if paragraph.text.casefold() == declared.casefold():
                return k
    opening = list(_opening(paragraphs))
    return max(opening, key=lambda k: (_prominence(paragraphs[k]), -k)) if opening else None


def _opening(paragraphs: list[Paragraph]) -> list[int]:
    """Lines that might be a title: short, before the first paragraph of prose, no heading of a usual section."""
    found: list[int] = []
    for k, paragraph in enumerate(paragraphs[:25]):
        words = paragraph.text.split()
        if len(words) > 40:
            break
        plain = (
            len(words) > 30
            or len(words) < 2
            or paragraph.text.endswith((".", ";", ":", ","))
            or _TWO_SENTENCES.search(paragraph.text)
        )
        if (
            plain
            or paragraph.listed
            or paragraph.style.role
            or kind_of(paragraph.text) != "other"
            or "@" in paragraph.text
        ):
            continue
        if labelled(paragraph)[0]:
            continue
        if not found or _prominence(paragraph) > 0:
            found.append(k)
    return found


def _prominence(paragraph: Paragraph) -> int:
    heading = 40 - 4 * paragraph.style.level if paragraph.style.level else 0
    return heading + paragraph.size + (6 if paragraph.bold else 0)


def names_in(text: str) -> list[str]:
    """The people that a line of authors names; empty where the line is something else."""
    pieces = re.split(
        r"\s*(?:[;\n]|,(?!\s*(?:Jr|Sr|II|III)\b)|\band\b|&|\bund\b|\be\b|\by\b|\bet\b)\s*", _MARKS.sub(",", text)
    )
    names = [re.sub(r",?\s*(?:PhD|MD|MSc|Dr\.?|Prof\.?)\b\.?", "", piece).strip(" ,.") for piece in pieces]
    names = [re.sub(r"^by ", "", name, flags=re.IGNORECASE) for name in names if name]
    if not names or any(not _PERSON.fullmatch(name) or _NOT_PERSON.search(name) or name[0].islower() for name in names):
        return []
    return names
