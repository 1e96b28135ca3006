"""How long the script believes its words to take."""

import pytest
from scripter.pacing import AROUND_SCENE, scene_seconds, seconds_of

SPOKEN = [
    ("Most British soldiers who died in the Crimean War were not killed by the enemy.", 4.57),
    (("We asked what killed British soldiers in the Crimean War, and whether sanitary reform in March 1855 came with "
     "fewer deaths."), 7.34),
    (("The annual death rate from zymotic disease fell from 398.4 per 1000 men in the first year to 79.1 in the "
     "second."), 8.38),
    ("In January 1855 alone, 2,761 men died of zymotic disease, 83 of wounds and 324 of other causes.", 10.02),
    ("Between April 1854 and March 1856 the British army fought the Crimean War from crowded camps and hospitals.",
     7.39),
]  # fmt: skip
"""Seconds that the narrator's built-in voice takes."""


@pytest.mark.parametrize(("text", "seconds"), SPOKEN)
def test_sentence_is_believed_to_take_about_as_long_as_the_voice_takes(text, seconds):
    assert seconds_of(text) == pytest.approx(seconds, rel=0.17)


def test_all_sentences_together_are_off_by_less_than_a_twentieth():
    assert sum(seconds_of(text) for text, _ in SPOKEN) == pytest.approx(sum(s for _, s in SPOKEN), rel=0.05)


def test_long_words_take_longer_than_as_many_short_ones():
    assert seconds_of("Cells may die of it in a day.") < 0.6 * seconds_of(
        "Immunoglobulins participate continuously throughout antibody-mediated bacterial neutralization."
    )


def test_scene_takes_its_silences_too():
    assert scene_seconds(["They died."]) == pytest.approx(seconds_of("They died.") + AROUND_SCENE)


def test_chinese_is_counted_by_characters():
    assert 2 < seconds_of("士兵死于疾病而不是战争的伤口。") < 5
