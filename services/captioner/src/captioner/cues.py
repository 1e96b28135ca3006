"""Sidecar cues: at most two lines of 42 characters, 17 characters a second, 5/6 s to 7 s, two frames between them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from artifacts.captions import Cue
from artifacts.narration import Word

from captioner.breaking import badness, columns, joined, parts_of, two_lines

LINE = 42
SPEED = 17.0
"""Characters a second."""
SHORTEST, LONGEST = 5 / 6 + 0.002, 7.0
"""Seconds; two milliseconds more than the least, which rounding may take."""
FRAME = 1 / 30
GAP = 2 * FRAME
EARLY = 0.08
"""Seconds that a cue may come before its sound; three frames are 0.1."""


def sidecar_cues(words: Sequence[Word], duration: float) -> list[Cue]:
    """Cut the words of a scene into cues, by dynamic programming over where they may end.

    Every cue starts with its first word or within three frames before it, and ends, at the latest, two frames before
    the next one or the scene's end.
    """
    parts = [part for word in words for part in parts_of(word, lambda text: columns(text) <= LINE)]
    if not parts:
        return []
    best: list[tuple[float, int]] = [(0.0, 0)] + [(math.inf, 0)] * len(parts)
    for end in range(1, len(parts) + 1):
        for start in range(end - 1, max(-1, end - 30), -1):
            cost = _cost(parts, start, end, duration)
            if cost is None:
                break
            if best[start][0] + cost < best[end][0]:
                best[end] = (best[start][0] + cost, start)
    ends = [len(parts)]
    while ends[-1]:
        ends.append(best[ends[-1]][1])
    ends.reverse()
    return [_cue(parts, start, end, duration) for start, end in itertools.pairwise(ends)]


def _cost(parts: Sequence[Word], start: int, end: int, duration: float) -> float | None:
    """What a cue of these words costs; None when it can hold no more words."""
    texts = [part.text for part in parts[start:end]]
    if two_lines(texts, [float(columns(text)) for text in texts], 1, LINE) is None:
        return None
    room = _until(parts, end, duration) - _from(parts, start)
    spoken = parts[end - 1].end - parts[start].start
    if spoken > LONGEST:
        return None
    characters = columns(joined(texts))
    hurry = max(0.0, characters / max(room, 0.01) - SPEED)
    brief = max(0.0, SHORTEST - room)
    new_sentence = sum(a.sentence != b.sentence for a, b in zip(parts[start:end], parts[start + 1 : end], strict=False))
    breaks = badness([part.text for part in parts], end)
    return (
        1.0
        + 20 * hurry
        + 10 * hurry**2
        + 100 * brief
        + 2 * breaks
        + 1.5 * new_sentence
        + 0.5 * abs(characters - 56) / 56
    )


def _from(parts: Sequence[Word], start: int) -> float:
    """When a cue that begins with word `start` comes: a little before its sound where there is a pause."""
    begun = parts[start].start
    pause = begun - parts[start - 1].end if start else begun
    return begun - max(0.0, min(EARLY, pause / 2))


def _until(parts: Sequence[Word], end: int, duration: float) -> float:
    """Until when a cue that ends before word `end` may stay."""
    return _from(parts, end) - GAP if end < len(parts) else duration - GAP


def _cue(parts: Sequence[Word], start: int, end: int, duration: float) -> Cue:
    texts = [part.text for part in parts[start:end]]
    lines = two_lines(texts, [float(columns(text)) for text in texts], 1, LINE) or [list(range(len(texts)))]
    first = _from(parts, start)
    # Whole milliseconds, as in the files: a start later, an end sooner, so that no gap is rounded away.
    wanted = max(parts[end - 1].end + 0.2, first + SHORTEST, first + columns(joined(texts)) / SPEED)
    last = min(_until(parts, end, duration), first + LONGEST, wanted)
    return Cue(
        start=math.ceil(round(first * 1000, 3)) / 1000,
        end=math.floor(round(max(last, first + FRAME) * 1000, 3)) / 1000,
        lines=[joined([texts[i] for i in line]) for line in lines],
    )
