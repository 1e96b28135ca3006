"""Names and things: whatever the sentence names, the passages name, and in the same place."""

from __future__ import annotations

from scripter.grounding import substitutions
from scripter.grounding.evidence import Claim
from scripter.grounding.reading import Word

_STRANGE = frozenset(
    {
        "earth",
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "english",
        "i",
        "ii",
        "iii",
        "iv",
        "monday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
    }
)


def fault(claim: Claim) -> str:
    """The first thing that the passages do not name, or name elsewhere."""
    for word in claim.uncovered:
        if word.name and not _known(word, claim):
            return f"{word.text} is not in the passage"
        kind = claim.lexicon.kinds.get(word.key)
        if kind and any(claim.lexicon.kinds.get(key) == kind for key in claim.keys):
            return f"{word.text} is not in the passage, which names another {kind.replace('_', ' ')}"
    return _out_of_place(claim) or substitutions.fault(claim)


def _known(word: Word, claim: Claim) -> bool:
    """Names of the calendar, and names that the passage writes as part of a longer one or differently hyphenated."""
    bare = word.text.replace("-", "")
    if word.text in _STRANGE:
        return True
    if any(bare == other.replace("-", "") for other in claim.texts):
        return True
    if not any(letter.isdigit() for letter in bare) and claim.lexicon.has("light", word.text):
        return True
    return len(bare) >= 4 and any(bare in other or (len(other) >= 4 and other in bare) for other in claim.texts)


def _out_of_place(claim: Claim) -> str:
    """A name that stands only in segments which share nothing else with the sentence."""
    if not claim.focus:
        return ""
    best = claim.focus[0]
    for word in claim.content:
        kind = claim.lexicon.kinds.get(word.key)
        if not (word.name or kind) or word.key in best.keys or word.key not in claim.keys:
            continue
        rest = {key.removeprefix("un-") for key in claim.said.keys - best.keys - {word.key}}
        homes = [segment for segment in claim.segments if word.key in segment.keys]
        rival = any(
            (other.name and word.name) or (kind and claim.lexicon.kinds.get(other.key) == kind)
            for other in best.words
            if other.key not in claim.said.keys and other.content
        )
        if rival and not any(rest & home.keys for home in homes):
            return f"{word.text} is named elsewhere in the passage, not with this"
    return ""
