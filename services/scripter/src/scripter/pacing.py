"""How long a text takes to say."""

from __future__ import annotations

import re

from scripter.numbers import NUMBER

WORDS_PER_SECOND = 155 / 60
BETWEEN_SENTENCES = 0.25
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def spoken_words(text: str) -> float:
    """How many words a voice says for the text, numbers and symbols spelled out."""
    plain = NUMBER.sub(" ", text)
    cjk = len(_CJK.findall(plain))
    words = len([word for word in _CJK.sub(" ", plain).split() if re.search(r"\w", word)])
    symbols = len(re.findall(r"[%°×±=<>≤≥&+]", text))
    return words + cjk / 1.8 + symbols + sum(_spoken_digits(number) for number in NUMBER.findall(text))


def seconds_of(text: str) -> float:
    """Estimated seconds of speech."""
    return spoken_words(text) / WORDS_PER_SECOND


def _spoken_digits(number: str) -> float:
    whole, *rest = re.split(r"[.,·\s](?=\d+$)", number)
    digits = len(re.sub(r"\D", "", whole))
    if rest and len(rest[0]) == 3:
        return 1.6 * (digits + 3) - 1.5
    spoken = (1.0, 1.0, 1.5, 3.5, 3.0, 6.0, 7.5)[min(digits, 6)]
    return spoken + (1 + len(rest[0]) if rest else 0)
