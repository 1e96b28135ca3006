"""From pieces to sections and passages: what belongs under which heading, and which paragraphs go on over a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifacts.paper import Box, Passage, Section, SectionKind

from fetcher.headings import is_plain_summary, kind_of
from fetcher.pdf.blocks import CAPTION, continued
from fetcher.pdf.references import count_references
from fetcher.pdf.runin import part_run_ins
from fetcher.pdf.sections import BACK, NUMBERED, REFERENCES, Levels, Piece, named

if TYPE_CHECKING:
    from fetcher.pdf.front import Front
    from fetcher.pdf.layout import Block, Line

_LEGENDS = re.compile(
    r"(?:figures?|tables?|figure legends?|legends?(?: to| for)? figures?|supplementary.*|appendi(?:x|ces).*"
    r"|biograph(?:y|ies)|(?:online )?methods|endnotes?|notes)\W*",
    re.IGNORECASE,
)


@dataclass
class Caption:
    """A caption and the block it stands in."""

    label: str
    text: str
    block: Block
    passage: str
    is_table: bool


@dataclass
class Body:
    """The paper's text in order."""

    sections: list[Section] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    captions: list[Caption] = field(default_factory=list)
    references: int = 0


def boxes_of(block: Block) -> list[Box]:
    """A rectangle for each line on the page where the block starts."""
    return [
        Box(x0=round(line.x0, 1), top=round(line.top, 1), x1=round(line.x1, 1), bottom=round(line.bottom, 1))
        for line in block.lines
        if line.page == block.page
    ]


def assemble(pieces: list[Piece], front: Front) -> Body:
    """Sections and passages of everything but title, authors, notes and references."""
    return _Assembly(pieces, front).run()


class _Assembly:
    def __init__(self, pieces: list[Piece], front: Front) -> None:
        self.pieces = part_run_ins(pieces, front.taken())
        self.front = front
        self.levels = Levels(self.pieces)
        self.body = Body()
        self.cited: list[Line] = []
        self.in_references = False
        self.parents: list[tuple[int, SectionKind]] = []
        self.count = 0
        self.summary: list[Passage] = []
        self.summing: float | None = None
        """While a plain-language summary is read: the size of its text, 0 before its first paragraph."""
        self.open: Piece | None = None
        """The last paragraph's piece, while it may go on."""

    def run(self) -> Body:
        self._abstract()
        skip_to = self._first_of_body()
        front_lines = self.front.taken()
        for index, piece in enumerate(self.pieces):
            if any(id(line) in front_lines for line in piece.block.lines):
                continue
            if index < skip_to and piece.role != "caption" and not self._opens_summary(piece) and self.summing is None:
                continue
            self._add(piece)
        first = next((k for k, p in enumerate(self.body.passages) if p.kind != "abstract"), len(self.body.passages))
        self.body.passages[first:first] = self.summary
        self.body.references = count_references(self.cited)
        self.body.sections = [section for section in self.body.sections if self._filled(section)]
        return self.body

    def _filled(self, section: Section) -> bool:
        """Whether the section or one below it holds a passage."""
        sections = self.body.sections
        start = sections.index(section)
        below = [section.id]
        for other in sections[start + 1 :]:
            if other.level <= section.level:
                break
            below.append(other.id)
        return any(passage.section in below for passage in self.body.passages)

    def _abstract(self) -> None:
        for number, (_, piece, text) in enumerate(self.front.abstract.parts, 1):
            self.body.passages.append(
                Passage(
                    id=f"abs.{number}", text=text, kind="abstract", page=piece.block.page, boxes=boxes_of(piece.block)
                )
            )

    def _first_of_body(self) -> int:
        """Index of the first piece after the title, the byline and the abstract."""
        taken = [
            index
            for index, piece in enumerate(self.pieces)
            if piece.block.page <= 3
            and any(
                id(line) in self.front.used
                or id(line) in {id(x) for _, p, _ in self.front.abstract.parts for x in p.block.lines}
                for line in piece.block.lines
            )
        ]
        return max(taken, default=-1) + 1

    def _add(self, piece: Piece) -> None:
        bare = NUMBERED.sub("", piece.text).strip(" .:")
        if piece.role == "caption":
            self._caption(piece)
        elif self._opens_summary(piece):
            self.summing, self.open = 0.0, None
        elif self._sums_up(piece):
            self._summary(piece)
        elif piece.role == "heading" and REFERENCES.fullmatch(bare):
            self.in_references, self.open = True, None
        elif piece.role == "heading" and (not self.in_references or self._ends_references(bare)):
            self.in_references = False
            self._heading(piece, bare)
        elif self.in_references:
            self.cited += piece.block.lines
        elif piece.role == "prose" or self._goes_on(piece):
            self._paragraph(piece)

    def _ends_references(self, bare: str) -> bool:
        return bool(_LEGENDS.fullmatch(bare) or BACK.fullmatch(bare)) or (
            named(bare) and not REFERENCES.fullmatch(bare)
        )

    def _heading(self, piece: Piece, bare: str) -> None:
        level = self.levels.of(piece)
        self.parents = [parent for parent in self.parents if parent[0] < level]
        inherited: SectionKind = self.parents[-1][1] if self.parents else "other"
        kind = kind_of(bare, inherited=inherited) if not BACK.fullmatch(bare) else "other"
        self.parents.append((level, kind))
        self.count += 1
        self.body.sections.append(
            Section(id=f"s{len(self.body.sections) + 1}", title=piece.text.rstrip(" ."), level=level, kind=kind)
        )
        self.count, self.open = 0, None

    def _opens_summary(self, piece: Piece) -> bool:
        return piece.role == "heading" and piece.block.page <= 3 and not self.summary and is_plain_summary(piece.text)

    def _sums_up(self, piece: Piece) -> bool:
        """Whether a piece belongs to the plain-language summary, which a heading or text of another size ends."""
        if self.summing is None:
            return False
        if piece.role == "heading" or (self.summing and abs(piece.block.size - self.summing) > 0.3):
            self.summing = None
        return self.summing is not None and piece.role == "prose"

    def _summary(self, piece: Piece) -> None:
        self.summing = piece.block.size
        last = self.summary[-1] if self.summary else None
        if last and continued(last.text, piece.text):
            boxes = last.boxes + (boxes_of(piece.block) if piece.block.page == last.page else [])
            self.summary[-1] = last.model_copy(update={"text": _run_on(last.text, piece.text), "boxes": boxes})
            return
        self.summary.append(
            Passage(
                id=f"sum.{len(self.summary) + 1}",
                text=piece.text,
                kind="summary",
                page=piece.block.page,
                boxes=boxes_of(piece.block),
            )
        )

    def _goes_on(self, piece: Piece) -> bool:
        """Whether a few words are the end of a paragraph that a column or page cut."""
        return (
            piece.role == "other"
            and self.open is not None
            and len(piece.block.lines) == 1
            and len(piece.text.split()) > 1
            and piece.text[:1].islower()
            and piece.text.endswith(".")
            and abs(piece.block.size - self.open.block.size) < 0.5
            and continued(self.body.passages[-1].text, piece.text)
        )

    def _paragraph(self, piece: Piece) -> None:
        last = next((p for p in reversed(self.body.passages) if p.kind == "body"), None)
        if (
            last
            and self.open
            and continued(last.text, piece.text)
            and abs(piece.block.size - self.open.block.size) < 0.6
        ):
            text = _run_on(last.text, piece.text)
            boxes = last.boxes + (boxes_of(piece.block) if piece.block.page == last.page else [])
            self.body.passages[self.body.passages.index(last)] = last.model_copy(update={"text": text, "boxes": boxes})
            self.open = piece
            return
        self.count += 1
        section = self.body.sections[-1].id if self.body.sections else ""
        self.body.passages.append(
            Passage(
                id=f"{section or 's0'}.{self.count}",
                text=piece.text,
                section=section,
                page=piece.block.page,
                boxes=boxes_of(piece.block),
            )
        )
        self.open = piece

    def _caption(self, piece: Piece) -> None:
        found = CAPTION.match(piece.text)
        if found and len(piece.text) < len(found["label"]) + 8:
            return
        is_table = bool(found and found["kind"].lower().startswith("tab"))
        label = re.sub(r"\s+", " ", found["label"]) if found else ""
        if label and any(_key(caption.label) == _key(label) for caption in self.body.captions):
            return
        number = 1 + sum(caption.is_table == is_table for caption in self.body.captions)
        passage = f"{'tab' if is_table else 'fig'}.{number}"
        text = piece.text[found.end() if found else 0 :].lstrip(" .:|–—-")
        section = self.body.sections[-1].id if self.body.sections else ""
        self.body.captions.append(Caption(label, text, piece.block, passage, is_table))
        self.body.passages.append(
            Passage(
                id=passage,
                text=text,
                kind="table" if is_table else "caption",
                section=section,
                page=piece.block.page,
                boxes=boxes_of(piece.block),
            )
        )


def _run_on(before: str, after: str) -> str:
    torn = before.endswith("-") and after[:1].islower()
    return before[:-1] + after if torn else f"{before} {after}"


def _key(label: str) -> str:
    return re.sub(r"fig(?:ure|\.)?\s*", "fig", label.lower())
