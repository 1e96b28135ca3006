"""A word processor document as a Paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifacts.paper import Figure, Paper, Passage, Section, SectionKind, Table

from fetcher.docx.abstract import Abstract
from fetcher.docx.blocks import Grid, Paragraph, Reader
from fetcher.docx.frontpage import find_title, is_address, is_authors, is_keywords, is_title, labelled, names_in
from fetcher.docx.package import Package
from fetcher.docx.styles import read_styles
from fetcher.headings import is_plain_summary, kind_of
from fetcher.licences import licence_id
from fetcher.pdf.language import language_of
from fetcher.pictures import with_picture
from fetcher.prose import clean

if TYPE_CHECKING:
    from pathlib import Path

_FIGURE = r"fig(?:ure|\.)?|abb(?:ildung|\.)?|figura"
_TABLE = r"table|tab\.?|tabelle|tabela|tabla|tableau"
_CAPTION = re.compile(rf"(?P<label>(?P<what>{_FIGURE}|{_TABLE})\s*(?:S?\d+|[IVX]+))\b[\s.:|–-]*", re.IGNORECASE)
_ABSTRACT = re.compile(r"(?:abstract|resumo|resumen|zusammenfassung|résumé)\s*[.:—–-]\s*", re.IGNORECASE)
_REFERENCES = re.compile(
    r"(?:\d+\.?\s+)?(?:references?(?: (?:and notes|cited))?|bibliography|literature cited|works cited"
    r"|literatur(?:verzeichnis)?|refer[êe]ncias(?: bibliográficas)?|referencias|références|bibliografia|参考文献)\W*",
    re.IGNORECASE,
)
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s<>\"]+[^\s<>\".,;)\]]")


@dataclass
class _Draft:
    """The paper as far as it has been read."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    abstract: Abstract = field(default_factory=Abstract)
    summary: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    body: list[Passage] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: dict[str, str] = field(default_factory=dict)
    references: int = 0
    place: str = "body"
    """What follows the last heading: `body`, `abstract`, `summary` or `references`."""
    waiting: tuple[str, str] | None = None
    """Label and text of a table's caption whose table has not come yet."""
    counts: dict[str, int] = field(default_factory=dict)


def read_docx(path: Path, out: Path) -> Paper:
    """Read a document; its pictures are put into the folder `out`.

    Raises:
        SourceError: the file is no readable document.
    """
    with Package(path) as package:
        main = package.main_part()
        root = package.tree(main)
        body = root.find("body") if root is not None else None
        blocks = list(Reader(read_styles(package, main)).blocks(body)) if body is not None else []
        properties = package.tree("docProps/core.xml")
        draft = _read(blocks, _property(properties, "title"))
        draft.subjects = draft.subjects or _words(_property(properties, "keywords"))
        relations = package.relations(main)
        figures = [_with_picture(figure, draft, package, relations, out) for figure in draft.figures]
    return _paper(draft, figures, _property(properties, "language"))


def _paper(draft: _Draft, figures: list[Figure], language: str) -> Paper:
    texts = [passage.text for passage in draft.body]
    front = " ".join(texts[:4])
    found = _DOI.search(front)
    abstract = draft.abstract.texts()
    leading = [Passage(id=f"abs.{k}", text=text, kind="abstract") for k, text in enumerate(abstract, 1)]
    leading += [Passage(id=f"sum.{k}", text=text, kind="summary") for k, text in enumerate(draft.summary, 1)]
    told = " ".join(text for text in texts if "licen" in text.lower() or "creative commons" in text.lower())
    return Paper(
        title=draft.title,
        authors=draft.authors,
        doi=found[0] if found else "",
        url=f"https://doi.org/{found[0]}" if found else "",
        licence=licence_id(told) if "creative" in told.lower() else "",
        language=language_of(" ".join(texts))
        or (language[:2].lower() if re.match(r"[A-Za-z]{2}\b", language) else "en"),
        subjects=draft.subjects,
        abstract="\n".join(abstract),
        abstract_parts=draft.abstract.parts(),
        summary="\n".join(draft.summary),
        sections=draft.sections,
        passages=leading + draft.body,
        figures=figures,
        tables=draft.tables,
        references=draft.references,
        source="docx",
    )


def _read(blocks: list[Paragraph | Grid], declared: str) -> _Draft:
    draft = _Draft()
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    place = find_title(paragraphs, declared)
    title = paragraphs[place] if place is not None else None
    if title is not None:
        draft.title = clean(labelled(title)[1])
    front = place is not None
    before = front
    for block in blocks:
        if block is title:
            before = False
            continue
        if isinstance(block, Grid):
            _table(draft, block)
        elif block.text or block.pictures:
            over = _paragraph(draft, block, front=front and not before)
            front = front and not over
    return draft


def _paragraph(draft: _Draft, paragraph: Paragraph, *, front: bool) -> bool:
    """Take in one paragraph; returns whether the front matter (authors and the like) is over."""
    role = paragraph.style.role
    label, text = labelled(paragraph)
    text = clean(text)
    if role in ("toc", "aside") or is_title(label):
        return False
    if is_authors(label) or role == "author":
        draft.authors += names_in(text) or ([text] if label else [])
        return False
    if is_keywords(label):
        draft.subjects += _words(text)
        return False
    if front and not draft.sections and not draft.abstract.paragraphs and is_address(paragraph.text):
        return False
    if front and not draft.authors and not _heading_level(paragraph) and (names := names_in(paragraph.text)):
        draft.authors += names
        return False
    if label and len(text.split()) < 2:
        return False
    if role == "subtitle" and draft.title and not draft.body:
        return False
    return _content(draft, paragraph, clean(paragraph.text) if not label else text)


def _content(draft: _Draft, paragraph: Paragraph, text: str) -> bool:
    for picture in paragraph.pictures:
        _figure(draft, picture)
    caption = _CAPTION.match(text)
    if text and (
        paragraph.style.role == "caption" or (caption and len(text.split()) < 120 and _stands_as_caption(text, caption))
    ):
        _caption(draft, text, caption)
        return True
    level = _heading_level(paragraph)
    if text and level:
        _heading(draft, text, level)
        return True
    if not text:
        return False
    if opening := _ABSTRACT.match(text):
        draft.abstract.add(text[opening.end() :])
    elif paragraph.style.role == "abstract" or draft.place == "abstract":
        draft.abstract.add(text)
    elif draft.place == "summary":
        draft.summary.append(text)
    elif draft.place == "references" or paragraph.style.role == "reference":
        draft.references += 1
    else:
        section = draft.sections[-1].id if draft.sections else ""
        _passage(draft, text, section)
    return len(text.split()) > 25


def _stands_as_caption(text: str, caption: re.Match[str]) -> bool:
    """Whether `Table 2 ...` opens a caption and not a sentence such as `Table 2 shows`."""
    rest = text[caption.end() :]
    return not rest or text[caption.end("label") : caption.end()].strip() != "" or rest[0].isupper()


def _heading_level(paragraph: Paragraph) -> int:
    text = paragraph.text
    words = len(text.split())
    if not text or words > 25 or "\n" in text:
        return 0
    if paragraph.style.level:
        return paragraph.style.level
    known = kind_of(text) != "other" or _REFERENCES.fullmatch(text)
    if known and words <= 5 and (not paragraph.listed or paragraph.bold or text.isupper()):
        return 1
    if paragraph.bold and words <= 14 and not text.endswith((".", ",", ";")) and not paragraph.listed:
        return 2
    return 0


def _words(text: str) -> list[str]:
    return [word.strip(" .") for word in re.split(r"[,;·]", text) if word.strip(" .")]


def _heading(draft: _Draft, text: str, level: int) -> None:
    references = bool(_REFERENCES.fullmatch(text))
    if draft.place == "abstract" and not references and draft.abstract.takes_heading(text, level):
        return
    inherited: SectionKind = "other"
    for section in reversed(draft.sections):
        if section.level < level:
            inherited = section.kind
            break
    kind = kind_of(text, inherited=inherited)
    if references:
        draft.place = "references"
    elif kind == "abstract":
        draft.place = "abstract"
        draft.abstract.open(level)
    elif is_plain_summary(text) and not draft.sections:
        draft.place = "summary"
    else:
        draft.place = "body"
    if draft.place == "body":
        draft.sections.append(Section(id=f"s{len(draft.sections) + 1}", title=text, level=level, kind=kind))


def _passage(draft: _Draft, text: str, section: str) -> None:
    scope = section or "s0"
    draft.counts[scope] = draft.counts.get(scope, 0) + 1
    draft.body.append(Passage(id=f"{scope}.{draft.counts[scope]}", text=text, section=section))


def _figure(draft: _Draft, picture: str) -> None:
    name = f"fig.{len(draft.figures) + 1}"
    draft.figures.append(Figure(id=name))
    draft.pictures[name] = picture


def _caption(draft: _Draft, text: str, found: re.Match[str] | None) -> None:
    label = clean(found["label"]) if found else ""
    words = text[found.end() :] if found else text
    if found and found["what"].lower().startswith("tab"):
        if draft.tables and not draft.tables[-1].label and draft.waiting is None and draft.counts.get("after table"):
            draft.tables[-1] = _captioned(draft, draft.tables[-1], label, words)
        else:
            draft.waiting = (label, words)
        return
    if draft.figures and not draft.figures[-1].label and not draft.figures[-1].caption:
        figure = draft.figures.pop()
    else:
        figure = Figure(id=f"fig.{len(draft.figures) + 1}")
    section = draft.sections[-1].id if draft.sections else ""
    if words:
        draft.body.append(Passage(id=figure.id, text=words, kind="caption", section=section))
    draft.figures.append(
        figure.model_copy(update={"label": label, "caption": words, "passage": figure.id if words else ""})
    )


def _captioned(draft: _Draft, table: Table, label: str, words: str) -> Table:
    section = draft.sections[-1].id if draft.sections else ""
    if words:
        draft.body.append(Passage(id=table.id, text=words, kind="table", section=section))
    return table.model_copy(update={"label": label, "caption": words, "passage": table.id if words else ""})


def _table(draft: _Draft, grid: Grid) -> None:
    if not grid.rows:
        return
    head = grid.header if 0 < grid.header < len(grid.rows) else (1 if len(grid.rows) > 2 else 0)
    table = Table(id=f"tab.{len(draft.tables) + 1}", header=grid.rows[:head], rows=grid.rows[head:])
    if draft.waiting:
        table = _captioned(draft, table, *draft.waiting)
    draft.counts["after table"] = 0 if draft.waiting else 1
    draft.waiting = None
    draft.tables.append(table)


def _with_picture(
    figure: Figure, draft: _Draft, package: Package, relations: dict[str, tuple[str, str]], out: Path
) -> Figure:
    _, target = relations.get(draft.pictures.get(figure.id, ""), ("", ""))
    return with_picture(figure, package.read(target), out) if target else figure


def _property(properties: object, name: str) -> str:
    found = properties.find(name) if properties is not None else None  # type: ignore[attr-defined]
    return clean(found.text or "") if found is not None else ""
