"""arXiv: what its Atom feed says about a paper, and its PDF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chassis.errors import SourceError

from fetcher.jats.notices import notice
from fetcher.markup import Element, parse_xml
from fetcher.prose import clean
from fetcher.providers.found import Card, Found

if TYPE_CHECKING:
    from fetcher.client import Client


def paper(client: Client, identifier: str) -> Found:
    """The paper's PDF and its card.

    Raises:
        SourceError: `source.not-found`, `source.no-full-text`.
    """
    card = look_up(client, identifier)
    answer = client.ask(f"{client.settings.arxiv_pdf_url}/{card.arxiv}", most=client.settings.max_bytes)
    if answer.status != 200 or b"%PDF-" not in answer.content[:1024]:
        raise SourceError(
            "source.no-full-text",
            f"arXiv has no PDF of {identifier}; please give another version.",
            f"HTTP {answer.status}",
        )
    return Found(answer.content, card)


def look_up(client: Client, identifier: str) -> Card:
    """What arXiv says about a paper."""
    answer = client.ask(client.settings.arxiv_api_url, {"id_list": identifier, "max_results": "1"})
    try:
        entry = parse_xml(answer.content).find("entry") if answer.status == 200 else None
    except SourceError:
        entry = None
    if entry is None or entry.find("author") is None:
        raise SourceError(
            "source.not-found", f"arXiv knows no paper {identifier}; please check the id.", answer.text[:300]
        )
    known = re.sub(r"^https?://arxiv\.org/abs/", "", _text(entry, "id"))
    return Card(
        title=_text(entry, "title"),
        authors=tuple(_text(author, "name") for author in entry.iterfind("author")),
        abstract=_text(entry, "summary"),
        journal=_text(entry, "journal_ref") or "arXiv",
        published=_text(entry, "published")[:10],
        doi=_text(entry, "doi") or f"10.48550/arXiv.{re.sub(r'v[0-9]+$', '', known)}",
        arxiv=known,
        url=f"https://arxiv.org/abs/{known}",
        subjects=tuple(category.get("term", "") for category in entry.iterfind("category")),
        notices=(notice("preprint"),),
    )


def _text(scope: Element, tag: str) -> str:
    found = scope.find(tag)
    return clean("".join(found.itertext())) if found is not None else ""
