"""Number: one number, counting up, a picture of its proportion, and the sentence that it stands in."""

from __future__ import annotations

import re
from collections.abc import Callable

from artifacts.script import NumberVisual
from PIL import Image

from renderer.fonts import HEAD
from renderer.layers import STAGGER, Layer, Moving, still
from renderer.scenes import proportion, words
from renderer.scenes.scene import KICKER, Scene, line
from renderer.text import Style, put, roomy
from renderer.theme import BOTTOM, COLUMN, LEFT, TOP
from renderer.wrapping import fit

NUMBER = Style(HEAD, 260, 700, leading=1.02, tracking=-0.015, tabular=True)
UNIT = Style(HEAD, 96, 700, leading=1.1, tracking=-0.015)
LABEL = Style(HEAD, 60, 600, leading=1.12, tracking=-0.015)
_SMALLEST = 120
_TIGHT = ("%", "°", "×")
_GAP = 32


def layers(scene: Scene) -> list[Layer]:
    """Kicker, counter, label; then, as far as there is room, the proportion and the words."""
    visual = scene.brief.visual
    assert visual.kind == "number"
    found: list[Layer] = [line(scene.brief.kicker or scene.brief.headline, KICKER, scene.accent, TOP)]
    y = TOP + KICKER.line + 6
    style, unit = _style(visual)
    found.append(Moving(_counter(scene, visual, style, unit), LEFT - 6, y, STAGGER, 0.7))
    y += style.line + 18
    if unit is None and not _joined(visual):
        found.append(line(visual.unit, UNIT.at(72), scene.ink, y, 2 * STAGGER))
        y += UNIT.at(72).line + 4
    label, lines = fit(visual.label, roomy(LABEL, visual.label), COLUMN, 3 * LABEL.line, 40)
    for text in lines:
        found.append(line(text, label, scene.ink, y, STAGGER * (len(found) + 1)))
        y += label.line
    y += _GAP + 8
    picture = proportion.card(scene, visual, BOTTOM - y)
    if picture is not None:
        found.append(Moving(picture.paint, LEFT, y, 0.35, 0.8))
        y += picture.height + _GAP
    card = words.card(scene, words.sentence_of(scene.brief, visual.text), visual.text, BOTTOM - y)
    if card is not None:
        found.append(still(card, LEFT, y, 0.6))
    return found


def _joined(visual: NumberVisual) -> bool:
    """Whether the unit is written at the number without a blank."""
    return not visual.unit or visual.unit in _TIGHT or visual.unit.startswith("-")


def _style(visual: NumberVisual) -> tuple[Style, Style | None]:
    """How number and unit are set in one line; no style for a unit that goes below or at the number."""
    if _joined(visual):
        return _fitting(visual.text + visual.unit, COLUMN), None
    style = _fitting(visual.text, COLUMN)
    beside = COLUMN - style.width(visual.text) - UNIT.size * 0.3
    for size in range(UNIT.size, 55, -4):
        if UNIT.at(size).width(visual.unit) <= beside:
            return style, UNIT.at(size)
    return style, None


def _fitting(text: str, width: float) -> Style:
    size = NUMBER.size
    while size > 40 and NUMBER.at(size).width(text) > width:
        size -= 4 if size > _SMALLEST else 2
    return NUMBER.at(size)


def _counter(scene: Scene, visual: NumberVisual, style: Style, unit: Style | None) -> Callable[[float], Image.Image]:
    whole = style.width(visual.text)

    def paint(progress: float) -> Image.Image:
        image = Image.new("RGBA", (COLUMN + 40, style.line + 24), (*scene.ink[:3], 0))
        shown = visual.text if progress >= 1 else _counted(visual.text, progress)
        put(image, 6, 0, shown + (visual.unit if _joined(visual) else ""), style, scene.ink)
        if unit is not None:
            # on the number's baseline, which lies 0.355 em below the middle of its line
            y = (style.line - unit.line) / 2 + 0.355 * (style.size - unit.size)
            put(image, 6 + whole + UNIT.size * 0.3, y, visual.unit, unit, scene.ink)
        return image

    return paint


def _counted(text: str, progress: float) -> str:
    """The number on its way, with as many digits after the point as it will have."""
    match = re.search(r"\d[\d,  ]*(\.\d+)?", text)
    if match is None:
        return text
    digits = match.group()
    value = float(re.sub(r"[,  ]", "", digits)) * progress
    decimals = len(match.group(1) or "") - 1 if match.group(1) else 0
    grouped = "," if "," in digits else ""
    return f"{text[: match.start()]}{value:{grouped}.{max(0, decimals)}f}{text[match.end() :]}"
