"""The stage on whole papers that the project wrote itself."""

import re
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from artifacts.paper import Figure, Image, Notice, Paper, Passage, Section, Table
from artifacts.request import Options
from artifacts.script import Brief, Evidence, Script, Sentence
from chassis.errors import SourceError, UsageError
from chassis.local import run_stage
from scripter.checking import Checker, checked
from scripter.grounding import Thresholds
from scripter.phrases import phrases_for
from scripter.stage import service
from scripter.visuals.chart import chart_visual
from scripter.writer import Draft

ABSTRACT = (
    "In January 1855 more soldiers died of disease than of wounds in the hospitals of the army. "
    "It was unknown whether the state of the wards was the cause of these deaths. "
    "We counted 2,761 deaths from infectious disease in the records of the army during two years of war. "
    "The death rate fell from 42% to 2% after the sewers of the hospitals were cleaned (Table 1). "
    "Wounds were the cause of only 83 deaths in the same month [3]. "
    "The records of the first winter are a limitation because many of them were lost. "
    "These results suggest that clean wards could save more soldiers than surgery does."
)
BODY = [
    ("Introduction", "Armies have always lost more men to disease than to battle, and most people never heard of it."),
    (
        "Methods",
        "We used the registers of the hospitals, the letters of the nurses and the returns of the army (Fig. 1).",
    ),
    ("Results", "Deaths from disease were highest in January and fell in every month after the sewers were cleaned."),
    ("Discussion", "Our study has several limitations, and the causes of some deaths remain unclear to this day."),
    ("Conclusion", "Hospitals should be built so that clean air and clean water are the first of the medicines."),
]


def paper(**changes) -> Paper:
    sections = [Section(id=f"s{i}", title=title, kind=title.lower()) for i, (title, _) in enumerate(BODY, 1)]
    passages = [Passage(id="abs.1", text=ABSTRACT, kind="abstract")]
    passages += [Passage(id=f"s{i}.1", text=text, section=f"s{i}") for i, (_, text) in enumerate(BODY, 1)]
    passages.append(Passage(id="tab.1", text="Deaths in army hospitals by month.", kind="table", section="s3"))
    values = {
        "title": "Mortality of the Army: Dirty Hospitals Killed More Soldiers than the War Did",
        "authors": ["Florence Nightingale"],
        "published": "1858",
        "doi": "10.0000/example",
        "licence": "CC-BY-4.0",
        "abstract": ABSTRACT,
        "sections": sections,
        "passages": passages,
        "tables": [
            Table(
                id="tab.1",
                label="Table 1",
                caption="Deaths from disease in army hospitals by month",
                passage="tab.1",
                header=[["Month", "Deaths from disease", "p value"]],
                rows=[["December", "1,725", "0.2"], ["January", "2,761", "0.1"], ["February", "2,120", "0.3"]],
            )
        ],
    }
    return Paper(**{**values, **changes})


def run(folder: Path, subject: Paper, **options) -> tuple[Script, list[Brief]]:
    folder.mkdir(exist_ok=True)
    (folder / "paper.json").write_text(subject.model_dump_json())
    (folder / "options.json").write_text(Options(**options).model_dump_json())
    run_stage(service().stages[0], folder)
    script = Script.model_validate_json((folder / "script.json").read_bytes())
    return script, [Brief.model_validate_json((folder / f"scene.{n}.brief.json").read_bytes()) for n in script.scenes]


def test_every_sentence_rests_on_its_passage_and_every_number_stands_in_it(tmp_path):
    subject = paper()
    _, briefs = run(tmp_path, subject)
    texts = {passage.id: passage.text for passage in subject.passages}
    said = [sentence for brief in briefs for sentence in brief.sentences]
    assert len(said) >= 6
    for sentence in said:
        assert sentence.evidence
        assert all(texts[item.id] == item.text for item in sentence.evidence)
        for number in re.findall(r"\d[\d.,]*\d|\d", sentence.text):
            assert any(number in item.text for item in sentence.evidence)


def test_scenes_go_from_hook_to_end_and_their_spans_fill_the_video(tmp_path):
    script, briefs = run(tmp_path, paper())
    assert briefs[0].role == "hook"
    assert briefs[0].visual.kind == "title"
    assert briefs[-1].role == "end"
    assert briefs[-1].visual.kind == "end"
    assert {"question", "method", "results"} <= {brief.role for brief in briefs}
    assert briefs[0].span.start == 0
    assert briefs[-1].span.end == 1
    assert all(a.span.end == b.span.start for a, b in pairwise(briefs))
    assert script.scenes == list(range(1, len(briefs) + 1))
    assert script.writer == "extractive"


def test_headlines_are_short_and_never_hang_on_a_small_word(tmp_path):
    _, briefs = run(tmp_path, paper())
    small = phrases_for("en").function_words
    for brief in briefs:
        assert 1 <= len(brief.headline.split()) <= 8
        assert brief.headline.split()[-1].lower() not in small - {"did"}


def test_change_from_one_percentage_to_another_is_a_number_with_two_bars(tmp_path):
    _, briefs = run(tmp_path, paper(tables=[]))
    bars = [brief.visual.bars for brief in briefs if brief.visual.kind == "number" and brief.visual.bars]
    assert [[bar.value for bar in each] for each in bars] in ([[42, 2]], [[2, 42]])


def test_same_paper_gives_the_same_script_byte_for_byte(tmp_path):
    run(tmp_path / "one", paper())
    run(tmp_path / "two", paper())
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_badges_count_what_was_really_checked(tmp_path):
    _, briefs = run(tmp_path, paper())
    said = [sentence for brief in briefs for sentence in brief.sentences]
    badges = briefs[-1].visual.badges
    assert badges[0] == f"{len(said)} of {len(said)} sentences traced"
    count = sum(len(re.findall(r"\d+(?:[.,]\d+)*|\btwo\b", sentence.text)) for sentence in said)
    assert badges[1] == f"{count} numbers checked"


RETRACTED = Notice(kind="retracted", text="This paper was retracted.")


def test_retracted_paper_is_refused():
    with pytest.raises(SourceError) as refused, tempfile.TemporaryDirectory() as folder:
        run(Path(folder), paper(notices=[RETRACTED]))
    assert refused.value.code == "source.retracted"


def test_retracted_paper_that_is_forced_says_so_at_the_start_and_at_the_end(tmp_path):
    _, briefs = run(tmp_path, paper(notices=[RETRACTED]), force=True)
    assert briefs[0].kicker == "Retracted paper"
    assert "retracted" in briefs[-1].visual.labels


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"notices": [Notice(kind="preprint", text="Not reviewed yet.")]}, "preprint"),
        ({"doi": "10.1101/2022.07.21.500925"}, "preprint"),
        ({"title": "Dirty wards shorten the lives of mice", "subjects": ["Mice"]}, "in mice"),
    ],
)
def test_preprints_and_studies_of_animals_are_labelled_at_both_ends(changes, label, tmp_path):
    _, briefs = run(tmp_path, paper(**changes))
    assert briefs[0].kicker.lower() == label
    assert label in briefs[-1].visual.labels


def test_letter_neither_asks_nor_finds(tmp_path):
    _, briefs = run(tmp_path, paper(notices=[Notice(kind="letter", text="This is a letter.")]))
    assert briefs[0].kicker == "Letter"
    assert not {"What they asked", "How they did it", "What they found"} & {brief.kicker for brief in briefs}


def test_no_scene_after_the_first_is_an_empty_card(tmp_path):
    _, briefs = run(tmp_path, paper(tables=[]), seconds=120)
    assert len(briefs) > 6
    assert all(brief.visual.line for brief in briefs if brief.visual.kind == "title")
    assert all(brief.headline not in phrases_for("en").kickers.values() for brief in briefs)


def test_collective_author_is_named_whole(tmp_path):
    _, briefs = run(tmp_path, paper(authors=["Hidden Hill contributors"]))
    assert briefs[-1].visual.authors == "Hidden Hill contributors"
    assert briefs[0].source_line.startswith("Hidden Hill contributors 1858")


def test_other_language_than_the_papers_is_said_and_not_faked(tmp_path):
    script, briefs = run(tmp_path, paper(), language="de")
    assert script.language == "en"
    assert {brief.language for brief in briefs} == {"en"}
    assert any("without a translator" in notice for notice in script.paper.notices)


def test_longer_video_says_more(tmp_path):
    _, short = run(tmp_path / "short", paper(), seconds=20)
    _, long = run(tmp_path / "long", paper(), seconds=90)
    assert 2 <= len(short) < len(long)


def test_figure_under_no_derivatives_is_not_shown(tmp_path):
    picture = Image(artifact="figure.1", digest="0" * 64, media_type="image/png", width=800, height=600)
    caption = "Deaths from disease in the army hospitals by month after the sewers were cleaned."
    passages = [*paper().passages, Passage(id="fig.1", text=caption, kind="caption", section="s3")]
    figure = Figure(id="fig.1", label="Figure 1", caption=caption, passage="fig.1", image=picture)
    open_, closed = (
        run(tmp_path / name, paper(passages=passages, figures=[figure], tables=[], licence=licence), seconds=120)[1]
        for name, licence in (("open", "CC-BY-4.0"), ("closed", "CC-BY-ND-4.0"))
    )
    assert any(brief.visual.kind == "figure" for brief in open_)
    assert not any(brief.visual.kind == "figure" for brief in closed)


def test_paper_with_a_figure_shows_it_where_another_quote_would_stand(tmp_path):
    picture = Image(artifact="figure.1", digest="0" * 64, media_type="image/png", width=800, height=600)
    caption = "Deaths from disease in the hospitals."
    passages = [*paper().passages, Passage(id="fig.1", text=caption, kind="caption", section="s3")]
    figure = Figure(id="fig.1", label="Figure 1", caption=caption, passage="fig.1", image=picture)
    _, briefs = run(tmp_path, paper(passages=passages, figures=[figure], tables=[]), seconds=90)
    kinds = [brief.visual.kind for brief in briefs]
    assert kinds.count("figure") == 1
    assert "quote" in kinds[: kinds.index("figure")]


def test_too_little_prose_is_refused_with_advice(tmp_path):
    with pytest.raises(SourceError) as refused:
        run(tmp_path, paper(passages=[Passage(id="abs.1", text="The paper was corrected.", kind="abstract")]))
    assert refused.value.code == "source.too-little-text"


def test_every_sentence_carries_the_verdict_that_let_it_pass(tmp_path):
    _, briefs = run(tmp_path, paper())
    for sentence in (sentence for brief in briefs for sentence in brief.sentences):
        assert sentence.verdict.supported
        assert next(check.name for check in sentence.verdict.checks) == "passages"


def test_sentences_that_their_passages_do_not_support_are_dropped():
    subject = paper()
    evidence = [Evidence(id="abs.1", text=ABSTRACT)]

    def kept(text, cited=evidence):
        draft = Draft("results", (Sentence(text=text, evidence=cited),))
        checker = Checker(subject, "en", phrases_for("en"), Thresholds(), cut=True)
        return [s.text for d in checked([draft], checker)[0] for s in d.sentences]

    assert kept("We counted 2,761 deaths from infectious disease.")
    assert not kept("We counted 2,762 deaths from infectious disease.")
    assert not kept("We counted deaths.", [Evidence(id="abs.9", text=ABSTRACT)])
    assert not kept("We counted deaths.", [Evidence(id="abs.1", text="We counted deaths.")])
    assert not kept("We counted deaths.", [])


def test_chart_comes_from_the_row_that_is_spoken_of_and_never_from_p_values():
    said = "In January 2,761 deaths from disease were counted in the army hospitals."
    chart = chart_visual(said, paper(), phrases_for("en"))
    assert chart is not None
    assert chart.values == [1725, 2761, 2120]
    assert chart.texts[chart.highlight] == "2,761"
    assert chart.source == "Table 1"
    assert chart_visual("Nurses wrote many letters home.", paper(), phrases_for("en")) is None


def test_service_tells_its_stages_and_the_provider_it_can_call(monkeypatch):
    monkeypatch.setenv("HIDDENHILL_GEMINI_API_KEY", "a-key")
    made = service()
    assert [(stage.name, stage.per_scene) for stage in made.stages] == [("script", False), ("check", True)]
    assert made.stages[1].needs == ("scene.*.brief", "paper")
    assert [(each.name, each.does, each.usable) for each in made.providers] == [("gemini", "script", True)]


def test_wrong_setting_is_named(monkeypatch):
    monkeypatch.setenv("HIDDENHILL_SCRIPTER_WRITER", "shakespeare")
    with pytest.raises(UsageError, match="HIDDENHILL_SCRIPTER_WRITER"):
        service()
