"""What a document's paragraph styles mean, whatever language they are named in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fetcher.docx.package import Package
    from fetcher.markup import Element

Role = Literal["", "title", "subtitle", "author", "abstract", "caption", "toc", "reference", "aside"]
_ROLES: list[tuple[Role, tuple[str, ...]]] = [
    (
        "toc",
        (r"toc\b.*", "table of (contents|figures).*", r"(inhalts|abbildungs)?verzeichnis.*", r"tm \d", "sumário.*"),
    ),
    (
        "aside",
        (
            "header|footer|kopfzeile|fußzeile|encabezado|pie de página|en-tête|pied de page",
            "footnote.*|endnote.*|comment.*|annotation.*",
        ),
    ),
    ("subtitle", ("sub-?title", "untertitel", "subtítulo", "sous-titre", "sottotitolo")),
    (
        "title",
        (
            "((document|paper|article|main)[ _-]?)?title|mdpi_1\\.2_title",
            "titel|título|titulo|titre|titolo|标题|表題",
        ),
    ),
    ("author", ("authors?( names?)?", "autor(es|en)?", "auteurs?", r"mdpi_1\.3_authornames", "byline")),
    ("abstract", ("abstract( text)?", "resumo", "resumen", "zusammenfassung", "résumé", r"mdpi_1\.7_abstract")),
    (
        "caption",
        (
            "caption|(figure|table|image)[ _-]?(caption|legend|title)",
            "beschriftung|legende|légende|legenda|leyenda|epígrafe|didascalia|题注",
        ),
    ),
    (
        "reference",
        (
            "bibliography|references?|end ?note bibliography",
            "literaturverzeichnis|bibliografía|bibliographie",
        ),
    ),
]
_HEADING = re.compile(
    r"(?:heading|überschrift|título|titre|titolo|titulo|kop|rubrik|overskrift|nagłówek|заголовок|标题|見出し) ?([1-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Style:
    """`level` is the heading's level from 1, or 0; `size` is in half points, 0 where unknown."""

    role: Role = ""
    level: int = 0
    bold: bool = False
    size: int = 0


def read_styles(package: Package, main: str) -> dict[str, Style]:
    """Styles by id; what a style leaves open comes from the one it is based on. The default is under the empty id."""
    part = next((target for kind, target in package.relations(main).values() if kind == "styles"), "word/styles.xml")
    root = package.tree(part)
    if root is None:
        return {}
    nodes = {node.get("styleId", ""): node for node in root.iter("style") if node.get("type") == "paragraph"}
    known: dict[str, Style] = {}
    for name in nodes:
        _resolve(name, nodes, known, 0)
    default = next((name for name, node in nodes.items() if node.get("default") in ("1", "true")), "")
    return {"": known.get(default, Style()), **known}


def _resolve(name: str, nodes: dict[str, Element], known: dict[str, Style], depth: int) -> Style:
    if name in known:
        return known[name]
    node = nodes.get(name)
    if node is None or depth > 20:
        return Style()
    based = node.find("basedOn")
    style = _resolve(based.get("val", ""), nodes, known, depth + 1) if based is not None else Style()
    label = node.find("name")
    title = (label.get("val", "") if label is not None else name).strip()
    heading = _HEADING.fullmatch(title)
    role: Role = next((role for role, names in _ROLES if re.fullmatch("|".join(names), title, re.IGNORECASE)), "")
    level = outline_level(node)
    if heading:
        style = replace(style, level=int(heading[1]), role="")
    elif level is not None:
        style = replace(style, level=level)
    if role:
        style = replace(style, role=role, level=0)
    known[name] = replace(
        style, bold=switched(node.find("rPr/b"), otherwise=style.bold), size=font_size(node) or style.size
    )
    return known[name]


def outline_level(node: Element) -> int | None:
    """Heading level that a style or paragraph states, from 1; 0 is body text; None: not stated."""
    level = node.find("pPr/outlineLvl")
    if level is None or not (level.get("val") or "").isdecimal():
        return None
    return int(level.get("val")) + 1 if int(level.get("val")) < 9 else 0


def switched(node: Element | None, *, otherwise: bool = False) -> bool:
    """The value of an on-off property."""
    return otherwise if node is None else node.get("val", "1") not in ("0", "false", "off", "none")


def font_size(node: Element) -> int:
    """Font size in half points, or 0."""
    size = node.find("rPr/sz")
    return int(size.get("val")) if size is not None and (size.get("val") or "").isdecimal() else 0
