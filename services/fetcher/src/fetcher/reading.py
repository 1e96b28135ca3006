"""From a file of any readable kind to a Paper: what the reading process does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chassis.errors import SourceError

from fetcher.identify import identify
from fetcher.jats.article import Reading
from fetcher.prose import words_in

if TYPE_CHECKING:
    from pathlib import Path

    from artifacts.paper import Paper

_LEARNED = re.compile(
    r"\bet al\b|\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]|[A-Z][\w'’-]+,? \(?(?:19|20)\d\d[a-z]?\)"
    r"|\b(?:Fig(?:ure|\.)|Table) \d|\([A-Z]\w*[A-Z]s?\)|\d ?(?:%|percent\b|per cent\b)"
    r"|[a-z][.,]?[¹²³⁴-⁹]+(?:[⁻–,][¹²³⁰⁴-⁹]+)*(?:\s|$)"
)
"""`et al.`, `[12]`, `Smith (2010)`, `Figure 1`, `(RNA)`, `12%`, or a raised number after a word."""
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
    if not _is_scholarly(paper):
        raise SourceError(
            "source.not-a-paper",
            "This does not look like a scientific paper: it has no abstract and no sections such as Methods or Results,"
            " and cites nothing; please give a paper.",
            f"title {paper.title!r}",
        )
    return Reading(paper)


def _is_scholarly(paper: Paper) -> bool:
    """Whether anything tells a paper from an invoice, a novel or a notice: one of the signs is enough."""
    if paper.abstract or paper.references or paper.doi or paper.arxiv or paper.pmid or paper.summary:
        return True
    if any(section.kind != "other" for section in paper.sections):
        return True
    return any(_LEARNED.search(passage.text) for passage in paper.passages)


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
