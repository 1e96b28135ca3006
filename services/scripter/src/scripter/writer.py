"""What every script writer offers, whoever it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifacts.paper import Paper
    from artifacts.request import Options
    from artifacts.script import Dropped, Role, Sentence
    from chassis.folder import JobFolder

    from scripter.grounding import Thresholds


@dataclass(frozen=True)
class Commission:
    """What is to be written, and of whom: the job pays, knows the user's keys and is told the progress.

    `language` is the paper's by its ISO 639-1 code, `limits` are where a sentence fails.
    """

    paper: Paper
    options: Options
    language: str
    limits: Thresholds
    job: JobFolder


@dataclass(frozen=True)
class Draft:
    """What one scene says; what it shows is decided later, the same way for every writer."""

    role: Role
    sentences: tuple[Sentence, ...]
    headline: str = ""
    """Empty: made from the sentences."""
    kicker: str = ""
    """Empty: by the role."""
    footage: str = ""
    """What a moving picture of the scene could show, in English and already looked at; empty: none."""


@dataclass(frozen=True)
class Written:
    """A script in words, every sentence of it judged."""

    drafts: list[Draft]
    language: str
    """Of what is spoken."""
    writer: str
    """Who wrote, as the credits name it."""
    notices: list[str] = field(default_factory=list)
    """Sentences for the viewer."""
    dropped: list[Dropped] = field(default_factory=list)
    gists: Mapping[str, str] = field(default_factory=dict)
    """By spoken sentence, what it says in the paper's language; empty where that is the language that is spoken."""


class Writer(Protocol):
    """Chooses the words."""

    def write(self, commission: Commission) -> Written:
        """The scenes in order. What their passages do not support is left out."""
        ...
