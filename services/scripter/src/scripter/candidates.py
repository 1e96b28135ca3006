"""The sentences of a paper that could be spoken, each with what is known about it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from artifacts.script import Evidence, Sentence

from scripter import abbreviations, grounding, pacing, sentences
from scripter.addressing import addresses_a_machine, foreign_matter
from scripter.trimming import LONG, capitalised, trim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifacts.paper import Paper, Passage, SectionKind

    from scripter.phrases import Phrases

_OUTSIDE = re.compile(
    r"acknowledg|funding|conflict|competing|interest|author contrib|contributions|data avail|availability|ethic|"
    r"supplement|supporting inf|abbreviation|references|additional inf|decision letter|author response|reviewer|"
    r"agradec|financ|conflito|contribui|referências|disponibil|danksagung|remerciements|declaration|consent|disclosure|"
    r"citation|further (?:reading|information)|resources|please access|copyright|parecer|pareceres|"
    r"review(?:s|er)?\b.*\breport",
    re.IGNORECASE,
)
_HEADINGS: tuple[tuple[SectionKind, re.Pattern[str]], ...] = (
    (
        "methods",
        re.compile(r"method|métod|design|setting|participants|patients|do and find|procedure|measure", re.IGNORECASE),
    ),
    ("results", re.compile(r"result|finding|ergebnis|achado|hallazgo", re.IGNORECASE)),
    ("conclusion", re.compile(r"conclu|interpretation|implication|schluss|mean\b|considera", re.IGNORECASE)),
    (
        "introduction",
        re.compile(
            r"background|introdu|objective|aim|purpose|objetiv|why was|hintergrund|contexte?o?|ziel", re.IGNORECASE
        ),
    ),
)
_GENE_LIST = re.compile(r"(?:\b[A-Z][A-Za-z]*\d+[A-Za-z]*\b[,;\s]+(?:and\s+)?){3,}")


_SYMBOLS = re.compile(
    r"[=±→↔√∞⊙]|10[⁻⁰¹²³⁴-⁹]|\b10[−-]\d|\b[pP]\s*[<>]|[α-ωΑ-Ω]\w*[,\d]|\d+\s*[:]\s*\d+|[<>≤≥]\s?[^\d\s]"
)
_SOMEBODY = re.compile(
    r"(?<![(\w])([A-ZÀ-Þ][\w'’-]+)(?:,? [A-Z]\.?)* (?:et al\b|and co-?workers|and colleagues|e cols?\b|e colaboradores|"
    r"y colaboradores|und Mitarbeiter|und Kollegen|et collaborateurs)(?![^()]*\))"
)
_FINDING = (
    r"(?:found|finds?|show|shows|showed|shown|discovered|reveal(?:s|ed)?|demonstrate[sd]?|report(?:s|ed)?|observed)"
)
_OWN_FINDING = re.compile(
    r"(?P<name>[A-ZÀ-Þ][\w'’-]+)(?:, [A-ZÀ-Þ][\w'’-]+)*(?: (?:and|&) [A-ZÀ-Þ][\w'’-]+)?"
    r"(?: and colleagues| et al\.?,?)? "
    rf"(?:(?:have|has|now|also|then|further|therefore|next) )*{_FINDING} that "
)
_REPORTED = re.compile(
    r".{0,50}?\b(?:[Ww]e|[Tt]hey|colleagues|al\.|[Rr]esults|[Ff]indings|[Dd]ata|[Ss]tudy|[Aa]nalys[ei]s|[Aa]uthors|[Rr]esearchers)\b"
    rf".{{0,30}}?\b(?:{_FINDING}|identif(?:y|ied)|indicate[sd]?|detected)\b"
)
_LATE_PRONOUN = re.compile(
    r"Also |(?:\w+ ){1,3}later,? |In between,? |By then,? |In the meantime,? |(?:\S+ (?=[a-z])){1,5}s?he |"
    r"(?:In|On|At|By|For|With|From|During|After|Using|Through|Among) [^,]{3,60}, (?:they|he|she|it)\b"
)
_ORDERS = re.compile(r"(?:See|Note|Notice|Consider|Let|Recall|Suppose|Compare) (?!that\b)")
_THEIRS = re.compile(r"(?:They|He|She) (?:\w+ )?(?:found|showed|shows?|reported|observed|demonstrated|concluded)\b")
_HARD_SYMBOLS = re.compile(r"[<>≤≥~≈∼×/]")


@dataclass(frozen=True)
class Candidate:
    """A trimmed sentence, where it is from, and how well it would be understood."""

    text: str
    order: int
    passage: Passage
    origin: str
    """`summary`, `abstract`, `body` or `caption`."""
    kind: SectionKind
    place: float
    """Where it stands in its origin, 0 to 1."""
    evidence: tuple[str, ...]
    seconds: float
    terms: frozenset[str]
    centrality: float
    ease: float
    """0 hard to 1 easy for a listener."""
    leans: bool
    """Whether it points back at the sentence before it."""
    after_results: bool
    """Whether it points back at the results as a whole."""
    opens: bool
    """Whether it is the first of its passage, where nothing was said before."""
    titled: int
    """How many of its terms are in the title."""
    cryptic: int
    """How many abbreviations it leaves unexplained."""
    reported: bool
    """Whether the authors say that they found it."""
    original: str
    """As the paper has it."""
    pictured: float = 0.0
    """How much there is to see in it, 0 to 1."""

    @property
    def words(self) -> int:
        return len(self.text.split())


def candidates_in(paper: Paper, phrases: Phrases) -> list[Candidate]:
    """Every sentence of the paper that passes the check of form, in reading order."""
    weights = _term_weights(paper, phrases)
    titled = terms_of(paper.title, phrases)
    prose = " ".join(p.text for p in paper.passages)
    lore = _Lore(
        frozenset(re.findall(r"\b[a-zà-ÿ]{4,}\d*\b", prose)),
        abbreviations.definitions_in(paper),
        frozenset(author.split()[-1] for author in paper.authors if author),
    )
    kinds = {section.id: section for section in paper.sections}
    found: list[Candidate] = []
    counts = Counter(passage.kind for passage in paper.passages)
    seen: Counter[str] = Counter()
    for passage in paper.passages:
        seen[passage.kind] += 1
        section = kinds.get(passage.section)
        if passage.kind == "table" or (section and is_outside(section.title)):
            continue
        spans = sentences.split(passage.text, phrases)
        for index, span in enumerate(spans):
            if passage.kind == "caption" and index > 1:
                break
            place = (seen[passage.kind] - 1 + index / len(spans)) / counts[passage.kind]
            made = _candidate(span.text, passage, phrases, lore)
            if made is None:
                continue
            text, evidence = made
            terms = terms_of(text, phrases)
            found.append(
                Candidate(
                    text=text,
                    order=len(found),
                    passage=passage,
                    origin=passage.kind,
                    kind=_kind(paper, passage, section.kind if section else "other"),
                    place=place,
                    evidence=evidence,
                    seconds=pacing.seconds_of(text),
                    terms=terms,
                    centrality=_centrality(terms, weights),
                    ease=_ease(text),
                    leans=bool(_LATE_PRONOUN.match(text))
                    or (bool(phrases.anaphora.match(text)) and not phrases.harmless.match(text)),
                    after_results=bool(phrases.after_results.match(text)),
                    opens=index == 0,
                    titled=len(terms & titled),
                    cryptic=len(set(abbreviations.unexplained(text)) - set(re.findall(r"[\w-]+", paper.title))),
                    reported=bool(_REPORTED.match(span.text)),
                    original=span.text,
                )
            )
    return found


def is_outside(title: str) -> bool:
    """Whether a section of this title is about the paper rather than of it: funding, contributions, references."""
    return bool(_OUTSIDE.search(title))


def to_sentence(candidate: Candidate, paper: Paper) -> Sentence:
    """The sentence with its evidence, as the brief carries it."""
    texts = {passage.id: passage.text for passage in paper.passages}
    return Sentence(text=candidate.text, evidence=[Evidence(id=id_, text=texts[id_]) for id_ in candidate.evidence])


def terms_of(text: str, phrases: Phrases) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    words = re.findall(r"[^\W\d_]{3,}", text.lower())
    return frozenset(word[:7] for word in words if word not in phrases.function_words)


@dataclass(frozen=True)
class _Lore:
    """What is known of the whole paper when one of its sentences is trimmed."""

    vocabulary: frozenset[str]
    abbreviations: dict[str, abbreviations.Abbreviation]
    families: frozenset[str]
    """The authors' family names: `Lee et al.` are they, other people's findings are not this paper's."""


def _candidate(raw: str, passage: Passage, phrases: Phrases, lore: _Lore) -> tuple[str, tuple[str, ...]] | None:
    words = len(raw.split())
    if not 5 <= words <= 75 or _GENE_LIST.search(raw) or phrases.cues["junk"].search(_outside_parentheses(raw)):
        return None
    others = (passage.kind == "body" and _THEIRS.match(raw)) or any(
        name not in lore.families for name in _SOMEBODY.findall(raw)
    )
    if others or _ORDERS.match(raw) or "•" in raw or ")⁻" in raw or addresses_a_machine(raw):
        return None
    if passage.kind != "body":
        raw = _without_own_names(raw, lore.families)
    text = trim(raw, phrases, lore.vocabulary)
    text, definers = abbreviations.expand(text, lore.abbreviations)
    words = len(text.split())
    telegraphic = text.count(";") > 1  # `Glumes unequal, keeled; lower glumes 1-veined; …`
    if not 5 <= words <= LONG + 6 or telegraphic or _ORDERS.match(text):
        return None
    if _SYMBOLS.search(text) or grounding.form_faults(text, phrases) or foreign_matter(text):
        return None
    return text, (passage.id, *[id_ for id_ in definers if id_ != passage.id])


def _without_own_names(text: str, families: frozenset[str]) -> str:
    """Without `Lee and colleagues found that`, where Lee is an author."""
    match = _OWN_FINDING.match(text)
    return capitalised(text[match.end() :]) if match and match["name"] in families else text


def _outside_parentheses(text: str) -> str:
    # what `trim` leaves out or rewrites is no reason to refuse the sentence
    return re.sub(
        r"\([^()]*\)|\[[^\]]*\]|\bet al\b\.?|"
        r"^.{0,60}(?:Fig|Figure|Table|Figura|Tabela|Tabla)[^,]{0,12}(?:,| shows? that)",
        " ",
        text,
    )


def _kind(paper: Paper, passage: Passage, kind: SectionKind) -> SectionKind:
    if kind not in {"other", "abstract", "summary"}:
        return kind
    for part in paper.abstract_parts:
        if (
            passage.kind == "abstract"
            and passage.text
            and (passage.text[:80] in part.text or part.text[:80] in passage.text)
        ):
            return next((name for name, pattern in _HEADINGS if pattern.search(part.heading)), kind)
    titles = [section.title for section in paper.sections if section.id == passage.section]
    return next((name for name, pattern in _HEADINGS if titles and pattern.search(titles[0])), kind)


def _term_weights(paper: Paper, phrases: Phrases) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for passage in paper.passages:
        weight = 3 if passage.kind in {"abstract", "summary"} else 1
        for term in terms_of(passage.text, phrases):
            counts[term] += weight
    for term in terms_of(paper.title, phrases):
        counts[term] *= 2
    top = max(counts.values(), default=1)
    return {term: count / top for term, count in counts.items()}


def _centrality(terms: frozenset[str], weights: Mapping[str, float]) -> float:
    strongest = sorted((weights.get(term, 0.0) for term in terms), reverse=True)[:8]
    return sum(strongest) / 8


def _ease(text: str) -> float:
    words = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", text)
    if not words:
        return 0.0
    long_words = sum(len(word) > 8 for word in words) / len(words)
    cryptic = (
        len(_HARD_SYMBOLS.findall(text))
        + len(abbreviations.unexplained(text))
        + len(re.findall(r"\b(?:[a-z]+[A-Z]\w*|\w*[a-z]\d\w*)\b", text))
    )
    hard = max(0.0, len(words) - 18) / 16 + 1.6 * long_words + 0.35 * cryptic
    return max(0.0, 1.0 - 0.55 * hard)
