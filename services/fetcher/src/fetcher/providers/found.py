"""What a provider hands over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artifacts.paper import Notice


@dataclass(frozen=True)
class Card:
    """What a service says about a paper."""

    title: str = ""
    authors: tuple[str, ...] = ()
    abstract: str = ""
    journal: str = ""
    published: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    arxiv: str = ""
    url: str = ""
    licence: str = ""
    subjects: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Found:
    """The bytes of a paper, and what is known about it."""

    content: bytes
    card: Card = field(default_factory=Card)
