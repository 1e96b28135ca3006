"""The writer that has Gemini choose the words; every one of its sentences is held against its passages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from chassis.purse import BudgetSpent
from vendors.estimates import clips_for

from scripter import pacing
from scripter.checking import Checker
from scripter.crossing import LANGUAGES
from scripter.fitting import LEAST_SECONDS, NEEDED, fitted, in_order, is_enough, speech, supplemented
from scripter.phrases import phrases_for
from scripter.providers import prompts
from scripter.providers.asking import TRIES, Gemini, Question, Unusable
from scripter.providers.extractive import ExtractiveWriter
from scripter.providers.replies import FilmedReply, FilmedScene, RenderReply, RewriteReply, Scene, ScriptReply
from scripter.revision import MOST_LETTERS, Line, sentence_of, settle
from scripter.selection import Shown, fitting, ranked
from scripter.sentences import split
from scripter.titling import headline_of, kicker_of
from scripter.visuals.film import described
from scripter.writer import Commission, Draft, Written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from artifacts.script import Sentence
    from vendors.settings import GeminiSettings

    from scripter.phrases import Phrases
    from scripter.settings import Settings

_SHORT = 0.55
"""An answer that fills less of the time is asked for once more."""
_LITTLE = 0.6
"""What passed and fills less of it is supplemented."""
_MOST_SCENES, _MOST_SENTENCES = 24, 5
_EXACT, _FREE = 0.0, 0.6
"""Temperatures of a translation and of a script."""


@dataclass(frozen=True)
class _Desk:
    """What the writer works with."""

    commission: Commission
    checker: Checker
    gemini: Gemini
    passages: list[Shown]
    tokens: int
    """Of the first question."""
    system: str
    clips: int

    @property
    def spoken(self) -> Phrases:
        return self.checker.spoken


class GeminiWriter:
    """Asks for a whole script, then for what failed, in the language that is wished for.

    Args:
        settings: the service's.
        vendor: the provider's.
        patient: whether a vendor that is down is left to the next delivery of the job.
    """

    name = "gemini"

    def __init__(self, settings: Settings, vendor: GeminiSettings, *, patient: bool) -> None:
        self.settings = settings
        self.vendor = vendor
        self.patient = patient

    def write(self, commission: Commission) -> Written:
        """The script.

        Raises:
            Unusable: nothing of what the model said may be said.
            BudgetSpent, Transient, Fatal: it could not be asked.
        """
        desk = self._desk(commission)
        commission.job.progress(0.2, "writing")
        scenes = self._scenes(desk)
        lines = [
            Line(place, sentence_of(span.text, said.passages, desk.checker.texts))
            for place, scene in enumerate(scenes, 1)
            for said in scene.sentences[:_MOST_SENTENCES]
            for span in split(said.text[:MOST_LETTERS], desk.spoken)
        ]
        commission.job.progress(0.4, "checking")
        settle(lines, desk.checker, partial(self._render, desk), partial(self._rewrite, desk), self.settings.rounds)
        drafts = [draft for place, scene in enumerate(scenes, 1) if (draft := _draft(desk, scene, place, lines))]
        return self._finished(desk, drafts, lines)

    def _desk(self, commission: Commission) -> _Desk:
        paper, options = commission.paper, commission.options
        spoken, system = _spoken(commission), ""
        checker = Checker(paper, commission.language, phrases_for(spoken), commission.limits)
        clips = clips_for(options.seconds) if options.footage else 0
        system = prompts.system_for(options, spoken)
        gemini = Gemini(commission.job, self.vendor, patient=self.patient)
        best = ranked(paper, phrases_for(commission.language))
        if sum(pacing.seconds_of(shown.text) for shown in best) < LEAST_SECONDS:
            raise Unusable("provider.gemini.too-little", "The paper holds too little to write from.")
        room, passages, tokens = self.settings.prompt_tokens, best, 0
        for _ in range(3):
            passages = fitting(paper, best, room)
            prompt = prompts.script_prompt(options, passages, spoken, clips)
            tokens = gemini.count(system, prompt)
            if tokens <= self.settings.prompt_tokens:
                break
            room = int(room * 0.95 * self.settings.prompt_tokens / tokens)
        return _Desk(commission, checker, gemini, passages, tokens, system, clips)

    def _scenes(self, desk: _Desk) -> Sequence[Scene]:
        """The model's scenes, asked for twice where the first answer is far too short."""
        options, spoken = desk.commission.options, desk.spoken.language
        prompt = prompts.script_prompt(options, desk.passages, spoken, desk.clips)
        question = Question(desk.system, prompt, self.settings.answer_tokens, _FREE)
        reply: type[ScriptReply | FilmedReply] = FilmedReply if desk.clips else ScriptReply
        scenes = desk.gemini.ask(question, reply, desk.tokens).scenes[:_MOST_SCENES]
        length = _seconds(scenes)
        if length < _SHORT * options.seconds:
            more = f"\n\nYour last script would last {length:.0f} seconds; it must last {options.seconds}."
            try:
                longer = desk.gemini.ask(replace(question, prompt=prompt + more), reply, desk.tokens)
                scenes = max(scenes, longer.scenes[:_MOST_SCENES], key=_seconds)
            except (Unusable, BudgetSpent):
                pass  # the short one will do
        return scenes

    def _rewrite(
        self, desk: _Desk, failed: Mapping[int, Sequence[Line]], said: Sequence[str], round_: int
    ) -> dict[int, list[Sentence]] | None:
        """The failed sentences once more; the scenes are numbered anew for the model, from 1."""
        places = dict(enumerate(failed, 1))
        rows = {
            number: [(line.sentence.text, line.ids, line.reasons) for line in failed[place]]
            for number, place in places.items()
        }
        cited = {name for lines in failed.values() for line in lines for name in line.ids}
        shown = [each for each in desk.passages if each.id in cited or each.kind in {"abstract", "summary"}]
        prompt = prompts.rewrite_prompt(rows, said, shown or desk.passages)
        attempt = 1 + (round_ - 1) * TRIES  # the same failure in another round is another question
        question = Question(desk.system, prompt, self.settings.answer_tokens, _FREE, attempt)
        try:
            reply = desk.gemini.ask(question, RewriteReply)
        except (Unusable, BudgetSpent):
            return None  # what passed so far will do
        return {
            places[each.number]: [sentence_of(one.text, one.passages, desk.checker.texts) for one in each.sentences]
            for each in reply.scenes
            if each.number in places
        }

    def _render(self, desk: _Desk, texts: Sequence[str], *, round_: int) -> list[str]:
        """What sentences say in the paper's language, by a call that knows nothing of the paper."""
        system, prompt = prompts.render_system(desk.checker.language), prompts.render_prompt(texts)
        question = Question(system, prompt, self.settings.answer_tokens, _EXACT)
        try:
            reply = desk.gemini.ask(question, RenderReply)
        except (Unusable, BudgetSpent):
            if not round_:
                raise
            return [""] * len(texts)  # what passed so far will do
        lines = {line.number: " ".join(line.text.split()) for line in reply.lines}
        return [lines.get(number, "") for number in range(1, len(texts) + 1)]

    def _finished(self, desk: _Desk, drafts: list[Draft], lines: Sequence[Line]) -> Written:
        """As long as it should be, with what lacks from the paper's own sentences where they can stand beside."""
        commission, notices, writer = desk.commission, _notices(desk.commission), self.name
        most = float(commission.options.seconds)
        raw, drafts = drafts, fitted(in_order(drafts), most)
        lacks = speech(drafts) < _LITTLE * most or len(drafts) < len(NEEDED)
        if drafts and lacks and not desk.checker.crosses:
            own = ExtractiveWriter().write(commission).drafts
            more = supplemented(raw, own, most)
            if len(more) > len(drafts):
                drafts, writer = more, f"{self.name} and {ExtractiveWriter.name}"
                notices.append("Where the model's sentences were not supported by the paper, its own are spoken.")
        if not is_enough(drafts, most):
            raise Unusable("provider.gemini.unsupported", "The paper does not support what Gemini wrote.")
        dropped = [line.dropped() for line in lines if not line.passed]
        said = {sentence.text for draft in drafts for sentence in draft.sentences}
        gists = {line.sentence.text: line.gist for line in lines if line.gist and line.sentence.text in said}
        return Written(drafts, desk.spoken.language, writer, notices, dropped, gists)


def _spoken(commission: Commission) -> str:
    """The language that is wished for, where sentences in it can be held against the paper."""
    wanted = commission.options.language.lower().split("-")[0]
    both = wanted in LANGUAGES and commission.language in LANGUAGES
    return wanted if both else commission.language


def _notices(commission: Commission) -> list[str]:
    wanted, spoken = commission.options.language.lower().split("-")[0], _spoken(commission)
    if wanted == spoken:
        return []
    return [f"This video speaks the paper's own language ({spoken}): what is said in {wanted} could not be checked."]


def _seconds(scenes: Sequence[Scene]) -> float:
    return sum(pacing.scene_seconds([said.text for said in scene.sentences]) for scene in scenes)


def _draft(desk: _Desk, scene: Scene, place: int, lines: Sequence[Line]) -> Draft | None:
    """The scene with what passed of it."""
    said = tuple(line.sentence for line in lines if line.scene == place and line.passed)
    if not said:
        return None
    limits, paper = desk.commission.limits, desk.commission.paper
    footage = scene.footage if isinstance(scene, FilmedScene) else ""
    return Draft(
        role=scene.role,
        sentences=said,
        headline=headline_of(scene.headline, said, desk.spoken, limits),
        kicker=kicker_of(scene.kicker, said, desk.spoken, limits),
        footage=described(footage, said, paper) if footage else "",
    )
