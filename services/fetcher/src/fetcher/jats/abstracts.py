"""The main abstract of a JATS article and its summary in plain language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifacts.paper import Heading

from fetcher.jats.inline import text_of

if TYPE_CHECKING:
    from fetcher.markup import Element

_MAIN = {"", "abstract", "main", "structured", "section", "normal", "author", "scientific", "informative"}
_PLAIN = {
    "plain-language-summary",
    "plain-language",
    "executive-summary",
    "lay-summary",
    "editors-summary",
    "summary",
    "author-summary",
    "plain",
    "lay",
    "non-technical-summary",
    "digest",
    "lay-abstract",
}
_PLAIN_TITLE = re.compile(
    r"plain[- ]language|lay (summary|abstract)|author summary|digest|editors\W? summary|non[- ]technical", re.IGNORECASE
)
_NOT_MAIN_TITLE = re.compile(
    r"graphical abstract|highlights?\b|key ?points|key messages|teaser|in brief", re.IGNORECASE
)
NOT_PROSE = re.compile(r"DOI:?\s*(https?://\S+|10\.\d+/\S+)|Please see later in the article.*", re.IGNORECASE)


def abstract_of(meta: Element) -> tuple[list[str], list[Heading]]:
    """Paragraphs of the main abstract, and its titled parts where it is structured."""
    for abstract in meta.findall("abstract"):
        title = _title(abstract)
        if _kind(abstract) not in _MAIN or _PLAIN_TITLE.search(title) or _NOT_MAIN_TITLE.match(title):
            continue
        if paragraphs := paragraphs_of(abstract):
            return paragraphs, _parts(abstract)
    return [], []


def summary_of(article: Element, meta: Element) -> list[str]:
    """Paragraphs of the paper's own plain-language summary, wherever the publisher puts it."""
    for abstract in [*meta.findall("abstract"), *meta.findall("trans-abstract")]:
        if _kind(abstract) in _PLAIN or (_PLAIN_TITLE.search(_title(abstract)) and abstract.tag == "abstract"):
            return paragraphs_of(abstract)
    for box in article.iterfind("body//boxed-text"):
        if _PLAIN_TITLE.search(_title(box)):
            return paragraphs_of(box)
    return []


def _kind(abstract: Element) -> str:
    return (abstract.get("abstract-type") or "").strip().lower().replace(" ", "-").replace("_", "-")


def _title(scope: Element) -> str:
    for path in ("title", "label", "caption/title", "sec/title"):
        found = scope.find(path)
        if found is not None:
            return text_of(found)
    return ""


def paragraphs_of(scope: Element) -> list[str]:
    """Text of every paragraph and list item, in order; outermost ones only."""
    texts: list[str] = []
    for child in scope:
        if child.tag in ("p", "list-item", "disp-quote"):
            texts.append(text_of(child))
        elif child.tag in ("sec", "list", "boxed-text", "caption"):
            texts += paragraphs_of(child)
    if not texts and scope.text and scope.text.strip():
        texts.append(text_of(scope))
    return [text for text in texts if text and not NOT_PROSE.fullmatch(text)]


def _parts(abstract: Element) -> list[Heading]:
    parts = []
    for section in abstract.findall("sec"):
        heading = section.find("title")
        text = "\n".join(paragraphs_of(section))
        if text:
            parts.append(Heading(heading=text_of(heading).rstrip(" :.") if heading is not None else "", text=text))
    return parts
