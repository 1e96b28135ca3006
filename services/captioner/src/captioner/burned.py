"""Burned-in captions: a few words at a time, on lines that fit, the spoken one marked."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

import fontpkg
from artifacts.captions import BurnedCaption, BurnedWord
from artifacts.narration import Word
from PIL import ImageFont

from captioner.breaking import badness, is_wide, parts_of, two_lines

SIZE = 66
"""Pixels; Inter 800."""
LIMIT = 835 - 2 * 14
"""Pixels a line may fill: the column less the pill that stands out on both sides of a word."""
GAP = 28
"""Pixels between words: a blank and room for the pill."""
MOST = 7
"""Words at a time."""
IDEAL = 4


@functools.lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(fontpkg.path("inter", weight=800)), SIZE)
    font.set_variation_by_axes([32, 800])
    return font


@functools.lru_cache(maxsize=4096)
def _width(text: str) -> float:
    wide = sum(map(is_wide, text))  # another font's, whose characters fill an em each
    return float(_font().getlength("".join(sign for sign in text if not is_wide(sign)) if wide else text)) + SIZE * wide


def burned_captions(words: Sequence[Word], duration: float) -> list[BurnedCaption]:
    """Group a scene's words; a group stays until the next one begins, the last until the scene ends."""
    parts = [part for word in words for part in parts_of(word, lambda text: _width(text) <= LIMIT)]
    groups = _groups(parts)
    captions = []
    for number, group in enumerate(groups):
        end = groups[number + 1][0].start if number + 1 < len(groups) else duration
        captions.append(BurnedCaption(start=group[0].start, end=max(end, group[0].start), lines=_lines(group)))
    return captions


def _groups(parts: Sequence[Word]) -> list[Sequence[Word]]:
    """Cut into groups at the least cost: near four words, ending where a phrase does, never across sentences."""
    texts = [part.text for part in parts]
    best: list[tuple[float, int]] = [(0.0, 0)] + [(math.inf, 0)] * len(parts)
    for end in range(1, len(parts) + 1):
        for start in range(end - 1, max(-1, end - MOST - 1), -1):
            if parts[start].sentence != parts[end - 1].sentence or not _lines(parts[start:end]):
                break
            cost = 1 + 1.2 * badness(texts, end) + 0.35 * (end - start - IDEAL) ** 2
            if best[start][0] + cost < best[end][0]:
                best[end] = (best[start][0] + cost, start)
    ends = [len(parts)]
    while ends[-1]:
        ends.append(best[ends[-1]][1])
    ends.reverse()
    return [parts[start:end] for start, end in itertools.pairwise(ends)]


def _lines(group: Sequence[Word]) -> list[list[BurnedWord]]:
    texts = [word.text for word in group]
    lines = two_lines(texts, [_width(text) for text in texts], GAP, LIMIT)
    return [
        [BurnedWord(text=group[i].text, start=group[i].start, end=group[i].end) for i in line] for line in lines or []
    ]
