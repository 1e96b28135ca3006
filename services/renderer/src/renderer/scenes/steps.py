"""Steps: numbered cards that arrive when their sentence does, joined by a line."""

from __future__ import annotations

from PIL import Image

from renderer.bidi import is_rtl
from renderer.fonts import HEAD, TEXT
from renderer.layers import Layer, still
from renderer.scenes.scene import Scene, heading
from renderer.shapes import rounded
from renderer.text import Style, put
from renderer.theme import BOTTOM, COLUMN, LEFT
from renderer.wrapping import fit

ITEM = Style(TEXT, 44, 600, leading=1.24)
NUMBER = Style(HEAD, 44, 700, leading=1.2)
_GAP, _DISC, _PAD, _TALLEST = 24, 76, 40, 210


def layers(scene: Scene) -> list[Layer]:
    """Headline and up to four cards."""
    visual = scene.brief.visual
    assert visual.kind == "steps"
    found, y = heading(scene, largest=78, height=250)
    y += 40
    items = visual.items[:4]
    height = min(_TALLEST, (BOTTOM - y - _GAP * (len(items) - 1)) // max(1, len(items)))
    for index, item in enumerate(items):
        sentence = visual.sentences[index] if index < len(visual.sentences) else 0
        same = [i for i in range(index) if i < len(visual.sentences) and visual.sentences[i] == sentence]
        begins = scene.sentence_start(sentence) + 0.55 * len(same)
        if index:
            link = rounded(6, _GAP, 3, scene.accent)
            found.append(still(link, LEFT + _PAD + _DISC / 2 - 3, y - _GAP, begins, rise=0))
        found.append(still(_card(scene, index, item, height), LEFT, y, begins))
        y += height + _GAP
    return found


def _card(scene: Scene, index: int, item: str, height: int) -> Image.Image:
    image = rounded(COLUMN, height, 36, scene.theme.card)
    image.alpha_composite(rounded(_DISC, _DISC, _DISC / 2, scene.accent), (_PAD, (height - _DISC) // 2))
    number = str(index + 1)
    x = _PAD + (_DISC - NUMBER.width(number)) / 2
    put(image, x, (height - NUMBER.line) / 2 - 1, number, NUMBER, (*scene.theme.pill_ink, 255))
    left = _PAD + _DISC + 32
    width = COLUMN - left - _PAD
    style, lines = fit(item, ITEM, width, height - 36, 28)
    top = (height - len(lines) * style.line) / 2
    for row, line in enumerate(lines):
        right = width - style.width(line) if is_rtl(line) else 0
        put(image, left + right, top + row * style.line, line, style, scene.ink)
    return image
