"""Finding a spoken sentence again in its passage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripter import sentences

if TYPE_CHECKING:
    from artifacts.paper import Paper, Passage
    from artifacts.script import Sentence

    from scripter.phrases import Phrases


def passage_of(sentence: Sentence, paper: Paper) -> Passage | None:
    """The first passage that the sentence names."""
    ids = [item.id for item in sentence.evidence]
    return next((passage for passage in paper.passages if ids and passage.id == ids[0]), None)


def span_of(sentence: Sentence, passage: Passage, phrases: Phrases) -> tuple[int, list[sentences.Span]]:
    """The passage's sentences and the index of the one that was spoken."""
    spans = sentences.split(passage.text, phrases)
    said = set(re.findall(r"\w+", sentence.text.lower()))
    overlaps = [len(said & set(re.findall(r"\w+", span.text.lower()))) / (1 + len(said)) for span in spans]
    return (max(range(len(spans)), key=overlaps.__getitem__) if spans else 0), spans


def original(sentence: Sentence, paper: Paper, phrases: Phrases) -> str:
    """The sentence as the paper has it, with what was left out."""
    passage = passage_of(sentence, paper)
    if passage is None:
        return sentence.text
    index, spans = span_of(sentence, passage, phrases)
    return spans[index].text if spans else sentence.text
