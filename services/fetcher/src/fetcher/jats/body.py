"""Sections, passages, figures and tables of a JATS article's body, in reading order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifacts.paper import Figure, Passage, Section, SectionKind, Table

from fetcher.headings import kind_of
from fetcher.jats.abstracts import NOT_PROSE, paragraphs_of
from fetcher.jats.inline import text_of, text_with_tail
from fetcher.jats.tables import rows_of
from fetcher.jats.tree import href_of
from fetcher.licences import licence_id

if TYPE_CHECKING:
    from fetcher.markup import Element

_FLOATS = {"fig", "fig-group", "table-wrap", "table-wrap-group", "boxed-text", "supplementary-material"}
_BLOCKS = {"list", "def-list", "disp-quote", "verse-group", "speech", "statement", "p"}
_APPENDED = re.compile(
    r"(electronic )?(supplement(ary|al)|supporting|additional) (materials?|information|data|files?)\b.*"
    r"|pre-publication history",
    re.IGNORECASE,
)
_SUMMARIES = ("digest", "plain language", "lay summary", "author summary")


@dataclass
class Body:
    """What was found so far; `pictures` are the addresses of the figures' pictures by figure id."""

    sections: list[Section] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def number(self, section: str) -> int:
        """The next paragraph's number in the section."""
        self.counts[section] = self.counts.get(section, 0) + 1
        return self.counts[section]


def read_body(article: Element) -> Body:
    """Walk the body, then the figures and tables that stand apart from it."""
    body = Body()
    for part in [article.find("body"), *article.findall("floats-group"), *article.findall("floats-wrap")]:
        if part is not None:
            _walk(body, part, "", 0, "other")
    for part in article.findall("back"):
        for node in part.iter("fig", "table-wrap"):
            _float(body, node, "")
    return body


def _walk(body: Body, scope: Element, section: str, level: int, kind: SectionKind) -> None:
    for child in scope:
        tag = child.tag
        if tag in ("sec", "app"):
            _section(body, child, section, level, kind)
        elif tag == "p":
            _paragraph(body, child, section)
        elif tag in _FLOATS:
            _float(body, child, section)
        elif tag in ("list", "def-list"):
            _list(body, child, section)
        elif tag in ("disp-quote", "statement", "speech", "verse-group", "alternatives", "answer", "question"):
            _walk(body, child, section, level, kind)
        elif tag in ("preformat", "verse-line"):
            _passage(body, text_of(child), section)


def _section(body: Body, sec: Element, above: str, level: int, inherited: SectionKind) -> None:
    heading = sec.find("title")
    title = text_of(heading) if heading is not None else ""
    declared = sec.get("sec-type") or ""
    if (_APPENDED.fullmatch(title) or declared == "supplementary-material") and sec.find("sec[title]/p") is None:
        return
    if not title:
        _walk(body, sec, above, level, kind_of("", declared, inherited) if declared else inherited)
        return
    kind = kind_of(title, declared, inherited)
    section = Section(id=f"s{len(body.sections) + 1}", title=title.rstrip(" .:"), level=level + 1, kind=kind)
    body.sections.append(section)
    _walk(body, sec, section.id, level + 1, kind)


def _paragraph(body: Body, paragraph: Element, section: str) -> None:
    """A paragraph's text; lists and quotations cut it in parts, floats come after it."""
    run: list[Element | str] = [paragraph.text or ""]
    floats = []
    for child in paragraph:
        if child.tag in _BLOCKS:
            _passage(body, text_with_tail(run), section)
            run = [child.tail or ""]
            if child.tag == "p":
                _paragraph(body, child, section)
            elif child.tag in ("list", "def-list"):
                _list(body, child, section)
            else:
                _walk(body, child, section, 0, "other")
        else:
            run.append(child)
            floats += [child] if child.tag in _FLOATS else []
    _passage(body, text_with_tail(run), section)
    for child in floats:
        _float(body, child, section)


def _list(body: Body, items: Element, section: str) -> None:
    for item in items:
        if item.tag == "list-item":
            for child in item:
                if child.tag == "p":
                    _paragraph(body, child, section)
                elif child.tag in ("list", "def-list"):
                    _list(body, child, section)
        elif item.tag == "def-item":
            term, meaning = item.find("term"), item.find("def")
            texts = [text_of(part) for part in (term, meaning) if part is not None]
            _passage(body, ": ".join(text for text in texts if text), section)


def _float(body: Body, node: Element, section: str) -> None:
    if node.tag in ("fig-group", "table-wrap-group"):
        for child in node:
            if child.tag in _FLOATS:
                _float(body, child, section)
    elif node.tag == "fig":
        _figure(body, node, section)
    elif node.tag == "table-wrap":
        _table(body, node, section)
    elif node.tag == "boxed-text" and not any(word in _title_of(node).lower() for word in _SUMMARIES):
        for part in (node.find("caption"), node):
            if part is not None:
                _walk(body, part, section, 1, "other")


def _title_of(node: Element) -> str:
    title = node.find("caption/title")
    title = node.find("title") if title is None else title
    return text_of(title) if title is not None else ""


def _passage(body: Body, text: str, section: str) -> None:
    if text.replace("[formula]", "").strip() and not NOT_PROSE.fullmatch(text):
        passage = f"{section or 's0'}.{body.number(section)}"
        body.passages.append(Passage(id=passage, text=text, section=section))


def _caption(node: Element) -> str:
    caption = node.find("caption")
    if caption is None:
        return ""
    title = caption.find("title")
    texts = [text_of(title)] if title is not None else []
    texts += paragraphs_of(caption)
    whole = ""
    for text in texts:
        gap = "" if not whole else " " if whole[-1] in ".?!:;" else ". "
        whole += gap + text
    return whole.lstrip("-–—:. ")


def _label(node: Element) -> str:
    label = node.find("label")
    return text_of(label).rstrip(" .:") if label is not None else ""


def _figure(body: Body, fig: Element, section: str) -> None:
    if fig.get("id") and fig.get("id") in body.seen:
        return
    body.seen.add(fig.get("id") or "")
    name = f"fig.{len(body.figures) + 1}"
    caption = _caption(fig)
    if caption:
        body.passages.append(Passage(id=name, text=caption, kind="caption", section=section))
    links = [link for graphic in fig.iter("graphic") if (link := href_of(graphic))]
    if links:
        body.pictures[name] = links[0]
    figure = Figure(
        id=name, label=_label(fig), caption=caption, passage=name if caption else "", licence=_own_licence(fig)
    )
    body.figures.append(figure)


def _own_licence(fig: Element) -> str:
    """The licence that the figure states for itself; its words where they name none we know."""
    stated = [text_of(part) for part in fig.iter("license", "license_ref")]
    links = [href_of(part) for part in fig.iter("license", "ext-link") if "creativecommons" in href_of(part)]
    notes = [text_of(part) for part in fig.iter("copyright-statement", "attrib")]
    return licence_id(*links, *stated, *notes) or " ".join(text for text in stated if text)


def _table(body: Body, wrap: Element, section: str) -> None:
    if wrap.get("id") and wrap.get("id") in body.seen:
        return
    body.seen.add(wrap.get("id") or "")
    name = f"tab.{len(body.tables) + 1}"
    caption = _caption(wrap)
    if caption:
        body.passages.append(Passage(id=name, text=caption, kind="table", section=section))
    header, rows = rows_of(wrap)
    table = Table(
        id=name, label=_label(wrap), caption=caption, passage=name if caption else "", header=header, rows=rows
    )
    body.tables.append(table)
