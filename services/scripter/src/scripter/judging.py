"""The stage `check`: every sentence of a scene has a verdict, and what is not supported is somebody's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.errors import UsageError

if TYPE_CHECKING:
    from artifacts.script import Sentence, Verdict
    from chassis.folder import JobFolder

    from scripter.checking import Checker
    from scripter.settings import Settings

_SHOWN = 160


def check_scene(job: JobFolder, settings: Settings) -> None:
    """Judge the sentences that have no verdict, as after an edit.

    Raises:
        UsageError: the passages of a sentence do not support it, and nobody keeps it as his own words.
    """
    from artifacts.paper import Paper  # noqa: PLC0415 - services boot fast
    from artifacts.script import Brief  # noqa: PLC0415 - services boot fast
    from artifacts.verdicts import Verdicts  # noqa: PLC0415 - services boot fast

    from scripter.checking import Checker  # noqa: PLC0415 - services boot fast
    from scripter.grounding import Thresholds  # noqa: PLC0415 - services boot fast
    from scripter.phrases import phrases_for  # noqa: PLC0415 - services boot fast

    paper, brief = job.load("paper", Paper), job.load("scene.*.brief", Brief)
    limits = Thresholds(settings.least_similarity, settings.most_strange)
    language = paper.language.lower().split("-")[0] or "en"
    checker = Checker(paper, language, phrases_for(brief.language), limits)
    verdicts = [_verdict(sentence, checker) for sentence in brief.sentences]
    for sentence, verdict in zip(brief.sentences, verdicts, strict=True):
        if not verdict.supported and not sentence.own:
            raise _unsupported(sentence, verdict, brief.scene)
    job.write("scene.*.verdicts", Verdicts(scene=brief.scene, verdicts=verdicts))


def _verdict(sentence: Sentence, checker: Checker) -> Verdict:
    """The verdict that is there, else a new one; a person's words need no form, and may address whom they like."""
    return sentence.verdict if sentence.verdict is not None else checker.support(sentence)


def _unsupported(sentence: Sentence, verdict: Verdict, scene: int) -> UsageError:
    from scripter.checking import reasons_of  # noqa: PLC0415 - services boot fast

    text = sentence.text if len(sentence.text) <= _SHOWN else sentence.text[: _SHOWN - 1].rstrip() + "…"
    why = "; ".join(reasons_of(verdict)) or "its passages do not support it"
    return UsageError(
        "usage.unsupported",
        f"“{text}” is not supported by the paper: {why}. Change the sentence, or keep it as your own words.",
        f"scene {scene}, score {verdict.score}",
    )
