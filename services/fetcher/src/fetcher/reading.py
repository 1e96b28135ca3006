"""From a file of any readable kind to a Paper: what the reading process does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.errors import SourceError

from fetcher.identify import identify
from fetcher.jats.article import Reading
from fetcher.prose import words_in

if TYPE_CHECKING:
    from pathlib import Path

    from artifacts.paper import Paper

_FEWEST_WORDS = 150
_FEWEST_WORDS_OF_ARTICLE = 40


def read(path: Path, out: Path) -> Reading:
    """Read the file; pictures are put into `out`.

    Raises:
        SourceError: it is no paper that can be read.
    """
    kind = identify(path)
    if kind == "jats":
        from fetcher.jats import read_tree  # noqa: PLC0415 - loaded only where it is needed, so that services start fast
        from fetcher.jats.tree import parse_article  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

        reading = read_tree(parse_article(path), out)
        _check(reading.paper, _FEWEST_WORDS_OF_ARTICLE)
        return reading
    if kind == "docx":
        from fetcher.docx import read_docx  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

        paper = read_docx(path, out)
    else:
        from fetcher.pdf import read_pdf  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

        paper = read_pdf(path, out)
    _check(paper, _FEWEST_WORDS)
    return Reading(paper)


def _check(paper: Paper, fewest: int) -> None:
    """Refuse what is readable and yet no paper."""
    words = sum(words_in(passage.text) for passage in paper.passages if passage.kind in ("abstract", "body", "summary"))
    if words == 0 and not paper.title:
        raise SourceError("source.no-text", "There is no running text in this file; please give the paper itself.")
    if words < fewest:
        raise SourceError(
            "source.too-short",
            f"There are only {words} words of running text in this file, too few for a paper;"
            " please give the whole paper.",
        )
    if not paper.title:
        raise SourceError(
            "source.no-title",
            "This does not look like a paper: no title was found; please give the paper as its publisher offers it.",
        )
