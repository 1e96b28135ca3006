"""The verdict on a sentence: a pure function of the sentence, the passages it cites and the language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from artifacts.script import Check, Verdict

from scripter.grounding import assertions, contrasts, directions, entities, numbers
from scripter.grounding.evidence import Claim, claim_of
from scripter.grounding.quantities import quantities_in
from scripter.grounding.reading import is_cjk, read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from artifacts.script import Sentence


@dataclass(frozen=True)
class Thresholds:
    """Where a sentence fails; tuned on one half of the test set, and settings of the scripter."""

    similarity: float = 0.5
    """Least share of what is said that the passages must say."""
    strange: int = 3
    """So many words that the passages know nothing of are too many."""


DEFAULT = Thresholds()
_Name = Literal["numbers", "direction", "entities", "cause", "population", "strength"]
_CHECKS: tuple[tuple[_Name, Callable[[Claim], str], float], ...] = (
    ("numbers", numbers.fault, 0.2),
    ("direction", lambda claim: directions.fault(claim) or contrasts.fault(claim), 0.3),
    ("entities", entities.fault, 0.3),
    ("cause", assertions.cause_fault, 0.4),
    ("population", assertions.population_fault, 0.3),
    ("strength", assertions.strength_fault, 0.4),
)
"""Each with the part of the score that is left where it fails."""


def verdict_of(sentence: str, passages: Sequence[str], language: str = "en", limits: Thresholds = DEFAULT) -> Verdict:
    """Whether passages support a sentence, with a check for each thing that was looked at."""
    return _verdict(sentence, tuple(passages), language.lower().split("-")[0], limits)


def verdict_on(sentence: Sentence, paper: dict[str, str], language: str, limits: Thresholds = DEFAULT) -> Verdict:
    """The verdict on a sentence of a script; `paper` holds the text of each passage by its id."""
    reason = _foreign(sentence, paper)
    if reason:
        return Verdict(supported=False, score=0.0, checks=[Check(name="passages", passed=False, reason=reason)])
    return verdict_of(sentence.text, [item.text for item in sentence.evidence], language, limits)


def numbers_checked(sentences: Sequence[Sentence], language: str) -> int:
    """How many numbers of sentences that passed were held against their passages."""
    passed = [sentence for sentence in sentences if sentence.verdict and sentence.verdict.supported]
    return sum(
        len(quantities_in(segment.text, language)) for s in passed for segment in read(s.text, language).segments
    )


def _foreign(sentence: Sentence, paper: dict[str, str]) -> str:
    if not sentence.evidence:
        return "it names no passage"
    for item in sentence.evidence:
        if item.id not in paper:
            return f"the paper has no passage {item.id}"
        if paper[item.id] != item.text:
            return f"the passage {item.id} reads otherwise in the paper"
    return ""


@lru_cache(maxsize=2048)
def _verdict(sentence: str, passages: tuple[str, ...], language: str, limits: Thresholds) -> Verdict:
    checks = [Check(name="passages", passed=bool(passages), reason="" if passages else "it names no passage")]
    if not passages:
        return Verdict(supported=False, score=0.0, checks=checks)
    claim = claim_of(sentence, passages, language)
    score = 1.0
    for name, find, left in _CHECKS:
        reason = find(claim)
        checks.append(Check(name=name, passed=not reason, reason=reason))
        score *= left if reason else 1.0
    similarity = claim.similarity
    reason = _unlike(claim, similarity, limits)
    checks.append(Check(name="similarity", passed=not reason, reason=reason))
    score *= similarity
    supported = all(check.passed for check in checks)
    return Verdict(supported=supported, score=round(min(score, 1.0), 3), checks=checks)


def _unlike(claim: Claim, similarity: float, limits: Thresholds) -> str:
    least = limits.similarity * (0.6 if is_cjk(claim.said.text) else 1.0)
    strange = list(dict.fromkeys(word.text for word in claim.uncovered if not claim.is_light(word)))
    if similarity < least:
        return (
            f"the passage says little of this: nothing of {', '.join(strange[:4])}"
            if strange
            else "the passage says little of this"
        )
    if len(strange) >= limits.strange and not is_cjk(claim.said.text):
        return f"the passage says nothing of {', '.join(strange[:4])}"
    return ""
