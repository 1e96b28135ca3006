"""Source: the passage itself on a sheet turned by one degree, the highlight sweeping in step with the voice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from artifacts.narration import Word
from artifacts.script import QuoteVisual
from PIL import Image, ImageDraw

from renderer.fonts import SERIF, TEXT
from renderer.layers import Layer, still
from renderer.scenes.scene import KICKER, Scene
from renderer.shapes import rounded, shadowed
from renderer.text import Style, block, clipped, put, wrap
from renderer.theme import BOTTOM, COLUMN, LEFT, TOP

BODY = Style(SERIF, 50, 400, leading=1.46)
PLACE = Style(TEXT, 28, 500, leading=1.3)
_PAD, _TURN = 56, 1.0
_MARK = (255, 228, 154, 255)
_INK = (35, 32, 43, 255)


@dataclass(frozen=True)
class _Set:
    """A word of the passage as it is set: where, and whether it is highlighted."""

    text: str
    x: float
    y: float
    width: float
    marked: bool


def layers(scene: Scene) -> list[Layer]:
    """Kicker, sheet, and a patch of highlighter for every word as it is spoken."""
    visual = scene.brief.visual
    assert visual.kind == "quote"
    kicker = scene.brief.kicker or scene.brief.headline
    found: list[Layer] = [still(block([clipped(kicker, KICKER, COLUMN)], KICKER, scene.accent), LEFT, TOP)]
    style = _style(visual.text)
    words = _words(visual, style)
    height = round(max(word.y for word in words)) + style.line + _PAD + PLACE.line + 30 if words else 200
    plain, marked = _sheet(scene, visual, words, style, height), _sheet(scene, visual, words, style, height, marks=True)
    y = TOP + KICKER.line + 44
    shaded, margin = shadowed(
        plain.rotate(_TURN, Image.Resampling.BICUBIC, expand=True), blur=20, drop=16, strength=0.3
    )
    found.append(still(shaded, LEFT - margin, y - margin, 0.1))
    turned = marked.rotate(_TURN, Image.Resampling.BICUBIC, expand=True)
    times = spoken_times([word.text for word in words], [word.marked for word in words], scene.narration.words)
    offset = ((turned.width - COLUMN) / 2, (turned.height - height) / 2)
    for word, begins in zip(words, times, strict=True):
        if begins is not None:
            box = _patch(word, style, turned, offset, (COLUMN, height))
            at = (LEFT + box[0], y + box[1])
            found.append(still(turned.crop(box), *at, max(begins, 0.62), takes=0.12, rise=0))
    return found


def _style(text: str) -> Style:
    room = BOTTOM - TOP - KICKER.line - 44 - 2 * _PAD - PLACE.line - 40
    size = BODY.size
    while size > 34 and len(wrap(text, BODY.at(size), COLUMN - 2 * _PAD)) * BODY.at(size).line > room:
        size -= 2
    return BODY.at(size)


def _words(visual: QuoteVisual, style: Style) -> list[_Set]:
    start, end = visual.highlight
    position, found = 0, []
    for row, line in enumerate(wrap(visual.text, style, COLUMN - 2 * _PAD)):
        x = 0.0
        for word in line.split(" "):
            bare = word.removesuffix("-") if word not in visual.text else word
            at = visual.text.find(bare, position)
            position = at + len(bare) if at >= 0 else position
            marked = at >= 0 and at < end and at + len(bare) > start
            found.append(_Set(word, _PAD + x, _PAD + row * style.line, style.width(word), marked))
            x += style.width(f"{word} ")
    return found


def _sheet(
    scene: Scene, visual: QuoteVisual, words: list[_Set], style: Style, height: int, *, marks: bool = False
) -> Image.Image:
    image = rounded(COLUMN, height, 32, (255, 255, 255, 255))
    draw = ImageDraw.Draw(image)
    for word, after in zip(words, [*words[1:], None], strict=True):
        if marks and word.marked:
            joined = after is not None and after.marked and after.y == word.y
            right = after.x if joined and after else word.x + word.width + 6
            box = (word.x - 6, word.y + style.line * 0.1, right, word.y + style.line * 0.96)
            draw.rectangle(box, fill=_MARK)
    for word in words:
        put(image, word.x, word.y, word.text, style, _INK)
    ink = scene.accent if scene.theme.light else (107, 93, 148, 255)
    put(image, _PAD, height - _PAD - PLACE.line + 12, clipped(visual.place, PLACE, COLUMN - 2 * _PAD), PLACE, ink)
    return image


def _patch(
    word: _Set, style: Style, turned: Image.Image, offset: tuple[float, float], size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """The word's box on the turned sheet, on even pixels. The turn moves a point up the further right it lies."""
    lean = 0.01745 * _TURN
    middle_x, middle_y = size[0] / 2, size[1] / 2
    x = word.x + offset[0] + (word.y - middle_y) * lean
    y = word.y + offset[1] - (word.x + word.width / 2 - middle_x) * lean
    x0, y0 = max(0, int(x - 8) & ~1), max(0, int(y) & ~1)
    return x0, y0, min(turned.width, int(x + word.width + 14)), min(turned.height, int(y + style.line))


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
