"""Captions for burning in: a few words at a time, each with the moment it is spoken."""

from __future__ import annotations

from collections.abc import Sequence

from artifacts.captions import BurnedCaption, BurnedWord
from artifacts.narration import Narration
from captioner.lines import best_lines
from captioner.measure import LIMIT, pixels
from captioner.phrases import Piece, break_cost, pieces_of

MOST = 6
IDEAL = 4
BRIEFEST = 0.6
"""Seconds; a caption that is gone sooner flickers."""


def burned_captions(narration: Narration) -> list[BurnedCaption]:
    """Cut a scene's words into captions; each stays until the next one comes."""
    pieces = pieces_of(narration.words, lambda text: pixels(text) <= LIMIT)
    groups = _cheapest(pieces)
    starts = [group[0][0].start for group in groups]
    return [
        BurnedCaption(start=start, end=end, lines=[[_word(piece) for piece in line] for line in group])
        for group, start, end in zip(groups, starts, [*starts[1:], narration.duration], strict=True)
    ]


def _word(piece: Piece) -> BurnedWord:
    return BurnedWord(text=piece.text, start=round(piece.start, 4), end=round(piece.end, 4))


def _cheapest(pieces: Sequence[Piece]) -> list[list[list[Piece]]]:
    best: list[tuple[float, int, list[list[Piece]]]] = [(0.0, 0, [])]
    for end in range(1, len(pieces) + 1):
        options = []
        for first in range(end - 1, max(end - MOST, 0) - 1, -1):
            group = pieces[first:end]
            laid = best_lines(group, pixels, LIMIT)
            if laid is None or group[0].sentence != group[-1].sentence:
                break
            after = pieces[end] if end < len(pieces) else None
            options.append((best[first][0] + laid[0] + _cost(group, after), first, laid[1]))
        best.append(min(options, key=lambda option: option[0]))
    groups, end = [], len(pieces)
    while end:
        groups.append(best[end][2])
        end = best[end][1]
    return groups[::-1]


def _cost(group: Sequence[Piece], after: Piece | None) -> float:
    shown = (after.start if after else group[-1].end) - group[0].start
    cost = break_cost(group[-1], after) if after else 0.0
    cost += 0.7 * (len(group) - IDEAL) ** 2 + (6.0 if len(group) == 1 else 0.0)
    return cost + 20 * max(0.0, 1 - shown / BRIEFEST)
