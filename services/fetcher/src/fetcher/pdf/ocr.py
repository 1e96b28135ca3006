"""Scans: recognised by tesseract where it is installed, refused with advice where it is not."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
from typing import Any

import pypdfium2.raw as pdfium

from chassis import SourceError
from fetcher.pdf.layout import Line, Sheet, Word

_SECONDS = 9.0
_DPI = 200
_SURE = 30.0


def read_scan(document: Any, text: str) -> list[Sheet]:
    """The sheets of a document that has pictures of text instead of text.

    Raises:
        SourceError: `source.no-text` without tesseract or time, `source.not-a-paper` without pictures.
    """
    scanned = any(_is_picture(document[index]) for index in range(min(len(document), 3)))
    if not scanned:
        raise SourceError(
            "source.not-a-paper",
            "This PDF holds hardly any text, so there is nothing to tell; please give the full paper.",
            text[:200],
        )
    program = shutil.which("tesseract")
    if program is None:
        raise SourceError(
            "source.no-text",
            "This PDF is a scan: it holds pictures of pages but no text. Please give the paper's DOI, or a copy "
            "with text in it.",
            "tesseract is not installed",
        )
    deadline = time.monotonic() + _SECONDS
    sheets = []
    for index in range(len(document)):
        left = deadline - time.monotonic()
        if left < 0.5:
            break
        try:
            sheets.append(_recognise(program, document[index], index + 1, left))
        except (subprocess.SubprocessError, OSError) as error:
            if not sheets:
                raise SourceError(
                    "source.no-text",
                    "The text of this scan could not be recognised in time; please give the paper's DOI, or a "
                    "copy with text in it.",
                    str(error),
                ) from error
            break
    return sheets


def _is_picture(page: Any) -> bool:
    """Whether images, which may be strips, cover half of the page."""
    width, height = page.get_size()
    covered = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        x0, y0, x1, y1 = image.get_bounds()
        covered += max(min(x1, width) - max(x0, 0), 0) * max(min(y1, height) - max(y0, 0), 0)
    return bool(covered > 0.5 * width * height)


def _recognise(program: str, page: Any, number: int, seconds: float) -> Sheet:
    width, height = page.get_size()
    scale = min(_DPI / 72, 3000 / max(width, height))
    buffer = io.BytesIO()
    page.render(scale=scale).to_pil().convert("L").save(buffer, "PNG", compress_level=1)
    done = subprocess.run(
        [program, "stdin", "stdout", "--psm", "1", "tsv"],
        input=buffer.getvalue(),
        capture_output=True,
        timeout=seconds,
        check=True,
    )
    return Sheet(number, width, height, lines_of(done.stdout.decode("utf-8", "replace"), number, scale))


def lines_of(table: str, number: int, scale: float) -> list[Line]:
    """Lines from tesseract's table of words.

    TSV: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
    """
    lines: dict[tuple[str, ...], list[list[str]]] = {}
    for row in table.splitlines()[1:]:
        fields = row.split("\t")
        if len(fields) == 12 and fields[0] == "5" and fields[11].strip() and float(fields[10]) > _SURE:
            lines.setdefault(tuple(fields[1:5]), []).append(fields)
    return [_line(rows, number, scale) for rows in lines.values()]


def _line(rows: list[list[str]], number: int, scale: float) -> Line:
    boxes = [[int(value) / scale for value in row[6:10]] for row in rows]
    base = max(top + height for _, top, _, height in boxes)
    size = sorted(height for *_, height in boxes)[len(boxes) // 2] / 0.75
    words = [
        Word(row[11].strip(), left, top, left + width, top + height, base, size)
        for row, (left, top, width, height) in zip(rows, boxes, strict=True)
    ]
    return Line(words, number)
