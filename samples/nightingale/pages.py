"""The paper as a PDF in two columns."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fonts import static_font
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    Image,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid
from text import AUTHORS, KEYWORDS, PUBLISHED, SERIES, Figure, Section, Table, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_WIDTH, _HEIGHT = A4
_SIDE, _TOP, _BOTTOM, _GAP = 18 * mm, 22 * mm, 20 * mm, 7 * mm
_COLUMN = (_WIDTH - 2 * _SIDE - _GAP) / 2
_INK, _SOFT, _LINE = HexColor("#23202B"), HexColor("#5B5560"), HexColor("#CFC8BC")


def _style(name: str, font: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=leading, textColor=_INK, **more)


_BODY = _style("body", "Serif", 9.4, 12.2, alignment=TA_JUSTIFY, spaceAfter=4)
_TITLE = _style("title", "Sans-Bold", 19, 23, spaceAfter=6)
_AUTHOR = _style("author", "Sans", 10.5, 14, spaceAfter=8)
_HEADING = {
    2: _style("h2", "Sans-Bold", 11.5, 14, spaceBefore=8, spaceAfter=3, keepWithNext=1),
    3: _style("h3", "Sans-Bold", 9.4, 12, spaceBefore=5, spaceAfter=2, keepWithNext=1),
}
_CAPTION = _style("caption", "Sans", 7.8, 10, spaceBefore=3, spaceAfter=4)
_REFERENCE = _style("reference", "Serif", 8.2, 10.2, leftIndent=11, firstLineIndent=-11, spaceAfter=2)


def write(text: Text, pictures: Mapping[str, bytes]) -> bytes:
    """The whole file; the same bytes every time."""
    faces = {"Serif": ("serif", 400), "Serif-Bold": ("serif", 600), "Serif-Italic": ("serif-italic", 400)}
    faces |= {"Sans": ("inter", 400), "Sans-Bold": ("inter", 600)}
    for name, (font, weight) in faces.items():
        pdfmetrics.registerFont(TTFont(name, str(static_font(font, weight))))
    pdfmetrics.registerFontFamily("Serif", "Serif", "Serif-Bold", "Serif-Italic", "Serif-Bold")
    pdfmetrics.registerFontFamily("Sans", "Sans", "Sans-Bold", "Sans", "Sans-Bold")
    opening = _opening(text)
    full = _WIDTH - 2 * _SIDE
    used = sum(part.wrap(full, _HEIGHT)[1] + part.getSpaceBefore() + part.getSpaceAfter() for part in opening) + 6
    out = io.BytesIO()
    os.environ["SOURCE_DATE_EPOCH"] = str(int(datetime(*PUBLISHED, tzinfo=UTC).timestamp()))  # the file's own date
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title=text.title,
        author=AUTHORS,
        subject=SERIES,
        creator=SERIES,
        keywords=", ".join(KEYWORDS),
        lang="en",
    )
    top = _HEIGHT - _TOP
    head = Frame(_SIDE, top - used, full, used, 0, 0, 0, 0)
    document.addPageTemplates(
        [
            PageTemplate("first", [head, *_columns(top - used)], onPage=_furniture),
            PageTemplate("later", _columns(top), onPage=_furniture),
        ]
    )
    story: list[Flowable] = [NextPageTemplate("later"), *opening, FrameBreak()]
    for section in text.sections:
        story += _section(section, pictures)
    story.append(Paragraph("References", _HEADING[2]))
    story += [Paragraph(f"{number}. {words}", _REFERENCE) for number, words in enumerate(text.references, 1)]
    document.build(story)
    return out.getvalue()


def _columns(top: float) -> list[Frame]:
    return [Frame(left, _BOTTOM, _COLUMN, top - _BOTTOM, 0, 0, 0, 0) for left in (_SIDE, _SIDE + _COLUMN + _GAP)]


def _opening(text: Text) -> list[Flowable]:
    parts = [Paragraph(text.title, _TITLE), Paragraph(AUTHORS, _AUTHOR), Paragraph("Abstract", _HEADING[2])]
    parts += [Paragraph(f"<b>{heading}.</b> {words}", _BODY) for heading, words in text.abstract]
    parts.append(Paragraph("Plain-language summary", _HEADING[2]))
    return [*parts, *(Paragraph(words, _BODY) for words in text.summary)]


def _section(section: Section, pictures: Mapping[str, bytes]) -> list[Flowable]:
    heading = Paragraph(section.title, _HEADING[section.level])
    blocks: list[Flowable] = []
    for block in section.blocks:
        if isinstance(block, Figure):
            picture = Image(io.BytesIO(pictures[block.name]))
            picture.drawWidth, picture.drawHeight = _COLUMN, _COLUMN * picture.imageHeight / picture.imageWidth
            caption = Paragraph(f"<b>{block.label}.</b> {block.caption}", _CAPTION)
            blocks.append(KeepTogether([Spacer(1, 4), picture, caption]))
        elif isinstance(block, Table):
            caption = Paragraph(f"<b>{block.label}.</b> {block.caption}", _CAPTION)
            blocks.append(KeepTogether([Spacer(1, 4), caption, _grid(block), Spacer(1, 8)]))
        else:
            blocks.append(Paragraph(re.sub(r"&", "&amp;", block), _BODY))
    return [heading, *blocks]


def _grid(table: Table) -> Grid:
    cell = _style("cell", "Sans", 7.4, 9.2)
    number = _style("number", "Sans", 7.4, 9.2, alignment=2)
    header = [Paragraph(f"<b>{words}</b>", number if place else cell) for place, words in enumerate(table.header)]
    rows = [[Paragraph(words, number if place else cell) for place, words in enumerate(row)] for row in table.rows]
    first = 0.24 * _COLUMN if len(table.header) > 5 else 0.3 * _COLUMN
    widths = [first] + [(_COLUMN - first) / (len(table.header) - 1)] * (len(table.header) - 1)
    return Grid(
        [header, *rows],
        widths,
        style=[
            ("LINEABOVE", (0, 0), (-1, 0), 0.8, _INK),
            ("LINEBELOW", (0, 0), (-1, 0), 0.5, _INK),
            ("LINEBELOW", (0, -1), (-1, -1), 0.8, _INK),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            ("TOPPADDING", (0, 0), (-1, -1), 1.6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
        ],
    )


def _furniture(canvas: Any, document: BaseDocTemplate) -> None:
    canvas.saveState()
    canvas.setFillColor(_SOFT)
    canvas.setFont("Sans", 7.8)
    canvas.drawString(_SIDE, _HEIGHT - 13 * mm, f"{SERIES} · {datetime(*PUBLISHED, tzinfo=UTC):%-d %B %Y}")
    canvas.drawRightString(_WIDTH - _SIDE, _HEIGHT - 13 * mm, "Disease, not the enemy")
    canvas.setStrokeColor(_LINE)
    canvas.line(_SIDE, _HEIGHT - 15 * mm, _WIDTH - _SIDE, _HEIGHT - 15 * mm)
    canvas.drawString(_SIDE, 11 * mm, "CC0 1.0 Universal")
    canvas.drawRightString(_WIDTH - _SIDE, 11 * mm, str(document.page))
    canvas.restoreState()
