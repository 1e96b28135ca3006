"""Word's equations (OMML) as short readable text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fetcher.notation import grouped, index, operator, power, short
from fetcher.prose import clean, raised

if TYPE_CHECKING:
    from collections.abc import Callable

    from fetcher.markup import Element


def equation_text(math: Element) -> str:
    """Text of an `oMath` or `oMathPara` element, or `[formula]`."""
    return short(_linear(math))


def _linear(node: Element) -> str | None:
    tag = node.tag
    if tag == "t":
        return "".join(operator(character) for character in clean(node.text or ""))
    if tag.endswith("Pr") or tag in ("instrText", "delText"):
        return ""
    if tag in ("m", "eqArr"):
        return None
    write = _FORMS.get(tag)
    if write is not None:
        parts = {child.tag: _linear(child) for child in node}
        if None in parts.values():
            return None
        return write(node, {name: (text or "").strip() for name, text in parts.items()})
    parts_in_order = [_linear(child) for child in node]
    return None if None in parts_in_order else "".join(part for part in parts_in_order if part)


def _root(_node: Element, parts: dict[str, str]) -> str:
    degree = parts.get("deg", "")
    return (raised(degree) if degree else "") + "√" + grouped(parts.get("e", ""))


def _many(node: Element, parts: dict[str, str]) -> str:
    sign = node.find("naryPr/chr")
    symbol = sign.get("val", "∫") if sign is not None else "∫"
    low, high = parts.get("sub", ""), parts.get("sup", "")
    return symbol + (index(low) if low else "") + (power(high) if high else "") + " " + parts.get("e", "")


def _fenced(node: Element, _parts: dict[str, str]) -> str:
    marks = []
    for name, usual in (("begChr", "("), ("endChr", ")")):
        mark = node.find(f"dPr/{name}")
        marks.append(mark.get("val", usual) if mark is not None else usual)
    inner = [(_linear(child) or "").strip() for child in node.findall("e")]
    return marks[0] + ", ".join(inner) + marks[1]


_FORMS: dict[str, Callable[[Element, dict[str, str]], str]] = {
    "f": lambda _, p: f"{grouped(p.get('num', ''))}/{grouped(p.get('den', ''))}",
    "sSup": lambda _, p: p.get("e", "") + power(p.get("sup", "")),
    "sSub": lambda _, p: p.get("e", "") + index(p.get("sub", "")),
    "sSubSup": lambda _, p: p.get("e", "") + index(p.get("sub", "")) + power(p.get("sup", "")),
    "rad": _root,
    "nary": _many,
    "d": _fenced,
    "func": lambda _, p: f"{p.get('fName', '')} {p.get('e', '')}",
    "acc": lambda _, p: p.get("e", ""),
    "bar": lambda _, p: p.get("e", ""),
    "limLow": lambda _, p: p.get("e", "") + index(p.get("lim", "")),
    "limUpp": lambda _, p: p.get("e", "") + power(p.get("lim", "")),
}
