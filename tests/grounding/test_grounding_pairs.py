"""What the grounding check catches and refuses on sentences that nothing was tuned on."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("grounding_figures", ROOT / "benchmarks" / "grounding.py")
figures = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = figures
SPEC.loader.exec_module(figures)

LEAST_CAUGHT, MOST_REFUSED = 0.81, 0.22
LEAST_CAUGHT_OF_OURS, MOST_REFUSED_OF_OURS = 0.79, 0.16
LEAST_CAUGHT_OF_A_STRANGER, MOST_REFUSED_OF_A_STRANGER = 0.78, 0.28
"""Just short of what was last measured; what is aimed at is 0.95 and 0.10 (see docs/decisions/0007-grounding.md)."""


def test_pairs_are_many_of_every_kind_and_in_neither_half_twice():
    halves = figures.halves() if figures.CORPUS.is_dir() else figures.halves(corpus=False)
    assert {*halves.pop("stranger")} < {*halves["report"]}
    for pairs in halves.values():
        assert {pair.kind for pair in pairs} >= {"true", "number", "direction", "entity", "population", "strength"}
    together = [(pair.passage, pair.sentence) for pairs in halves.values() for pair in pairs]
    assert len(set(together)) == len(together) >= 200


@pytest.mark.corpus
def test_report_half_is_judged_as_well_as_last_measured():
    if not figures.CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    report = figures.measured(figures.halves()["report"])
    assert report.pairs.total() >= 150
    assert report.caught >= LEAST_CAUGHT
    assert report.refused <= MOST_REFUSED


@pytest.mark.corpus
def test_pairs_of_a_stranger_are_judged_as_well_as_last_measured():
    if not figures.CORPUS.is_dir():
        pytest.skip("the corpus is not here")
    stranger = figures.measured(figures.halves()["stranger"])
    assert stranger.pairs.total() >= 100
    assert stranger.caught >= LEAST_CAUGHT_OF_A_STRANGER
    assert stranger.refused <= MOST_REFUSED_OF_A_STRANGER


def test_report_half_of_our_own_passages_is_judged_as_well_as_last_measured():
    report = figures.measured(figures.halves(corpus=False)["report"])
    assert report.caught >= LEAST_CAUGHT_OF_OURS
    assert report.refused <= MOST_REFUSED_OF_OURS
    assert report.milliseconds < 5
