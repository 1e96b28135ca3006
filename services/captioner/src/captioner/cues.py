"""Sidecar cues: what a person reads who does not hear, within the limits of good subtitling."""

from __future__ import annotations

import math
from collections.abc import Sequence

from artifacts.captions import Cue
from artifacts.narration import Narration
from captioner.lines import best_lines
from captioner.phrases import Piece, break_cost, columns, pieces_of, text_of

LINE = 42
SPEED = 17.0
"""Characters a second, at most."""
SHORTEST, LONGEST = 5 / 6, 7.0
GAP = 2 / 30
EARLY = 0.08
"""A cue may come this much before its first sound where that helps the reader; three frames are 0.1 s."""
LINGER = 0.5
"""A cue stays this long after its last sound if there is room."""


def sidecar_cues(narration: Narration) -> list[Cue]:
    """Cut a scene's words into cues.

    Where the speech is faster than can be read, the split that comes nearest to the limits is taken.
    """
    pieces = pieces_of(narration.words, lambda text: columns(text) <= LINE)
    if not pieces:
        return []
    groups = _cheapest(pieces, narration.duration)
    return [
        cue
        for first, end in groups
        if (cue := _cue(pieces, first, end, narration.duration)) is not None
    ]


def _cheapest(pieces: Sequence[Piece], duration: float) -> list[tuple[int, int]]:
    """First and last-but-one piece of each cue, by the least sum of costs."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(pieces) + 1):
        options = []
        for first in range(end - 1, -1, -1):
            cost = _cost(pieces, first, end, duration)
            if cost is None:
                break
            options.append((best[first][0] + cost, first))
        best.append(min(options))
    groups, end = [], len(pieces)
    while end:
        groups.append((best[end][1], end))
        end = best[end][1]
    return groups[::-1]


def _cost(pieces: Sequence[Piece], first: int, end: int, duration: float) -> float | None:
    group = pieces[first:end]
    if len(group) > 1 and (columns(text_of(group)) > 2 * LINE + 1 or group[-1].end - group[0].start > LONGEST):
        return None
    laid = best_lines(group, columns, LINE)
    if laid is None:
        return None
    start, stop = _times(pieces, first, end, duration)
    shown = max(stop - start, 0.01)
    speed = columns("".join(_texts(laid[1]))) / shown
    cost = 3.0 + laid[0] + (break_cost(group[-1], pieces[end]) if end < len(pieces) else 0.0)
    cost += 400 * max(0.0, speed / SPEED - 1) + 400 * max(0.0, 1 - shown / SHORTEST)
    crossed = sum(1 for a, b in zip(group, group[1:], strict=False) if a.sentence != b.sentence)
    return cost + 6 * crossed


def _start(pieces: Sequence[Piece], first: int) -> float:
    before = pieces[first - 1].end if first else 0.0
    room = max(pieces[first].start - before, 0.0) / 2 if first else pieces[0].start
    return pieces[first].start - min(EARLY, room)


def _times(pieces: Sequence[Piece], first: int, end: int, duration: float) -> tuple[float, float]:
    start = _start(pieces, first)
    limit = (_start(pieces, end) if end < len(pieces) else duration) - GAP
    text = "".join(_texts([list(pieces[first:end])]))
    wanted = max(pieces[end - 1].end + LINGER, start + columns(text) / SPEED, start + SHORTEST)
    return start, min(limit, wanted, start + LONGEST)


def _texts(lines: Sequence[Sequence[Piece]]) -> list[str]:
    return [text_of(line) for line in lines]


def _cue(pieces: Sequence[Piece], first: int, end: int, duration: float) -> Cue | None:
    laid = best_lines(pieces[first:end], columns, LINE)
    start, stop = _times(pieces, first, end, duration)
    # Whole milliseconds, as the files have them: up at the start, down at the end, so that gaps stay.
    start, stop = math.ceil(round(start * 1000, 3)) / 1000, math.floor(round(stop * 1000, 3)) / 1000
    if laid is None or stop <= start:
        return None
    return Cue(start=start, end=stop, lines=_texts(laid[1]))
