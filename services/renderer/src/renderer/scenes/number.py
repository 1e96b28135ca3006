"""Number: one number, counting up, and a card that puts it in proportion."""

from __future__ import annotations

import re

from artifacts.script import Bar, NumberVisual
from PIL import Image

from renderer.fonts import HEAD, TEXT
from renderer.layers import STAGGER, Layer, Moving, still
from renderer.scenes.scene import KICKER, Scene
from renderer.shapes import ring, rounded
from renderer.text import Style, block, clipped, put
from renderer.theme import BOTTOM, COLUMN, LEFT, TOP
from renderer.wrapping import wrap

NUMBER = Style(HEAD, 260, 700, leading=1.02, tracking=-0.03)
LABEL = Style(HEAD, 60, 600, leading=1.12, tracking=-0.015)
ROW = Style(TEXT, 34, 500, leading=1.3)
_PAD, _BAR = 44, 34


def layers(scene: Scene) -> list[Layer]:
    """Kicker, counter, label, and bars or a ring."""
    visual = scene.brief.visual
    assert visual.kind == "number"
    found: list[Layer] = []
    y = TOP
    kicker = scene.brief.kicker or scene.brief.headline
    found.append(still(block([clipped(kicker, KICKER, COLUMN)], KICKER, scene.accent), LEFT, y))
    y += KICKER.line + 6
    style = _fitting(f"{visual.text}{_unit(visual)}")
    found.append(Moving(lambda progress: _counter(scene, visual, style, progress), LEFT - 6, y, STAGGER, 0.7))
    y += style.line + 18
    for line in wrap(visual.label, LABEL, COLUMN)[:3]:
        found.append(still(block([line], LABEL, scene.ink), LEFT, y, STAGGER * (len(found) + 1)))
        y += LABEL.line
    y += 44
    card = _bars(scene, visual.bars, BOTTOM - y) if visual.bars else _share(scene, visual)
    if card is not None:
        found.append(Moving(card, LEFT, y, 0.35, 0.8))
    return found


def _unit(visual: NumberVisual) -> str:
    unit = visual.unit
    return unit if not unit or unit in ("%", "°", "×") or unit.startswith("-") else f" {unit}"


def _fitting(text: str) -> Style:
    size = NUMBER.size
    while size > 90 and NUMBER.at(size).width(text) > COLUMN:
        size -= 4
    return NUMBER.at(size)


def _counter(scene: Scene, visual: NumberVisual, style: Style, progress: float) -> Image.Image:
    image = Image.new("RGBA", (COLUMN + 40, style.line + 24), (*scene.ink[:3], 0))
    shown = visual.text if progress >= 1 else _counted(visual.text, progress)
    put(image, 6, 0, f"{shown}{_unit(visual)}", style, scene.ink)
    return image


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


def _bars(scene: Scene, bars: list[Bar], room: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    step = min(122, (room - 2 * _PAD) // len(bars)) if bars else 0
    most = max((abs(bar.value) for bar in bars), default=1) or 1
    full = COLUMN - 2 * _PAD

    def paint(progress: float) -> Image.Image:
        image = rounded(COLUMN, 2 * _PAD + step * len(bars) - 14, 36, scene.theme.card)
        for index, bar in enumerate(bars):
            y = _PAD + index * step - 8
            put(image, _PAD, y, clipped(bar.label, ROW, full * 0.72), ROW, scene.ink)
            value = Style(TEXT, 34, 700, leading=1.3)
            put(image, _PAD + full - value.width(bar.text), y, bar.text, value, scene.ink)
            width = max(18, round(full * abs(bar.value) / most * progress))
            ink = scene.accent if index == 0 else (*scene.theme.second, 255)
            image.alpha_composite(rounded(width, _BAR, 9, ink), (_PAD, y + ROW.line + 4))
        return image

    return paint


def _share(scene: Scene, visual: NumberVisual):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """A ring for a percentage; nothing for other numbers, which have no measure of their own."""
    if visual.unit != "%" or not 0 < visual.value <= 100:
        return None

    def paint(progress: float) -> Image.Image:
        rest = (*scene.theme.ink, 56)
        return ring(300, visual.value / 100 * progress, scene.accent, rest)

    return paint
