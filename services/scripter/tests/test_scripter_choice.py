"""Which of a paper's sentences are taken, and what becomes of its abbreviations."""

import pytest
from artifacts.paper import Paper, Passage, Section
from scripter.abbreviations import definitions_in, expand
from scripter.candidates import Candidate, candidates_in
from scripter.grounding import form_faults
from scripter.phrases import phrases_for
from scripter.scoring import score

EN = phrases_for("en")
KINDS = ("introduction", "methods", "results", "discussion", "conclusion")


def paper(abstract: str = "", **sections: str) -> Paper:
    passages = [Passage(id="abs.1", text=abstract, kind="abstract")] if abstract else []
    passages += [Passage(id=f"{kind}.1", text=text, section=kind) for kind, text in sections.items()]
    return Paper(
        title="Clean wards and the deaths of soldiers",
        authors=["Ada Lee", "Bo Park", "Cy Roe"],
        passages=passages,
        sections=[Section(id=kind, title=kind.title(), kind=kind) for kind in sections if kind in KINDS],
    )


def best(subject: Paper, role: str) -> Candidate:
    return max(candidates_in(subject, EN), key=lambda candidate: score(candidate, role, EN))


def test_method_comes_from_the_abstract_and_not_from_the_handling_of_samples():
    subject = paper(
        "We compared the deaths of 94,000 soldiers in clean and in dirty wards.",
        methods="Samples were stored in frozen tubes and plated on 14 dishes before they were stained.",
    )
    assert best(subject, "method").passage.id == "abs.1"


def test_hook_is_a_sentence_that_needs_no_other_before_it():
    subject = paper(
        introduction="More soldiers die of disease than of wounds in the wards of most armies. "
        "Recent studies of soldiers have mostly focused on wounds and on the deaths in the field. "
        "The wards therefore usually explain only a fraction of the deaths of these soldiers."
    )
    assert best(subject, "hook").text.startswith("More soldiers die")


def test_end_is_what_the_authors_conclude_and_not_what_is_often_said():
    subject = paper(
        conclusion="Clean air is often cited as a crucial step towards the health of an army. "
        "Our study is the first to find that clean wards keep soldiers alive. "
        "What ward should a soldier be sent to?"
    )
    assert best(subject, "end").text.startswith("Our study is the first")


def test_end_says_something():
    subject = paper(
        "Nurses have kept wards for years. Lee and colleagues have therefore demonstrated that it is possible to keep "
        "soldiers alive by cleaning their wards.",
        conclusion="Many interesting questions emerge as a result of our findings. See Smith for notes on them.",
    )
    assert best(subject, "end").text == "It is possible to keep soldiers alive by cleaning their wards."


def test_caveat_is_what_the_authors_admit():
    subject = paper(
        discussion="Clean wards would save the limited means of an army and reduce the number of nurses needed. "
        "Our study is limited by the records, which did not include the deaths of the first winter."
    )
    assert best(subject, "caveat").text.startswith("Our study is limited")


def test_finding_of_the_authors_is_said_without_their_names_and_that_of_others_is_not_said():
    subject = paper(
        "Lee and colleagues have now shown that clean wards kept the soldiers alive. "
        "Smith and colleagues found that wounds were the cause of most deaths in other armies."
    )
    assert [candidate.text for candidate in candidates_in(subject, EN)] == ["Clean wards kept the soldiers alive."]


@pytest.mark.parametrize(
    ("defined", "text", "spoken"),
    [
        (
            "Men with acute myeloid leukaemia (AML) died.",
            "Men with AML died.",
            "Men with acute myeloid leukaemia died.",
        ),
        ("Alzheimer's disease (AD) is common.", "We saw men with AD.", "We saw men with Alzheimer's disease."),
        (
            "Men had preoperative cognitive impairment (preCI).",
            "We saw 34 men with preCI.",
            "We saw 34 men with preoperative cognitive impairment.",
        ),
        ("Magnetic stimulation (MS) is used.", "They used MS.", "They used magnetic stimulation."),
        (
            "A transmission assessment survey (TAS) was made.",
            "The pre-TAS failed in 74 units.",
            "The pre-transmission assessment survey failed in 74 units.",
        ),
        (
            "A transmission assessment survey (TAS) was made.",
            "Pre-TAS failed.",
            "Pre-transmission assessment survey failed.",
        ),
    ],
)
def test_abbreviation_is_spelled_out_as_the_paper_defines_it(defined, text, spoken):
    assert expand(text, definitions_in(paper(defined)))[0] == spoken


def test_objective_of_an_abstract_is_no_sentence_even_with_a_comma():
    aim = "To find how wards are built and measured, in armies associated with wars of the time."
    assert "an aim without a main clause" in form_faults(aim, EN)
    assert form_faults("To find how wards are built, we measured the wards of two armies.", EN) == []


@pytest.mark.parametrize(
    "text",
    [
        "Note: See Hitchcock (1908) for notes on the specimen of the first type.",
        "Glumes unequal, strongly keeled; lower glumes shorter than upper glumes; upper glumes longer than the floret.",
        "Potential hydrogen bonds and contacts of water are shown as black and red dash lines respectively.",
    ],
)
def test_pointers_descriptions_and_legends_are_not_spoken(text):
    assert not candidates_in(paper(results=text), EN)


def test_abbreviated_name_before_a_comma_does_not_end_a_sentence():
    text = "Types are newly chosen for Spartina anglica C.E. Hubb., Spartina maritima and Spartina cynosuroides."
    assert [candidate.text for candidate in candidates_in(paper(text), EN)] == [text]
