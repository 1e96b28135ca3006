"""The stage `check`: what a person writes is held against the paper, or is his own."""

import time

import pytest
from artifacts.script import Brief, Evidence, Sentence, Span, TitleVisual, Verdict
from artifacts.verdicts import Verdicts
from chassis.errors import UsageError
from chassis.local import run_stage
from scripter.stage import service


def check(folder, paper, sentences, language="en") -> Verdicts:
    span = Span(start=0, end=0.2)
    brief = Brief(
        scene=2, role="results", headline="", sentences=sentences, visual=TitleVisual(), span=span, language=language
    )
    (folder / "paper.json").write_text(paper.model_dump_json())
    (folder / "scene.2.brief.json").write_text(brief.model_dump_json())
    run_stage(service().stages[1], folder)
    return Verdicts.model_validate_json((folder / "scene.2.verdicts.json").read_bytes())


def edited(text, paper, **more) -> Sentence:
    return Sentence(text=text, evidence=[Evidence(id="abs.1", text=paper.passages[0].text)], edited=True, **more)


def test_edited_sentence_that_the_passage_supports_passes(tmp_path, bees):
    verdicts = check(tmp_path, bees, [edited("The bees visited 35% fewer flowers after warm nights.", bees)])
    assert [verdict.supported for verdict in verdicts.verdicts] == [True]


def test_edited_sentence_that_it_does_not_support_names_text_and_reason(tmp_path, bees):
    with pytest.raises(UsageError) as refused:
        check(tmp_path, bees, [edited("The bees visited 53% fewer flowers after warm nights.", bees)])
    assert refused.value.code == "usage.unsupported"
    assert "53% fewer flowers" in refused.value.message
    assert "53 is not in the passage" in refused.value.message
    assert refused.value.message.endswith("Change the sentence, or keep it as your own words.")
    assert not (tmp_path / "scene.2.verdicts.json").exists()


def test_own_words_pass_and_keep_their_verdict(tmp_path, bees):
    verdicts = check(tmp_path, bees, [edited("I think that bees are lovely.", bees, own=True)])
    assert [verdict.supported for verdict in verdicts.verdicts] == [False]


def test_verdict_of_the_writer_is_taken_as_it_is(tmp_path, bees):
    known = Verdict(supported=True, score=0.77, checks=[])
    verdicts = check(tmp_path, bees, [edited("Whatever was judged before.", bees, verdict=known)])
    assert verdicts.verdicts == [known]


def test_edit_in_another_language_than_the_papers_has_to_be_somebodys_own(tmp_path, bees):
    text = "Las abejas visitaron un 35 % menos de flores."
    with pytest.raises(UsageError) as refused:
        check(tmp_path, bees, [edited(text, bees)], language="es")
    assert "another language (en)" in refused.value.message
    verdicts = check(tmp_path, bees, [edited(text, bees, own=True)], language="es")
    assert not verdicts.verdicts[0].supported


def test_passage_that_was_changed_with_the_sentence_supports_nothing(tmp_path, bees):
    text = "The bees visited 53% fewer flowers."
    forged = Sentence(text=text, evidence=[Evidence(id="abs.1", text=text)], edited=True)
    with pytest.raises(UsageError, match="reads otherwise"):
        check(tmp_path, bees, [forged])


def test_check_takes_milliseconds(tmp_path, bees):
    sentences = [edited(f"The bees visited 35% fewer flowers after warm nights.{' ' * n}", bees) for n in range(3)]
    check(tmp_path, bees, sentences)
    began = time.perf_counter()
    check(tmp_path, bees, sentences)
    assert time.perf_counter() - began < 0.25
