"""How much is asserted: causes, for whom, and how surely."""

# ruff: noqa: E501 - lists of words and expressions read better unbroken

from __future__ import annotations

import math
import re

from scripter.grounding.evidence import Claim
from scripter.grounding.quantities import quantities_in
from scripter.grounding.reading import Clause, Segment, Word

_AFTER_ACT = re.compile(r"\s(?:the|their|his|her|its|your|a|an|of|[a-z]+)\b")
_MAKES = re.compile(
    r"\bmakes? (?!no\b|an?\b|the\b|up\b|it\b|for\b|sense\b)\w+ \w+|"
    r"\b(?:makes?|made|making)\b[^.;,]{1,50}?\b(?!other|number|rather)(?:\w{2,}er|more|less|double|triple|rise|fall|grow|shrink|increase|decrease)\b|"
    r"\bbr(?:ings?|ought|inging)\b [^.;,]{1,40}\b(?:back|about|on|down|up)\b|\bis (?:what|why)\b|\bbrought (?:on|about) by\b",
    re.IGNORECASE,
)
_MAKE = re.compile(
    r"(?<!can )(?<!to )(?<!not )\bmakes? (?!no\b|an?\b|the\b|up\b|it\b|for\b|sense\b|out\b)\w+ \w+", re.IGNORECASE
)
_ACTED = re.compile(
    r"(?<!\bwas )(?<!\bwere )(?<!\bhad )(?<!\bbeen )(?<!\bis )(?<!\bare )\b(?:rais|reduc|increas|decreas|lower|improv|worsen|protect|shorten|lengthen|delay|halv|doubl|boost|damag|harm|cut)(?:ed|es|s|ts)? "
    r"(?:the|their|his|her|its|your|people's|against)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\bnot (?:yet )?(?:known|clear|designed|shown|established|possible to)\b|\bcannot be (?:told apart|separated|distinguished|inferred|ruled out|excluded)|"
    r"\b(?:may|might|could)(?: \w+)?(?: have)? (?:caused?|contributed?|explain(?:ed)?|be|been|led|account(?:ed)?)\b|\bunclear\b|\bunknown\b|\bcannot (?:exclude|rule out|tell|show|say)\b|"
    r"\bremains? to be\b|\bwhether\b[^.;]{1,60}\bcaus",
    re.IGNORECASE,
)
"""What leaves the cause open of what it speaks of."""
_OBSERVED = re.compile(
    r"\b(?:cannot (?:say|tell|know|infer|establish)|can(?:no|')t prove)\b|\bcomes? first\b|\bsingle point in time\b|\bcross-sectional\b|\bobservational\b|"
    r"\bonly once\b|\bnot (?:\w+ )?(?:prove|show|establish|demonstrate)\w* (?:\w+ )?(?:caus|that)|\b(?:residual |un-?measured )confound|\bself-select|\bchose for themselves\b",
    re.IGNORECASE,
)
"""What leaves every cause open."""
_RESTRICTED = re.compile(
    r"\b(?:but )?not (?:in|among|for) (\w+)|\bonly (?:in|among|for|when|if|where)\b", re.IGNORECASE
)
_HELD = 0.34
"""Of what the sentence shares with a segment, the part that a modal verb must govern to make it unsure."""
_CLOSE = 0.85
"""A segment with this share of what the best one has is as good a source."""
_NEARBY = frozenset({"likely", "probably", "perhaps", "possibly", "presumably", "potentially", "potential", "possible"})
"""Hedges that reach no further than their clause."""
_AGED = re.compile(r"\b(?:aged?|under|over|younger|older|former|previous)\b", re.IGNORECASE)
_NOT_SIGNIFICANT = re.compile(
    r"\b(?:not?|neither|nor|without)\b[^.;]{0,60}\bsignifican|\bnon-?significant|\bdid not (?:differ|reach)|\bnot statistically",
    re.IGNORECASE,
)
_SIGNIFICANT = re.compile(r"\bsignifican\w*|\bp\s?[<=≤]\s?0?\.0", re.IGNORECASE)


def cause_fault(claim: Claim) -> str:
    """A cause only where the passages have one, and do not leave it open."""
    lexicon = claim.lexicon
    affirmed = tuple(word for clause in _said_clauses(claim) if not clause.negations for word in clause.words)
    said = claim.said.has("claims_cause", affirmed) - _as_noun(claim)
    makes = _MAKES.search(claim.said.text)
    named = min(said, default="") or (makes[0] if makes else "")
    hedged = claim.said.has("hedges") or claim.said.has("soft") or any(c.negations for c in _said_clauses(claim))
    focus = _focus_words(claim)
    settled = [segment for segment in claim.focus if hedged or not _OPEN.search(segment.text)]
    told = tuple(word for segment in settled for word in segment.words)
    there = claim.said.has("causal", told) | (said & {word.text for word in told})
    bold = said or any(_MAKE.search(clause.text) for clause in _said_clauses(claim) if not clause.negations)
    if named and not there and (bold or claim.said.has("limits", focus)):
        return f"the passage has no cause, the sentence has `{named}`"
    if named and not hedged and not there & lexicon.lists["claims_cause"] and _left_open(claim):
        return f"the passage leaves the cause open, the sentence has `{named}`"
    acts = [word for word in claim.said.words if lexicon.has("acts", word.text) and _acts(word, claim)]
    past = _ACTED.search(claim.said.text)
    if past and not hedged and not claim.said.has("association") and any(map(_observed, claim.segments)):
        return f"the passage leaves the cause open, the sentence has `{past[0].strip()}`"
    linked = claim.said.has("association", focus)
    bare = linked and not there & lexicon.lists["claims_cause"] and not claim.said.has("association")
    if acts and bare and not any(lexicon.has("acts", word.text) for word in focus):
        return f"the passage has a link, the sentence a cause: `{acts[0].text}`"
    return ""


def _observed(segment: Segment) -> bool:
    return bool(_OBSERVED.search(segment.text))


def _said_clauses(claim: Claim) -> list[Clause]:
    return [clause for segment in claim.said.segments for clause in segment.mains]


def _as_noun(claim: Claim) -> set[str]:
    """`lead levels` and the like, where the passages have the word so too."""
    text = claim.said.text
    nouns = {"lead"} if "lead" in claim.texts and not re.search(r"\blead to\b", text) else set()
    return (
        nouns if re.search(r"\bkilled (?!in|by|at|on|near|during|each|every|per|and)\w", text) else nouns | {"killed"}
    )


def _left_open(claim: Claim) -> bool:
    """Whether the passages say, of what the sentence speaks of, that the cause is not known."""
    return any(
        _OBSERVED.search(segment.text) or (_OPEN.search(segment.text) and segment.keys & claim.said.keys)
        for segment in claim.segments
    )


def _acts(word: Word, claim: Claim) -> bool:
    return bool(_AFTER_ACT.match(claim.said.text, claim.said.text.lower().find(word.text) + len(word.text)))


def _focus_words(claim: Claim) -> tuple[Word, ...]:
    return tuple(word for segment in claim.focus for word in segment.words)


def population_fault(claim: Claim) -> str:
    """Nothing of people from a study in animals or cells, nothing of one group from another, or of all from one."""
    lexicon = claim.lexicon
    humans = claim.said.has("generic_people") - _as_attribute(claim)
    if humans and not claim.said.has("people", claim.words) - {"human"} and claim.said.has("creatures", claim.words):
        return f"the passage is not about {min(humans)}"
    if (
        humans & {"people", "patients", "patient", "volunteers"}
        and not claim.said.has("people", _focus_words(claim)) - {"human"}
        and claim.said.has("creatures", _focus_words(claim))
    ):
        return f"the passage is not about {min(humans)} here"
    if humans and _told_of_creatures(claim):
        return f"what the passage says of animals, the sentence says of {min(humans)}"
    for name, group in lexicon.groups.items():
        named = {word.text for word in claim.said.words} & group
        if named and not claim.texts & group and not _said_otherwise(named, claim) and _other_group(name, claim):
            return f"the passage does not speak of {min(named)}"
    return _widened(claim)


def _said_otherwise(named: set[str], claim: Claim) -> bool:
    """Whether the passages have a word of the same meaning: `maternal` for `mother`."""
    if any(claim.lexicon.key(word) in claim.keys for word in named):
        return True
    if named <= {"young", "younger", "youngest", "old", "older", "oldest", "elderly"}:
        return any(_AGED.search(passage.text) for passage in claim.passages)
    parents = {"mother", "mothers", "father", "fathers"}
    return named <= parents and claim.lexicon.key("parents") in claim.keys


def _told_of_creatures(claim: Claim) -> bool:
    """Whether what is told in one segment alone is told there of animals."""
    telling = {
        word.key for word in claim.content if not claim.is_light(word) and not claim.lexicon.has("people", word.text)
    }
    homes = [segment for segment in claim.segments if any(k in segment.keys and claim.homes(k) == 1 for k in telling)]
    if not homes:
        return False
    return all(
        claim.said.has("creatures", home.words) and not claim.said.has("people", home.words) - {"human"}
        for home in homes
    )


def _as_attribute(claim: Claim) -> set[str]:
    """`human` as in `human cells` is no population."""
    found = re.findall(r"\bhuman (?!beings?\b|volunteers\b|patients\b)\w+", claim.said.text, re.IGNORECASE)
    return {"human"} if found else set()


def _other_group(name: str, claim: Claim) -> bool:
    """Whether the passages are about another group, or about creatures of none."""
    groups = claim.lexicon.groups
    return any(claim.texts & members - groups[name] for other, members in groups.items() if other != name)


def _widened(claim: Claim) -> str:
    for segment in claim.focus[:1]:
        match = _RESTRICTED.search(segment.text)
        if not match or claim.said.texts & {"only", "alone", "not", "but", "unless", "except"}:
            continue
        before = [word for word in segment.words if word.start < match.start()][-3:]
        apart = {word.key for word in before if word.content} | (
            {claim.lexicon.key(match[1].lower())} if match[1] else set()
        )
        if (
            match[1]
            and not apart & claim.said.keys
            and claim.said.keys & {claim.lexicon.key(w) for w in ("risk", "people", "effect")}
        ):
            return "the passage says so only of a part"
    return ""


def strength_fault(claim: Claim) -> str:
    """No surer, no wider and no stronger than the passages."""
    focus = _focus_words(claim)
    lexicon = claim.lexicon
    affirmed = tuple(word for clause in _said_clauses(claim) if not clause.negations for word in clause.words)
    sure = claim.said.has("sure", affirmed) - claim.said.has("sure", claim.words)
    if sure:
        return f"the passage is less sure than `{min(sure)}`"
    return (
        _unhedged(claim)
        or _universal(claim, focus)
        or _significance(claim)
        or (
            "the passage has a smaller effect"
            if claim.said.has("strong") and claim.said.has("weak", focus) and not claim.said.has("strong", focus)
            else ""
        )
        if lexicon.lists["hedges"]
        else ""
    )


def _unhedged(claim: Claim) -> str:
    if claim.said.has("hedges") or claim.said.has("soft") or not claim.focus:
        return ""
    near = [segment for segment in claim.segments if _shared(segment, claim) >= _CLOSE * _shared(claim.focus[0], claim)]
    found = [_hedge(segment, claim) for segment in {id(s): s for s in (claim.focus[0], *near)}.values()]
    return f"the passage says `{found[0]}`, the sentence is sure" if all(found) else ""


def _shared(segment: Segment, claim: Claim) -> float:
    shared = segment.keys & claim.said.keys
    return sum(1 / math.sqrt(max(claim.homes(key), 1)) for key in shared)


def _hedge(segment: Segment, claim: Claim) -> str:
    """The word by which a segment is unsure of what the sentence says, or an empty string."""
    clause = _clause_of(segment, claim)
    matched = [word for word in segment.words if word.content and word.key in claim.said.keys]
    for word in segment.words:
        if not matched or not claim.lexicon.has("hedges", word.text):
            continue
        after = sum(other.start > word.start for other in matched)
        if _carries(word, segment):
            hedged = after >= 0.5 * len(matched)
        else:
            inside = [other for other in matched if clause is not None and other in clause.words]
            held = sum(other.start > word.start for other in inside)
            hedged = clause is not None and word in clause.words and held >= _HELD * len(matched)
            hedged = hedged and not (word.text in _NEARBY and _set_apart(word, matched, segment))
        if hedged:
            return word.text
    return ""


def _set_apart(word: Word, matched: list[Word], segment: Segment) -> bool:
    """Whether nothing that the sentence says stands in the small clause of a word."""
    own = next((clause for clause in segment.clauses if word in clause.words), None)
    return own is not None and not any(other in own.words for other in matched if other.start > word.start)


def _clause_of(segment: Segment, claim: Claim) -> Clause | None:
    values = _values(claim.said.text, claim)
    return max(
        segment.mains,
        key=lambda clause: len(clause.keys & claim.said.keys) + len(values & _values(clause.text, claim)),
        default=None,
    )


def _values(text: str, claim: Claim) -> set[float]:
    return {quantity.value for quantity in quantities_in(text, claim.language)}


def _carries(word: Word, segment: Segment) -> bool:
    """`suggest that` and its like hold for the rest of the sentence."""
    after = segment.text[word.start : word.start + len(word.text) + 6]
    return bool(
        re.search(
            r"(?:suggest\w*|hypothes\w+|propose\w*|speculate\w*)\s+that$|(?:suggest\w*|hypothes\w+|propose\w*)\s+th",
            after,
        )
    )


def _universal(claim: Claim, focus: tuple[Word, ...]) -> str:
    said = [word for word in claim.said.words if claim.lexicon.has("universal", word.text)]
    said = [word for word in said if word.text not in {"none", "any"} and not _idiom(word, claim)]
    if re.search(r"\bnot (?:all|every\w*|always|entirely|completely|fully)\b", claim.said.text, re.IGNORECASE):
        said = []
    if said and not claim.said.has("universal", claim.focus[0].words if claim.focus else ()) and not _each(claim):
        partial = claim.said.has("partial", focus)
        if partial or said[0].text in {"all", "every", "everyone"}:
            return f"the passage does not say it of `{said[0].text}`"
    most = claim.said.texts & {"most", "majority"}
    if (
        most
        and re.search(r"\b(?:the )?most\b(?! (?:\w+ly|of the time)\b)", claim.said.text)
        and claim.said.has("weak", focus)
        and not {"most", "majority"} & {w.text for w in focus}
    ):
        return "the passage does not say it of most"
    return ""


def _each(claim: Claim) -> bool:
    return bool(claim.focus) and any(word.text in {"each", "per"} for word in claim.focus[0].words)


def _idiom(word: Word, claim: Claim) -> bool:
    text = claim.said.text.lower()
    if word.text == "all":
        return bool(
            re.search(
                r"\b(?:at|first of|after|above|in|over|overall) all\b|\ball \d",
                text,
            )
        )
    if word.text == "every":
        return bool(
            re.search(r"\bnot every\b|\bevery (?:\d|two|three|four|few|other|day|year|night|week|month|one of)", text)
        )
    if word.text in {"whole", "entire"}:
        return True
    return word.text == "each" and bool(
        re.search(r"\beach other\b|\beach (?:\w+ ){0,2}(?:had|with|of|trip|contain)", text)
    )


def _significance(claim: Claim) -> str:
    said = _SIGNIFICANT.search(claim.said.text)
    denied_here = bool(_NOT_SIGNIFICANT.search(claim.said.text)) or any(
        m.negations for s in claim.said.segments for m in s.mains
    )
    focus = " ".join(segment.text for segment in claim.focus)
    if said and not denied_here:
        if not _SIGNIFICANT.search(focus):
            return "the passage does not call it significant"
        if all(_NOT_SIGNIFICANT.search(s.text) for s in claim.focus if _SIGNIFICANT.search(s.text)):
            return "the passage says it was not significant"
    return ""
