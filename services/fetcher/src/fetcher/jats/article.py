"""A JATS file as a Paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifacts.paper import Paper, Passage

from fetcher.jats import front
from fetcher.jats.abstracts import abstract_of, summary_of
from fetcher.jats.body import read_body
from fetcher.jats.notices import notices_of
from fetcher.jats.tree import parse_article
from fetcher.pictures import with_embedded

if TYPE_CHECKING:
    from pathlib import Path

    from fetcher.markup import Element


@dataclass(frozen=True)
class Reading:
    """A paper and the addresses of the pictures that it names but does not hold, by figure id."""

    paper: Paper
    pictures: dict[str, str] = field(default_factory=dict)


def read_jats(path: Path, out: Path) -> Paper:
    """Read a JATS file; pictures that are embedded in it are put into the folder `out`.

    Raises:
        SourceError: the file is no readable article.
    """
    return read_tree(parse_article(path), out).paper


def read_tree(article: Element, out: Path) -> Reading:
    """Read an `article` element; see `read_jats`."""
    head = article.find("front")
    meta = head.find("article-meta")
    meta = head if meta is None else meta
    title, journal = front.title_of(meta), front.journal_of(head)
    abstract, parts = abstract_of(meta)
    summary = summary_of(article, meta)
    body = read_body(article)
    licence, licence_text = front.licence_of(meta)
    leading = [Passage(id=f"abs.{k}", text=text, kind="abstract") for k, text in enumerate(abstract, 1)]
    leading += [Passage(id=f"sum.{k}", text=text, kind="summary") for k, text in enumerate(summary, 1)]
    figures, elsewhere = with_embedded(body.figures, body.pictures, out)
    ids = front.ids_of(meta)
    paper = Paper(
        title=title,
        authors=front.authors_of(meta),
        journal=journal,
        published=front.published_of(meta),
        doi=ids.get("doi", ""),
        pmid=ids.get("pmid", ""),
        pmcid=ids.get("pmcid", ""),
        arxiv=ids.get("arxiv", ""),
        url=f"https://doi.org/{ids['doi']}" if "doi" in ids else "",
        licence=licence,
        licence_text=licence_text,
        language=front.language_of(article) or _language(leading + body.passages),
        kind=article.get("article-type") or "",
        subjects=front.subjects_of(meta),
        notices=notices_of(article, meta, title, journal),
        abstract="\n".join(abstract),
        abstract_parts=parts,
        summary="\n".join(summary),
        sections=body.sections,
        passages=leading + body.passages,
        figures=figures,
        tables=body.tables,
        references=sum(1 for _ in article.iterfind("back//ref")) or sum(1 for _ in article.iterfind("body//ref")),
        source="jats",
    )
    return Reading(paper, elsewhere)


def _language(passages: list[Passage]) -> str:
    from fetcher.pdf.language import language_of  # noqa: PLC0415 - nearly every article states its language

    return language_of(" ".join(passage.text for passage in passages[:40])) or "en"
