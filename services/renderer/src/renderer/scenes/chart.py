"""Chart: bars or a line redrawn from the paper's table, the value that is spoken of in accent."""

from __future__ import annotations

import math

from artifacts.script import ChartVisual
from PIL import Image, ImageDraw

from renderer.fonts import TEXT
from renderer.layers import Layer, Moving, still
from renderer.scenes.scene import SMALL, Scene, heading
from renderer.shapes import rounded
from renderer.text import Style, block, clipped, put
from renderer.theme import BOTTOM, COLUMN, LEFT

TICK = Style(TEXT, 26, 400, leading=1.25)
NAME = Style(TEXT, 30, 500, leading=1.25)
_PAD = 48


def layers(scene: Scene) -> list[Layer]:
    """Headline, card with the chart growing, and where the numbers come from."""
    visual = scene.brief.visual
    assert visual.kind == "chart"
    found, y = heading(scene, largest=72, height=170)
    y += 30
    height = min(700, BOTTOM - y - SMALL.line - 24)
    paint = _lying if _names_are_long(visual) else _standing
    found.append(Moving(lambda progress: paint(scene, visual, height, progress), LEFT, y, 0.2, 0.9))
    foot = " · ".join(part for part in (visual.axis, visual.source) if part)
    found.append(still(block([clipped(foot, SMALL, COLUMN)], SMALL, scene.soft), LEFT, y + height + 18, 0.3))
    return found


def _names_are_long(visual: ChartVisual) -> bool:
    slot = (COLUMN - 2 * _PAD - 60) / max(1, len(visual.categories))
    return visual.form == "bars" and max(NAME.width(name) for name in visual.categories) > max(slot * 3, 190)


def _ink(scene: Scene, visual: ChartVisual, index: int) -> tuple[int, ...]:
    spoken = visual.highlight is None or index == visual.highlight
    return scene.accent if spoken else (*scene.theme.ink, 120)


def _lying(scene: Scene, visual: ChartVisual, height: int, progress: float) -> Image.Image:
    """Horizontal bars, each under its name."""
    image = rounded(COLUMN, height, 36, scene.theme.card)
    full = COLUMN - 2 * _PAD
    most = max(abs(value) for value in visual.values) or 1
    step = (height - 2 * _PAD + 12) / len(visual.values)
    thick = max(10, min(30, round(step - NAME.line - 14)))
    for index, (name, value) in enumerate(zip(visual.categories, visual.values, strict=True)):
        y = round(_PAD + index * step) - 6
        text = _shown(visual, index)
        style = Style(TEXT, 30, 700 if _ink(scene, visual, index) == scene.accent else 500, leading=1.25)
        put(image, _PAD, y, clipped(name, style, full - style.width(text) - 30), style, scene.ink)
        put(image, _PAD + full - style.width(text), y, text, style, scene.ink)
        width = max(8, round(full * abs(value) / most * progress))
        image.alpha_composite(rounded(width, thick, 8, _ink(scene, visual, index)), (_PAD, y + NAME.line + 2))
    return image


def _standing(scene: Scene, visual: ChartVisual, height: int, progress: float) -> Image.Image:
    """Bars or a line on an axis of round numbers."""
    image = rounded(COLUMN, height, 36, scene.theme.card)
    low, high, tick = scale(visual.values)
    left, right, top, bottom = _PAD, COLUMN - _PAD, _PAD + 30, height - _PAD - 36
    grid = (*scene.theme.ink, 60)
    draw = ImageDraw.Draw(image)

    def at(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    steps = round((high - low) / tick)
    for number in range(steps + 1):
        value = low + number * tick
        line = (*scene.theme.ink, 130) if abs(value) < tick / 1e6 else grid
        draw.line((left, at(value), right, at(value)), fill=line, width=2)
        if number in (steps, steps // 2):
            put(image, left, at(value) - TICK.line - 2, _number(value), TICK, (*scene.theme.ink, 190))
    _marks(image, scene, visual, (left + 8, right - 8, at), progress)
    _names(image, scene, visual, left + 8, right - 8, bottom + 12)
    return image


def _marks(image: Image.Image, scene: Scene, visual: ChartVisual, frame: tuple, progress: float) -> None:  # type: ignore[type-arg]
    left, right, at = frame
    slot = (right - left) / len(visual.values)
    if visual.form == "line":
        points = [(left + (i + 0.5) * slot, at(value)) for i, value in enumerate(visual.values)]
        shown = points[: max(2, math.ceil(len(points) * progress))]
        ImageDraw.Draw(image).line(shown, fill=(*scene.theme.ink, 200), width=6, joint="curve")
        for index, (x, y) in enumerate(shown):
            radius = 14 if index == visual.highlight else 8
            ink = (*_ink(scene, visual, index)[:3], 255)
            dot = rounded(2 * radius, 2 * radius, radius, ink)
            image.alpha_composite(dot, (round(x - radius), round(y - radius)))
        return
    width = max(6, min(72, round(slot * 0.66)))
    for index, value in enumerate(visual.values):
        zero, tip = at(0), at(value * progress)
        size = max(2, round(abs(tip - zero)))
        bar = rounded(width, size, min(9, size / 2), _ink(scene, visual, index))
        image.alpha_composite(bar, (round(left + (index + 0.5) * slot - width / 2), round(min(tip, zero))))


def _names(image: Image.Image, scene: Scene, visual: ChartVisual, left: float, right: float, y: float) -> None:
    """Names under the axis: all where they fit, else the first, the last and the one that is spoken of."""
    slot = (right - left) / len(visual.values)
    every = all(TICK.width(name) < slot - 8 for name in visual.categories)
    last = len(visual.categories) - 1
    for index in range(last + 1) if every else sorted({0, last, visual.highlight or 0}):
        style = Style(TEXT, 26, 700 if index == visual.highlight else 400, leading=1.25)
        name = clipped(visual.categories[index], style, slot if every else 240)
        x = left + (index + 0.5) * slot - style.width(name) / 2
        x = min(max(x, left - 8), right + 8 - style.width(name))
        ink = scene.accent if index == visual.highlight else (*scene.theme.ink, 210)
        put(image, x, y, name, style, ink)


def scale(values: list[float]) -> tuple[float, float, float]:
    """Ends and step of an axis of round numbers that holds zero and all values."""
    low, high = min(0.0, *values), max(0.0, *values)
    raw = (high - low or 1.0) / 4
    power = 10 ** math.floor(math.log10(raw))
    tick = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw * 0.999)
    return math.floor(low / tick + 1e-9) * tick, math.ceil(high / tick - 1e-9) * tick, tick


def _number(value: float) -> str:
    text = f"{value:,.10g}" if abs(value) < 1e15 else f"{value:.3g}"
    return text.replace("-", "−")


def _shown(visual: ChartVisual, index: int) -> str:
    return visual.texts[index] if index < len(visual.texts) else _number(visual.values[index])
