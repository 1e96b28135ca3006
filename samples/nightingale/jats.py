"""The paper as JATS XML, its figures inside as data URIs."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from text import AUTHORS, KEYWORDS, LICENCE_URL, PUBLISHED, SERIES, Figure, Section, Table, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_XLINK, _ALI = "http://www.w3.org/1999/xlink", "http://www.niso.org/schemas/ali/1.0/"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.3 20210610//EN" '
    '"JATS-archivearticle1-3.dtd">\n'
)
_REFERENCES = re.compile(r"(\[\d(?:,\d)*\]|(?:Table|Figure) \d)")


def write(text: Text, pictures: Mapping[str, bytes]) -> str:
    """The whole file."""
    ET.register_namespace("xlink", _XLINK)
    ET.register_namespace("ali", _ALI)
    article = ET.Element("article", {"article-type": "research-article", "dtd-version": "1.3", "xml:lang": "en"})
    _front(article, text)
    body = ET.SubElement(article, "body")
    _sections(body, text.sections, pictures)
    back = ET.SubElement(article, "back")
    listed = ET.SubElement(back, "ref-list")
    _add(listed, "title", "References")
    for number, reference in enumerate(text.references, 1):
        entry = ET.SubElement(listed, "ref", id=f"ref{number}")
        _add(entry, "label", str(number))
        _add(entry, "mixed-citation", reference)
    ET.indent(article, " ")
    return _HEAD + ET.tostring(article, encoding="unicode") + "\n"


def _front(article: ET.Element, text: Text) -> None:
    front = ET.SubElement(article, "front")
    journal = ET.SubElement(front, "journal-meta")
    _add(journal, "journal-id", "hiddenhill", {"journal-id-type": "publisher-id"})
    _add(ET.SubElement(journal, "journal-title-group"), "journal-title", SERIES)
    meta = ET.SubElement(front, "article-meta")
    _add(meta, "article-id", "nightingale", {"pub-id-type": "publisher-id"})
    _add(ET.SubElement(meta, "title-group"), "article-title", text.title)
    contributor = ET.SubElement(ET.SubElement(meta, "contrib-group"), "contrib", {"contrib-type": "author"})
    _add(contributor, "collab", AUTHORS)
    date = ET.SubElement(meta, "pub-date", {"date-type": "pub", "publication-format": "electronic"})
    year, month, day = PUBLISHED
    for name, value in (("day", day), ("month", month), ("year", year)):
        _add(date, name, str(value))
    permissions = ET.SubElement(meta, "permissions")
    licence = ET.SubElement(permissions, "license", {"license-type": "CC0", f"{{{_XLINK}}}href": LICENCE_URL})
    _add(licence, f"{{{_ALI}}}license_ref", LICENCE_URL)
    _add(licence, "license-p", "Dedicated to the public domain under Creative Commons CC0 1.0 Universal.")
    abstract = ET.SubElement(meta, "abstract")
    for heading, words in text.abstract:
        part = ET.SubElement(abstract, "sec")
        _add(part, "title", heading)
        _add(part, "p", words)
    summary = ET.SubElement(meta, "abstract", {"abstract-type": "plain-language-summary"})
    _add(summary, "title", "Plain-language summary")
    for paragraph in text.summary:
        _add(summary, "p", paragraph)
    keywords = ET.SubElement(meta, "kwd-group")
    for keyword in KEYWORDS:
        _add(keywords, "kwd", keyword)


def _sections(body: ET.Element, sections: list[Section], pictures: Mapping[str, bytes]) -> None:
    outer = body
    for number, section in enumerate(sections, 1):
        if section.level == 2:
            outer = place = ET.SubElement(body, "sec", id=f"sec{number}")
        else:
            place = ET.SubElement(outer, "sec", id=f"sec{number}")
        _add(place, "title", section.title)
        for block in section.blocks:
            if isinstance(block, Figure):
                _figure(place, block, pictures[block.name])
            elif isinstance(block, Table):
                _table(place, block)
            else:
                _paragraph(place, block)


def _paragraph(parent: ET.Element, words: str) -> None:
    """A paragraph whose citations and mentions of tables and figures are links."""
    paragraph = ET.SubElement(parent, "p")
    last: ET.Element | None = None
    for piece in _REFERENCES.split(words):
        if _REFERENCES.fullmatch(piece) is None:
            if last is None:
                paragraph.text = (paragraph.text or "") + piece
            else:
                last.tail = (last.tail or "") + piece
        elif piece.startswith("["):
            before = "["
            for number in piece[1:-1].split(","):
                if last is None:
                    paragraph.text = (paragraph.text or "") + before
                else:
                    last.tail = (last.tail or "") + before
                last = _add(paragraph, "xref", number, {"ref-type": "bibr", "rid": f"ref{number}"})
                before = ","
            assert last is not None
            last.tail = "]"
        else:
            kind = "table" if piece.startswith("T") else "fig"
            last = _add(paragraph, "xref", piece, {"ref-type": kind, "rid": piece.lower().replace(" ", "")})


def _figure(parent: ET.Element, figure: Figure, picture: bytes) -> None:
    element = ET.SubElement(parent, "fig", id=figure.label.lower().replace(" ", ""))
    _add(element, "label", figure.label)
    _add(ET.SubElement(element, "caption"), "p", figure.caption)
    uri = "data:image/png;base64," + base64.b64encode(picture).decode()
    ET.SubElement(element, "graphic", {f"{{{_XLINK}}}href": uri, "mimetype": "image", "mime-subtype": "png"})


def _table(parent: ET.Element, table: Table) -> None:
    wrap = ET.SubElement(parent, "table-wrap", id=table.label.lower().replace(" ", ""))
    _add(wrap, "label", table.label)
    _add(ET.SubElement(wrap, "caption"), "p", table.caption)
    grid = ET.SubElement(wrap, "table")
    header = ET.SubElement(ET.SubElement(grid, "thead"), "tr")
    for cell in table.header:
        _add(header, "th", cell)
    rows = ET.SubElement(grid, "tbody")
    for row in table.rows:
        line = ET.SubElement(rows, "tr")
        for cell in row:
            _add(line, "td", cell)


def _add(parent: ET.Element, name: str, words: str, attributes: Mapping[str, str] | None = None) -> ET.Element:
    element = ET.SubElement(parent, name, dict(attributes or {}))
    element.text = words
    return element
