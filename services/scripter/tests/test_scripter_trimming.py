"""What is cut from a sentence before it is spoken."""

import pytest
from scripter.grounding import form_faults
from scripter.phrases import phrases_for
from scripter.sentences import split
from scripter.trimming import trim

EN = phrases_for("en")


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Cells grew faster [1,2].", "Cells grew faster."),
        ("Cells grew faster (Smith et al., 2010; Lee and Park, 2011).", "Cells grew faster."),
        ("The cells were growing faster.12,13", "The cells were growing faster."),
        ("The cells¹² were growing faster.", "The cells were growing faster."),
        ("The area was 12 km² in all of the seasons.", "The area was 12 km² in all of the seasons."),
        ("However, the cells were growing faster (see Fig. 1A).", "The cells were growing faster."),
        ("Figure 3 shows that the cells were growing faster.", "The cells were growing faster."),
        ("As shown in Table 2, the cells were growing faster.", "The cells were growing faster."),
        ("Here we show that the cells were growing faster.", "The cells were growing faster."),
        ("Deaths fell by 12% (p < 0.001; n = 12 (six each)).", "Deaths fell by 12%."),
        ("Results: The cells were growing faster.", "The cells were growing faster."),
        ("Objective To assess growth, we counted the cells.", "To assess growth, we counted the cells."),
        ("Lee et al. found that the cells were growing.", "Lee and colleagues found that the cells were growing."),
        ("They found that the cells were growing faster.", "The cells were growing faster."),
        ("It demonstrates that even old cells were growing.", "Even old cells were growing."),
        ("But the cells were growing faster.", "The cells were growing faster."),
        (
            "These results help nurses to plan the wards more effectively, e.g., by opening windows.",
            "These results help nurses to plan the wards more effectively.",
        ),
        ("By 2010, the cells were growing.", "By 2010, the cells were growing."),
        ("The Ca²⁺ levels of the cells² were higher.", "The Ca²⁺ levels of the cells were higher."),
        ("Each patient(s) with poly(A) tails was counted.", "Each patient with poly(A) tails was counted."),
    ],
)
def test_what_is_no_speech_is_cut_and_the_rest_is_a_sentence(written, spoken):
    assert trim(written, EN) == spoken
    assert form_faults(spoken, EN) == []


def test_digit_glued_to_a_known_word_is_a_citation_and_to_a_name_is_not():
    vocabulary = frozenset({"cells", "caspase3", "caspase"})
    assert trim("The cells12 were kept near caspase3 for days.", EN, vocabulary) == (
        "The cells were kept near caspase3 for days."
    )


def test_long_sentence_loses_its_tail_but_stays_whole():
    long = (
        "The nurses counted every death in the army hospitals during the two years of the war and wrote each of them "
        "down by cause, which had never been done before in any of the armies of the time."
    )
    short = trim(long, EN)
    assert short.endswith("wrote each of them down by cause.")
    assert form_faults(short, EN) == []


SEAMS = (
    (
        "By opening windows and cleaning the sewers, walls and floors of the wards, the nurses of the army can make "
        "the use of medicine less needed than it was in the first winter of the war.\n"
        "The nurses of the army can make the use of medicine less needed than it was in the first winter of the war."
    ),
    (
        "Nurses who kept the wards clean lost half as many men—a measure of their skill—as nurses who were not "
        "allowed to clean their wards in the long and cold first winter of the war.\n"
        "Nurses who kept the wards clean lost half as many men as nurses who were not allowed to clean their wards "
        "in the long and cold first winter of the war."
    ),
    (
        "Many men who were brought to the hospital in winter were not wounded at all, while men who were not "
        "brought to any hospital, such as the cooks, were in most cases in better health.\n"
        "Many men who were brought to the hospital in winter were not wounded at all."
    ),
)


@pytest.mark.parametrize("pair", SEAMS)
def test_long_sentence_is_shortened_at_its_seams_and_keeps_its_verb(pair):
    written, spoken = pair.split("\n")
    assert trim(written, EN) == spoken


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "It was so (p < 0.05). The mice got 10.5 mg. They lived.", 3),
        ("en", "We grew E. coli, i.e. bacteria, as in Figs. 3 and 4. It worked at p < 0.05. The end was near.", 3),
        ("en", "Cells died.12,13 Others lived.[4] D. melanogaster vs. controls was next.", 3),
        ("en", "It was named for S. alba C.E. Hubbard (21 U.S.C. 811). The end was near.", 2),
        ("de", "Die Patienten wurden z. B. am 3. März 2010 untersucht. Dr. Müller ging.", 2),
        ("pt", "O Sr. Silva et al. mostraram a Fig. 2. O valor p < 0,05. A média foi 3,5 mg.", 3),
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(language, text, sentences):
    spans = split(text, phrases_for(language))
    assert len(spans) == sentences
    assert all(text[span.start : span.end] == span.text for span in spans)


@pytest.mark.parametrize(
    "text",
    [
        "the cells were growing.",
        "The cells were growing",
        "The cells (and others were growing.",
        "The cells were seen by.",
        "The cells were growing in Fig. 2.",
        "The value x = 3 was found.",
        "Smith et al were growing cells.",
        "Cells were growing , they say.",
        "See https://example.org for cells that were growing.",
        "To assess the growth of cells in culture.",
        "To assess how the cells are growing in culture.",
        "Showed the same growth in all of the cells.",
        "The ratio of the cells is/.",
        "Growth of cells in culture.",
    ],
)
def test_remains_of_a_cut_are_faults(text):
    assert form_faults(text, EN)


def test_sentence_is_not_cut_at_a_colon_that_it_waits_for():
    waits = (
        "In models that compared only one variable to the outcome of the war, the following were associated with the "
        "deaths of men in the hospitals of the army: the winter, the sewers, the wards, the walls and the food."
    )
    assert trim(waits, EN) == waits
