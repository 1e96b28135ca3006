"""What a video is likely to cost: arithmetic that can be done by hand."""

import pytest
from artifacts.request import Options
from chassis.providers import Provider
from vendors.estimates import clips_for, estimate
from vendors.settings import GeminiSettings, RunwaySettings

from vendors import gemini, runway

GEMINI = GeminiSettings(api_key="a-key")
ALL = [
    gemini.provider(GEMINI, "script"),
    gemini.provider(GEMINI, "speech"),
    runway.provider(RunwaySettings(api_key="b")),
]
NONE = [gemini.provider(GeminiSettings(), does) for does in ("script", "speech")] + [runway.provider(RunwaySettings())]


def works(options, providers=ALL):
    return [line.does for line in estimate(options, providers).lines]


@pytest.mark.parametrize(("seconds", "clips"), [(20, 2), (45, 4), (60, 6), (90, 9), (180, 18), (3, 1)])
def test_one_clip_is_asked_for_about_every_ten_seconds(seconds, clips):
    assert clips_for(seconds) == clips


def test_footage_costs_its_seconds():
    found = estimate(Options(seconds=60, footage=True, writer="extractive", speech="espeak"), ALL)
    assert [(line.what, line.dollars) for line in found.lines] == [
        ("6 films of 5 seconds", pytest.approx(6 * 5 * 0.12))
    ]
    assert found.dollars == pytest.approx(3.6)


def test_speech_costs_25_tokens_a_second():
    speech = Provider("gemini", "Gemini", "speech", "m", True, prices={"input": 0.0, "output": 10.0})
    found = estimate(Options(seconds=60, speech="gemini"), [speech])
    assert found.dollars == pytest.approx(60 * 25 * 10 / 1e6)


def test_a_longer_video_costs_more_and_the_sum_is_of_the_lines():
    short, long = (estimate(Options(seconds=n, budget=9, footage=True), ALL) for n in (30, 120))
    assert [line.does for line in short.lines] == [line.does for line in long.lines] == ["script", "speech", "footage"]
    assert all(one.dollars < two.dollars for one, two in zip(short.lines, long.lines, strict=True))
    assert short.dollars == pytest.approx(sum(line.dollars for line in short.lines))


def test_the_best_that_is_usable_is_taken_where_there_is_a_budget_alone():
    assert works(Options()) == []
    assert works(Options(budget=1)) == ["script", "speech"]
    assert works(Options(budget=1, writer="extractive", speech="piper")) == []
    assert works(Options(writer="gemini")) == ["script"]
    assert works(Options(budget=1), NONE) == []


def test_what_is_wished_for_by_name_and_cannot_be_had_is_said_with_why():
    found = estimate(Options(writer="gemini", footage=True, budget=1), NONE)
    assert (found.lines, found.dollars) == ([], 0)
    assert [note.partition(":")[0] for note in found.notes] == ["The script", "Moving pictures"]
    assert "HIDDENHILL_GEMINI_API_KEY" in found.notes[0]
    assert estimate(Options(budget=1), NONE).notes == []
    assert estimate(Options(footage=True), []).notes == ["Moving pictures: nothing here can make it."]


def test_budget_of_what_is_needed_has_room_for_the_most_that_a_call_can_cost():
    found = estimate(Options(budget=9, footage=True), ALL)
    longest = (8_000 * GEMINI.text_price.input + 8_192 * GEMINI.text_price.output) / 1e6
    assert found.needed == pytest.approx(found.dollars + longest + found.lines[1].dollars + 0.05, abs=1e-4)
    assert estimate(Options(), ALL).needed == 0
