"""The steps of a method as cards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifacts.script import Sentence, StepsVisual

from scripter.headlines import from_sentence

if TYPE_CHECKING:
    from scripter.keyphrases import Keyphrases
    from scripter.phrases import Phrases

_AND = r"(?:and|or|e|y|und|et|ou|o)"
_LIST = re.compile(rf"(?P<items>[^,;:.]+(?:,\s[^,;:.]+){{1,2}},?\s{_AND}\s[^,;:.]+)")


def steps_visual(sentences: list[Sentence], phrases: Phrases, keyphrases: Keyphrases) -> StepsVisual | None:
    """Two to four items: a list that a sentence gives, else one item for each sentence; None where neither works."""
    for index, sentence in enumerate(sentences):
        items = _items(sentence.text, phrases)
        if items:
            return StepsVisual(items=items, sentences=[index] * len(items))
    if 2 <= len(sentences) <= 4:
        lines = [from_sentence(sentence.text, phrases, keyphrases) for sentence in sentences]
        if all(lines) and len(set(lines)) == len(lines):
            return StepsVisual(items=lines, sentences=list(range(len(lines))))
    return None


def _items(text: str, phrases: Phrases) -> list[str]:
    match = _LIST.search(text.rstrip(".!?"))
    if not match:
        return []
    parts = [part.strip() for part in re.split(rf",\s(?:{_AND}\s)?|\s{_AND}\s", match["items"]) if part.strip()]
    words = parts[0].split()
    edge = max(
        (i for i, word in enumerate(words) if word.lower() in phrases.clause_verbs | phrases.function_words), default=-1
    )
    parts[0] = " ".join(words[edge + 1 :])
    parts = [re.sub(r"^(?:the|a|an|o|os|as|el|la|los|las|le|les)\s", "", part) for part in parts]
    clean = all(1 <= len(part.split()) <= 5 and not set(part.lower().split()) & phrases.clause_verbs for part in parts)
    ends_well = all(part.split()[-1].lower() not in phrases.function_words for part in parts if part)
    if not 3 <= len(parts) <= 4 or not clean or not ends_well or not all(re.search(r"[^\W\d_]{3}", p) for p in parts):
        return []
    return [part[:1].upper() + part[1:] for part in parts]
