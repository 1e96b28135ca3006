"""The order of the steps from a PDF to a paper."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pypdfium2
from artifacts.paper import Figure, Paper, Table

from chassis import SourceError
from fetcher.pdf import details, ocr
from fetcher.pdf.assembly import Body, assemble
from fetcher.pdf.blocks import Vocabulary, blocks_of, body_size
from fetcher.pdf.characters import read_sheet
from fetcher.pdf.columns import arrange
from fetcher.pdf.figures import cut_figures
from fetcher.pdf.front import Front, read_front
from fetcher.pdf.furniture import remove_furniture, remove_line_numbers
from fetcher.pdf.illustrations import mark_illustrations
from fetcher.pdf.language import garbled_share, is_nonsense, language_of
from fetcher.pdf.layout import Sheet
from fetcher.pdf.pages import Easel, picture_pages
from fetcher.pdf.regions import Region, find_aligned, find_ruled, label_key, take_out
from fetcher.pdf.sections import Piece, pieces_of
from fetcher.pdf.tables import read_grid

if TYPE_CHECKING:
    from pathlib import Path

_MOST_PAGES = 200
_READING_SECONDS = 7.0
_PICTURES_SECONDS = 10.5
_FEWEST_LETTERS = 300
_FEWEST_PROSE_WORDS = 120


class _Reading:
    """One document on its way to a paper."""

    def __init__(self, document: Any, out: Path) -> None:
        self.document = document
        self.out = out
        self.started = time.monotonic()
        self.warnings: list[str] = []
        self.metadata = {key: value.strip() for key, value in document.get_metadata_dict(skip_empty=True).items()}

    def easel(self) -> Easel:
        return Easel(self.document, self.out, self.started + _PICTURES_SECONDS, self.warnings)

    def spent(self) -> float:
        return time.monotonic() - self.started

    def sheets(self) -> list[Sheet]:
        """Every page that can be read within the time."""
        sheets: list[Sheet] = []
        for index in range(len(self.document)):
            if self.spent() > _READING_SECONDS:
                self.warnings.append(f"Reading stopped after page {index} of {len(self.document)}: out of time.")
                break
            try:
                page = self.document[index]
                sheets.append(read_sheet(page, index + 1))
                page.close()
            except pypdfium2.PdfiumError as error:
                self.warnings.append(f"Page {index + 1} is damaged and was left out ({error}).")
        return sheets


def read(path: Path, out: Path) -> Paper:
    """Read a PDF into a paper; pictures go into `out`.

    Raises:
        SourceError: the file is no readable paper; the code says why.
    """
    document = _open(path)
    try:
        return _read(_Reading(document, out))
    finally:
        document.close()


def _open(path: Path) -> Any:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        # PDFium keeps the reason of an earlier failure where it has none for this one.
        if "password" in str(error).lower() and b"/Encrypt" in path.read_bytes():
            raise SourceError(
                "source.encrypted", "This PDF is protected by a password; please remove it and try again.", str(error)
            ) from error
        raise SourceError(
            "source.damaged-pdf",
            "This PDF is damaged or incomplete; please download it again, or give the paper's DOI.",
            str(error),
        ) from error
    if len(document) > _MOST_PAGES:
        pages = len(document)
        document.close()
        raise SourceError(
            "source.too-many-pages", f"This PDF has {pages} pages; please give a paper of at most {_MOST_PAGES}."
        )
    if len(document) == 0:
        raise SourceError("source.damaged-pdf", "This PDF has no pages that can be read; please download it again.")
    return document


def _read(reading: _Reading) -> Paper:
    sheets = reading.sheets()
    text = " ".join(line.text for sheet in sheets for line in sheet.lines)
    if not sheets:
        raise SourceError(
            "source.damaged-pdf",
            "No page of this PDF can be read; please download it again, or give the paper's DOI.",
            "; ".join(reading.warnings),
        )
    if sum(c.isalpha() for c in text) < _FEWEST_LETTERS:
        sheets = ocr.read_scan(reading.document, text)
        reading.warnings.append("The text was recognised from a scan; it may hold errors.")
    elif garbled_share(text) > 0.12 or is_nonsense(text):
        raise SourceError(
            "source.garbled-text",
            "The text inside this PDF is scrambled (its fonts hide the letters); please give the paper's DOI or "
            "another copy of it.",
            text[:200],
        )
    return _paper(reading, sheets)


def _paper(reading: _Reading, sheets: list[Sheet]) -> Paper:
    numbered = remove_line_numbers(sheets)
    top = "\n".join(line.text for sheet in sheets[:2] for line in sheet.lines)
    kind = details.kind_of_article(sheets[:1])
    journal_lines = [Sheet(s.number, s.width, s.height, list(s.lines)) for s in sheets[:1]]
    furniture = remove_furniture(sheets)
    regions = find_ruled(reading.document, sheets)
    for sheet in sheets:
        arrange(sheet)
    regions += find_aligned(sheets, regions)
    take_out(sheets, regions)
    if numbered:
        reading.warnings.append("Line numbers were taken out.")
    body = body_size(sheets)
    vocabulary = Vocabulary([line for sheet in sheets for line in sheet.lines])
    pieces = pieces_of(blocks_of(sheets), vocabulary, body)
    mark_illustrations(reading.document, sheets, pieces)
    front = read_front(sheets, pieces, body, reading.metadata)
    text = assemble(pieces, front)
    _check(text, front)
    figures, tables = _illustrations(reading, sheets, pieces, text, regions)
    pages = picture_pages(reading.easel(), sheets)
    arxiv, stamped = details.arxiv_of(sheets)
    running = "\n".join(passage.text for passage in text.passages)
    notes = [piece.text for piece in pieces if piece.role == "note"]
    early = [piece.text for piece in pieces if piece.block.page <= 2]
    licence, statement = details.licence_of([*notes, *early, *furniture, *[p.text for p in pieces[-80:]]])
    return Paper(
        title=front.title,
        authors=front.authors or _owner(notes, running),
        journal=details.journal_of(journal_lines, furniture, front.title),
        published=stamped or details.date_of(top, [*furniture, *details.margins(journal_lines)], reading.metadata),
        doi=details.doi_of(journal_lines, furniture, reading.metadata),
        arxiv=arxiv,
        licence=licence,
        licence_text=statement,
        language=language_of(running) or "en",
        kind=kind,
        subjects=front.abstract.keywords or details.keywords_of(reading.metadata),
        notices=details.notices_of(front.title, top, furniture, arxiv, kind),
        abstract="\n".join(part for _, _, part in front.abstract.parts),
        abstract_parts=front.abstract.headings(),
        summary="\n".join(passage.text for passage in text.passages if passage.kind == "summary"),
        sections=text.sections,
        passages=text.passages,
        figures=figures,
        tables=tables,
        pages=pages,
        references=text.references,
        source="pdf",
        warnings=reading.warnings,
    )


def _check(text: Body, front: Front) -> None:
    words = sum(len(passage.text.split()) for passage in text.passages if passage.kind in ("body", "abstract"))
    if language_of(" ".join(p.text for p in text.passages)) in ("zh", "ja", "th"):
        words = sum(len(passage.text) for passage in text.passages) // 2
    if words < _FEWEST_PROSE_WORDS:
        raise SourceError(
            "source.not-a-paper",
            "This PDF holds hardly any running text, so there is nothing to tell; please give the full paper.",
            f"{words} words of prose, title {front.title!r}",
        )


def _illustrations(
    reading: _Reading, sheets: list[Sheet], pieces: list[Piece], text: Body, regions: list[Region]
) -> tuple[list[Figure], list[Table]]:
    """Figures with pictures and tables with rows, as far as they can be had within the time."""
    shown = [caption for caption in text.captions if not caption.is_table]
    images = cut_figures(reading.easel(), sheets, pieces, shown, [(region.page, region.box) for region in regions])
    figures = [
        Figure(
            id=caption.passage,
            label=caption.label,
            caption=caption.text,
            passage=caption.passage,
            page=caption.block.page,
            image=images.get(caption.passage),
        )
        for caption in shown
    ]
    grids = {region.label: read_grid(region) for region in regions}
    tables = []
    for caption in text.captions:
        if caption.is_table:
            header, rows = grids.get(label_key(caption.label), ([], []))
            tables.append(
                Table(
                    id=caption.passage,
                    label=caption.label,
                    caption=caption.text,
                    passage=caption.passage,
                    header=header,
                    rows=rows,
                    page=caption.block.page,
                )
            )
    return figures, tables


def _owner(notes: list[str], running: str) -> list[str]:
    """The one author of a column without byline: the copyright's surname, with the given name from the text."""
    for note in notes:
        if found := re.search(r"(?:Copyright|©)\s*(?:©\s*)?(?:\d{4}\s*)?(?P<name>[A-Z][\w'’-]+)\.", note):
            full = re.search(rf"\b([A-Z][\w'’-]+ {re.escape(found['name'])})\b", running)
            return [full[1]] if full else []
    return []
