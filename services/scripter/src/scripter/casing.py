"""Titles as sentences: capitals stay only where the paper's own prose writes them."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artifacts.paper import Paper

_WORD = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"


class Casing:
    """How a paper writes its words in the middle of its sentences."""

    def __init__(self, paper: Paper) -> None:
        prose = " ".join(passage.text for passage in paper.passages)
        self._seen = Counter(re.findall(_WORD, prose))
        self._amid = Counter(re.findall(rf"(?<=[a-zà-ÿ,] ){_WORD}", prose))
        self._pairs = Counter(re.findall(rf"(?=(?<=[a-zà-ÿ,] )({_WORD} {_WORD}))", prose))

    def sentence(self, title: str) -> str:
        """The title with the capitals that only titles have made small; names keep theirs."""
        words = title.split()
        shouted = title.upper() == title
        cased = sum(word[:1].isupper() for word in words) > 0.6 * len(words)
        cores = [re.sub(r"[^\w'’-]", "", word) for word in words]
        written: list[str] = []
        kept = False
        for word, core, following in reversed(list(zip(words, cores, [*cores[1:], ""], strict=True))):
            titled = all(re.fullmatch(r"[^\W\d_]?(?:[a-zà-ÿ'’]*)", part) for part in core.split("-"))
            named = kept and following[:1].isupper() and self._pairs[f"{core} {following}"] > 1
            kept = True
            if (
                core
                and not named
                and (titled or shouted)
                and self._is_small(core, following, cased=cased, shouted=shouted)
            ):
                kept = False
                written.append(word.lower())
            else:
                written.append(word.capitalize() if shouted and len(core) > 5 else word)
        text = " ".join(reversed(written))
        return text[:1].upper() + text[1:]

    def _is_small(self, core: str, following: str, *, cased: bool, shouted: bool) -> bool:
        small = core.lower()
        if self._pairs[f"{core} {following}"] > 1 + self._pairs[f"{small} {following.lower()}"] and not shouted:
            return False
        if self._seen[small] or (self._amid[core] and not shouted):
            return self._seen[small] >= self._amid[core]
        if "-" in core:
            return all(self._is_small(part, "", cased=cased, shouted=shouted) for part in core.split("-"))
        return cased and not shouted
