"""Chart: bars or a line redrawn from the paper's table, the value that is spoken of in accent."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from artifacts.script import ChartVisual
from PIL import Image, ImageDraw

from renderer.fonts import TEXT
from renderer.layers import Layer, Moving
from renderer.scenes.scene import SMALL, Scene, heading
from renderer.shapes import rounded
from renderer.text import Ink, Style, clipped, put
from renderer.theme import BOTTOM, COLUMN, LEFT
from renderer.wrapping import at_most, wrap

TICK = Style(TEXT, 26, 400, leading=1.25)
NAME = Style(TEXT, 30, 500, leading=1.25)
VALUE = Style(TEXT, 34, 700, leading=1.25)
AXIS = Style(TEXT, 30, 500, leading=1.3)
_PAD, _TALLEST, _LYING = 44, 720, 116
_FULL = COLUMN - 2 * _PAD
_REST = 120
"""Alpha of what is not spoken of."""


def layers(scene: Scene) -> list[Layer]:
    """Headline, and a card with what is measured, the chart growing, and where the numbers come from."""
    visual = scene.brief.visual
    assert visual.kind == "chart"
    found, y = heading(scene, largest=78, height=180)
    y += 30
    axis = at_most(wrap(visual.axis, AXIS, _FULL), AXIS, _FULL, 2 * AXIS.line)
    top = _PAD + len(axis) * AXIS.line + (12 if axis else 0)
    foot = SMALL.line + 16 if visual.source else 0
    height = min(_TALLEST, BOTTOM - y)
    lying = _names_are_long(visual)
    if lying:
        height = min(height, top + len(visual.values) * _LYING + foot + _PAD - 20)
    paint = _lying if lying else _standing

    def card(progress: float) -> Image.Image:
        image = rounded(COLUMN, height, 36, scene.theme.card)
        for row, text in enumerate(axis):
            put(image, _PAD, _PAD - 8 + row * AXIS.line, text, AXIS, scene.ink)
        if visual.source:
            source = clipped(visual.source, SMALL, _FULL)
            put(image, _PAD, height - _PAD - SMALL.line + 12, source, SMALL, scene.soft)
        paint(image, scene, visual, (top, height - _PAD - foot), progress)
        return image

    found.append(Moving(card, LEFT, y, 0.2, 0.9))
    return found


def _names_are_long(visual: ChartVisual) -> bool:
    slot = _FULL / max(1, len(visual.categories))
    longest = max(NAME.width(name) for name in visual.categories)
    return visual.form == "bars" and len(visual.categories) <= 7 and longest > max(slot * 1.1, 150)


def _spoken(visual: ChartVisual, index: int) -> bool:
    return visual.highlight is None or index == visual.highlight


def _ink(scene: Scene, visual: ChartVisual, index: int) -> Ink:
    return scene.accent if _spoken(visual, index) else (*scene.theme.ink, _REST)


def _lying(image: Image.Image, scene: Scene, visual: ChartVisual, rows: tuple[int, int], progress: float) -> None:
    """Horizontal bars, each under its name."""
    most = max(abs(value) for value in visual.values) or 1
    step = (rows[1] - rows[0] + 20) / len(visual.values)
    thick = max(10, min(34, round(step - NAME.line - 22)))
    for index, (name, value) in enumerate(zip(visual.categories, visual.values, strict=True)):
        y = round(rows[0] + index * step)
        style = replace(NAME, weight=700 if _spoken(visual, index) else 500)
        text = clipped(_shown(visual, index), style, _FULL * 0.5)
        put(image, _PAD, y, clipped(name, style, _FULL - style.width(text) - 30), style, scene.ink)
        put(image, _PAD + _FULL - style.width(text), y, text, style, scene.ink)
        width = max(8, round(_FULL * abs(value) / most * progress))
        image.alpha_composite(rounded(width, thick, 8, _ink(scene, visual, index)), (_PAD, y + NAME.line + 3))


def _standing(image: Image.Image, scene: Scene, visual: ChartVisual, rows: tuple[int, int], progress: float) -> None:
    """Bars or a line on an axis of round numbers; the value that is spoken of stands at its mark."""
    low, high, tick = scale(visual.values)
    steps = round((high - low) / tick)
    numbers = [_number(low + step * tick) for step in range(steps + 1)]
    left, right = _PAD + max(TICK.width(number) for number in numbers) + 16, float(COLUMN - _PAD)
    top, bottom = rows[0] + VALUE.line + 8, rows[1] - TICK.line - 14
    draw = ImageDraw.Draw(image)

    def at(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    for step, number in enumerate(numbers):
        y = at(low + step * tick)
        zero = abs(low + step * tick) < tick / 1e6
        draw.line((left, y, right, y), fill=(*scene.theme.ink, 150 if zero else 60), width=2)
        put(image, left - 16 - TICK.width(number), y - TICK.line / 2, number, TICK, scene.soft)
    _marks(image, scene, visual, (left + 8, right - 8, at), progress)
    if visual.highlight is not None and progress >= 1:
        _value(image, scene, visual, (left + 8, right - 8, at), visual.highlight)
    _names(image, scene, visual, left + 8, right - 8, bottom + 14)


Frame = tuple[float, float, Callable[[float], float]]
"""Left and right end of the axis, and the y of a value."""


def _marks(image: Image.Image, scene: Scene, visual: ChartVisual, frame: Frame, progress: float) -> None:
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
    width = max(6, min(96, round(slot * 0.68)))
    for index, value in enumerate(visual.values):
        zero, tip = at(0), at(value * progress)
        size = max(2, round(abs(tip - zero)))
        bar = rounded(width, size, min(9, size / 2), _ink(scene, visual, index))
        image.alpha_composite(bar, (round(left + (index + 0.5) * slot - width / 2), round(min(tip, zero))))


def _value(image: Image.Image, scene: Scene, visual: ChartVisual, frame: Frame, index: int) -> None:
    """The value that is spoken of, over its mark, or under it where it is below zero."""
    left, right, at = frame
    text = clipped(_shown(visual, index), VALUE, right - left)
    width = VALUE.width(text)
    middle = left + (index + 0.5) * (right - left) / len(visual.values)
    value = visual.values[index]
    beside = [visual.values[i] if 0 <= i < len(visual.values) else value for i in (index - 1, index + 1)]
    under = value < 0
    x = middle - width / 2
    if visual.form == "line":
        # where the line does not run: beside a slope, over a peak, under a valley
        under = min(beside) > value
        slope = 0 if under or max(beside) <= value else 1 if beside[0] > value else -1
        x += slope * (width / 2 + 20)
    gap = 20 if visual.form == "line" else 4
    y = at(value) + gap if under else at(value) - VALUE.line - gap
    put(image, min(max(x, left), right - width), y, text, VALUE, scene.accent)


def _names(image: Image.Image, scene: Scene, visual: ChartVisual, left: float, right: float, y: float) -> None:
    """Names under the axis: all where they fit, else the one that is spoken of, and the first and the last."""
    slot = (right - left) / len(visual.values)
    every = all(TICK.width(name) < slot - 8 for name in visual.categories)
    last = len(visual.categories) - 1
    chosen = list(range(last + 1)) if every else [0 if visual.highlight is None else visual.highlight, 0, last]
    taken: list[tuple[float, float]] = []
    for index in dict.fromkeys(chosen):
        style = replace(TICK, weight=700 if index == visual.highlight else 400)
        name = clipped(visual.categories[index], style, slot if every else 260)
        x = left + (index + 0.5) * slot - style.width(name) / 2
        x = min(max(x, left - 8), right + 8 - style.width(name))
        until = x + style.width(name)
        if all(until + 14 < start or end + 14 < x for start, end in taken) or every:
            taken.append((x, until))
            put(image, x, y, name, style, scene.accent if index == visual.highlight else scene.soft)


def scale(values: list[float]) -> tuple[float, float, float]:
    """Ends and step of an axis of round numbers that holds zero and all values."""
    low, high = min(0.0, *values), max(0.0, *values)
    raw = (high - low or 1.0) / 5
    power = 10 ** math.floor(math.log10(raw))
    tick = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw * 0.999)
    return math.floor(low / tick + 1e-9) * tick, math.ceil(high / tick - 1e-9) * tick, tick


def _number(value: float) -> str:
    text = f"{value:,.10g}" if abs(value) < 1e15 else f"{value:.3g}"
    return text.replace("-", "−")


def _shown(visual: ChartVisual, index: int) -> str:
    return visual.texts[index] if index < len(visual.texts) else _number(visual.values[index])
