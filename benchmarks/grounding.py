"""How many wrong sentences the grounding check catches and how many true ones it refuses, by kind and by half.

`tests/grounding/pairs.jsonl` is split by hash: thresholds and word lists are tuned on one half, together with the pairs
of `tune.jsonl` and `stranger_tune.jsonl`, and reported on the other, together with `stranger_report.jsonl`. What a
stranger wrote, who did not know the checker, has a column of its own too.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from fetcher.sandbox import read_apart
from fetcher.settings import Settings
from scripter.grounding import verdict_of

ROOT = Path(__file__).parents[1]
PAIRS = ROOT / "tests" / "grounding"
CORPUS = ROOT.parent / "shared" / "corpus"


@dataclass(frozen=True)
class Pair:
    """A sentence and the place of the passage it cites: `own:<id>` or `corpus:<file>#<passage>`."""

    passage: str
    language: str
    kind: str
    """`true`, or what is wrong."""
    sentence: str


@dataclass
class Figures:
    """Of one half: pairs and right verdicts by kind."""

    pairs: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def caught(self) -> float:
        """Share of the wrong sentences that were refused."""
        wrong = [kind for kind in self.pairs if kind != "true"]
        return sum(self.right[kind] for kind in wrong) / sum(self.pairs[kind] for kind in wrong)

    @property
    def refused(self) -> float:
        """Share of the true sentences that were refused."""
        return 1 - self.right["true"] / self.pairs["true"]

    @property
    def milliseconds(self) -> float:
        """For one sentence."""
        return 1000 * self.seconds / self.pairs.total()


def halves(*, corpus: bool = True) -> dict[str, list[Pair]]:
    """The pairs to tune on and to report, and the stranger's of those; without the corpus where not wanted or here."""
    split: dict[str, list[Pair]] = {"tune": _pairs("tune.jsonl") + _pairs("stranger_tune.jsonl"), "report": []}
    for pair in _pairs("pairs.jsonl"):
        digest = hashlib.sha256(f"{pair.passage} {pair.sentence}".encode()).digest()
        split["tune" if digest[0] % 2 else "report"].append(pair)
    split["stranger"] = _pairs("stranger_report.jsonl")
    split["report"] += split["stranger"]
    if corpus and CORPUS.is_dir():
        return split
    return {half: [pair for pair in kept if pair.passage.startswith("own:")] for half, kept in split.items()}


def measured(pairs: list[Pair]) -> Figures:
    """The figures of one half; passages are read before the clock runs."""
    figures = Figures()
    for pair in pairs:
        text = passage_of(pair.passage)
        begun = time.perf_counter()
        verdict = verdict_of(pair.sentence, [text], pair.language)
        figures.seconds += time.perf_counter() - begun
        figures.pairs[pair.kind] += 1
        figures.right[pair.kind] += verdict.supported == (pair.kind == "true")
    return figures


def passage_of(place: str) -> str:
    """The text of a passage."""
    source, _, name = place.partition(":")
    if source == "own":
        return _own()[name]
    file, _, passage = name.partition("#")
    return _paper(file)[passage]


def _pairs(name: str) -> list[Pair]:
    return [Pair(**json.loads(line)) for line in (PAIRS / name).read_text("utf-8").splitlines()]


@cache
def _own() -> dict[str, str]:
    lines = (PAIRS / "passages.jsonl").read_text("utf-8").splitlines()
    return {item["id"]: item["text"] for item in map(json.loads, lines)}


@cache
def _paper(file: str) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as scratch:
        paper = read_apart(CORPUS / file, Path(scratch), Settings()).paper
    return {passage.id: passage.text for passage in paper.passages}


def main() -> None:
    """Print the figures of all; with `tune` as argument, also the sentences of that half that are judged wrongly."""
    split = halves()
    print(f"{'grounding':12}" + "".join(f"{half:>16}" for half in split))
    figures = {half: measured(pairs) for half, pairs in split.items()}
    for kind in sorted(
        set().union(*(each.pairs for each in figures.values())), key=lambda kind: (kind == "true", kind)
    ):
        print(f"{kind:12}" + "".join(f"{f'{each.right[kind]} of {each.pairs[kind]}':>16}" for each in figures.values()))
    print(f"{'caught':12}" + "".join(f"{each.caught:>16.1%}" for each in figures.values()))
    print(f"{'refused':12}" + "".join(f"{each.refused:>16.1%}" for each in figures.values()))
    print(f"{'ms/sentence':12}" + "".join(f"{each.milliseconds:>16.2f}" for each in figures.values()))
    if sys.argv[1:] == ["tune"]:
        for pair in split["tune"]:
            verdict = verdict_of(pair.sentence, [passage_of(pair.passage)], pair.language)
            if verdict.supported != (pair.kind == "true"):
                reasons = "; ".join(f"{check.name}: {check.reason}" for check in verdict.checks if not check.passed)
                print(f"{pair.kind}: {pair.sentence} [{reasons}]")


if __name__ == "__main__":
    main()
