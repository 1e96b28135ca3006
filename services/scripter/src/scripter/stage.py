"""The stages `script` (a paper and the user's options in, the script and a brief for each scene out) and `check`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import vendors.gemini
from chassis.errors import SourceError
from chassis.settings import read_settings
from chassis.stage import Service, Stage
from vendors.settings import GeminiSettings

from scripter.judging import check_scene
from scripter.settings import Settings

if TYPE_CHECKING:
    from artifacts.paper import Figure, Paper, Table
    from artifacts.request import Options
    from artifacts.script import Brief, Card, Script
    from chassis.folder import JobFolder

    from scripter.writer import Draft, Written

Shown = TypeVar("Shown", "Figure", "Table")
VERSION = "2"


def service() -> Service:
    """The scripter with its two stages."""
    settings, vendor = read_settings(Settings), read_settings(GeminiSettings)
    stages = (
        Stage(
            name="script",
            title="Write",
            version=VERSION,
            needs=("paper", "options"),
            makes=("script", "scene.*.brief"),
            run=partial(write_script, settings=settings, vendor=vendor),
            slots=2,
        ),
        Stage(
            name="check",
            title="Check",
            version="1",
            needs=("scene.*.brief", "paper"),
            makes=("scene.*.verdicts",),
            run=partial(check_scene, settings=settings),
            slots=2,
        ),
    )
    return Service("scripter", stages, (vendors.gemini.provider(vendor, "script"),))


def write_script(job: JobFolder, settings: Settings, vendor: GeminiSettings) -> None:
    """Write the script and the briefs.

    Raises:
        SourceError: the paper was retracted, or holds too little prose to speak of.
        UsageError, Fatal, Transient: the writer that was asked for could not write.
    """
    from artifacts.paper import Paper  # noqa: PLC0415 - services boot fast
    from artifacts.request import Options  # noqa: PLC0415 - services boot fast

    from scripter.commissioning import written  # noqa: PLC0415 - services boot fast
    from scripter.direction import direct  # noqa: PLC0415 - services boot fast
    from scripter.grounding import Thresholds  # noqa: PLC0415 - services boot fast
    from scripter.writer import Commission  # noqa: PLC0415 - services boot fast

    paper, options = job.load("paper", Paper), job.load("options", Options)
    _refuse_retracted(paper, forced=options.force)
    job.progress(0.1, "reading")
    language = paper.language.lower().split("-")[0] or "en"
    limits = Thresholds(settings.least_similarity, settings.most_strange)
    made = written(Commission(paper, options, language, limits, job), settings, vendor)
    _refuse_too_little(made.drafts, paper, options.seconds)
    job.progress(0.8, "choosing pictures")
    paper = _presentable(paper)
    briefs = direct(made, paper, options)
    if options.footage and not any(brief.footage for brief in briefs):
        made = replace(made, notices=[*made.notices, "There are no moving pictures: nobody described any."])
    for brief in briefs:
        job.write(f"scene.{brief.scene}.brief", brief)
    job.write("script", _script(made, briefs, _card(paper, made.notices), options))


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
    from scripter.fitting import is_enough, speech  # noqa: PLC0415 - services boot fast

    if not is_enough(drafts, wanted):
        raise SourceError(
            "source.too-little-text",
            "This paper holds too little text for a video. If it is only an abstract, a notice or a scan, "
            "please give the full paper instead.",
            f"{speech(drafts):.0f} s of speech in {len(paper.passages)} passages",
        )


def _presentable(paper: Paper) -> Paper:
    """The paper with names and titles as they may be shown, whatever its file put into them."""
    from scripter.addressing import washed  # noqa: PLC0415 - services boot fast

    shown = {
        "title": washed(paper.title),
        "authors": [name for name in map(washed, paper.authors) if name],
        "journal": washed(paper.journal),
        "subjects": [subject for subject in map(washed, paper.subjects) if subject],
        "sections": [each.model_copy(update={"title": washed(each.title)}) for each in paper.sections],
        "figures": [_washed(each) for each in paper.figures],
        "tables": [
            _washed(each).model_copy(update={"header": _cells(each.header), "rows": _cells(each.rows)})
            for each in paper.tables
        ],
    }
    return paper.model_copy(update=shown)


def _cells(rows: list[list[str]]) -> list[list[str]]:
    from scripter.addressing import washed  # noqa: PLC0415 - services boot fast

    return [[washed(cell) for cell in row] for row in rows]


def _washed(each: Shown) -> Shown:
    from scripter.addressing import addresses_a_machine, washed  # noqa: PLC0415 - services boot fast

    caption = "" if addresses_a_machine(each.caption) else washed(each.caption)
    return each.model_copy(update={"label": washed(each.label), "caption": caption})


def _script(made: Written, briefs: list[Brief], card: Card, options: Options) -> Script:
    from artifacts.script import Script  # noqa: PLC0415 - services boot fast

    return Script(
        paper=card,
        scenes=[brief.scene for brief in briefs],
        language=made.language,
        seconds=options.seconds,
        theme=next((brief.theme for brief in briefs if brief.visual.kind != "quote"), "dusk"),
        music=options.music,
        writer=made.writer,
        dropped=made.dropped,
    )


def _card(paper: Paper, more: list[str]) -> Card:
    from artifacts.script import Card  # noqa: PLC0415 - services boot fast

    notices = [*(notice.text for notice in paper.notices), *more]
    return Card(notices=notices, **paper.model_dump(include=set(Card.model_fields) - {"notices"}))
