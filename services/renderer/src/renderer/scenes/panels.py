"""Panels of a figure: where they lie in the picture, and which one a sentence speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from artifacts.script import Brief, FigureVisual
from numpy.typing import NDArray
from PIL import Image

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the picture."""
Pixels = tuple[int, int, int, int]
_WORKING = 480
"""Pixels of the longer side at which gutters are looked for."""
_PAPER = 238
_LETTER = re.compile(r"[(\[]([A-Ha-h])[)\]]|(?:^|[.;:]\s+)([A-H])[.,:)]?\s+(?=[A-Z])")
_SMALLEST = 0.05
"""Share of the whole that a panel has at the least."""
_MOST, _WIDE, _ALIKE = 8, 0.025, 2.5


@dataclass(frozen=True)
class _Cut:
    """A gutter: how wide, and the two parts on its sides."""

    width: int
    one: Pixels
    other: Pixels


def parts_of(caption: str) -> dict[str, str]:
    """What a caption says of each panel, by its letter, as far as the letters run on from A."""
    found: dict[str, str] = {}
    marks = list(_LETTER.finditer(caption))
    ends = [mark.start() for mark in marks[1:]] + [len(caption)]
    for mark, end in zip(marks, ends, strict=bool(marks)):
        letter = (mark[1] or mark[2]).upper()
        text = caption[mark.end() : end]
        found[letter] = f"{found.get(letter, '')} {text}"
    letters = [chr(ord("A") + number) for number in range(len(found))]
    return {letter: found[letter] for letter in letters} if sorted(found) == letters else {}


def spoken(brief: Brief, visual: FigureVisual) -> list[str]:
    """The panel's letter for each sentence; empty where it speaks of none in particular."""
    parts = {letter: _words(text) for letter, text in parts_of(_caption(brief, visual)).items()}
    found = []
    for sentence in brief.sentences:
        said = _words(sentence.text)
        scores = sorted(((len(said & words), letter) for letter, words in parts.items()), reverse=True)
        clear = len(scores) > 1 and scores[0][0] >= 2 and scores[0][0] > scores[1][0]
        found.append(visual.panel or (scores[0][1] if clear else ""))
    return found


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"\w{4,}", text.lower())}


def _caption(brief: Brief, visual: FigureVisual) -> str:
    """The whole caption where it is among the evidence, else the beginning that is shown."""
    parts = (part.text for sentence in brief.sentences for part in sentence.evidence)
    return next((text for text in parts if visual.caption and visual.caption[:40] in text), visual.caption)


def of_figure(brief: Brief, visual: FigureVisual, picture: Image.Image) -> dict[str, Box]:
    """The boxes of the panels by letter; none where what is said names none or they cannot be told apart."""
    named = [letter for letter in spoken(brief, visual) if letter]
    parts = parts_of(_caption(brief, visual))
    boxes = find(picture, len(parts)) if named else []
    letters = [chr(ord("A") + number) for number in range(len(boxes))]
    return dict(zip(letters, boxes, strict=True)) if set(named) <= set(letters) else {}


def find(picture: Image.Image, number: int = 0) -> list[Box]:
    """The boxes of so many panels in the order of reading, parted by white gutters; none where they are not clear.

    Without a number, wide gutters tell how many there are, and panels are of about one size.
    """
    scale = _WORKING / max(picture.size)
    small = picture.convert("L").resize((max(8, round(picture.width * scale)), max(8, round(picture.height * scale))))
    inked = np.asarray(small) < _PAPER
    boxes = [box] if (box := _shrunk(inked, (0, 0, small.width, small.height))) else []
    narrowest = 4 if number else round(_WIDE * _WORKING)
    while boxes and len(boxes) < (number or _MOST):
        cuts = [(cut, box) for box in boxes if (cut := _widest(inked, box)) and cut.width >= narrowest]
        if not cuts:
            break
        cut, box = max(cuts, key=lambda pair: pair[0].width)
        boxes = [each for each in boxes if each != box] + [cut.one, cut.other]
    sizes = [_area(box) for box in boxes]
    if not 2 <= len(boxes) <= _MOST or (len(boxes) != number if number else max(sizes) > _ALIKE * min(sizes)):
        return []
    return [
        (x0 / small.width, y0 / small.height, x1 / small.width, y1 / small.height) for x0, y0, x1, y1 in _read(boxes)
    ]


def _shrunk(inked: NDArray[np.bool_], box: Pixels) -> Pixels | None:
    x0, y0, x1, y1 = box
    part = inked[y0:y1, x0:x1]
    columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
    if not len(columns):
        return None
    return x0 + int(columns[0]), y0 + int(rows[0]), x0 + int(columns[-1]) + 1, y0 + int(rows[-1]) + 1


def _widest(inked: NDArray[np.bool_], box: Pixels) -> _Cut | None:
    """The widest gutter through the whole box that leaves a panel on both sides."""
    x0, y0, x1, y1 = box
    part = inked[y0:y1, x0:x1]
    best: _Cut | None = None
    for start, end in _runs(np.asarray(part.any(axis=0))):
        middle = x0 + (start + end) // 2
        best = _wider(inked, best, end - start, (x0, y0, middle, y1), (middle, y0, x1, y1))
    for start, end in _runs(np.asarray(part.any(axis=1))):
        middle = y0 + (start + end) // 2
        best = _wider(inked, best, end - start, (x0, y0, x1, middle), (x0, middle, x1, y1))
    return best


def _wider(inked: NDArray[np.bool_], best: _Cut | None, width: int, one: Pixels, other: Pixels) -> _Cut | None:
    if best is not None and width <= best.width:
        return best
    first, second = _shrunk(inked, one), _shrunk(inked, other)
    if first is None or second is None or min(_area(first), _area(second)) < _SMALLEST * inked.size:
        return best
    return _Cut(width, first, second)


def _runs(inked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where the rows or columns of a picture have no ink for a while."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (~inked).astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 4]


def _area(box: Pixels) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _read(boxes: list[Pixels]) -> list[Pixels]:
    """Row by row: what begins above the middle of the row's first panel belongs to its row."""
    left, found = sorted(boxes, key=lambda box: box[1]), []
    while left:
        middle = (left[0][1] + left[0][3]) / 2
        row = [box for box in left if box[1] < middle]
        found += sorted(row)
        left = [box for box in left if box not in row]
    return found
