"""Any page on the web: the paper itself, or a page that says where its file is."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from chassis.errors import SourceError

from fetcher.providers.found import Card, Found

if TYPE_CHECKING:
    from fetcher.client import Answer, Client

_LARGEST_PAGE = 5_000_000
_ACCESS = {401, 402, 403}


class _Meta(HTMLParser):
    """Collects what a landing page says about its paper for reference managers."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = (told.get("name") or told.get("property") or "").lower()
        if tag == "meta" and name.startswith(("citation_", "dc.")):
            self.said.setdefault(name, []).append(told.get("content", "").strip())
        elif tag == "link" and told.get("rel") == "alternate" and told.get("type") == "application/pdf":
            self.said.setdefault("citation_pdf_url", []).append(told.get("href", ""))


def paper(client: Client, url: str) -> Found:
    """The paper behind a link.

    Raises:
        SourceError: `source.not-found`, `source.not-open-access`, `source.no-full-text`, `source.bad-link`.
    """
    answer = client.open(url)
    if is_paper(answer):
        return Found(answer.content, Card(url=answer.url))
    _check(answer)
    said = _said(answer)
    card = _card(said, answer.url)
    for name in ("citation_xml_url", "citation_pdf_url"):
        for link in said.get(name, [])[:2]:
            found = client.open(urljoin(answer.url, link))
            if is_paper(found):
                return Found(found.content, card)
    if not said:
        raise SourceError(
            "source.no-full-text",
            "There is no paper at this link; please give its DOI, a link to its PDF, or upload the file.",
            f"{answer.url}: {answer.media_type}",
        )
    raise SourceError(
        "source.not-open-access",
        "The paper at this link is not open to everyone; if you have the file, please upload it.",
        f"{answer.url}: {said.get('citation_pdf_url')}",
    )


def is_paper(answer: Answer) -> bool:
    """Whether the answer is a file that the readers know."""
    head = answer.content[:4096]
    if answer.status != 200:
        return False
    if b"%PDF-" in head[:1024] or (head.startswith(b"PK\x03\x04") and b"word/" in answer.content):
        return True
    return re.search(rb"<(article|pmc-articleset)[\s>]", head) is not None and b"<html" not in head.lower()


def _check(answer: Answer) -> None:
    if answer.status in (404, 410):
        raise SourceError(
            "source.not-found", "There is nothing at this link; please check it.", f"{answer.url}: HTTP {answer.status}"
        )
    if answer.status in _ACCESS:
        raise SourceError(
            "source.not-open-access",
            "The site does not let programs read this paper; if you have the file, please upload it.",
            f"{answer.url}: HTTP {answer.status}",
        )


def _said(answer: Answer) -> dict[str, list[str]]:
    meta = _Meta()
    meta.feed(answer.content[:_LARGEST_PAGE].decode("utf-8", "replace"))
    return meta.said


def _card(said: dict[str, list[str]], url: str) -> Card:
    def first(name: str) -> str:
        return next(iter(said.get(name, [])), "")

    return Card(
        title=first("citation_title"),
        authors=tuple(_given_first(name) for name in said.get("citation_author", []) if name),
        journal=first("citation_journal_title"),
        published=(first("citation_publication_date") or first("citation_date")).replace("/", "-"),
        doi=first("citation_doi"),
        pmid=first("citation_pmid"),
        url=url,
    )


def _given_first(name: str) -> str:
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma else name
