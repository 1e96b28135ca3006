"""Words are found in recordings of other voices; `python -m benchmarks.alignment` measures it in full."""

import importlib.util
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from narrator.alignment import SHORTEST, align, render
from narrator.providers.espeak import Espeak
from narrator.recording import Recording, Unfit, recorded

FILE = Path(__file__).parents[3] / "benchmarks" / "alignment.py"
SPEC = importlib.util.spec_from_file_location("alignment_figures", FILE)
assert SPEC
assert SPEC.loader
figures = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = figures
SPEC.loader.exec_module(figures)

FORMS = [["Clean", "water", "saved", "more", "soldiers", "than", "doctors."], ["Nobody", "had", "counted", "them."]]


def _said(forms, variant="m3", between=0.5, **more):
    voice = Espeak(f"en-us+{variant}", pace=150, pitch=60, pitch_range=60, **more)
    pieces = [np.zeros(6_000, np.float32)]
    for sentence in forms:
        pieces += [voice.say(sentence).sound, np.zeros(round(between * voice.rate), np.float32)]
    return np.concatenate(pieces), voice.rate


@pytest.mark.parametrize("kind", figures.KINDS)
def test_words_of_every_kind_of_recording_are_found_within_80_ms(kind):
    found = [error for case in figures.cases((kind,), every=4) for error in figures.errors(case)]
    assert len(found) > 100
    assert np.percentile([error.start for error in found], 95) <= 80
    assert np.percentile([error.end for error in found], 95) <= 120


def test_figures_stand_on_enough_sentences_in_enough_languages():
    all_of_them = list(figures.cases(("plain",)))
    assert sum(len(case.forms) for case in all_of_them) >= 60
    assert {case.language for case in all_of_them} == {"en", "de", "es", "fr", "pt", "ja"}


def test_words_follow_each_other_and_none_is_shorter_than_can_be_heard():
    for case in figures.cases(("room",), every=9):
        for sentence in align(case.sound, figures.RATE, render(case.forms, case.language)):
            assert all(end - start >= SHORTEST - 1e-9 for start, end in sentence.spans)
            assert all(before[1] <= after[0] + 1e-9 for before, after in pairwise(sentence.spans))


def test_a_word_after_a_pause_begins_with_its_sound():
    voice = Espeak("en-us+m3", pace=150, pitch=60, pitch_range=60)
    forms = [["We", "looked,", "and", "nobody", "was", "there."]]
    said = voice.say(forms[0])
    cut = round(said.times[3][0] * voice.rate)
    sound = np.concatenate([said.sound[:cut], np.zeros(voice.rate, np.float32), said.sound[cut:]])
    (found,) = align(sound, voice.rate, render(forms, "en"))
    assert found.spans[2][1] == pytest.approx(cut / voice.rate, abs=0.06)
    assert found.spans[3][0] == pytest.approx(cut / voice.rate + 1, abs=0.06)


def test_sentences_are_cut_apart_and_keep_their_words():
    sound, rate = _said(FORMS)
    recording = Recording("Someone", "one", sound, rate, render(FORMS, "en"))
    first, second = (recording.say(forms) for forms in FORMS)
    assert first.times[0][0] < 0.1
    assert second.times[0][0] < 0.1
    assert len(first.sound) + len(second.sound) < len(sound) - 0.3 * rate
    assert [len(part.times) for part in (first, second)] == [7, 4]


def test_words_that_are_not_heard_share_their_time_and_the_recording_is_refused():
    said, asked = (
        "Warm water rises slowly while cold salt water sinks to the floor of the sea.",
        "Bees dance in the dark and still they are understood by all the others.",
    )
    sound, rate = _said([said.split()])
    others = [asked.split()]
    (found,) = align(sound, rate, render(others, "en"))
    assert not found.sure
    letters = [(end - start) / len(form) for (start, end), form in zip(found.spans, others[0], strict=True)]
    assert letters == pytest.approx([letters[0]] * len(letters))
    with pytest.raises(Unfit, match="something else"):
        recorded("Someone", "one", sound, rate, render(others, "en"))


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_any_rate_will_do(rate):
    sound, known = _said(FORMS)
    places = np.arange(len(sound) * rate // known) * known / rate
    other = np.interp(places, np.arange(len(sound)), sound).astype(np.float32)
    found, same = (align(each, at, render(FORMS, "en")) for each, at in ((other, rate), (sound, known)))
    assert found[1].spans[0][0] == pytest.approx(same[1].spans[0][0], abs=0.04)


@pytest.mark.parametrize("sound", [np.zeros(24_000, np.float32), np.full(24_000, 0.5, np.float32)])
def test_a_sound_without_speech_is_survived(sound):
    found = align(sound, 24_000, render(FORMS, "en"))
    assert [len(each.spans) for each in found] == [7, 4]
    assert np.isfinite([span for each in found for span in each.spans]).all()
