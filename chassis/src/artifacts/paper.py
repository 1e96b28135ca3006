"""Artifact `paper`: a scientific paper as the later stages read it."""

from typing import Literal

from artifacts.model import Model

SectionKind = Literal["abstract", "introduction", "methods", "results", "discussion", "conclusion", "summary", "other"]
NoticeKind = Literal[
    "retracted",
    "retraction",
    "corrected",
    "correction",
    "concern",
    "preprint",
    "editorial",
    "letter",
    "review",
    "commentary",
    "digest",
]


class Box(Model):
    """A rectangle on a page, in PDF points from the top left corner of the page."""

    x0: float
    top: float
    x1: float
    bottom: float


class Passage(Model):
    """A paragraph, caption or list item: the unit that a spoken sentence names as its evidence."""

    id: str
    """Stable for the same file: `abs.1`, `s3.2` (section 3, paragraph 2), `fig.2`, `tab.1`, `sum.1`."""
    text: str
    kind: Literal["abstract", "body", "caption", "table", "summary"] = "body"
    section: str = ""
    """Id of the section it stands in; empty outside of any."""
    page: int | None = None
    """From 1; PDF only."""
    boxes: list[Box] = []
    """One for each line on `page`; PDF only."""


class Section(Model):
    """A heading and its place; its paragraphs are the passages that name it."""

    id: str
    title: str
    level: int = 1
    kind: SectionKind = "other"
    """What the section is for, inherited from the section above where its own title does not say."""


class Heading(Model):
    """A part of a structured abstract."""

    heading: str
    text: str


class Image(Model):
    """A picture that the fetcher put beside the paper, named by content."""

    artifact: str
    """`figure.<k>` or `page.<k>`."""
    digest: str
    """Hexadecimal SHA-256 of the bytes."""
    media_type: str
    width: int
    height: int
    """Pixels."""


class Figure(Model):
    """A figure with its caption; `image` is missing where the picture could not be had or its licence forbids it."""

    id: str
    label: str = ""
    caption: str = ""
    passage: str = ""
    """Id of the passage that holds the caption."""
    licence: str = ""
    """As the figure states it; empty: the paper's."""
    page: int | None = None
    image: Image | None = None


class Table(Model):
    """A table as rows of text; merged cells repeat their text."""

    id: str
    label: str = ""
    caption: str = ""
    passage: str = ""
    header: list[list[str]] = []
    rows: list[list[str]] = []
    page: int | None = None


class Page(Model):
    """A page of a PDF as a picture, for scenes that show the source itself."""

    number: int
    width: float
    height: float
    """Points."""
    image: Image


class Notice(Model):
    """Something a reader must know about the paper's standing."""

    kind: NoticeKind
    text: str
    """A sentence for the user."""


class Paper(Model):
    """A paper: who, where, when, under which licence, and every passage of it."""

    title: str
    authors: list[str] = []
    """`Given Family`, or the collective's name."""
    journal: str = ""
    published: str = ""
    """ISO 8601 as far as known: `2014`, `2014-09` or `2014-09-26`."""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    arxiv: str = ""
    url: str = ""
    licence: str = ""
    """SPDX-like: `CC-BY-4.0`, `CC0-1.0`, `CC-BY-NC-ND-4.0`, `public-domain`; empty: not stated."""
    licence_text: str = ""
    language: str = "en"
    """ISO 639-1."""
    kind: str = ""
    """The source's own article type, such as `research-article`."""
    subjects: list[str] = []
    """Subject headings and keywords."""
    notices: list[Notice] = []
    abstract: str = ""
    """Plain text, one paragraph a line, without headings."""
    abstract_parts: list[Heading] = []
    summary: str = ""
    """The paper's own plain-language summary; one paragraph a line."""
    sections: list[Section] = []
    passages: list[Passage] = []
    """In reading order: abstract, summary, body with captions and tables where they stand."""
    figures: list[Figure] = []
    tables: list[Table] = []
    pages: list[Page] = []
    references: int = 0
    source: Literal["jats", "pdf", "docx", ""] = ""
    warnings: list[str] = []
    """What could not be read well, for the operator."""
