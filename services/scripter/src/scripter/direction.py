"""From what is said to briefs: visuals, headlines, kickers, theme and time, the same for every writer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifacts.script import (
    Brief,
    ChartVisual,
    FigureVisual,
    Role,
    Sentence,
    Span,
    StepsVisual,
    TitleVisual,
    Visual,
)

from scripter import headlines, pacing, themes
from scripter.candidates import terms_of
from scripter.visuals.chart import chart_visual
from scripter.visuals.end import end_visual, family_name
from scripter.visuals.figure import figure_visual
from scripter.visuals.number import number_visual
from scripter.visuals.quote import quote_visual
from scripter.visuals.steps import steps_visual

if TYPE_CHECKING:
    from artifacts.paper import Paper
    from artifacts.request import Options

    from scripter.phrases import Phrases
    from scripter.writer import Draft

_WARNINGS = ("retracted", "retraction", "concern", "correction")
_KINDS = ("editorial", "letter", "commentary", "review", "digest")
_PLAIN_SUBJECT = re.compile(
    r"\d|/|article|research|report|original|full|paper|communication|results|features|artigo|artículo|article|other|"
    r"prokaryot|commons|section|biology and life|author",
    re.IGNORECASE,
)
SOURCE_LINE = 48
_PAUSE = 0.8


@dataclass
class _Shown:
    """What the scenes before have shown, for variety and so that no headline comes twice."""

    kinds: list[str] = field(default_factory=list)
    figures: set[str] = field(default_factory=set)
    charts: set[str] = field(default_factory=set)
    headlines: set[str] = field(default_factory=set)
    credits: list[str] = field(default_factory=list)

    def twice(self, kind: str) -> bool:
        return self.kinds[-2:] == [kind, kind]


def direct(drafts: list[Draft], paper: Paper, options: Options, phrases: Phrases) -> list[Brief]:
    """The briefs of all scenes in order."""
    theme = options.theme or themes.theme_of(paper)
    horizon = themes.horizon_of(paper)
    line = source_line(paper, phrases)
    said = [sentence for draft in drafts for sentence in draft.sentences]
    shown = _Shown()
    spans = _spans(drafts)
    briefs = []
    for number, draft in enumerate(drafts, 1):
        visual = _visual(draft, number, paper, phrases, shown, said)
        shown.kinds.append(visual.kind)
        headline = _headline(draft, visual, number, paper, phrases, shown)
        shown.headlines.add(headline)
        briefs.append(
            Brief(
                scene=number,
                role=draft.role,
                headline=headline,
                kicker=_kicker(draft.role, visual, number, paper, phrases, headline),
                sentences=list(draft.sentences),
                visual=visual,
                theme="paper" if visual.kind == "quote" else theme,
                span=spans[number - 1],
                source_line=line,
                horizon=horizon,
                language=phrases.language,
                voice=options.voice,
            )
        )
    return briefs


def source_line(paper: Paper, phrases: Phrases) -> str:
    """`Nightingale 1858 · Mortality of the British Army`, at most 48 characters."""
    author = family_name(paper.authors[0]) if paper.authors else paper.journal
    who = headlines.shortened(" ".join(part for part in (author, paper.published[:4]) if part), 30, phrases)
    title = re.split(r"[:?]\s", headlines.sentence_case(paper.title, _vocabulary(paper)))[0].rstrip(" .")
    room = SOURCE_LINE - len(who) - 3
    return " · ".join(part for part in (who, headlines.shortened(title, room, phrases)) if part)


def _visual(draft: Draft, number: int, paper: Paper, phrases: Phrases, shown: _Shown, said: list[Sentence]) -> Visual:
    if draft.role == "end":
        return end_visual(paper, said, list(dict.fromkeys(shown.credits)), phrases)
    if number == 1:
        return TitleVisual(line=_title_line(paper, phrases))
    for kind in _wishes(draft.role, shown):
        visual = None if shown.twice(kind) else _make(kind, draft, paper, phrases, shown)
        if visual is not None:
            return visual
    return TitleVisual()


def _wishes(role: Role, shown: _Shown) -> tuple[str, ...]:
    seen = set(shown.kinds)
    if role == "results":
        wishes = ["chart", "number", "figure"]
        if shown.kinds[-1:] == ["number"] and "figure" not in seen:
            wishes = ["chart", "figure", "number"]
        return (*wishes, "quote")
    if role == "method":
        return ("steps", "number", "quote", "figure")
    if role in {"question", "hook"}:
        return ("number", "quote", "figure") if "number" not in seen else ("quote", "figure")
    return ("number", "quote", "figure") if "quote" in seen else ("quote", "number", "figure")


def _make(kind: str, draft: Draft, paper: Paper, phrases: Phrases, shown: _Shown) -> Visual | None:
    made: Visual | None = None
    if kind == "steps":
        return steps_visual(list(draft.sentences), phrases)
    for sentence in draft.sentences:
        if kind == "number":
            made = number_visual(sentence.text, phrases)
        elif kind == "chart":
            made = chart_visual(sentence.text, paper, phrases)
        elif kind == "figure":
            made = figure_visual(sentence, paper, phrases, shown.figures)
        else:
            made = quote_visual(sentence, paper, phrases)
        if isinstance(made, ChartVisual):
            key = f"{made.source} {made.axis}"
            if key in shown.charts:
                made = None
                continue
            shown.charts.add(key)
            shown.credits.append(phrases.label("redrawn", label=made.source))
        elif isinstance(made, FigureVisual):
            shown.figures |= {figure.id for figure in paper.figures if figure.image == made.image}
            shown.credits.append(phrases.label("figure_credit", label=f"{made.label}, {made.licence}"))
        if made is not None:
            return made
    return None


def _headline(draft: Draft, visual: Visual, number: int, paper: Paper, phrases: Phrases, shown: _Shown) -> str:
    vocabulary = _vocabulary(paper)
    if draft.headline:
        return draft.headline
    if draft.role == "end":
        title = headlines.from_title(paper.title, phrases, vocabulary)
        return title or headlines.shortened(paper.title, 60, phrases)
    if number == 1:
        title = headlines.from_title(paper.title, phrases, vocabulary)
        own = headlines.from_sentence(draft.sentences[0].text, phrases)
        telling = any(word.lower() in phrases.clause_verbs for word in title.split()[1:])
        return title if telling or len(title.split()) >= 3 or not own else own
    for sentence in draft.sentences:
        found = headlines.from_sentence(sentence.text, phrases, avoid=shown.headlines)
        if found:
            return found
    if visual.kind == "number":
        return " ".join(visual.label.split()[:7])[:1].upper() + " ".join(visual.label.split()[:7])[1:]
    if isinstance(visual, StepsVisual):
        return phrases.kicker(draft.role)
    said = " ".join(sentence.text for sentence in draft.sentences)
    return _keyword(said, paper, phrases, shown) or phrases.kicker(draft.role)


def _keyword(said: str, paper: Paper, phrases: Phrases, shown: _Shown) -> str:
    """The paper's keyword that is spoken of in a scene whose sentence gives no headline."""
    spoken = terms_of(said, phrases)
    for subject in paper.subjects:
        words = subject.split()
        named = terms_of(subject, phrases)
        if (
            named
            and named <= spoken
            and len(words) <= 5
            and not _PLAIN_SUBJECT.search(subject)
            and words[-1].lower() not in phrases.function_words
        ):
            shown_as = subject[:1].upper() + subject[1:]
            if shown_as not in shown.headlines:
                return shown_as
    return ""


def _kicker(role: Role, visual: Visual, number: int, paper: Paper, phrases: Phrases, headline: str) -> str:
    kinds = {notice.kind for notice in paper.notices}
    if number == 1:
        notice = next((kind for kind in (*_WARNINGS, *_KINDS) if kind in kinds), None)
        if notice:
            return phrases.kicker(notice)
        subject = next((s for s in paper.subjects if 3 < len(s) <= 28 and not _PLAIN_SUBJECT.search(s)), "")
        return phrases.kicker("hook") or subject[:1].upper() + subject[1:] or paper.journal[:32]
    if visual.kind == "quote" and role == "results":
        return phrases.kicker("quote")
    kicker = phrases.kicker(role)
    return "" if kicker == headline else kicker


def _title_line(paper: Paper, phrases: Phrases) -> str:
    title = headlines.sentence_case(paper.title, _vocabulary(paper)).rstrip(".")
    return title if len(title) <= 110 else headlines.shortened(title, 110, phrases)


def _vocabulary(paper: Paper) -> frozenset[str]:
    text = " ".join(passage.text for passage in paper.passages)
    return frozenset(re.findall(r"\b[^\W\d_][^\W\d_'’]*\b", text))


def _spans(drafts: list[Draft]) -> list[Span]:
    lengths = [sum(pacing.seconds_of(s.text) + pacing.BETWEEN_SENTENCES for s in d.sentences) + _PAUSE for d in drafts]
    total = sum(lengths)
    spans, start = [], 0.0
    for length in lengths:
        end = min(start + length / total, 1.0)
        spans.append(Span(start=round(start, 6), end=round(end, 6)))
        start = end
    if spans:
        spans[-1] = Span(start=spans[-1].start, end=1.0)
    return spans
