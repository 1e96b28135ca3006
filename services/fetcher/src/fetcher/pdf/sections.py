"""Which blocks are headings, prose, captions or notes, and how headings nest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from fetcher.headings import kind_of
from fetcher.pdf.blocks import Vocabulary, caption_of
from fetcher.pdf.layout import Block

Role = Literal["heading", "prose", "caption", "note", "other"]
NUMBERED = re.compile(
    r"^(?:(?:section|chapter|appendix) )?(?P<number>\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5}|[A-H](?:\.\d{1,2})*)(?:[.)|]|\s)\s*(?=[^\W\d_])"
)
REFERENCES = re.compile(
    r"(?:\d+\.?\s*)?(?:references?(?: and notes| cited)?|bibliography|literature(?: cited)?|works cited|r[ée]f[ée]rences(?: bibliographiques)?"
    r"|bibliographie|literatur(?:verzeichnis)?|referencias(?: bibliogr[áa]ficas)?|refer[êe]ncias(?: bibliogr[áa]ficas)?|bibliografia|bibliograf[íi]a|参考文献)\s*:?",
    re.IGNORECASE,
)
BACK = re.compile(
    r"(?:acknowledge?ments?|funding(?: sources?| information| statement)?|financial support|author(?:s['’]?|['’]s)? contributions?|contributions?"
    r"|(?:conflicts?|declarations?) of (?:competing )?interests?(?: statement)?|competing (?:financial )?interests?|disclosures?(?: statement)?"
    r"|data (?:and code )?availability(?: statement)?|availability of data.*|code availability|ethics(?: statement| approval.*)?|consent.*"
    r"|abbreviations|supplementary (?:materials?|information|data)|supporting information|additional (?:information|files?)|author details"
    r"|authors['’]? information|publisher['’]?s note|open access|orcid.*|clinical perspectives|how to cite.*|key ?words.*)\s*:?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"^(?:\W*(?:corresponding author|correspondence(?: to| should|:)|e-?mails?:|tel\.?:|received\b|accepted\b|published(?: online)?:?\b|copyright\b|©|\(c\)"
    r"|academic editor|external editor|edited by|reviewed by|these authors|equal contribution|present address|citation:|to cite this|doi:|https?:"
    r"|\*?correspond|editor:|abbreviations(?: used)?:|this is an open|open access|the authors? (?:has|have) paid|issn|keywords|key words))"
    r"|open access article (?:distributed|under)|creative commons attribution|©\s*(?:the author|\d{4})",
    re.IGNORECASE,
)
_MARKED = re.compile(r"^[*†‡§¶∗⁎¹²³⁴⁵⁶⁷⁸⁹]|^\d{1,2}(?=[A-Z]|https?:)")


@dataclass
class Piece:
    """A block with its running text and what it is."""

    block: Block
    text: str
    role: Role = "other"


def pieces_of(blocks: list[Block], vocabulary: Vocabulary, body: float) -> list[Piece]:
    """Every block with its text and role."""
    pieces = [Piece(block, vocabulary.text(block)) for block in blocks]
    for piece in pieces:
        piece.role = _role(piece, body)
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
    return "prose" if is_prose(text) and block.size > 0.74 * body else "other"


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
    bare = NUMBERED.sub("", text).strip(" .:")
    return kind_of(bare) != "other" or bool(REFERENCES.fullmatch(bare) or BACK.fullmatch(bare))


def is_heading(block: Block, text: str, body: float) -> bool:
    """Whether a block is a heading by its words, number, weight, size or capitals."""
    words = text.split()
    if not text or len(words) > 18 or len(block.lines) > 3 or len(text) > 160 or block.size < 0.85 * body:
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
    if not (text[0].isupper() or numbered) or (text[-1] == "." and not block.bold and not numbered):
        return False
    distinct = block.bold or block.size > 1.08 * body or (text.isupper() and len(letters) > 5)
    return distinct or bool(numbered and "." in numbered["number"] and len(words) < 12 and text[-1] != ".")


class Levels:
    """The level of each heading, by its number or else by how it looks beside the main headings."""

    def __init__(self, pieces: list[Piece]) -> None:
        mains = [p for p in pieces if p.role == "heading" and (named(p.text))]
        self._main = _look(mains[0].block, mains[0].text) if mains else None

    def of(self, piece: Piece) -> int:
        """1 for a main heading, 2 and 3 below it."""
        if found := NUMBERED.match(piece.text):
            return min(found["number"].count(".") + 1, 3)
        if self._main is None or named(piece.text):
            return 1
        size, bold, caps = _look(piece.block, piece.text)
        main_size, main_bold, main_caps = self._main
        return 1 if size > main_size - 0.3 and (bold, caps) == (main_bold, main_caps) else 2


def _look(block: Block, text: str) -> tuple[float, bool, bool]:
    return block.size, block.bold, text.isupper()
