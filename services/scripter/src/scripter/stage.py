"""The stage `script`: a paper and the user's options in, the script and a brief for each scene out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chassis.errors import SourceError
from chassis.stage import Service, Stage

from scripter.settings import Settings

if TYPE_CHECKING:
    from artifacts.paper import Paper
    from artifacts.script import Card
    from chassis.folder import JobFolder

    from scripter.phrases import Phrases
    from scripter.writer import Draft

VERSION = "1"
LEAST_SECONDS = 18.0
"""Of speech: below it, or below six tenths of a shorter video, there is no video in the paper."""


def service() -> Service:
    """The scripter with its one stage."""
    settings = Settings()
    return Service(
        "scripter",
        (
            Stage(
                name="script",
                title="Write",
                version=VERSION,
                needs=("paper", "options"),
                makes=("script", "scene.*.brief"),
                run=lambda job: write_script(job, settings),
                slots=2,
            ),
        ),
    )


def write_script(job: JobFolder, settings: Settings) -> None:
    """Write the script and the briefs.

    Raises:
        SourceError: the paper was retracted, or holds too little prose to speak of.
    """
    from artifacts.paper import Paper  # noqa: PLC0415 - six services boot fast
    from artifacts.request import Options  # noqa: PLC0415 - six services boot fast
    from artifacts.script import Script  # noqa: PLC0415 - six services boot fast

    from scripter.direction import direct  # noqa: PLC0415 - six services boot fast
    from scripter.phrases import phrases_for  # noqa: PLC0415 - six services boot fast
    from scripter.providers import writer_named  # noqa: PLC0415 - six services boot fast

    paper = job.load("paper", Paper)
    options = job.load("options", Options)
    language = paper.language.lower().split("-")[0] or "en"
    phrases = phrases_for(language)
    writer = writer_named(settings.writer)
    _refuse_retracted(paper, forced=options.force)
    job.progress(0.1, "reading")
    drafts = checked(writer.write(paper, options, language), paper, phrases, settings)
    _refuse_too_little(drafts, paper, options.seconds)
    job.progress(0.7, "choosing pictures")
    briefs = direct(drafts, paper, options, phrases)
    for brief in briefs:
        job.write(f"scene.{brief.scene}.brief", brief)
    script = Script(
        paper=_card(paper, options.language, language),
        scenes=[brief.scene for brief in briefs],
        language=language,
        seconds=options.seconds,
        theme=next((brief.theme for brief in briefs if brief.visual.kind != "quote"), "dusk"),
        music=options.music,
        writer=writer.name,
    )
    job.write("script", script)


def checked(drafts: list[Draft], paper: Paper, phrases: Phrases, settings: Settings) -> list[Draft]:
    """The drafts with a verdict on each sentence, without those that fail, and without scenes left with none."""
    from scripter.grounding import Thresholds, form_faults, verdict_on  # noqa: PLC0415 - six services boot fast

    limits = Thresholds(settings.least_similarity, settings.most_strange)
    texts = {passage.id: passage.text for passage in paper.passages}
    kept = []
    for draft in drafts:
        judged = [
            sentence.model_copy(update={"verdict": verdict_on(sentence, texts, phrases.language, limits)})
            for sentence in draft.sentences
            if not form_faults(sentence.text, phrases)
        ]
        passed = tuple(sentence for sentence in judged if sentence.verdict and sentence.verdict.supported)
        if passed:
            kept.append(replace(draft, sentences=passed))
    if len(kept) > 1:
        kept[-1] = replace(kept[-1], role="end")
    return kept


def _refuse_retracted(paper: Paper, *, forced: bool) -> None:
    from scripter.standing import retracted  # noqa: PLC0415 - six services boot fast

    if retracted(paper) and not forced:
        raise SourceError(
            "source.retracted",
            "This paper was retracted, so there is no video of it. If you need one all the same, "
            "ask for it with `force`; it will be labelled as retracted.",
            paper.doi or paper.title,
        )


def _refuse_too_little(drafts: list[Draft], paper: Paper, wanted: int) -> None:
    from scripter.pacing import seconds_of  # noqa: PLC0415 - six services boot fast

    seconds = sum(seconds_of(sentence.text) for draft in drafts for sentence in draft.sentences)
    if seconds < min(LEAST_SECONDS, 0.6 * wanted) or len(drafts) < 2:
        raise SourceError(
            "source.too-little-text",
            "This paper holds too little text for a video. If it is only an abstract, a notice or a scan, "
            "please give the full paper instead.",
            f"{seconds:.0f} s of speech in {len(paper.passages)} passages",
        )


def _card(paper: Paper, wanted: str, spoken: str) -> Card:
    from artifacts.script import Card  # noqa: PLC0415 - six services boot fast

    notices = [notice.text for notice in paper.notices]
    if wanted.lower().split("-")[0] != spoken:
        notices.append(f"This video speaks the paper's own language ({spoken}): it was written without a translator.")
    return Card(notices=notices, **paper.model_dump(include=set(Card.model_fields) - {"notices"}))
