"""The abstract: labelled, structured or unlabelled, and the keywords below it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifacts.paper import Heading

from fetcher.headings import kind_of
from fetcher.pdf.blocks import continued
from fetcher.pdf.sections import Piece, is_prose
from fetcher.structured import INLINE, PART, as_heading

if TYPE_CHECKING:
    from fetcher.pdf.layout import Line

_LABEL = re.compile(
    r"^(?:\d\.?\s+)?(?:abstract|a\s?b\s?s\s?t\s?r\s?a\s?c\s?t|summary|synopsis|r[ée]sum[ée]|zusammenfassung"
    r"|resumen|resumo|riassunto|摘要)\b\s*(?P<end>[.:|—–-]*)\s*",
    re.IGNORECASE,
)
_KEYWORDS = re.compile(
    r"^(?:\W*)(?:key\s?-?words?(?: and phrases)?|index terms|schl[üu]sselw[öo]rter|mots[- ]cl[ée]s|palabras clave"
    r"|palavras[- ]chave|subject (?:areas?|terms))\s*[:.—–-]*\s*",
    re.IGNORECASE,
)
_END = re.compile(
    r"^(?:\d\.?\s+|I\.\s+)?(?:introduction|author summary|significance(?: statement)?|graphical abstract"
    r"|highlights|citation:|copyright|©|received|correspond|editor:|abbreviations|\*|†|jel |msc|ccs concepts)",
    re.IGNORECASE,
)
_MAX_WORDS = 750
_FEWEST_WORDS = 40


@dataclass
class Abstract:
    """The abstract's pieces in order, each with its heading in a structured abstract."""

    parts: list[tuple[str, Piece, str]] = field(default_factory=list)
    """Heading or empty, the piece, and the text without heading."""
    keywords: list[str] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    """`id` of every line the abstract and the keywords take up."""

    def headings(self) -> list[Heading]:
        """The parts under their headings."""
        merged: list[Heading] = []
        for heading, _, text in self.parts:
            if heading or not merged:
                merged.append(Heading(heading=heading, text=text))
            else:
                merged[-1] = Heading(heading=merged[-1].heading, text=f"{merged[-1].text} {text}")
        return merged if any(part.heading for part in merged) else []


def read_abstract(pieces: list[Piece], body: float, after: Line | None) -> Abstract:
    """The abstract of the first three pages, or an empty one."""
    early = [piece for piece in pieces if piece.block.page <= 3]
    found = Abstract()
    _keywords(early, found)
    start = next((index for index, piece in enumerate(early) if _labelled(piece)), None)
    if start is not None:
        _collect(early, start, found)
    if not found.parts and after is not None:
        _unlabelled(early, body, after, found)
    return found


def _labelled(piece: Piece) -> bool:
    label = _LABEL.match(piece.text)
    if not label:
        return False
    first = piece.block.lines[0]
    alone = len(piece.text) - label.end() < 3
    marked = bool(label["end"]) or first.words[0].bold or first.words[0].text.isupper()
    return alone or (marked and len(piece.text.split()) > 12)


def _take(found: Abstract, piece: Piece) -> None:
    found.lines |= {id(line) for line in piece.block.lines}


def _collect(pieces: list[Piece], start: int, found: Abstract) -> None:
    heading, words, look = "", 0, 0.0
    bounded = _introduced(pieces[start + 1 :])
    for offset, piece in enumerate(pieces[start:]):
        if offset and words and not bounded and _stands_apart(found, pieces[start + offset - 1], piece):
            break
        text = _LABEL.sub("", piece.text, count=1) if offset == 0 else piece.text
        if offset and (_KEYWORDS.match(text) or (words and _ends(text, piece, heading))):
            break
        if not text:
            _take(found, piece)
            continue
        part = PART.fullmatch(text) or (PART.match(text) if len(text.split()) < 4 else None)
        if part:
            heading = part["heading"]
            _take(found, piece)
            continue
        if (
            piece.role in ("note", "caption", "other")
            and not (piece.role == "note" and not words)
            and not is_prose(text)
        ):
            if words and len(text.split()) > 3:
                break
            continue
        if look and abs(piece.block.size - look) > 0.07 * look:
            break
        look = look or piece.block.size
        words += len(text.split())
        if words > _MAX_WORDS and found.parts:
            break
        _take(found, piece)
        _split(found, heading, piece, text)
        heading = ""


def _introduced(pieces: list[Piece]) -> bool:
    """Whether an introduction with a heading follows, so that all before it is abstract."""
    words = 0
    for piece in pieces:
        if piece.role == "heading" and kind_of(piece.text) == "introduction" and not PART.fullmatch(piece.text):
            return True
        if piece.role == "heading" and re.match(r"\W*(?:\d\W*|I\W+)?introduction\W*$", piece.text, re.IGNORECASE):
            return True
        words += len(piece.text.split())
        if words > _MAX_WORDS:
            break
    return False


def _stands_apart(found: Abstract, before: Piece, piece: Piece) -> bool:
    """Whether a piece below an abstract without parts begins the paper: a usual heading, or text set apart from it."""
    if any(heading for heading, _, _ in found.parts) or not found.parts:
        return False
    if PART.fullmatch(piece.text):
        return sum(len(text.split()) for _, _, text in found.parts) > _FEWEST_WORDS
    last = found.parts[-1][2]
    above, below = before.block, piece.block
    if piece.role != "prose" or not last.endswith((".", "?", "!")) or above.page != below.page:
        return False
    moved = abs(above.box[0] - below.lines[-1].x0) > 1.5 * below.size
    return moved or below.box[1] - above.box[3] > 1.1 * below.size


def _ends(text: str, piece: Piece, heading: str) -> bool:
    if PART.fullmatch(text) and not (
        kind_of(text) == "introduction" and len(text.split()) == 1 and text.lower() == "introduction"
    ):
        return False
    return (
        bool(_END.match(text))
        or (piece.role == "heading" and not heading)
        or bool(_LABEL.match(text) and len(text) < 12)
    )


def _split(found: Abstract, heading: str, piece: Piece, text: str) -> None:
    """One part for each heading that runs in the text, as in `Background: ... Methods: ...`."""
    marks = list(INLINE.finditer(text))
    if (
        not heading
        and (first := PART.match(text))
        and first["end"] in tuple(".:—–")
        and piece.block.lines[0].words[0].bold
    ):
        marks = [first, *[mark for mark in marks if mark.start() > 0]]
    if not heading and not marks and found.parts and continued(found.parts[-1][2], text):
        label, begun_at, begun = found.parts[-1]
        found.parts[-1] = (label, begun_at, f"{begun} {text}")
        return
    if not marks or (len(marks) == 1 and not found.parts and marks[0].start() > 0):
        found.parts.append((heading, piece, text))
        return
    if before := text[: marks[0].start()].strip():
        found.parts.append((heading, piece, before))
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        part = text[mark.end() : after.start() if after else None].strip()
        if part:
            found.parts.append((as_heading(mark["heading"]), piece, part))


def _unlabelled(pieces: list[Piece], body: float, after: Line, found: Abstract) -> None:
    """A first paragraph that stands out: before the first heading, or bold, or of another size than the text."""
    own = [i for i, piece in enumerate(pieces) if any(line is after for line in piece.block.lines)]
    early = pieces[own[0] + 1 :] if own else pieces
    first = next(
        (i for i, piece in enumerate(early) if piece.role == "heading" and kind_of(piece.text) != "other"), None
    )
    for index, piece in enumerate(early[:40]):
        words = len(piece.text.split())
        if first is not None and index >= first:
            return
        bold = piece.block.lines[0].bold and piece.block.lines[-1].bold
        distinct = bold or abs(piece.block.size - body) > 0.04 * body or first is not None
        prose = is_prose(piece.text) and piece.role in ("prose", "other", "heading")
        if (
            prose
            and piece.block.page == after.page
            and distinct
            and (words >= 55 or (bold and words >= 14 and piece.text.endswith(".")))
        ):
            for more in [piece, *_alike(early[index + 1 :], piece)]:
                _take(found, more)
                found.parts.append(("", more, more.text))
            return


def _alike(pieces: list[Piece], first: Piece) -> list[Piece]:
    """The bold paragraphs that go on with a bold abstract."""
    more: list[Piece] = []
    for piece in pieces:
        same = first.block.bold and piece.block.bold and abs(piece.block.size - first.block.size) < 0.1
        if (
            not same
            or piece.block.page != first.block.page
            or not (is_prose(piece.text) or len(piece.text.split()) > 4)
        ):
            break
        more.append(piece)
    return more


def _keywords(pieces: list[Piece], found: Abstract) -> None:
    for index, piece in enumerate(pieces):
        label = _KEYWORDS.match(piece.text)
        if not label:
            continue
        text = piece.text[label.end() :]
        _take(found, piece)
        if not text and index + 1 < len(pieces):
            text = pieces[index + 1].text
            _take(found, pieces[index + 1])
        separator = r"[;•·|]" if re.search(r"[;•·|]", text) else r"[,]"
        words = [word.strip(" .") for word in re.split(separator, text)]
        found.keywords = [word for word in words if 1 < len(word) < 60][:20]
        return
