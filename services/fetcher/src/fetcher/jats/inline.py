"""The running text of an element: citations stay as they print, footnote marks go, formulas become text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fetcher.jats.formulas import formula_text
from fetcher.prose import clean, lowered, raised, tidy

if TYPE_CHECKING:
    from fetcher.markup import Element

_SILENT = {
    "fn", "fn-group", "object-id", "graphic", "inline-graphic", "media", "inline-media", "private-char", "index-term",
    "contrib-id", "alt-text", "long-desc", "table-wrap-foot", "processing-meta", "target", "textual-form",
}  # fmt: skip
_FLOATING = {
    "fig", "fig-group", "table-wrap", "table-wrap-group", "boxed-text", "supplementary-material", "chem-struct-wrap",
}  # fmt: skip
_EMPTY = re.compile(r" ?\[\s*\]")
_RAISED_LIST = re.compile(r"(?<=[⁰¹²³⁴-⁹])[)⁾]?([,⁻])[(⁽](?=[⁰¹²³⁴-⁹])")
_LOOSE_RAISED = re.compile(r"(?:(?<=[^\W\d])|(?<=[)\]])|(?<=\b10)) (?=[⁰¹²³⁴-⁹]+(?:[,⁻–][⁰¹²³⁴-⁹]+)*(?:[\s.,;:)]|$))")
_FORMULAS = {"inline-formula", "disp-formula", "math", "tex-math", "chem-struct"}
_MARKS = {"fn", "table-fn", "aff", "corresp", "author-notes", "contrib"}
_APART = {
    "p",
    "list",
    "list-item",
    "def-item",
    "def",
    "disp-quote",
    "title",
    "label",
    "td",
    "th",
    "tr",
    "sec",
    "caption",
}


def text_of(element: Element) -> str:
    """One line of text of everything in the element that a reader reads in line."""
    return _settled("".join(_pieces(element)))


def text_with_tail(nodes: list[Element | str]) -> str:
    """One line of text of elements (each with what follows it) and strings."""
    pieces: list[str] = [""]
    for node in nodes:
        if not isinstance(node, str) and node.tag == "sub":
            pieces[-1] = pieces[-1].rstrip()
        pieces += [node] if isinstance(node, str) else [*_inline(node), node.tail or ""]
    return _settled("".join(pieces))


def _settled(text: str) -> str:
    """Tidy text without what a dropped mark leaves: `cm ³`, `[]` and the brackets between raised numbers."""
    text = _EMPTY.sub("", tidy(text))
    return _LOOSE_RAISED.sub("", _RAISED_LIST.sub(r"\1", text))


def _pieces(element: Element) -> list[str]:
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "sub":
            pieces[-1] = pieces[-1].rstrip()
        pieces += _inline(child)
        pieces.append(child.tail or "")
    return pieces


def _inline(node: Element) -> list[str]:
    tag = node.tag
    if tag in _SILENT or tag in _FLOATING or (tag == "xref" and node.get("ref-type") in _MARKS):
        return []
    if tag == "sup":
        return [raised("".join(_pieces(node)))]
    if tag == "sub":
        return [lowered("".join(_pieces(node)))]
    if tag in _FORMULAS:
        return [_apart(formula_text(node)) if tag == "disp-formula" else formula_text(node)]
    if tag == "alternatives":
        return _alternative(node)
    if tag == "break":
        return [" "]
    if tag in ("name", "string-name"):
        return [name_text(node)]
    return [" ", *_pieces(node), " "] if tag in _APART else _pieces(node)


def _alternative(node: Element) -> list[str]:
    if any(child.tag in _FORMULAS for child in node):
        return [formula_text(node)]
    told = [child for child in node if child.tag not in _SILENT]
    return _inline(told[0]) if told else []


def _apart(text: str) -> str:
    return f" {text} "


def name_text(node: Element) -> str:
    """A person's name, given name first; family name first where the name says it is of eastern style."""
    family, given = (
        clean("".join(part.itertext())) if (part := node.find(tag)) is not None else ""
        for tag in ("surname", "given-names")
    )
    if not family and not given:
        return text_of_name(node)
    suffix = clean("".join(node.find("suffix").itertext())) if node.find("suffix") is not None else ""
    if node.get("name-style") == "eastern":
        gap = "" if _unspaced(family) and _unspaced(given) else " "
        return (family + gap + given).strip()
    return " ".join(part for part in (given, family, suffix) if part)


def text_of_name(node: Element) -> str:
    """The text of a name without parts, its marks left out."""
    return text_of(node).strip(" ,;*†‡§¶")


def _unspaced(text: str) -> bool:
    return all("\u2e80" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3" for character in text)
