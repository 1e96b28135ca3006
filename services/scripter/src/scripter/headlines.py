"""Headlines of at most seven words, cut from the paper's own sentences only where grammar allows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from scripter.phrases import Phrases

MOST_WORDS = 7
_NEEDS_MORE = frozenset(
    [
        "involved",
        "associated",
        "located",
        "based",
        "related",
        "linked",
        "found",
        "known",
        "thought",
        "used",
        "able",
        "likely",
        "due",
        "compared",
        "considered",
        "shown",
        "reported",
        "expected",
        "required",
        "according",
        "composed",
        "made",
        "responsible",
        "capable",
        "unable",
        "needed",
        "designed",
    ]
)
_AUXILIARIES = frozenset(["is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "not"])
_PREFIX = re.compile(
    r"^(?:author correction|publisher correction|correction(?: to)?|retraction(?: note)?|erratum|"
    r"corrigendum|reply to|comment on|editorial|editor['’]s note)\s*[:.–-]\s*",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"\b(?:study|analysis|trial|review|meta-analysis|approach|report|evidence from|results (?:of|from)|translation|"
    r"perspective|protocol|estudo|análise|revisão|estudio|análisis|revisión|studie|analyse|étude|revue|lessons from)\b",
    re.IGNORECASE,
)


_EMPTY_SUBJECT = re.compile(
    r"(?:(?:the|a|an|one|our|another|each|some|any|no|whether|o|a|os|as|um|uma|el|la|los|las|un|una|der|die|das|le|les|"
    r"une)\s)?"
    r"(?:aims?|goals?|objectives?|purpose|study|studies|results?|findings?|pilot|samples?|questions?|"
    r"sample sizes?|method|"
    r"objetivos?|estudos?|resultados?|finalidade|ziel|studie|but|objectif|étude|original|majority|whether|there|all|"
    r"potential|comparative|how|what|when|where|why|each|outside|colleagues|several|most|another|number|"
    r"proportion|total|average|mean|example|case|experiments?)\b",
    re.IGNORECASE,
)


_REPORTED = re.compile(
    r"^.{2,40}? and colleagues (?:also |now |have )?(?:found|show|shown|showed|discovered|demonstrate|"
    r"demonstrated|revealed|"
    r"reveal|report|reported) that ",
)


def from_sentence(text: str, phrases: Phrases, *, avoid: AbstractSet[str] = frozenset()) -> str:
    """A headline from the sentence's main clause, else its subject; empty where neither makes one."""
    body = _main_part(text, phrases)
    words = body.split()
    found: list[tuple[float, str]] = []
    for end in range(3, min(MOST_WORDS, len(words)) + 1):
        points = _clause_points(words, end, phrases)
        if points is not None:
            found.append((points, " ".join(words[:end])))
    for _, headline in sorted(found, key=lambda item: (-item[0], -len(item[1]))):
        shown = _finish(headline)
        if shown and shown not in avoid:
            return shown
    done = _finish(_object(words, phrases))
    if done and done not in avoid:
        return done
    subject = _finish(_subject(words, phrases))
    telling = len(subject.split()) >= 2 and not _EMPTY_SUBJECT.match(subject)
    if telling and subject not in avoid:
        return subject
    return _key_phrase(body, phrases, avoid)


def from_title(title: str, phrases: Phrases, vocabulary: AbstractSet[str]) -> str:
    """The most telling part of a title in sentence case."""
    plain = sentence_case(_PREFIX.sub("", re.sub(r"\s*\([^)]*\)", "", title)).strip(" ."), vocabulary)
    best: tuple[float, str] = (-9.0, "")
    for index, part in enumerate(re.split(r"\s*[:;]\s+|\s+[–—-]\s+|(?<=[?!])\s+|\.\s+", plain)):
        shown = _title_part(part.strip(), phrases)
        words = shown.split()
        if not words:
            continue
        telling = any(word.lower() in phrases.clause_verbs for word in words[1:])
        points = 1.2 * telling + 1.0 * shown.endswith("?") - 0.4 * index - 2.0 * bool(_GENERIC.search(shown))
        points += min(len(words), 5) * 0.25
        best = max(best, (points, shown), key=lambda item: item[0])
    return best[1]


def sentence_case(title: str, vocabulary: AbstractSet[str]) -> str:
    """The title with the capitals that only titles have made small; names keep theirs."""
    words = title.split()
    shouting = title.upper() == title
    lowered = []
    cased = sum(word[:1].isupper() for word in words) > 0.6 * len(words)
    for word in words:
        core = re.sub(r"[^\w'’-]", "", word)
        small = word.lower()
        titled = (core[:1].isupper() and core[1:].islower() and len(core) > 1) or core in {"A", "O", "E", "É"}
        unheard = cased and titled and core not in vocabulary and "-" not in core
        if (
            unheard
            or (core.lower() in vocabulary and (titled or shouting))
            or (
                "-" in core
                and all(part.lower() in vocabulary for part in core.split("-") if len(part) > 1)
                and titled_parts(core)
            )
        ):
            lowered.append(small)
        else:
            lowered.append(word.capitalize() if shouting and len(core) > 5 else word)
    text = " ".join(lowered)
    return text[:1].upper() + text[1:]


def titled_parts(word: str) -> bool:
    """Whether every part of a hyphened word is written as titles write it."""
    return all(part[1:].islower() or len(part) == 1 for part in word.split("-") if part)


def shortened(text: str, characters: int, phrases: Phrases) -> str:
    """The first words that fit, not ending on a small word."""
    words: list[str] = []
    for word in text.split():
        if len(" ".join([*words, word])) > characters:
            break
        words.append(word)
    while words and len(words) < len(text.split()) and words[-1].lower().strip(",;:") in phrases.function_words:
        words.pop()
    return " ".join(words).rstrip(" ,;:–—-")


def _title_part(part: str, phrases: Phrases) -> str:
    words = part.split()
    if len(words) <= MOST_WORDS + 1:
        whole = _finish(part) if part.endswith("?") or _may_end(words, phrases) else ""
        if whole or len(words) <= MOST_WORDS:
            return whole
    words = re.sub(r"^(?:are|is|do|does|did|can|could|should|why|how)\s", "", part, flags=re.IGNORECASE).split()
    best = ""
    for end in range(2, min(MOST_WORDS + 1, len(words))):
        passive = words[end].endswith("ed") and words[end + 1 : end + 2] in (["by"], ["with"])
        breaks = (
            passive
            or words[end].lower() in phrases.cut_before - {"to", "and", "e", "y", "und", "et"}
            or words[end - 1][-1:] in ",;"
        )
        if breaks and _may_end(words[:end], phrases) and not set(_lower(words[end:])) & {"not", "no", "não", "nicht"}:
            best = " ".join(words[:end])
    return _finish(best)


def _main_part(text: str, phrases: Phrases) -> str:
    body = re.sub(r"[.!…]+[\"”’»)]*$", "", text).strip()
    body = _without_article(_REPORTED.sub("", body))
    opening = re.match(r"[^,]{3,70},\s+", body)
    conditional = opening and set(_lower(opening[0].split())) & (phrases.negations - {"than", "als", "que"})
    if opening and not conditional:
        rest = body[opening.end() :]
        listed = re.match(r"[^,]+,\s*(?:and|or|e|y|und|et)\b", rest)
        prepositional = _lower(opening[0].split())[0] in phrases.cut_before | {
            "as",
            "to",
            "of",
            "using",
            "overall",
            "if",
            "based",
        }
        if (
            not listed
            and prepositional
            and len(rest.split()) >= 3
            and rest.split()[0].lower() not in phrases.cut_before
        ):
            body = rest[:1].upper() + rest[1:] if rest.split()[0].isalpha() and rest.split()[0].islower() else rest
            body = re.sub(r"^The (?=[a-z])", "", body)
            body = body[:1].upper() + body[1:] if body.split()[0].isalpha() else body
    return body


def _key_phrase(text: str, phrases: Phrases, avoid: AbstractSet[str]) -> str:
    """The sentence's longest run of two to four words that name something."""
    best: tuple[float, str] = (0.0, "")
    runs: list[list[str]] = [[]]
    for word in text.split():
        core = re.sub(r"[^\w'’-]", "", word)
        lower = core.lower()
        names = core and lower not in phrases.function_words | phrases.clause_verbs | phrases.negations | phrases.hedges
        names = names and not re.search(r"(?:ed|ing|ly|mente)$|^\d", lower) and len(lower) > 2
        if names:
            runs[-1].append(word.strip("“”\"'‘’"))
        if (not names or word[-1:] in ",;:.)") and runs[-1]:
            runs.append([])
    for run in runs:
        shown = _finish(" ".join(run[-4:]))
        if 2 <= len(run) <= 5 and shown and shown not in avoid and _plain(shown) and not _EMPTY_SUBJECT.match(shown):
            letters = sum(len(word) for word in run[-4:]) / 10
            best = max(best, (min(len(run), 3) + letters, shown), key=lambda item: item[0])
    return best[1]


def _without_article(text: str) -> str:
    rest = re.sub(r"^The (?=[a-z])", "", text)
    return rest[:1].upper() + rest[1:]


def _clause_points(words: list[str], end: int, phrases: Phrases) -> float | None:
    kept, dropped = words[:end], words[end:]
    lower = _lower(kept)
    verbs = [index for index, word in enumerate(lower) if word in phrases.clause_verbs and index]
    starts_badly = (
        lower[0] in phrases.first_person or phrases.anaphora.match(" ".join(kept)) or set(lower) & phrases.first_person
    )
    if not verbs or starts_badly or not _may_end(kept, phrases) or (verbs[0] >= end - 1 and dropped):
        return None
    if any(mark in " ".join(kept).rstrip(",;:") for mark in ',;:—–“”"(<>='):
        return None
    if not dropped:
        return 4.0 + 0.1 * end
    following = re.sub(r"\W", "", dropped[0].lower())
    if following not in phrases.cut_before or kept[-1][-1:] in ",;:":
        clause_end = kept[-1][-1:] in ",;:" and not set(_lower(dropped)) & phrases.negations
        return 2.0 + 0.2 * end if clause_end else None
    if re.search(r"\d", kept[-1]) and following in {"to", "and", "or", "by", "in", "from", "a", "bis", "à", "e", "y"}:
        return None
    if set(_lower(dropped[:6])) & phrases.negations or set(lower) & phrases.negations or lower[-1] in _NEEDS_MORE:
        return None
    if lower[-1] in phrases.clause_verbs:
        return None
    weak = following in phrases.weak_cuts
    return 2.0 + 0.2 * end - 1.2 * weak


def _subject(words: list[str], phrases: Phrases) -> str:
    lower = _lower(words)
    verb = next((index for index, word in enumerate(lower) if word in phrases.clause_verbs), len(words))
    subject = words[:verb]
    opens_clause = lower and lower[0] in (phrases.cut_before | {"because", "only", "if", "as", "of", "couple", "based"})
    if not subject or opens_clause or lower[0] in phrases.first_person or phrases.anaphora.match(" ".join(subject)):
        return ""
    for end in range(min(len(subject), MOST_WORDS), 1, -1):
        whole = (
            end == len(subject)
            or lower[end] in phrases.cut_before - {"and", "e", "y", "und", "et"}
            or lower[end] in {"of", "that", "de", "der", "des"}
        )
        text = " ".join(subject[:end])
        if whole and _may_end(subject[:end], phrases) and _plain(text):
            return text
    return ""


def _plain(text: str) -> bool:
    return not re.search(r"[,;:(“\"—–<>=]|\b(?:that|which|who|how|when|you|colleagues|que|qui|dass)\b", text)


def _object(words: list[str], phrases: Phrases) -> str:
    """What `we` did something to: `We enrolled 301 patients` gives `301 patients`."""
    lower = _lower(words)
    if not lower or lower[0] not in phrases.first_person or phrases.language != "en" or lower[0] == "our":
        return ""
    start = next(
        (i + 1 for i, word in enumerate(lower[:4]) if i and word in phrases.clause_verbs and word not in _AUXILIARIES),
        0,
    )
    start = start or next((i + 1 for i, word in enumerate(lower[:4]) if i and word.endswith("ed")), 0)
    if start and lower[start : start + 1] == ["to"]:
        start += 2
    rest = words[start:] if start else []
    text = re.sub(r"^(?:a total of|the|an?)\s", "", " ".join(rest))
    rest = text.split()
    if not rest or rest[0].lower() in phrases.function_words | {"that", "whether", "how", "if"}:
        return ""
    for end in range(min(MOST_WORDS, len(rest)), 1, -1):
        stops = (
            end == len(rest) or rest[end - 1][-1:] in ",;" or rest[end].lower() in phrases.cut_before | {"aged", "who"}
        )
        plain = _plain(" ".join(rest[:end]).rstrip(",;"))
        if stops and plain and _may_end(rest[:end], phrases):
            return " ".join(rest[:end])
    return ""


def _may_end(words: list[str], phrases: Phrases) -> bool:
    if not words:
        return False
    last = re.sub(r"[^\w%°'’-]", "", words[-1].lower())
    dangling = phrases.language == "en" and re.search(r"[a-z]{3}ed$", last) and len(words) > 1
    if dangling and not set(_lower(words[-3:-1])) & _AUXILIARIES:
        return False
    return bool(last) and last not in phrases.function_words and not re.fullmatch(r"\d+", last)


def _lower(words: list[str]) -> list[str]:
    return [re.sub(r"[^\w'’-]", "", word.lower()) for word in words]


def _finish(text: str) -> str:
    text = text.strip(" ,;:–—-")
    if not text or len(text) > 64:
        return ""
    first = text.split()[0]
    return text[:1].upper() + text[1:] if first[1:].replace("-", "").islower() or len(first) == 1 else text
