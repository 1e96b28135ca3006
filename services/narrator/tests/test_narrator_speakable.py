"""What is said for what is written."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from narrator.speakable import LONGEST, spoken_forms

ENGLISH = {
    "p < 0.001": "p less than 0.001",
    "P<.001": "P less than 0.001",
    "at 5 °C and 37°C": "at 5 degrees Celsius and 37 degrees Celsius",
    "CO2 or CO₂": "C O 2 or C O 2",
    "(95% CI 1.2-3.4)": "95 percent confidence interval 1.2 to 3.4,",
    "α-synuclein": "alpha synuclein",
    "5 ± 2": "5 plus or minus 2",
    "3 ×10⁻⁵ and 10^5": "3 times 10 to the minus 5 and 10 to the 5",
    "1.2 × 10−5": "1.2 times 10 to the minus 5",
    "5 µg/mL": "5 micrograms per millilitre",
    "10 mg kg-1": "10 milligrams per kilogram",
    "1.5–2.0 mg/kg/day": "1.5 to 2.0 milligrams per kilogram per day",
    "25 kg/m²": "25 kilograms per square metre",
    "5 m s⁻¹": "5 metres per second",
    "Ca2+ and Ca²⁺": "calcium two plus and calcium two plus",
    "3–5 days": "3 to 5 days",
    "n = 12, n=12": "n equals 12, n equals 12",
    "~10 people": "about 10 people",
    ">50% of": "more than 50 percent of",
    "e.g., mice vs. cats": "for example, mice versus cats",
    "mRNA and EGFR": "M R N ay and E G F R",
    "TP53 or IL-6": "T P 53 or I L 6",
    "1,234 patients in 1858.": "1234 patients in 18 58.",
    "2-fold and/or more": "2 fold and or more",
    "in 5 h, 10 min or 1 h": "in 5 hours, 10 minutes or 1 hour",
    "R² and χ² test": "R squared and kai squared test",
    "−19.5%": "minus 19.5 percent",
    "the 1990s": "the 19 nineties",
    "$5 million for $3": "5 million dollars for 3 dollars",
    "U.S. troops": "U S troops",
    "Wow (really) big": "Wow, really, big",
}
OTHERS = {
    ("de", "5 % bei 37 °C, p < 0,001"): "5 Prozent bei 37 Grad Celsius, p kleiner als 0,001",
    ("de", "1.234 Fälle"): "1234 Fälle",
    ("fr", "5 % à 10 kg"): "5 pour cent à 10 kilogrammes",
    ("es", "3–5 mg ± 2"): "3 a 5 miligramos más o menos 2",
    ("pt", "20 %"): "20 por cento",
    ("it", ">5 km"): "maggiore di 5 chilometri",
}


@pytest.mark.parametrize(("written", "said"), ENGLISH.items())
def test_scientific_english_is_said_as_a_reader_would(written, said):
    assert " ".join(spoken_forms(written.split(), "en")) == said


@pytest.mark.parametrize(("case", "said"), OTHERS.items())
def test_other_languages_say_the_essential_signs(case, said):
    language, written = case
    assert " ".join(spoken_forms(written.split(), language)) == said


def test_markup_and_control_characters_never_reach_the_engine():
    said = " ".join(spoken_forms(["<audio", 'src="x"/>', "\x01rm", "[[h@l]]", "\x00", "<break/>"], "en"))
    assert not set(said) & set('<>/="[]@\x00\x01')


@given(
    st.lists(st.text(min_size=1).filter(lambda t: len(t.split()) == 1), max_size=12),
    st.sampled_from(["en", "de", "ja"]),
)
def test_any_text_gives_one_short_plain_form_for_each_word(words, language):
    tokens = " ".join(words).split()
    forms = spoken_forms(tokens, language)
    assert len(forms) == len(tokens)
    assert all(len(form) <= LONGEST + 2 for form in forms)
    assert not any(set(form) & (set(string.punctuation) - set(".,;:!?'%")) for form in forms)
