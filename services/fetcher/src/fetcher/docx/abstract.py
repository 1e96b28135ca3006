"""The abstract of a document: its paragraphs, and the parts that headings or run-in labels divide it into."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from artifacts.paper import Heading

from fetcher.headings import is_plain_summary, kind_of
from fetcher.structured import split_parts

_INTRODUCTION = re.compile(r"(?:\d\W*)?introduction", re.IGNORECASE)


@dataclass
class Abstract:
    """Takes in headings and paragraphs in order."""

    paragraphs: list[tuple[str, str]] = field(default_factory=list)
    """Heading of the part, or empty, and text."""
    level: int = 0
    """Level of the heading `Abstract`."""
    part: str = ""
    part_level: int = 0

    def open(self, level: int) -> None:
        """A heading that says `Abstract`."""
        self.level, self.part, self.part_level = level, "", 0

    def takes_heading(self, text: str, level: int) -> bool:
        """Take a heading that opens a part; refuse one that opens the paper's first section."""
        heading = text.rstrip(" :.")
        if is_plain_summary(heading) or level < max(self.level, self.part_level):
            return False
        if level == self.level:
            first = not self.paragraphs or self.part_level == level
            known = kind_of(heading) != "other" and not _INTRODUCTION.match(heading)
            if not (first and known) or any(part == heading for part, _ in self.paragraphs):
                return False
        self.part, self.part_level = heading, level
        return True

    def add(self, text: str) -> None:
        """A paragraph."""
        for heading, words in split_parts(text):
            self.part = heading or self.part
            self.paragraphs.append((self.part, words))

    def texts(self) -> list[str]:
        """The paragraphs without headings."""
        return [text for _, text in self.paragraphs]

    def parts(self) -> list[Heading]:
        """The parts under their headings; none where there are no headings."""
        parts: list[Heading] = []
        for heading, text in self.paragraphs:
            if parts and parts[-1].heading == heading:
                parts[-1] = Heading(heading=heading, text=f"{parts[-1].text}\n{text}")
            else:
                parts.append(Heading(heading=heading, text=text))
        return parts if any(part.heading for part in parts) else []
