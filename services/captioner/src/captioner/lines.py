"""Breaking a caption into at most two lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from captioner.phrases import Piece, break_cost, text_of

Width = Callable[[str], float]


def best_lines(
    pieces: Sequence[Piece], width: Width, limit: float, *, prefer_one: bool = True
) -> tuple[float, list[list[Piece]]] | None:
    """The cheapest way to set the pieces on one or two lines, with its cost; None if they do not fit.

    Lines are balanced, break between phrases, and the upper one is rather the shorter.
    """
    whole = width(text_of(pieces))
    if whole <= limit and (prefer_one or len(pieces) == 1):
        return 0.0, [list(pieces)]
    best = (0.0, [list(pieces)]) if whole <= limit else None
    for cut in range(1, len(pieces)):
        upper, lower = width(text_of(pieces[:cut])), width(text_of(pieces[cut:]))
        if upper > limit or lower > limit:
            continue
        slant = (upper - lower) / limit
        cost = 0.3 * break_cost(pieces[cut - 1], pieces[cut]) + 4 * slant**2 + (0.3 if slant > 0 else 0)
        if best is None or cost < best[0]:
            best = cost, [list(pieces[:cut]), list(pieces[cut:])]
    return best
