"""A sheet of paper turned by one degree, whose marked words come out one by one."""

from __future__ import annotations

import math
import re
from difflib import SequenceMatcher

from artifacts.narration import Word
from PIL import Image

from renderer.fonts import TEXT
from renderer.layers import Layer, still
from renderer.scenes.scene import KICKER, Scene, line
from renderer.shapes import shadowed
from renderer.text import Style, clipped, put
from renderer.theme import BOTTOM, LEFT, TOP

PLACE = Style(TEXT, 28, 500, leading=1.3)
MARK, INK = (255, 228, 154, 255), (35, 32, 43, 255)
SHEET_TOP = TOP + KICKER.line + 44
ROOM = BOTTOM - SHEET_TOP
"""Pixels that a sheet may be high."""
_TURN = 1.0
_SETTLED = 0.62
"""Seconds until the sheet lies still; nothing is marked before."""


class Sheet:
    """Two pictures of one sheet, without and with its marks: the first is shown, parts of the second come over it."""

    def __init__(self, plain: Image.Image, marked: Image.Image) -> None:
        self._size = plain.size
        self._plain = plain.rotate(_TURN, Image.Resampling.BICUBIC, expand=True)
        self._marked = marked.rotate(_TURN, Image.Resampling.BICUBIC, expand=True)

    def base(self) -> Layer:
        """The sheet without marks, with its shadow."""
        shaded, margin = shadowed(self._plain, blur=20, drop=16, strength=0.3)
        return still(shaded, LEFT - margin, SHEET_TOP - margin, 0.1)

    def reveal(self, box: tuple[float, float, float, float], begins: float) -> Layer:
        """The marked picture within x0, y0, x1, y1 of the sheet as it lay before it was turned."""
        x0, y0, x1, y1 = box
        lean = math.radians(_TURN)
        middle_x, middle_y = self._size[0] / 2, self._size[1] / 2
        right = (self._marked.width - self._size[0]) / 2 + (y0 - middle_y) * lean
        # the turn moves a point up the further right it lies
        down = (self._marked.height - self._size[1]) / 2 - ((x0 + x1) / 2 - middle_x) * lean
        left, top = max(0, int(x0 + right) & ~1), max(0, int(y0 + down) & ~1)
        until = min(self._marked.width, int(x1 + right)), min(self._marked.height, int(y1 + down))
        patch = self._marked.crop((left, top, max(until[0], left + 2), max(until[1], top + 2)))
        return still(patch, LEFT + left, SHEET_TOP + top, max(begins, _SETTLED), takes=0.12, rise=0)


def kicker(scene: Scene) -> Layer:
    """The words above the sheet."""
    text = scene.brief.kicker or scene.brief.headline
    return line(text, KICKER, scene.accent, TOP)


def put_place(image: Image.Image, scene: Scene, place: str, pad: int) -> None:
    """Write at the sheet's foot where in the paper this stands."""
    ink = scene.accent if scene.theme.light else (107, 93, 148, 255)
    y = image.height - pad - PLACE.line + 12
    put(image, pad, y, clipped(place, PLACE, image.width - 2 * pad), PLACE, ink)


def spoken_times(texts: list[str], marked: list[bool], words: list[Word]) -> list[float | None]:
    """When each highlighted word of the passage is spoken; what is not said itself goes with its neighbours."""
    written = [_bare(text) for text in texts]
    said = [_bare(word.text) for word in words]
    times: list[float | None] = [None] * len(texts)
    for match in SequenceMatcher(None, written, said, autojunk=False).get_matching_blocks():
        for i in range(match.size):
            times[match.a + i] = words[match.b + i].start
    last = words[0].start if words else 0.0
    found: list[float | None] = []
    for time, is_marked in zip(times, marked, strict=True):
        last = time if time is not None and is_marked else last
        found.append(last if is_marked else None)
    return found


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text).lower()
