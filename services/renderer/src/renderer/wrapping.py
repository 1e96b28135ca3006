"""Breaking text into lines: balanced, at the right places of each script, at a size that fits."""

from __future__ import annotations

import re

from renderer.text import Style

_WIDE = "\u2e80-\u2fdf\u3000-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_CLOSING = "、。，．：；？！）」』】》〉”’ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…"
_OPENING = "（「『【《〈“‘"
_UNIT = re.compile(f"[{_OPENING}]*(?:[{_WIDE}]|[^{_WIDE}]+)[{_CLOSING}]*")
"""Between any two Chinese or Japanese characters a line may end, but not before or after certain signs."""
_SEAMS = re.compile(r"[^-‐–/_.=&?]*[-‐–/_.=&?]+|[^-‐–/_.=&?]+")
"""Where a word that is too long may be cut without a hyphen: web addresses, names of substances."""

_ALL_WIDE = re.compile(f"[{_WIDE}]+")


def is_wide(text: str) -> bool:
    """Whether it is of a script that is written without blanks."""
    return bool(_ALL_WIDE.fullmatch(text))


Unit = tuple[str, str]
"""A piece that is not broken, and what stands before it in a line: a blank or nothing."""


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Break into as few lines as fit, as equal as they can be; a word that is too long is cut."""
    units = _all_units(text, style, width)
    greedy = _greedy(units, style, width)
    if len(greedy) < 2:
        return greedy
    low, high = 0.0, width
    while high - low > 4:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_greedy(units, style, middle)) <= len(greedy) else (middle, high)
    return _greedy(units, style, high)


def count(text: str, style: Style, width: float) -> int:
    """How many lines `wrap` breaks the text into; quicker than breaking it."""
    return len(_greedy(_all_units(text, style, width), style, width))


def _greedy(units: list[Unit], style: Style, width: float) -> list[str]:
    lines: list[str] = []
    filled = width
    for text, before in units:
        wide = style.width(text)
        more = wide + (style.width("n n") - 2 * style.width("n") if before else 0.0)
        longer = f"{lines[-1]}{before}{text}" if lines else text
        # the sum of words is quick, and right but for kerning and marks between them
        near = width * 0.95 < filled + more < width * 1.05
        if lines and (style.width(longer) if near else filled + more) <= width:
            lines[-1] = longer
            filled += more
        else:
            lines.append(text)
            filled = wide
    return lines


def _all_units(text: str, style: Style, width: float) -> list[Unit]:
    return [unit for word in text.split() for unit in _units(word, style, width)]


def _units(word: str, style: Style, width: float) -> list[Unit]:
    """A word's pieces: characters where lines may end between them, parts where it is too long."""
    found: list[Unit] = []
    for piece in _UNIT.findall(word) or [word]:
        fits = style.width(piece) <= width
        parts = [piece] if fits else [cut for seam in _SEAMS.findall(piece) for cut in _cut(seam, style, width)]
        found += [(part, "" if found or number else " ") for number, part in enumerate(parts)]
    return found


def _cut(word: str, style: Style, width: float) -> list[str]:
    if style.width(word) <= width or len(word) < 4:
        return [word]
    most = len(word) - 1
    while most > 2 and style.width(word[:most] + "-") > width:
        most -= 1
    return [word[:most] + "-", *_cut(word[most:], style, width)]


def fit(text: str, style: Style, width: float, height: float, smallest: int) -> tuple[Style, list[str]]:
    """The largest size, down to `smallest`, at which the text fits the box with no word cut, and its lines."""
    pieces = [piece for word in text.split() for piece in _UNIT.findall(word) or [word]]
    for size in range(style.size, smallest - 1, -2):
        units = _all_units(text, style.at(size), width)
        whole = all(style.at(size).width(piece) <= width for piece in pieces)
        if whole and len(_greedy(units, style.at(size), width)) * style.at(size).line <= height:
            return style.at(size), wrap(text, style.at(size), width)
    return style.at(smallest), at_most(wrap(text, style.at(smallest), width), style.at(smallest), width, height)


def at_most(lines: list[str], style: Style, width: float, height: float) -> list[str]:
    """The lines that a height holds; an ellipsis ends the last where there are more."""
    most = max(1, int(height // style.line))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and style.width(f"{last} …") > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:-')} …"]
