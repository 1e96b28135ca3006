"""Sentences of a model: judged, and written again with what was wrong until they pass or the rounds are over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from artifacts.script import Dropped, Evidence, Sentence, Verdict

from scripter import pacing
from scripter.checking import dropped_of, reasons_of, refused

if TYPE_CHECKING:
    from scripter.checking import Checker

LONGEST = 13.0
"""Seconds of one sentence."""
_MOST_PASSAGES = 3
MOST_LETTERS = 600
"""Of one sentence of a model."""


class Render(Protocol):
    """Gives each spoken sentence in the paper's language; empty where it could not be had. Rounds count from 0."""

    def __call__(self, texts: Sequence[str], *, round_: int) -> Sequence[str]: ...


@dataclass
class Line:
    """A place in the script for one sentence, and what was tried there."""

    scene: int
    sentence: Sentence
    gist: str = ""
    before: list[Verdict] = field(default_factory=list)
    """Verdicts of earlier tries."""

    @property
    def passed(self) -> bool:
        return bool(self.sentence.verdict and self.sentence.verdict.supported)

    @property
    def ids(self) -> list[str]:
        return [item.id for item in self.sentence.evidence]

    @property
    def reasons(self) -> list[str]:
        return reasons_of(self.sentence.verdict) if self.sentence.verdict else []

    def rewrite(self, sentence: Sentence) -> None:
        """Put another sentence in this place."""
        if self.sentence.verdict:
            self.before.append(self.sentence.verdict)
        self.sentence, self.gist = sentence, ""

    def dropped(self) -> Dropped:
        return dropped_of(self.sentence, self.before)


Rewrite = Callable[[Mapping[int, Sequence[Line]], Sequence[str], int], Mapping[int, Sequence[Sentence]] | None]
"""Writes the failed lines of each scene again, not saying what is said already, in a round; None: it cannot be had."""


def sentence_of(text: str, ids: Sequence[str], texts: Mapping[str, str]) -> Sentence:
    """What a model says, with the passages of the paper that it names; ids that the paper has not are left out."""
    plain = " ".join(unicodedata.normalize("NFC", text[:MOST_LETTERS]).split())
    known = [name for name in dict.fromkeys(ids) if name in texts][:_MOST_PASSAGES]
    return Sentence(text=plain, evidence=[Evidence(id=name, text=texts[name]) for name in known])


def settle(lines: Sequence[Line], checker: Checker, render: Render, rewrite: Rewrite, rounds: int) -> None:
    """Judge every line, and have those that fail written again, all of a round in one go."""
    _judge(lines, lines, checker, partial(render, round_=0))
    for number in range(1, rounds + 1):
        failed: dict[int, list[Line]] = {}
        for line in lines:
            if not line.passed:
                failed.setdefault(line.scene, []).append(line)
        if not failed:
            return
        written = rewrite(failed, [line.sentence.text for line in lines if line.passed], number)
        if written is None:
            return
        tried = []
        for scene, waiting in failed.items():
            for line, sentence in zip(waiting, written.get(scene, ()), strict=False):
                line.rewrite(sentence)
                tried.append(line)
        if not tried:
            return
        _judge(tried, lines, checker, partial(render, round_=number))


def _judge(
    tried: Sequence[Line],
    everything: Sequence[Line],
    checker: Checker,
    render: Callable[[Sequence[str]], Sequence[str]],
) -> None:
    """Give each tried line its verdict; what cannot pass is not rendered first."""
    said = {_key(line.sentence.text) for line in everything if line not in tried and line.passed}
    waiting = []
    for line in tried:
        fault = _fault(line.sentence, said, checker)
        said.add(_key(line.sentence.text))
        if fault:
            line.sentence = line.sentence.model_copy(update={"verdict": refused(fault)})
        else:
            waiting.append(line)
    if checker.crosses and waiting:
        gists = render([line.sentence.text for line in waiting])
        for line, gist in zip(waiting, gists, strict=True):
            line.gist = gist
    for line in waiting:
        line.sentence = checker.judged(line.sentence, line.gist)


def _fault(sentence: Sentence, said: set[str], checker: Checker) -> str:
    faults = checker.faults(sentence.text)
    if faults:
        return "it is no clean sentence: " + ", ".join(faults)
    if not sentence.evidence:
        return "it names no passage that the paper has"
    if pacing.seconds_of(sentence.text) > LONGEST:
        return "it is too long to follow; say it in half the words"
    return "it was said already" if _key(sentence.text) in said else ""


def _key(text: str) -> str:
    return re.sub(r"\W+", "", text.lower())
