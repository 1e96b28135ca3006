"""PDF in, paper out: characters, lines, reading order, then what the lines mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from artifacts.paper import Paper


def read_pdf(path: Path, out: Path) -> Paper:
    """Read a PDF; pictures go into `out` and are named in the paper. Raises SourceError (`source.*`)."""
    from fetcher.pdf.reader import read  # noqa: PLC0415 - PDFium loads only where a PDF is read

    return read(path, out)
