"""Words put in the place of others: a sentence that runs along with its passage and differs in what it names."""

from __future__ import annotations

from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from scripter.grounding.evidence import Claim, alike, without_quantities
from scripter.grounding.quantities import quantities_in
from scripter.grounding.reading import Segment, Word

FLANK = 3
"""So many equal words beside a difference show that the same thing is spoken of."""
LONGEST = 2
"""Words that may stand for each other at one place."""
_CONTRASTS = frozenset({"new", "old", "first", "second", "normal", "control", "last", "usual", "left", "right"})
_ENDINGS = ("ed", "ing", "ly", "ous", "al", "ive", "able", "ible", "ful", "less", "er", "est")


def fault(claim: Claim) -> str:
    """The first word that stands where the passage names something else."""
    for said in claim.said.segments:
        for segment in claim.focus:
            found = _exchanged(said, segment, claim)
            for one, other in found:
                if _numbered(one, said, claim):
                    continue
                if (other, one) in found or (_known(one, other, claim) and not _says(other, claim)):
                    return f"the sentence has {one.text} where the passage has {other.text}"
    return ""


def _exchanged(said: Segment, given: Segment, claim: Claim) -> list[tuple[Word, Word]]:
    ours, theirs = _run(said, claim), _run(given, claim)
    codes = list(Levenshtein.opcodes([word.key for word in ours], [word.key for word in theirs]))
    found = []
    for at, code in enumerate(codes):
        if code.tag != "replace" or max(code.src_end - code.src_start, code.dest_end - code.dest_start) > LONGEST:
            continue
        before = codes[at - 1] if at and codes[at - 1].tag == "equal" else None
        after = codes[at + 1] if at + 1 < len(codes) and codes[at + 1].tag == "equal" else None
        flank = sum(side.src_end - side.src_start for side in (before, after) if side)
        if flank < FLANK or not (after or before):
            continue
        pairs = zip(ours[code.src_start : code.src_end], theirs[code.dest_start : code.dest_end], strict=False)
        found += [(one, other) for one, other in pairs if _differs(one, other, claim)]
    return found


def _run(segment: Segment, claim: Claim) -> list[Word]:
    """The words that carry the sentence, without quantities; articles and the like would part what runs along."""
    small = {"a", "an", "the", "of", "that", "which", "was", "were", "is", "are", "had", "has", "have", "been", "be"}
    return [word for word in without_quantities(segment, claim.language) if word.text not in small]


def _differs(one: Word, other: Word, claim: Claim) -> bool:
    if any({one.text, other.text} & here and {one.text, other.text} & there for here, there in claim.lexicon.opposites):
        return True
    if not (_names(one, claim) and _names(other, claim)) or one.key == other.key:
        return False
    if claim.lexicon.akin(one.key, other.key) or _one_thing(one, other, claim):
        return False
    return one.name or other.name or not alike(one.key, frozenset({other.key}))


def _one_thing(one: Word, other: Word, claim: Claim) -> bool:
    """Whether the passages put one beside the other: `the gene SLK4`."""
    return any(
        {one.key, other.key} == {here.key, after.key}
        for segment in claim.segments
        for here, after in pairwise([word for word in segment.words if word.content])
    )


def _names(word: Word, claim: Claim) -> bool:
    return word.content and (word.text in _CONTRASTS or not claim.is_light(word))


def _numbered(word: Word, said: Segment, claim: Claim) -> bool:
    """Whether a clause of the passages has the word together with a number of the sentence."""
    values = {quantity.value for quantity in quantities_in(said.text, claim.language)}
    return any(
        word.key in clause.keys and values & {q.value for q in quantities_in(clause.text, claim.language)}
        for segment in claim.segments
        for clause in segment.clauses
    )


def _known(one: Word, other: Word, claim: Claim) -> bool:
    """Whether the passages speak of what was put in, or it names a thing; else it may be a paraphrase."""
    if one.key in claim.keys or one.name or other.name or one.text in _CONTRASTS:
        return True
    return claim.language == "en" and not any(_describes(word, claim) for word in (one, other))


def _describes(word: Word, claim: Claim) -> bool:
    """Whether a word says what is done, or how a thing is."""
    return word.key in claim.lexicon.doings or word.text.endswith(_ENDINGS)


def _says(word: Word, claim: Claim) -> bool:
    """Whether the sentence says the word, if in a form that the stemmer does not join."""
    return word.key in claim.said.keys or (not word.name and alike(word.key, claim.said.keys))
