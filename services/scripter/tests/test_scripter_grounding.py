"""The grounding check, one promise at a time; `tests/grounding` measures it as a whole."""

import time

import pytest
from hypothesis import given
from hypothesis import settings as speed
from hypothesis import strategies as st
from scripter.grounding import verdict_of
from scripter.grounding.quantities import quantities_in

TRIAL = (
    "Of 248 adults, 39.6% slept better after taking 5 mg of the drug for 12 weeks, compared with 22.1% on placebo. "
    "The drug may lower blood pressure. Sleep was associated with exercise. The change in weight was not significant."
)
MICE = "Mice that were given the drug lived 11% longer. Their tumours did not grow back."


PARK = (
    "Of 60 trees, 45 survived near the lake and 15 of 50 on the hill. The link was found in oaks but not in pines. "
    "Growth rose by 12 percentage points, from 20% to 32%, among watered trees, compared with 7% among dry ones. "
    "It is not yet known whether the lake causes the difference. We recorded 640 birds in 32 parks. "
    "Leaves were larger near the lake than on the hill. Beetles doubled, whereas ants stayed constant."
)


def failing(sentence: str, passage: str = TRIAL, language: str = "en") -> set[str]:
    return {check.name for check in verdict_of(sentence, [passage], language).checks if not check.passed}


@pytest.mark.parametrize(
    "sentence",
    [
        "About 40 % of the adults slept better after taking the drug.",
        "On the drug, 39.6 percent of the adults slept better.",
        "They took 5 milligrams of the drug for twelve weeks.",
        "The drug might lower blood pressure.",
        "Exercise was linked to sleep.",
        "Weight did not change significantly.",
    ],
)
def test_honest_paraphrase_is_supported(sentence):
    assert failing(sentence) == set()


@pytest.mark.parametrize(
    ("sentence", "check"),
    [
        ("Of 284 adults, 39.6% slept better after taking the drug.", "numbers"),
        ("They took 5 g of the drug for 12 weeks.", "numbers"),
        ("They took 5 mg of the drug for 12 days.", "numbers"),
        ("Of 248 adults, 22.1% slept better after taking the drug and 39.6% on placebo.", "numbers"),
        ("Exactly 40% of the adults slept better after taking the drug.", "numbers"),
        ("The drug lowers blood pressure.", "strength"),
        ("Exercise causes sleep.", "cause"),
        ("The change in weight was significant.", "strength"),
        ("Of 248 adults, 39.6% slept better after taking 5 mg of insulin for 12 weeks.", "entities"),
        ("The drug also made the participants taller, richer and more cheerful.", "similarity"),
    ],
)
def test_each_kind_of_error_fails_its_check(sentence, check):
    assert check in failing(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Three quarters of the 60 trees by the lake survived.",
        "On average, 20 birds were recorded in each park.",
        "Growth rose by 12 points.",
        "The number of beetles doubled.",
        "On the hill, leaves were smaller than near the lake.",
        "Nobody knows whether the lake is behind the difference.",
        "More than 600 birds were counted.",
    ],
)
def test_what_follows_from_the_passage_is_supported(sentence):
    assert failing(sentence, PARK) == set()


@pytest.mark.parametrize(
    ("sentence", "check"),
    [
        ("Two thirds of the 60 trees near the lake survived.", "numbers"),
        ("We recorded 640 parks.", "numbers"),
        ("Growth rose by 12 percent.", "numbers"),
        ("More than 640 birds were recorded.", "numbers"),
        ("Ants doubled.", "direction"),
        ("The link was found in pines but not in oaks.", "direction"),
        ("Leaves were larger on the hill than near the lake.", "direction"),
        ("The lake causes the difference.", "cause"),
    ],
)
def test_what_the_passage_says_of_another_thing_is_refused(sentence, check):
    assert check in failing(sentence, PARK)


def test_comparison_is_held_against_the_numbers_of_both_sides():
    passage = "Among women, 9% were smokers; among men, 23%."
    assert failing("Men were more often smokers than women.", passage) == set()
    assert "direction" in failing("Women were more often smokers than men.", passage)


def test_share_of_another_group_is_refused():
    passage = "Short labels were read to the end by 71% of visitors. When labels were long, only 14% finished reading."
    assert failing("Short labels were read to the end by 71% of visitors.", passage) == set()
    assert "numbers" in failing("Short labels were read to the end by 14% of visitors.", passage)


def test_nothing_is_said_of_people_that_was_found_in_mice():
    assert "population" in failing("Patients who were given the drug lived 11% longer.", MICE)
    assert failing("Mice that got the drug lived 11% longer.", MICE) == set()


def test_what_was_denied_is_not_affirmed():
    assert "direction" in failing("Their tumours grew back.", MICE)


def test_reader_learns_what_was_found():
    verdict = verdict_of("Of 248 adults, 93.6% slept better.", [TRIAL])
    assert [check.reason for check in verdict.checks if check.name == "numbers"] == ["93.6 is not in the passage"]
    assert not verdict.supported
    assert 0 <= verdict.score < 0.5


def test_sentence_without_a_passage_fails():
    assert not verdict_of("The drug works.", []).supported


@pytest.mark.parametrize(
    ("language", "passage", "right", "wrong"),
    [
        ("de", "Es wurden 12.000 Proben geprüft.", "Geprüft wurden 12 000 Proben.", "Geprüft wurden 12,5 Proben."),
        ("fr", "On a compté 12 000 arbres.", "On a compté 12000 arbres.", "On a compté 21 000 arbres."),
        ("es", "La dosis fue de 2,5 mg.", "La dosis fue de 2,5 miligramos.", "La dosis fue de 2,5 g."),
        ("pt", "A dose não reduziu a febre.", "A dose não reduziu a febre.", "A dose reduziu a febre."),
        ("ja", "温度は25度上がった。", "温度は25度上がった。", "温度は35度上がった。"),
    ],
)
def test_numbers_are_read_as_the_language_writes_them(language, passage, right, wrong):
    assert failing(right, passage, language) == set()
    assert failing(wrong, passage, language)


def test_powers_words_and_fractions_are_quantities():
    found = quantities_in("3 × 10⁴ cells, twenty-five mice, one in five, half, 0.5 mg/L, at least 7", "en")
    assert [quantity.value for quantity in found] == [30000, 25, 0.2, 0.5, 0.5, 7]
    assert (found[4].unit.kind, found[4].unit.under, found[5].bound) == ("mass", "volume", ">")


@speed(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.text(max_size=300), st.sampled_from(["en", "de", "fr", "ja", "xx"]))
def test_any_text_gets_a_verdict(sentence, passage, language):
    verdict = verdict_of(sentence, [passage], language)
    assert 0 <= verdict.score <= 1


def test_verdict_takes_less_than_five_milliseconds():
    verdict_of("Warm the lists.", [TRIAL])
    sentences = [f"Of 248 adults, {n}.6% slept better after taking 5 mg of the drug for 12 weeks." for n in range(40)]
    begun = time.process_time()
    for sentence in sentences:
        verdict_of(sentence, [TRIAL])
    assert (time.process_time() - begun) / len(sentences) < 0.005
