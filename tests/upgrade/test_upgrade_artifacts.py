"""Artifacts of released versions, as they wrote them: read today without loss. And what a newer version may add."""

import json
from pathlib import Path

import pytest
from artifacts.captions import Captions
from artifacts.footage import SceneFootage
from artifacts.narration import Narration
from artifacts.paper import Paper
from artifacts.request import Approval, Options, Reference
from artifacts.script import Brief, Script
from artifacts.transcript import Transcript
from artifacts.verdicts import Verdicts
from pydantic import ValidationError

RELEASED = Path(__file__).parent / "released"
MODELS = {
    "approval": Approval,
    "brief": Brief,
    "captions": Captions,
    "footage": SceneFootage,
    "narration": Narration,
    "options": Options,
    "paper": Paper,
    "script": Script,
    "source": Reference,
    "transcript": Transcript,
    "verdicts": Verdicts,
}
SAMPLES = sorted(RELEASED.glob("*/*/*.json"))


def kind_of(path):
    return path.stem.rpartition(".")[2]


def sample_of(kind):
    return next(path for path in SAMPLES if kind_of(path) == kind)


def lost(was, now, where=""):
    """What one JSON value has that another one lacks or says otherwise."""
    if isinstance(was, dict) and isinstance(now, dict):
        return [each for key in was for each in lost(was[key], now.get(key, "nothing"), f"{where}.{key}")]
    if isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        return [
            each for place, pair in enumerate(zip(was, now, strict=True)) for each in lost(*pair, f"{where}.{place}")
        ]
    return [] if was == now else [f"{where}: {was} became {now}"]


def newer(value):
    """A JSON value with a field more in every object."""
    if isinstance(value, dict):
        return {key: newer(each) for key, each in value.items()} | {"of_a_newer_version": {"more": [1]}}
    return [newer(each) for each in value] if isinstance(value, list) else value


def test_there_is_a_sample_of_every_artifact_of_the_release_and_of_every_kind_of_picture_of_the_sample_paper():
    assert {kind_of(path) for path in SAMPLES} == set(MODELS)
    pictures = {json.loads(path.read_text())["visual"]["kind"] for path in SAMPLES if kind_of(path) == "brief"}
    assert len(pictures) >= 3


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: str(path.relative_to(RELEASED)))
def test_artifact_of_a_released_version_is_read_today_without_loss(path):
    was = json.loads(path.read_text())
    read = MODELS[kind_of(path)].model_validate(was)
    assert lost(was, read.model_dump(mode="json")) == []


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_fields_that_a_newer_version_added_anywhere_are_passed_over(kind):
    was = json.loads(sample_of(kind).read_text())
    model = MODELS[kind]
    assert model.model_validate(newer(was)) == model.model_validate(was)


def test_value_that_a_newer_version_added_is_refused_rather_than_drawn_wrongly():
    """The worker leaves such an artifact to others: see `JobFolder.load`."""
    brief = json.loads(sample_of("brief").read_text())
    with pytest.raises(ValidationError):
        Brief.model_validate(brief | {"visual": {"kind": "hologram"}})


def test_loss_is_found_wherever_it_is():
    was = {"a": [{"b": 1, "c": 2}], "d": 3}
    assert lost(was, was | {"e": 4}) == []
    assert lost(was, {"a": [{"b": 1}], "d": "3"}) == [".a.0.c: 2 became nothing", ".d: 3 became 3"]
