"""The `article` element of a JATS file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.errors import SourceError

from fetcher.markup import XML_LANG, Element, parse_xml

if TYPE_CHECKING:
    from pathlib import Path


def parse_article(path: Path) -> Element:
    """The `article` element of a JATS file, bare or in a wrapper such as efetch's `pmc-articleset` or OAI-PMH.

    Namespaces are taken off element and attribute names, except `xml:lang`.

    Raises:
        SourceError: `source.xml-broken`, `source.xml-entities`, `source.not-open-access`, `source.not-jats`.
    """
    root = parse_xml(path.read_bytes())
    article = root if root.tag == "article" else next(root.iter("article"), None)
    if article is None or article.find("front") is None:
        raise _no_article(root, article)
    return article


def href_of(element: Element) -> str:
    """Where `xlink:href` points, or empty."""
    return str(element.get("href") or "").strip()


def lang_of(element: Element) -> str:
    """ISO 639 language of `xml:lang` in lower case without its region, or empty."""
    return str(element.get(XML_LANG) or "").strip().replace("_", "-").split("-")[0].lower()


def _no_article(root: Element, article: Element | None) -> SourceError:
    said = " ".join("".join(root.itertext()).split())[:300]
    if article is not None or root.tag in ("pmc-articleset", "OAI-PMH"):
        return SourceError(
            "source.no-full-text",
            "This XML holds no article; please look the paper up at its publisher and give that file instead.",
            said,
        )
    return SourceError(
        "source.not-jats",
        f"This is an XML file, but no journal article in JATS format (it starts with <{root.tag}>);"
        " please give the paper as PDF, DOCX or JATS XML.",
        said,
    )
