"""Where a line or a caption may end, and how well."""

from __future__ import annotations

from collections.abc import Sequence

_CLINGING = frozenset(
    """
    a an the of in on at to for by with from and or but as than that which who is are was were be been has have had
    not no their its his her our this these those per about into over under between
    der die das ein eine und oder von im in mit zu auf den dem des
    le la les un une des du de et ou dans sur en par pour avec el los las una y o con por para
    o os as um uma e ou do da dos das no na com
    """.split()  # noqa: SIM905 - a list this long reads better as a text
)
"""Words that belong to what follows: a line that ends on one reads badly."""


def badness(words: Sequence[str], end: int) -> float:
    """How badly a break before `words[end]` reads: 0 after a full stop, 1 amid a phrase, more after a clinging word."""
    if end >= len(words):
        return 0.0
    last = words[end - 1]
    if last.endswith((".", "!", "?", ":", ";", "…")):
        return 0.0
    if last.endswith((",", ")", "—", "–")):
        return 0.2
    return 2.0 if last.strip("\"'“”‘’(").lower() in _CLINGING else 1.0


def two_lines(words: Sequence[str], widths: Sequence[float], space: float, limit: float) -> list[list[int]] | None:
    """Indices of the words on one or two lines no wider than `limit`, balanced, or None when they don't fit.

    `widths` are the words', `space` is that of a blank, all in the unit of `limit`.
    """
    everything = list(range(len(words)))
    if width(widths, space) <= limit:
        return [everything]
    best: tuple[float, int] | None = None
    for end in range(1, len(words)):
        first, second = width(widths[:end], space), width(widths[end:], space)
        if max(first, second) <= limit:
            cost = abs(first - second) / limit + 0.35 * badness(words, end)
            best = min(best, (cost, end)) if best else (cost, end)
    return [everything[: best[1]], everything[best[1] :]] if best else None


def width(widths: Sequence[float], space: float) -> float:
    """Width of words in a row."""
    return sum(widths) + space * (len(widths) - 1)
