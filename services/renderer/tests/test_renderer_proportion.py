"""A number is put into proportion only where the sentence says of what it is a part or by what something changed."""

import pytest
from artifacts.script import Brief
from renderer.scenes import proportion


def brief(text, number, unit="%", label="something"):
    visual = {"kind": "number", "text": number, "value": float(number), "unit": unit, "label": label}
    sentences = [{"text": text, "evidence": []}]
    fields = {"scene": 1, "role": "results", "headline": "", "sentences": sentences}
    return Brief.model_validate(fields | {"visual": visual, "span": {"start": 0, "end": 0.2}})


@pytest.mark.parametrize(
    ("text", "number", "share"),
    [
        ("In the trial, 42% of the patients died.", "42", True),
        ("Of 301 patients, 34 (11.3%) had the impairment.", "11.3", True),
        ("Phosphite increased grain concentration by 11.6%.", "11.6", False),
        ("Intake fell to 60% of what it was after a reduction.", "60", False),
        ("The model explained the variance with 95% confidence.", "95", False),
        ("Yields grew by 142% of the mean.", "42", False),
    ],
)
def test_only_a_part_of_a_whole_is_a_share(text, number, share):
    told = brief(text, number)
    assert proportion.is_share(told, told.visual) is share


@pytest.mark.parametrize(
    ("text", "number", "change"),
    [
        ("Phosphite increased grain concentration by 11.6%.", "11.6", 0.116),
        ("Mortality was reduced by about 20% in the second year.", "20", -0.2),
        ("Costs rose, and deaths were lower by 35%.", "35", -0.35),
        ("In the trial, 42% of the patients died.", "42", 0),
        ("The slope was divided by 30%.", "30", 0),
    ],
)
def test_a_change_is_read_with_its_direction(text, number, change):
    told = brief(text, number)
    assert proportion.changed_by(told, told.visual) == pytest.approx(change)
