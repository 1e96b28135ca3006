"""From what is said to briefs: visuals, headlines, kickers, theme and time, the same for every writer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from artifacts.paper import Paper, Passage
from artifacts.script import (
    Brief,
    ChartVisual,
    FigureVisual,
    NumberVisual,
    QuoteVisual,
    Role,
    Sentence,
    Span,
    TitleVisual,
    Visual,
)
from vendors.estimates import clips_for

from scripter import headlines, pacing, standing, themes
from scripter.addressing import foreign_matter
from scripter.candidates import terms_of
from scripter.casing import Casing
from scripter.keyphrases import MOST_WORDS, Keyphrases
from scripter.phrases import phrases_for
from scripter.sources import original
from scripter.visuals.chart import chart_visual
from scripter.visuals.end import authors_line, end_visual, family_name
from scripter.visuals.figure import figure_visual
from scripter.visuals.film import filmed
from scripter.visuals.number import number_visual
from scripter.visuals.quote import quote_visual
from scripter.visuals.steps import steps_visual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from artifacts.request import Options

    from scripter.phrases import Phrases
    from scripter.writer import Draft, Written

_WARNINGS = ("retracted", "retraction", "concern", "correction")
_KINDS = ("editorial", "letter", "commentary", "review", "digest")
_PLAIN_SUBJECT = re.compile(
    r"\d|/|article|research|report|original|full|paper|communication|results|features|artigo|artículo|article|other|"
    r"prokaryot|commons|section|biology and life|author",
    re.IGNORECASE,
)
_ESSAYS = {"retraction", "correction", "concern", "editorial", "letter", "commentary"}
"""Kinds of papers that report no study of their own, so that nothing was asked, done and found."""
SOURCE_LINE = 48
TITLE_LINE = 110
SHORT = 3.0
"""Seconds of a sentence that may be a headline."""


@dataclass
class _Shown:
    """What the scenes before have shown, for variety and so that no headline comes twice."""

    kinds: list[str] = field(default_factory=list)
    figures: set[str] = field(default_factory=set)
    charts: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    headlines: set[str] = field(default_factory=set)
    credits: list[str] = field(default_factory=list)

    def twice(self, kind: str) -> bool:
        return self.kinds[-2:] == [kind, kind]


@dataclass(frozen=True)
class _Look:
    """What a scene shows and is called."""

    visual: Visual
    headline: str
    kicker: str


def direct(made: Written, paper: Paper, options: Options) -> list[Brief]:
    """The briefs of all scenes in order."""
    drafts, phrases = made.drafts, phrases_for(made.language)
    director = _Director(paper, phrases, [sentence for draft in drafts for sentence in draft.sentences], made.gists)
    theme = options.theme or themes.theme_of(paper)
    horizon = themes.horizon_of(paper)
    line = director.source_line()
    briefs = []
    for number, (draft, span) in enumerate(zip(drafts, _spans(drafts), strict=True), 1):
        look = director.look(draft, number)
        briefs.append(
            Brief(
                scene=number,
                role=draft.role,
                headline=look.headline,
                kicker=look.kicker,
                sentences=list(draft.sentences),
                visual=look.visual,
                theme="paper" if look.visual.kind == "quote" else theme,
                span=span,
                source_line=line,
                horizon=horizon,
                language=phrases.language,
                voice=options.voice,
                speech=options.speech,
            )
        )
    clips = clips_for(options.seconds) if options.footage else 0
    return filmed(briefs, [draft.footage for draft in drafts], clips) if clips else briefs


class _Director:
    """Decides scene by scene what is seen, remembering what was shown before."""

    def __init__(self, paper: Paper, phrases: Phrases, said: list[Sentence], gists: Mapping[str, str]) -> None:
        self.paper = paper
        self.phrases = phrases
        self.gists = gists
        self.written = phrases_for(paper.language) if gists else phrases
        self.said = said
        self.shown = _Shown()
        self.casing = Casing(paper)
        self.keyphrases = Keyphrases(_spoken_of(said) if gists else paper, phrases)
        self.title = self._title()
        self.kinds = {notice.kind for notice in paper.notices}
        self.essay = bool(self.kinds & _ESSAYS)

    def source_line(self) -> str:
        """`Nightingale 1858 · Mortality of the British Army`, at most 48 characters."""
        author = family_name(self.paper.authors[0]) if self.paper.authors else self.paper.journal
        who = self.keyphrases.shortened(" ".join(part for part in (author, self.paper.published[:4]) if part), 30)
        if foreign_matter(self.paper.title):
            return who
        title = re.split(r"[:?]\s", self.casing.sentence(self.paper.title))[0].rstrip(" .")
        room = SOURCE_LINE - len(who) - 3
        return " · ".join(part for part in (who, self.keyphrases.shortened(title, room)) if part)

    def look(self, draft: Draft, number: int) -> _Look:
        visual = self._visual(draft, number)
        self.shown.kinds.append(visual.kind)
        headline = draft.headline
        if not headline:
            headline = self._headline_abroad(draft, number) if self.gists else self._headline(draft, visual, number)
        self.shown.headlines.add(headline)
        kicker = self._kicker(draft.role, visual, number)
        if draft.kicker and number > 1 and visual.kind != "quote" and " · " not in kicker:
            kicker = draft.kicker
        return _Look(visual, headline, "" if kicker == headline else kicker)

    def _visual(self, draft: Draft, number: int) -> Visual:
        if draft.role == "end":
            return end_visual(self.paper, self.said, list(dict.fromkeys(self.shown.credits)), self.phrases)
        if number == 1:
            return TitleVisual(line=self._title_line())
        wishes = _wishes("results" if self.essay and draft.role == "method" else draft.role, self.shown)
        if self._wants_figure(draft.role):
            wishes = (*(kind for kind in wishes if kind != "quote"), "any figure")
        for kind in wishes:
            visual = None if self.shown.twice(kind) else self._make(kind, draft)
            if visual is not None:
                return visual
        quote = self._make("quote", draft)
        if isinstance(quote, QuoteVisual) and self.shown.kinds[-3:] == ["quote"] * 3:
            return TitleVisual(line=quote.place)
        return quote or TitleVisual(line=self.paper.journal or self.paper.title)

    def _make(self, kind: str, draft: Draft) -> Visual | None:
        if kind == "steps":
            return steps_visual(list(draft.sentences), self.phrases, self.keyphrases)
        for spoken in draft.sentences:
            gist = self.gists.get(spoken.text)
            sentence = spoken.model_copy(update={"text": gist}) if gist else spoken
            if kind == "number":
                made: Visual | None = self._number(spoken)
            elif kind == "chart":
                made = self._chart(sentence)
            elif kind == "figure":
                made = self._figure(sentence)
            elif kind == "any figure":
                made = self._figure(sentence, least=2)
            else:
                made = quote_visual(sentence, self.paper, self.written, self.phrases)
            if made is not None:
                return made
        return None

    def _number(self, sentence: Sentence) -> NumberVisual | None:
        number = number_visual(sentence.text, self.phrases, self.shown.numbers)
        if number:
            self.shown.numbers.add(number.text)
        return number

    def _chart(self, sentence: Sentence) -> ChartVisual | None:
        chart = chart_visual(sentence.text, self.paper, self.written, original(sentence, self.paper, self.written))
        key = f"{chart.source} {chart.axis}" if chart else ""
        if chart is None or key in self.shown.charts:
            return None
        self.shown.charts.add(key)
        self.shown.credits.append(self.phrases.label("redrawn", label=chart.source))
        return chart

    def _wants_figure(self, role: Role) -> bool:
        """Whether another quote would leave a paper with figures without one."""
        return role not in {"question", "method"} and "quote" in self.shown.kinds and "figure" not in self.shown.kinds

    def _figure(self, sentence: Sentence, *, least: int = 4) -> FigureVisual | None:
        figure = figure_visual(sentence, self.paper, self.written, self.shown.figures, least=least)
        if figure:
            self.shown.figures |= {known.id for known in self.paper.figures if known.image == figure.image}
            self.shown.credits.append(self.phrases.label("figure_credit", label=f"{figure.label}, {figure.licence}"))
        return figure

    def _headline(self, draft: Draft, visual: Visual, number: int) -> str:
        first = draft.sentences[0].text
        if (draft.role == "end" or number == 1) and self.title:
            return self.title
        for sentence in draft.sentences:
            found = headlines.from_sentence(sentence.text, self.phrases, self.keyphrases, avoid=self.shown.headlines)
            if found:
                return found
        if visual.kind == "number" and len(visual.label.split()) <= MOST_WORDS:
            return visual.label[:1].upper() + visual.label[1:]
        return self._keyword(draft) or self._called(first) or self.phrases.kicker(draft.role)

    def _headline_abroad(self, draft: Draft, number: int) -> str:
        """A short sentence whole, else the part of the script: nothing is known of how to cut a translation."""
        for sentence in draft.sentences:
            whole = sentence.text.rstrip(" .。")
            if len(whole.split()) <= MOST_WORDS and pacing.seconds_of(whole) <= SHORT:
                return whole
        return (self.title if number == 1 else "") or self.phrases.kicker(draft.role) or self.title

    def _called(self, text: str) -> str:
        phrase = self.keyphrases.best(text, frozenset()) or self.keyphrases.shortened(text, 40)
        return phrase[:1].upper() + phrase[1:]

    def _title(self) -> str:
        """The headline that the paper's own title makes; empty where the title is none."""
        if foreign_matter(self.paper.title):
            return ""
        plain = self.casing.sentence(self.paper.title)
        found = headlines.from_title(self.paper.title, self.phrases, self.casing)
        return found or headlines.from_sentence(plain, self.phrases, self.keyphrases) or self._called(plain)

    def _keyword(self, draft: Draft) -> str:
        """The paper's keyword that is spoken of in a scene whose sentence gives no headline."""
        spoken = terms_of(" ".join(sentence.text for sentence in draft.sentences), self.phrases)
        for subject in self.paper.subjects:
            named = terms_of(subject, self.phrases)
            shown_as = subject[:1].upper() + subject[1:]
            plain = _PLAIN_SUBJECT.search(subject) or len(subject.split()) > MOST_WORDS
            if named and named <= spoken and not plain and shown_as not in self.shown.headlines:
                return shown_as
        return ""

    def _kicker(self, role: Role, visual: Visual, number: int) -> str:
        if number == 1:
            notice = next((kind for kind in (*_WARNINGS, *_KINDS) if kind in self.kinds), None)
            if standing.retracted(self.paper):
                notice = "retracted"
            if notice in _WARNINGS:
                return self.phrases.kicker(notice)
            labels = " · ".join(standing.labels(self.paper, self.phrases))
            if labels:
                return labels[:1].upper() + labels[1:]
            if notice:
                return self.phrases.kicker(notice)
            subjects = (s for s in self.paper.subjects if 3 < len(s) <= 28 and not _PLAIN_SUBJECT.search(s))
            subject = next(subjects, "")
            return subject[:1].upper() + subject[1:] or self.keyphrases.shortened(self.paper.journal, 32)
        if (visual.kind == "quote" and role == "results") or (self.essay and role in {"question", "method", "results"}):
            return self.phrases.kicker("quote")
        found_in = standing.studied_in(self.paper, self.phrases) if role == "results" else ""
        return " · ".join(part for part in (self.phrases.kicker(role), found_in) if part)

    def _title_line(self) -> str:
        """The title under the hook; where the hook is the title already, whose paper it is."""
        if foreign_matter(self.paper.title):
            return authors_line(self.paper, self.phrases)
        title = self.casing.sentence(re.sub(r"\s*\([^()]*\)", "", self.paper.title)).rstrip(".")
        if len(title.split()) <= len(self.title.split()) + 2:
            who = authors_line(self.paper, self.phrases)
            return " · ".join(part for part in (who, self.paper.journal, self.paper.published[:4]) if part) or title
        if len(title) > TITLE_LINE and 40 <= title.find(": ") <= TITLE_LINE:
            return title.split(": ")[0]
        return self.keyphrases.shortened(title, TITLE_LINE)


def _spoken_of(said: list[Sentence]) -> Paper:
    """What is said, to learn from it which words of its language may end a phrase."""
    return Paper(title="", passages=[Passage(id=f"said.{n}", text=each.text) for n, each in enumerate(said, 1)])


def _wishes(role: Role, shown: _Shown) -> tuple[str, ...]:
    seen = set(shown.kinds)
    if role == "results":
        after_number = shown.kinds[-1:] == ["number"] and "figure" not in seen
        return ("chart", "figure", "number", "quote") if after_number else ("chart", "number", "figure", "quote")
    if role == "method":
        return ("steps", "number", "quote", "figure")
    if role in {"question", "hook"}:
        return ("quote", "figure") if "number" in seen else ("number", "quote", "figure")
    return ("number", "quote", "figure") if "quote" in seen else ("quote", "number", "figure")


def _spans(drafts: list[Draft]) -> list[Span]:
    lengths = [pacing.scene_seconds([sentence.text for sentence in draft.sentences]) for draft in drafts]
    total = sum(lengths)
    spans, start = [], 0.0
    for length in lengths:
        end = min(start + length / total, 1.0)
        spans.append(Span(start=round(start, 6), end=round(end, 6)))
        start = end
    if spans:
        spans[-1] = Span(start=spans[-1].start, end=1.0)
    return spans
