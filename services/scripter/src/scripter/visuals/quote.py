"""The passage itself, with the spoken sentence highlighted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifacts.script import QuoteVisual, Sentence

from scripter.addressing import foreign_matter
from scripter.sources import passage_of, span_of

if TYPE_CHECKING:
    from artifacts.paper import Paper, Passage

    from scripter.phrases import Phrases

MOST_CHARACTERS = 400


def quote_visual(
    sentence: Sentence, paper: Paper, phrases: Phrases, labels: Phrases | None = None
) -> QuoteVisual | None:
    """The spoken sentence among its neighbours, or None where it is too long to be shown whole.

    `phrases` are of the paper's language, `labels` of the one that is spoken where that is another.
    """
    passage = passage_of(sentence, paper)
    if passage is None:
        return None
    index, spans = span_of(sentence, passage, phrases)
    if not spans or spans[index].end - spans[index].start > MOST_CHARACTERS:
        return None
    first = last = index
    before, after = spans[index - 1] if index else None, spans[index + 1] if index + 1 < len(spans) else None
    if before and spans[index].end - before.start <= MOST_CHARACTERS - 80 and not foreign_matter(before.text):
        first -= 1
    if after and after.end - spans[first].start <= MOST_CHARACTERS and not foreign_matter(after.text):
        last += 1
    start, end = spans[first].start, spans[last].end
    page = next((page for page in paper.pages if page.number == passage.page), None)
    return QuoteVisual(
        passage=passage.id,
        text=passage.text[start:end],
        highlight=(spans[index].start - start, spans[index].end - start),
        place=_place(passage, paper, labels or phrases),
        page=page if passage.boxes else None,
        boxes=_boxes(passage, spans[index].start, spans[index].end) if page else [],
    )


def _boxes(passage: Passage, start: int, end: int) -> list[tuple[float, float, float, float]]:
    """The lines that hold the characters, as far as their share of the passage tells."""
    lines = len(passage.boxes)
    length = max(len(passage.text), 1)
    first, last = int(start / length * lines), min(int((end - 1) / length * lines), lines - 1)
    return [(box.x0, box.top, box.x1, box.bottom) for box in passage.boxes[first : last + 1]]


def _place(passage: Passage, paper: Paper, phrases: Phrases) -> str:
    section = next((section for section in paper.sections if section.id == passage.section), None)
    if passage.kind in {"abstract", "summary"}:
        where = phrases.label(passage.kind)
    elif section:
        where = section.title if len(section.title) <= 40 else section.title[:40].rsplit(" ", 1)[0]
    else:
        where = ""
    peers = [p.id for p in paper.passages if p.section == passage.section and p.kind == passage.kind]
    if len(peers) > 1 and phrases.label("paragraph"):
        number = f"{phrases.label('paragraph')} {peers.index(passage.id) + 1}"
        where = f"{where}, {number}" if where else number
    if passage.page:
        where = " · ".join(part for part in (where, f"{phrases.label('page')} {passage.page}") if part)
    return where
