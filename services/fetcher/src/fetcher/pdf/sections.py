"""Which blocks are headings, prose, captions or notes, and how headings nest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fetcher.headings import kind_of
from fetcher.pdf.blocks import Vocabulary, caption_of

if TYPE_CHECKING:
    from fetcher.pdf.layout import Block

Role = Literal["heading", "prose", "caption", "note", "other"]
NUMBERED = re.compile(
    r"^(?:(?:section|chapter|appendix) )?(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5}"
    r"|[A-H](?:\.\d{1,2})*)(?:[.)|]|\s)\s*(?=[^\W\d_])"
)
REFERENCES = re.compile(
    r"(?:\d+\.?\s*)?(?:references?(?: and notes| cited)?|bibliography|literature(?: cited)?|works cited"
    r"|r[ée]f[ée]rences(?: bibliographiques)?"
    r"|bibliographie|literatur(?:verzeichnis)?|referencias(?: bibliogr[áa]ficas)?"
    r"|refer[êe]ncias(?: bibliogr[áa]ficas)?|bibliografia|bibliograf[íi]a|参考文献)\s*:?",
    re.IGNORECASE,
)
BACK = re.compile(
    r"(?:acknowledge?ments?|funding(?: sources?| information| statement)?|financial support|author(?:s['’]?"
    r"|['’]s)? contributions?|contributions?"
    r"|(?:conflicts?|declarations?) of (?:competing )?interests?(?: statement)?"
    r"|competing (?:financial )?interests?|disclosures?(?: statement)?"
    r"|data (?:and code )?availability(?: statement)?|availability of data.*|code availability"
    r"|ethics(?: statement| approval.*)?|consent.*"
    r"|abbreviations|supplementary (?:materials?|information|data)|supporting information"
    r"|additional (?:information|files?)|author details"
    r"|authors['’]? information|publisher['’]?s note|open access|orcid.*|clinical perspectives|how to cite.*"
    r"|key ?words.*)\s*:?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^(?:\W*(?:corresponding author|correspondence(?: to| should|:)|e-?mails?:|tel\.?:|received\b|accepted\b"
    r"|published(?: online)?:?\b|copyright\b|©|\(c\)"
    r"|academic editor|external editor|edited by|reviewed by|these authors|equal contribution|present address"
    r"|citation:|to cite this|doi:|https?:"
    r"|\*?correspond|editor:|abbreviations(?: used)?:|this is an open|open access|the authors? (?:has|have) paid"
    r"|issn|keywords|key words))"
    r"|open access article (?:distributed|under)|creative commons attribution|©\s*(?:the author|\d{4})",
    re.IGNORECASE,
)
_QUOTED = 1.4
"""Prose larger than this, by the text's size, is a sentence that a magazine sets again beside its text."""
_MARKED = re.compile(r"^[*†‡§¶∗⁎¹²³⁴⁵⁶⁷⁸⁹]|^\d{1,2}(?=[A-Z]|https?:)")


@dataclass
class Piece:
    """A block with its running text and what it is."""

    block: Block
    text: str
    role: Role = "other"
    run_in: bool = False
    """A heading that stands at the beginning of its paragraph's first line."""


def pieces_of(blocks: list[Block], vocabulary: Vocabulary, body: float) -> list[Piece]:
    """Every block with its text and role."""
    pieces: list[Piece] = []
    for block in blocks:
        piece = Piece(block, vocabulary.text(block))
        piece.role = _role(piece, body)
        if pieces and pieces[-1].role == "caption" and _belongs(pieces[-1], piece, body):
            pieces[-1].block.lines += block.lines
            pieces[-1].text = vocabulary.text(pieces[-1].block)
        else:
            pieces.append(piece)
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        if (
            piece.role == "heading"
            and after
            and after.role == "other"
            and not named(piece.text)
            and not NUMBERED.match(piece.text)
        ):
            piece.role = "other"
    return pieces


def _belongs(caption: Piece, piece: Piece, body: float) -> bool:
    """Whether a block is the rest of the caption above it: title below label, or legend below title."""
    above, below = caption.block.lines[-1], piece.block.lines[0]
    close = above.page == below.page and 0 < below.base - above.base < 2.4 * max(above.size, below.size)
    if not close or piece.role == "caption" or min(above.x1, below.x1) < max(above.x0, below.x0):
        return False
    found = caption_of(caption.block.lines[0])
    if found and len(caption.text) < found.end() + 8:
        return piece.role != "heading" or not named(piece.text)
    table = bool(found and found["kind"].lower().startswith("tab"))
    small = below.size < 0.97 * body and abs(above.size - below.size) < 0.8
    return (
        not table
        and small
        and piece.role in ("prose", "other")
        and len(caption.block.lines) < 4
        and (above.bold or not caption.text.endswith("."))
    )


def _role(piece: Piece, body: float) -> Role:
    block, text = piece.block, piece.text
    if caption_of(block.lines[0]):
        return "caption"
    if is_heading(block, text, body):
        return "heading"
    if _NOTE.search(text[:400]) and block.size < 1.05 * body and (len(text) < 900 or block.size < 0.95 * body):
        return "note"
    if _MARKED.match(text) and block.size < 0.93 * body:
        return "note"
    return "prose" if is_prose(text) and 0.74 * body < block.size < _QUOTED * body else "other"


def is_prose(text: str) -> bool:
    """Whether a text is made of sentences rather than labels, cells or formulas."""
    words = text.split()
    letters = sum(c.isalpha() for c in text)
    lower = sum(c.islower() or (c.isalpha() and not c.isupper()) for c in text)
    unspaced = letters and sum("\u3040" <= c <= "\u9fff" for c in text) > 0.3 * letters
    if unspaced:
        return letters > 25
    small = sum(word.isalpha() and word.islower() for word in words)
    return (
        len(words) >= 6
        and letters > 0.6 * len(text)
        and lower > 0.55 * letters
        and small >= 0.35 * len(words)
        and letters / len(words) > 2.6
    )


def named(text: str) -> bool:
    """Whether a heading is one of those that papers usually have."""
    bare = NUMBERED.sub("", text).strip(" .:")
    return kind_of(bare) != "other" or bool(REFERENCES.fullmatch(bare) or BACK.fullmatch(bare))


def is_heading(block: Block, text: str, body: float) -> bool:
    """Whether a block is a heading by its words, number, weight, size or capitals."""
    words = text.split()
    long = len(words) > 18 or len(block.lines) > 3 or len(text) > 160
    too_long = len(words) > 28 or len(block.lines) > 6 or text[-1:] in ".,;:" or not block.bold
    if not text or (long and too_long) or block.size < 0.85 * body:
        return False
    if named(text) and len(words) < 9:
        return True
    numbered = NUMBERED.match(text)
    letters = [c for c in text if c.isalpha()]
    if (
        len(letters) < 4
        or len(letters) < 0.6 * len(text.replace(" ", ""))
        or text[-1] in ",;"
        or re.search(r"[=@]|https?:", text)
    ):
        return False
    wordy = sum(len(word) > 2 and word.strip(".,:;?()'’-").replace("-", "").isalpha() for word in words)
    if wordy < (0.3 if block.bold and block.size > 1.08 * body else 0.45) * len(words):
        return False
    if not (text[:2] != text[:2].lower() or numbered) or (text[-1] == "." and not block.bold and not numbered):
        return False
    distinct = block.bold or block.size > 1.08 * body or (text.isupper() and len(letters) > 5)
    return distinct or bool(numbered and "." in numbered["number"] and len(words) < 12 and text[-1] != ".")


_MAIN = ("introduction", "methods", "results", "discussion")
_MAIN_TITLE = re.compile(
    r"introduction|background|(?:materials? and )?methods|results(?: and discussion)?|discussion|conclusions?"
    r"|references|acknowledge?ments?",
    re.IGNORECASE,
)


class Levels:
    """The level of each heading, by its number or else by how it looks beside the main headings."""

    def __init__(self, pieces: list[Piece]) -> None:
        mains = [p for p in pieces if p.role == "heading" and kind_of(NUMBERED.sub("", p.text)) in _MAIN]
        main = max(mains, key=lambda p: p.block.size, default=None)
        self._main = _look(main.block, main.text) if main else None
        self._nested = False
        later = pieces[pieces.index(mains[0]) :] if mains else []
        self._nested = any(self.of(piece) > 1 for piece in later if piece.role == "heading" and not piece.run_in)

    def of(self, piece: Piece) -> int:
        """1 for a main heading, 2 and 3 below it."""
        if piece.run_in:
            return 3 if self._nested else 2
        if found := NUMBERED.match(piece.text):
            return min(found["number"].count(".") + 1, 3)
        if self._main is None or _MAIN_TITLE.fullmatch(piece.text.strip(" .:")):
            return 1
        size, bold, caps = _look(piece.block, piece.text)
        main_size, main_bold, main_caps = self._main
        return 1 if size > main_size - 0.3 and (bold, caps) == (main_bold, main_caps) else 2


def _look(block: Block, text: str) -> tuple[float, bool, bool]:
    return block.size, block.bold, text.isupper()
