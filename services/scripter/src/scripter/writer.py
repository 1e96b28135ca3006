"""What every script writer offers, whoever it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from artifacts.paper import Paper
    from artifacts.request import Options
    from artifacts.script import Role, Sentence


@dataclass(frozen=True)
class Draft:
    """What one scene says; what it shows is decided later, the same way for every writer."""

    role: Role
    sentences: tuple[Sentence, ...]
    headline: str = ""
    """Empty: made from the sentences."""


class Writer(Protocol):
    """Chooses the words. Its sentences are checked afterwards, and those that fail are dropped."""

    name: str

    def write(self, paper: Paper, options: Options, language: str) -> list[Draft]:
        """The scenes in order, in the given language where the writer speaks it."""
        ...
