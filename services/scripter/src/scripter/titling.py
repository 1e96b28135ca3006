"""Headlines and kickers of a model: used where what the scene says supports them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifacts.script import Evidence, Sentence

from scripter.addressing import foreign_matter
from scripter.grounding import Thresholds, verdict_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scripter.phrases import Phrases

MOST_WORDS = 7
_MOST_SIGNS = 22
"""Of a Japanese headline."""
_KICKER_WORDS, _KICKER_LETTERS = 3, 28


def headline_of(text: str, said: Sequence[Sentence], phrases: Phrases, limits: Thresholds) -> str:
    """The headline, or an empty string where it says what the scene does not."""
    clean = " ".join(text.split()).rstrip(" .。,;:–—-")
    words = clean.split()
    if not words or len(words) > MOST_WORDS or (phrases.language == "ja" and len(clean) > _MOST_SIGNS):
        return ""
    hangs = words[-1].lower() in phrases.function_words | phrases.negations
    hangs = hangs or any(sentence.text.startswith(f"{clean} ") for sentence in said)  # cut off anywhere
    return "" if hangs or not _supported(clean, said, phrases, limits) else clean[:1].upper() + clean[1:]


def kicker_of(text: str, said: Sequence[Sentence], phrases: Phrases, limits: Thresholds) -> str:
    """The kicker, or an empty string where the one of the scene's role is better."""
    clean = " ".join(text.split()).rstrip(" .。,;:–—-")
    short = len(clean.split()) <= _KICKER_WORDS and 3 <= len(clean) <= _KICKER_LETTERS
    plain = short and not re.search(r"[\d!?]", clean)
    return clean if plain and _supported(clean, said, phrases, limits) else ""


def _supported(text: str, said: Sequence[Sentence], phrases: Phrases, limits: Thresholds) -> bool:
    if foreign_matter(text) or re.search(r"[<>{}\[\]|\\_*#=]", text):
        return False
    whole = " ".join(sentence.text for sentence in said)
    claim = Sentence(text=f"{text}.", evidence=[Evidence(id="said", text=whole)])
    return verdict_on(claim, {"said": whole}, phrases.language, limits).supported
