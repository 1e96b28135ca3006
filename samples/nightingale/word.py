"""The paper as a Word document."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docx import Document
from docx.shared import Cm, Pt
from text import AUTHORS, KEYWORDS, PUBLISHED, Figure, Table, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docx.document import Document as File


def write(text: Text, pictures: Mapping[str, bytes]) -> bytes:
    """The whole file; the same bytes every time."""
    file = Document()
    file.styles["Normal"].font.size = Pt(11)
    file.core_properties.title = text.title
    file.core_properties.author = AUTHORS
    file.core_properties.keywords = "; ".join(KEYWORDS)
    file.core_properties.comments = ""
    file.core_properties.created = file.core_properties.modified = datetime(*PUBLISHED, tzinfo=UTC)
    file.add_paragraph(text.title, style="Title")
    file.add_paragraph(AUTHORS, style="Subtitle")
    file.add_heading("Abstract", 1)
    for heading, words in text.abstract:
        file.add_heading(heading, 2)
        file.add_paragraph(words)
    file.add_heading("Plain-language summary", 1)
    for paragraph in text.summary:
        file.add_paragraph(paragraph)
    for section in text.sections:
        file.add_heading(section.title, section.level - 1)
        for block in section.blocks:
            if isinstance(block, Figure):
                file.add_picture(io.BytesIO(pictures[block.name]), width=Cm(15))
                file.add_paragraph(f"{block.label}. {block.caption}", style="Caption")
            elif isinstance(block, Table):
                file.add_paragraph(f"{block.label}. {block.caption}", style="Caption")
                _table(file, block)
            else:
                file.add_paragraph(block)
    file.add_heading("References", 1)
    for reference in text.references:
        file.add_paragraph(reference, style="List Number")
    raw = io.BytesIO()
    file.save(raw)
    return _undated(raw)


def _table(file: File, table: Table) -> None:
    grid = file.add_table(rows=0, cols=len(table.header), style="Light List Accent 1")
    for row in (table.header, *table.rows):
        for cell, words in zip(grid.add_row().cells, row, strict=True):
            cell.text = words
    file.add_paragraph()


def _undated(raw: io.BytesIO) -> bytes:
    """The archive with one date for all of its files, and without the template's thumbnail."""
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (*PUBLISHED, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
