"""Sentences held against their passages: which of them may be said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from artifacts.script import Check, Dropped, Evidence, Sentence, Verdict

from scripter.addressing import foreign_matter, purified
from scripter.crossing import verdict_across
from scripter.grounding import Thresholds, form_faults, verdict_on
from scripter.phrases import Phrases, phrases_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifacts.paper import Paper

    from scripter.writer import Draft


class Checker:
    """Judges sentences of one script.

    Args:
        paper: whose passages they cite.
        language: the paper's.
        spoken: what is expected of a sentence in the language that is spoken.
        limits: where a sentence fails.
        cut: whether sentences are cut out of the paper, so that what is left may lack a verb; where they are written,
            a verb that no list knows is none the less one.
    """

    def __init__(self, paper: Paper, language: str, spoken: Phrases, limits: Thresholds, *, cut: bool = False) -> None:
        self.texts = {passage.id: passage.text for passage in paper.passages}
        self.language = language
        self.spoken = spoken
        self.limits = limits
        self.cut = cut
        self._written = phrases_for(language)
        self._pure: dict[str, str] = {}

    @property
    def crosses(self) -> bool:
        """Whether another language is spoken than the paper's."""
        return self.spoken.language != self.language

    def faults(self, text: str) -> list[str]:
        """What is wrong with the form of a sentence, in words."""
        form = [fault for fault in form_faults(text, self.spoken) if self.cut or fault != "no verb"]
        return [*form, *foreign_matter(text)]

    def verdict(self, sentence: Sentence, gist: str = "") -> Verdict:
        """The verdict on a sentence; `gist` is what it says in the paper's language, where another one is spoken."""
        faults = self.faults(sentence.text)
        if faults:
            return refused("it is no clean sentence: " + ", ".join(faults))
        return self.support(sentence, gist)

    def support(self, sentence: Sentence, gist: str = "") -> Verdict:
        """The verdict whatever the form of the sentence.

        What a passage says to a machine or to the audience supports nothing, not even its repetition.
        """
        changed = [item.id for item in sentence.evidence if item.text != self.texts.get(item.id)]
        if not changed:
            held = [Evidence(id=item.id, text=self._held(item.id)) for item in sentence.evidence]
            sentence = sentence.model_copy(update={"evidence": held})
        texts = {**self.texts, **({} if changed else {item.id: item.text for item in sentence.evidence})}
        if self.crosses:
            return verdict_across(sentence, gist, texts, (self.spoken.language, self.language), self.limits)
        return verdict_on(sentence, texts, self.language, self.limits)

    def _held(self, name: str) -> str:
        """What of a passage sentences are held against."""
        if name not in self._pure:
            self._pure[name] = purified(self.texts[name], self._written)
        return self._pure[name]

    def judged(self, sentence: Sentence, gist: str = "") -> Sentence:
        return sentence.model_copy(update={"verdict": self.verdict(sentence, gist)})


def refused(reason: str) -> Verdict:
    """The verdict on what need not be held against anything."""
    return Verdict(supported=False, score=0.0, checks=[Check(name="passages", passed=False, reason=reason)])


def reasons_of(verdict: Verdict) -> list[str]:
    """Why a sentence failed, in words."""
    return [check.reason or check.name for check in verdict.checks if not check.passed]


def checked(drafts: Sequence[Draft], checker: Checker) -> tuple[list[Draft], list[Dropped]]:
    """The drafts with a verdict on each sentence, without those that fail, and without scenes left with none."""
    kept: list[Draft] = []
    dropped: list[Dropped] = []
    for draft in drafts:
        judged = [checker.judged(sentence) for sentence in draft.sentences]
        passed = tuple(sentence for sentence in judged if sentence.verdict and sentence.verdict.supported)
        dropped += [dropped_of(sentence) for sentence in judged if sentence not in passed]
        if passed:
            kept.append(replace(draft, sentences=passed))
    if len(kept) > 1:
        kept[-1] = replace(kept[-1], role="end")
    return kept, dropped


def dropped_of(sentence: Sentence, before: Sequence[Verdict] = ()) -> Dropped:
    """A sentence that is not said, with the verdicts of each try."""
    verdicts = [*before, *([sentence.verdict] if sentence.verdict else [])]
    return Dropped(text=sentence.text, passages=[item.id for item in sentence.evidence], verdicts=verdicts)
