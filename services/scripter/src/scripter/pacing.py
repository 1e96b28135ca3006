"""How long a text takes to say.

Fitted to the narrator's sound over 480 sentences of 68 papers: half a second off in a sentence of eight. Words a minute
do worse by far, because scientific words are long.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scripter.numbers import NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

BETWEEN_SENTENCES = 0.35
AROUND_SCENE = 0.57
"""Seconds of silence at both ends of a scene."""
_LETTER = 0.063
_WORD = 0.039
_NUMBER_WORD = 0.29
_MARK = 0.18
_READABLE = 15.8
"""Characters a second: a voice that is quicker cannot be captioned."""
_CJK_CHARACTER = 0.215
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def seconds_of(text: str) -> float:
    """Estimated seconds of speech, numbers and symbols spelled out."""
    plain = NUMBER.sub(" ", text)
    cjk = len(_CJK.findall(plain))
    plain = _CJK.sub(" ", plain)
    letters = len(re.findall(r"[^\W\d_]", plain))
    words = len([word for word in plain.split() if re.search(r"\w", word)])
    marks = len(re.findall(r"[%°×±=<>≤≥&+]|[,;:—–](?=\s)|\w—(?=\w)", text))
    digits = sum(_number_words(number) for number in NUMBER.findall(text))
    spoken = _LETTER * letters + _WORD * words + _NUMBER_WORD * digits + _MARK * marks
    readable = (len(text) - cjk) / _READABLE - BETWEEN_SENTENCES
    return max(spoken, readable) + _CJK_CHARACTER * cjk


def scene_seconds(texts: Sequence[str]) -> float:
    """Estimated seconds of a scene that says these sentences, its silences included."""
    return sum(map(seconds_of, texts)) + BETWEEN_SENTENCES * max(len(texts) - 1, 0) + AROUND_SCENE


def _number_words(number: str) -> float:
    whole, *rest = re.split(r"[.,·\s](?=\d+$)", number)
    digits = len(re.sub(r"\D", "", whole))
    if rest and len(rest[0]) == 3:
        return 1.6 * (digits + 3) - 1.5
    spoken = (1.0, 1.0, 1.5, 3.5, 3.0, 6.0, 7.5)[min(digits, 6)]
    return spoken + (1 + len(rest[0]) if rest else 0)
