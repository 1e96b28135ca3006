"""Which number of a sentence is shown, and as the number of what."""

import pytest
from scripter.phrases import phrases_for
from scripter.visuals.number import number_visual

EN = phrases_for("en")


@pytest.mark.parametrize(
    ("text", "shown", "label"),
    [
        ("In January 2,761 men died of zymotic disease, 83 of wounds.", "2,761", "men died of zymotic disease"),
        ("In a dataset of 4,113 clicks, it improved clickthrough rate by 46.5%.", "46.5%", "clickthrough rate"),
        ("In 1855 the mortality of the army fell by 42%.", "42%", "mortality of the army"),
        ("More than 25 million Americans suffer from pain.", ">25million", "Americans"),
        ("The new model improved the variance explained from 28.1% to 30.1%.", "30.1%", "variance explained"),
        ("The death rate fell from 42% to 2% in a year.", "2%", "death rate"),
        ("Nearly 40% of the 554 districts were in the north.", "40%", "of the 554 districts"),
        ("A change was seen in 3 wards when 50% of the food was replaced, in 1,200 men.", "1,200", "men"),
        ("We enrolled 301 patients in 2014.", "301", "patients"),
        ("Protein made up less than 0.5% of the total weight.", "<0.5%", "of the total weight"),
        ("They occur in 13% to 80% of marine bacteria.", None, None),
        ("At light equivalent to 1% of full sunlight, 82 molecules were made.", "82", "molecules"),
        ("They were found in a 40,000-year-old mammoth.", None, None),
    ],
)
def test_number_shown_is_the_telling_one_of_the_sentence(text, shown, label):
    visual = number_visual(text, EN)
    assert (visual.text + visual.unit if visual else None) == shown
    assert (visual.label if visual else None) == label


def test_number_that_was_shown_before_is_not_shown_again():
    text = "There were 162 participants, including 146 students."
    assert number_visual(text, EN).text == "162"
    assert number_visual(text, EN, {"162"}).text == "146"


@pytest.mark.parametrize(
    "text",
    [
        "Emissions did not contribute more than 5% of the total.",
        "It was sequenced by Illumina HiSeq 2500 technology.",
        "Intake decreased by 20 and excretion by 60%.",
        "Hearts were seen at 48 hpf and later.",
        "We show the analysis for the 0°, 30°, and 60° orientations.",
    ],
)
def test_number_that_would_mislead_is_not_shown(text):
    assert number_visual(text, EN) is None
