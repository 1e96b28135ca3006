"""Headlines of at most seven words, cut from the paper's own sentences only where grammar allows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripter.keyphrases import MOST_WORDS

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from scripter.casing import Casing
    from scripter.keyphrases import Keyphrases
    from scripter.phrases import Phrases

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
_MODALS = frozenset(["can", "could", "may", "might", "will", "would", "should", "must"])
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


_OBJECT_ARTICLE = re.compile(
    r"(?<!\bto)(?<!\bof)(?<!\bin)(?<!\bon)(?<!\bby)(?<!\bat)(?<!\bfor)(?<!from)(?<!with) (?:the|an?) ", re.IGNORECASE
)
_ANY_ARTICLE = re.compile(r"(?:^|\s)(?:the|an?) ", re.IGNORECASE)
_REPORTED = re.compile(
    r"^.{2,40}? and colleagues (?:also |now |have )?(?:found|show|shown|showed|discovered|demonstrate|"
    r"demonstrated|revealed|"
    r"reveal|report|reported) that ",
)


def from_sentence(text: str, phrases: Phrases, keyphrases: Keyphrases, *, avoid: AbstractSet[str] = frozenset()) -> str:
    """A headline from the sentence's main clause, else its object, its subject, or what it names."""
    body = _main_part(text, phrases)
    words = body.split()
    found: list[tuple[float, str]] = []
    for end in range(3, min(MOST_WORDS, len(words)) + 1):
        points = _clause_points(words, end, phrases)
        if points is not None and keyphrases.may_end(words[end - 1]):
            found.append((points, " ".join(words[:end])))
    for _, headline in sorted(found, key=lambda item: (-item[0], -len(item[1]))):
        shown = _finish(headline)
        if shown and shown not in avoid:
            return shown
    for phrase in (_object(words, phrases), _subject(words, phrases)):
        shown = _finish(phrase)
        telling = len(shown.split()) >= 2 and not _EMPTY_SUBJECT.match(shown)
        if telling and shown not in avoid and keyphrases.may_end(shown.split()[-1]):
            return shown
    return _finish(keyphrases.best(body, avoid) or keyphrases.best(text, avoid))


def from_title(title: str, phrases: Phrases, casing: Casing) -> str:
    """The most telling part of a title in sentence case."""
    plain = casing.sentence(_PREFIX.sub("", re.sub(r"\s*\([^)]*\)", "", title)).strip(" ."))
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


def _title_part(part: str, phrases: Phrases) -> str:
    words = part.split()
    if len(words) > MOST_WORDS:
        words = _tightened(part).split()
        part = " ".join(words)
    if len(words) <= MOST_WORDS:
        return _finish(part) if part.endswith("?") or _may_end(words, phrases) else ""
    words = re.sub(r"^(?:are|is|do|does|did|can|could|should|why|how)\s", "", part, flags=re.IGNORECASE).split()
    best = ""
    for end in range(2, min(MOST_WORDS + 1, len(words))):
        passive = words[end].endswith("ed") and words[end + 1 : end + 2] in (["by"], ["with"])
        breaks = (
            passive
            or words[end].lower() in (phrases.cut_before | {"to"}) - {"and", "e", "y", "und", "et"}
            or (words[end].lower() in {"of", "de", "da", "do"} and end >= 4)
            or words[end - 1][-1:] in ",;"
        )
        negated = words[end - 2].lower() in {"not", "never", "no", "não", "nicht"}
        if (
            breaks
            and not negated
            and _may_end(words[:end], phrases)
            and not set(_lower(words[end:])) & {"not", "no", "não", "nicht"}
        ):
            best = " ".join(words[:end])
    return _finish(best)


def _tightened(title: str) -> str:
    """A long title as newspapers would write it: without `Analysis of` and the articles of objects."""
    title = re.sub(
        r"^(?:an? |the )?(?:\w+ )?(?:analysis|study|review|investigation|evaluation|assessment|análise|estudo|estudio) "
        r"(?:of|de|da|do) (?:the )?(?=\w+ \w+)",
        "",
        title,
        flags=re.IGNORECASE,
    )
    for article in (_OBJECT_ARTICLE, _ANY_ARTICLE):
        shorter = title
        while len(shorter.split()) > MOST_WORDS and article.search(shorter):
            last = list(article.finditer(shorter))[-1]
            shorter = f"{shorter[: last.start()]} {shorter[last.end() :]}".strip()
        if len(shorter.split()) <= MOST_WORDS:
            return shorter
    return title


def _main_part(text: str, phrases: Phrases) -> str:
    body = re.sub(r"[.!…]+[\"”’»)]*$", "", text).strip()
    body = _without_article(re.sub(r"^There (?:is|are|was|were) (?=\w+ \w)", "", _REPORTED.sub("", body)))
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


def _without_article(text: str) -> str:
    rest = re.sub(r"^The (?=[a-z])", "", text)
    return rest[:1].upper() + rest[1:]


def _clause_points(words: list[str], end: int, phrases: Phrases) -> float | None:
    kept, dropped = words[:end], words[end:]
    lower = _lower(kept)
    verbs = [index for index, word in enumerate(lower) if word in phrases.clause_verbs and index]
    starts_badly = (
        lower[0] in phrases.first_person | {"you", "your", "to"}
        or phrases.anaphora.match(" ".join(kept))
        or set(lower) & phrases.first_person
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
    if lower[-1] in phrases.clause_verbs or following in {"and", "or", "e", "y", "ou", "und", "et"}:
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
            or lower[end] == "that"
            or (lower[end] in {"of", "de", "der", "des"} and end >= 3)
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
    if start and lower[start - 1] in _MODALS:
        start += 1
    if start and lower[start : start + 1] == ["to"]:
        start += 2
    rest = words[start:] if start else []
    text = re.sub(r"^(?:a total of|some|the|an?)\s", "", " ".join(rest))
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
