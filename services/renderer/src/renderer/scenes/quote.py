"""Source: the passage itself on a sheet turned by one degree, the highlight sweeping in step with the voice."""

from __future__ import annotations

from dataclasses import dataclass

from artifacts.script import QuoteVisual
from PIL import Image, ImageDraw

from renderer import bidi
from renderer.fonts import SERIF
from renderer.layers import Layer
from renderer.scenes import page
from renderer.scenes.scene import Scene
from renderer.scenes.sheet import INK, MARK, PLACE, ROOM, Sheet, kicker, put_place, spoken_times
from renderer.shapes import rounded
from renderer.text import Style, put
from renderer.theme import COLUMN
from renderer.wrapping import wrap

BODY = Style(SERIF, 50, 400, leading=1.46)
_PAD = 56


@dataclass(frozen=True)
class _Set:
    """A word of the passage as it is set: where, and whether it is highlighted."""

    text: str
    x: float
    y: float
    width: float
    marked: bool


def layers(scene: Scene) -> list[Layer]:
    """The real page where there is a picture of it, else the passage set anew."""
    visual = scene.brief.visual
    assert visual.kind == "quote"
    return page.layers(scene, visual) or _typeset(scene, visual)


def _typeset(scene: Scene, visual: QuoteVisual) -> list[Layer]:
    """Kicker, sheet, and a patch of highlighter for every word as it is spoken."""
    style = _style(visual.text)
    words = _words(visual, style)
    height = round(max(word.y for word in words)) + style.line + _PAD + PLACE.line + 30 if words else 200
    sheet = Sheet(_draw(scene, visual, words, style, height), _draw(scene, visual, words, style, height, marks=True))
    found = [kicker(scene), sheet.base()]
    times = spoken_times([word.text for word in words], [word.marked for word in words], scene.narration.words)
    for word, begins in zip(words, times, strict=True):
        if begins is not None:
            box = (word.x - 8, word.y, word.x + word.width + 14, word.y + style.line)
            found.append(sheet.reveal(box, begins))
    return found


def _style(text: str) -> Style:
    room = ROOM - 2 * _PAD - PLACE.line - 40
    size = BODY.size
    while size > 34 and len(wrap(text, BODY.at(size), COLUMN - 2 * _PAD)) * BODY.at(size).line > room:
        size -= 2
    return BODY.at(size)


def _words(visual: QuoteVisual, style: Style) -> list[_Set]:
    start, end = visual.highlight
    position, found = 0, []
    for row, line in enumerate(wrap(visual.text, style, COLUMN - 2 * _PAD)):
        places = _places(line, style)
        for word, x in zip(line.split(" "), places, strict=True):
            bare = word.removesuffix("-") if word not in visual.text else word
            at = visual.text.find(bare, position)
            position = at + len(bare) if at >= 0 else position
            marked = at >= 0 and at < end and at + len(bare) > start
            found.append(_Set(word, x, _PAD + row * style.line, style.width(word), marked))
    return found


def _places(line: str, style: Style) -> list[float]:
    """The left end of each word of a line."""
    words = line.split(" ")
    blank = style.width("a b") - style.width("a") - style.width("b")
    x = COLUMN - _PAD - style.width(line) if bidi.is_rtl(line) else float(_PAD)
    found = [0.0] * len(words)
    for index in bidi.order(words):
        found[index] = x
        x += style.width(words[index]) + blank
    return found


def _draw(
    scene: Scene, visual: QuoteVisual, words: list[_Set], style: Style, height: int, *, marks: bool = False
) -> Image.Image:
    image = rounded(COLUMN, height, 32, (255, 255, 255, 255))
    draw = ImageDraw.Draw(image)
    for word in words:
        if marks and word.marked:
            beside = (other.x for other in words if other.marked and other.y == word.y and other.x > word.x)
            right = min(beside, default=word.x + word.width + 6)
            box = (word.x - 6, word.y + style.line * 0.1, right, word.y + style.line * 0.96)
            draw.rectangle(box, fill=MARK)
    for word in words:
        put(image, word.x, word.y, word.text, style, INK)
    put_place(image, scene, visual.place, _PAD)
    return image
