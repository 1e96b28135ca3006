"""Source: the passage itself on a sheet turned by one degree, the highlight sweeping in step with the voice."""

from __future__ import annotations

from dataclasses import dataclass

from artifacts.script import QuoteVisual
from PIL import Image, ImageDraw

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
        x = 0.0
        for word in line.split(" "):
            bare = word.removesuffix("-") if word not in visual.text else word
            at = visual.text.find(bare, position)
            position = at + len(bare) if at >= 0 else position
            marked = at >= 0 and at < end and at + len(bare) > start
            found.append(_Set(word, _PAD + x, _PAD + row * style.line, style.width(word), marked))
            x += style.width(f"{word} ")
    return found


def _draw(
    scene: Scene, visual: QuoteVisual, words: list[_Set], style: Style, height: int, *, marks: bool = False
) -> Image.Image:
    image = rounded(COLUMN, height, 32, (255, 255, 255, 255))
    draw = ImageDraw.Draw(image)
    for word, after in zip(words, [*words[1:], None], strict=True):
        if marks and word.marked:
            joined = after is not None and after.marked and after.y == word.y
            right = after.x if joined and after else word.x + word.width + 6
            box = (word.x - 6, word.y + style.line * 0.1, right, word.y + style.line * 0.96)
            draw.rectangle(box, fill=MARK)
    for word in words:
        put(image, word.x, word.y, word.text, style, INK)
    put_place(image, scene, visual.place, _PAD)
    return image
