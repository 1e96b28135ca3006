"""A document's body as a flat list of paragraphs and tables, tracked changes settled."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fetcher.docx.formulas import equation_text
from fetcher.docx.styles import Style, font_size, outline_level, switched
from fetcher.prose import clean, lowered, raised, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fetcher.markup import Element

_GONE = {"del", "moveFrom", "instrText", "delText", "Fallback", "txbxContent", "footnoteReference", "endnoteReference",
         "annotationRef", "footnoteRef", "pPr", "rPr", "sdtPr", "commentReference", "ruby"}  # fmt: skip
_WIDEST = 200


@dataclass(frozen=True)
class Paragraph:
    """`text` has one line for each line the writer broke; `pictures` are relation ids."""

    text: str
    style: Style
    bold: bool = False
    size: int = 0
    listed: bool = False
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A table as rows of text; `header` is how many rows at its top are marked as such."""

    rows: list[list[str]]
    header: int = 0


@dataclass
class Reader:
    """Walks a body; `styles` are by id."""

    styles: dict[str, Style] = field(default_factory=dict)

    def blocks(self, scope: Element) -> Iterator[Paragraph | Grid]:
        """Paragraphs and tables in reading order; a table used for layout gives the paragraphs of its cells."""
        for node in scope:
            if node.tag == "p":
                yield from self._paragraph(_joined(node))
            elif node.tag == "tbl":
                yield from self._table(node)
            elif node.tag in (
                "sdt",
                "sdtContent",
                "ins",
                "moveTo",
                "customXml",
                "smartTag",
                "AlternateContent",
                "Choice",
            ):
                yield from self.blocks(node)

    def _paragraph(self, node: Element) -> Iterator[Paragraph | Grid]:
        after = node.getnext()
        if node.find("pPr/rPr/del") is not None and after is not None and after.tag == "p":
            return
        name = node.find("pPr/pStyle")
        style = self.styles.get(name.get("val", "") if name is not None else "", self.styles.get("", Style()))
        level = outline_level(node)
        if level:
            style = Style(style.role, level, style.bold, style.size)
        lines = [tidy(line) for line in "".join(_pieces(node)).split("\n")]
        pictures = tuple(
            dict.fromkeys(
                link
                for blip in node.iter("blip", "imagedata")
                if (link := blip.get("embed") or blip.get("id")) and not _is_equation(blip)
            )
        )
        bold, size = _emphasis(node, style)
        listed = node.find("pPr/numPr") is not None
        yield Paragraph("\n".join(line for line in lines if line), style, bold, size, listed, pictures)
        for box in node.iter("txbxContent"):
            if not any(above.tag == "Fallback" for above in box.iterancestors()):
                yield from self.blocks(box)

    def _table(self, node: Element) -> Iterator[Paragraph | Grid]:
        rows = [
            row
            for part in node
            for row in ([part] if part.tag == "tr" else part.iter("tr") if part.tag == "sdt" else [])
            if row.find("trPr/del") is None
        ]
        cells = [
            [
                cell
                for part in row
                for cell in ([part] if part.tag == "tc" else part.iter("tc") if part.tag == "sdt" else [])
            ]
            for row in rows
        ]
        if _for_layout(cells):
            for row in cells:
                for cell in row:
                    yield from self.blocks(cell)
            return
        marked = 0
        for row in rows:
            if not switched(row.find("trPr/tblHeader")):
                break
            marked += 1
        yield Grid(_grid(cells), marked)


def _joined(node: Element) -> Element:
    """A paragraph with those before it whose ends a tracked change deleted."""
    before: list[Element] = []
    above = node.getprevious()
    while above is not None and above.tag == "p" and above.find("pPr/rPr/del") is not None:
        before.insert(0, above)
        above = above.getprevious()
    if not before or node.find("pPr/rPr/del") is not None:
        return node
    whole = copy.deepcopy(node)
    start = 1 if whole.find("pPr") is not None else 0
    runs = [copy.deepcopy(run) for paragraph in before for run in paragraph if run.tag != "pPr"]
    whole[start:start] = runs
    return whole


def _is_equation(picture: Element) -> bool:
    """Whether a picture only stands in for a formula of an older editor."""
    holder = next(picture.iterancestors("object"), None)
    return holder is not None and any("quation" in (ole.get("ProgID") or "") for ole in holder.iter("OLEObject"))


def _for_layout(cells: list[list[Element]]) -> bool:
    """Whether the table only places text: one column, tables within, or cells as long as paragraphs."""
    flat = [cell for row in cells for cell in row]
    if max((len(row) for row in cells), default=0) < 2 or any(
        next(cell.iter("tbl"), None) is not None for cell in flat
    ):
        return True
    words = sorted(len("".join(cell.itertext()).split()) for cell in flat)
    return len(flat) < 5 and words[-1] > 60


def _grid(cells: list[list[Element]]) -> list[list[str]]:
    grid: list[list[str]] = []
    for row in cells:
        line: list[str] = []
        for cell in row:
            text = tidy(" ".join("".join(_pieces(part)) for part in cell.iter("p")))
            merged = cell.find("tcPr/vMerge")
            if (
                merged is not None
                and merged.get("val", "continue") == "continue"
                and grid
                and len(line) < len(grid[-1])
            ):
                text = grid[-1][len(line)]
            span = cell.find("tcPr/gridSpan")
            width = int(span.get("val")) if span is not None and (span.get("val") or "").isdecimal() else 1
            line += [text] * min(max(width, 1), _WIDEST)
        if any(line):
            grid.append(line[:_WIDEST])
    return grid


def _emphasis(node: Element, style: Style) -> tuple[bool, int]:
    """Whether all of the paragraph's text is bold, and its largest size in half points."""
    runs = [run for run in node.iter("r") if clean("".join(run.itertext()))]
    bold = bool(runs) and all(switched(run.find("rPr/b"), otherwise=style.bold) for run in runs)
    return bold, max((font_size(run) or style.size for run in runs), default=0)


def _pieces(node: Element) -> Iterator[str]:
    for child in node:
        tag = child.tag
        if tag in _GONE:
            continue
        if tag in ("oMath", "oMathPara"):
            yield f" {equation_text(child)} " if tag == "oMathPara" else equation_text(child)
        elif tag == "r":
            yield _run(child)
        elif tag == "p":
            yield "\n"
            yield from _pieces(child)
        else:
            yield from _pieces(child)


def _run(run: Element) -> str:
    text = "".join(_characters(run))
    raise_or_lower = run.find("rPr/vertAlign")
    if raise_or_lower is None or not text.strip() or switched(run.find("rPr/vanish")):
        return "" if switched(run.find("rPr/vanish")) else text
    value = raise_or_lower.get("val")
    if value == "superscript":
        return raised(text) if text.strip("*†‡§¶# ") else ""
    return lowered(text) if value == "subscript" else text


def _characters(run: Element) -> Iterator[str]:
    for child in run:
        if child.tag == "t":
            yield child.text or ""
        elif child.tag in ("tab", "ptab"):
            yield " "
        elif child.tag in ("br", "cr"):
            yield "\n"
        elif child.tag == "noBreakHyphen":
            yield "-"
        elif child.tag == "AlternateContent":
            for choice in child.findall("Choice"):
                yield from _characters(choice)
