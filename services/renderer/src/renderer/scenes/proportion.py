"""A number put in proportion: bars of what it is compared with, dots of a hundred, or how many times one it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from artifacts.script import Bar, Brief, NumberVisual
from PIL import Image

from renderer.fonts import TEXT
from renderer.scenes.scene import Scene
from renderer.shapes import rounded
from renderer.text import Ink, Style, clipped, put
from renderer.theme import COLUMN

ROW = Style(TEXT, 34, 500, leading=1.3)
_PAD, _BAR, _STEP = 44, 34, 122
_FULL = COLUMN - 2 * _PAD
_ACROSS, _DOWN = 20, 5
_FOLD = re.compile(r"^(-?fold|×|x|times)$", re.IGNORECASE)
_LESS = re.compile(
    r"\b(?:decreas|reduc|lower|less|fewer|smaller|weaker|slower|drop|declin|diminish|fall|fell|shr[aiu]nk)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:increas|more|higher|greater|larger|stronger|faster|longer|better|r[io]se|risen|gr[eo]w|gain|improv|enhanc)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Picture:
    """A card that grows: `paint` draws it at a progress of 0 to 1."""

    paint: Callable[[float], Image.Image]
    height: int


def card(scene: Scene, visual: NumberVisual, room: int) -> Picture | None:
    """The card, or None where the number has no proportion to be shown or the room is too small."""
    if visual.bars:
        return _bars(scene, visual.bars[:4], room)
    if visual.unit == "%" and 0 < visual.value <= 100:
        change = changed_by(scene.brief, visual)
        if change:
            return _pair(scene, (1.0, 1 + change), room)
        return _dots(scene, visual.value / 100, room) if is_share(scene.brief, visual) else None
    if _FOLD.match(visual.unit) and 1 < visual.value <= 1000:
        if _LESS.search(visual.label):
            return _pair(scene, (1.0, 1 / visual.value), room)
        return _pair(scene, (1 / visual.value, 1.0), room) if _MORE.search(visual.label) else None
    return None


def is_share(brief: Brief, visual: NumberVisual) -> bool:
    """Whether a percentage is said to be that part of a whole: `42% of patients`, `34 (11.3%)`."""
    for before, after in _around(brief, visual):
        whole = re.match(r"\s*%\s+of\b", after) or (re.search(r"\d\s*\($", before) and re.match(r"\s*%\s*[),;]", after))
        if whole and not _LESS.search(before[-90:]) and not _MORE.search(before[-90:]):
            return True
    return False


def changed_by(brief: Brief, visual: NumberVisual) -> float:
    """By what part something is said to have grown, or shrunk if below zero; 0 where nothing says so plainly."""
    for before, _ in _around(brief, visual):
        if re.search(r"\bby\s+(?:(?:about|around|approximately|nearly|up to|an average of)\s+)?$", before):
            words = before[-90:]
            less, more = ([match.start() for match in each.finditer(words)] for each in (_LESS, _MORE))
            if less or more:
                return visual.value / 100 * (1 if max(more, default=-1) > max(less, default=-1) else -1)
    return 0.0


def _around(brief: Brief, visual: NumberVisual) -> list[tuple[str, str]]:
    """What stands before and after the number wherever a sentence says it."""
    number = re.compile(rf"(?<![\d.,]){re.escape(visual.text)}(?!\d|[.,]\d)")
    texts = [sentence.text for sentence in brief.sentences]
    return [(text[: match.start()], text[match.end() :]) for text in texts for match in number.finditer(text)]


def _bars(scene: Scene, bars: Sequence[Bar], room: int) -> Picture | None:
    step = min(_STEP, (room - 2 * _PAD + 14) // len(bars))
    if step < ROW.line + 24:
        return None
    thick = min(_BAR, step - ROW.line - 12)
    most = max(abs(bar.value) for bar in bars) or 1
    height = 2 * _PAD + step * len(bars) - 14
    value = Style(TEXT, 34, 700, leading=1.3, tabular=True)

    def paint(progress: float) -> Image.Image:
        image = rounded(COLUMN, height, 36, scene.theme.card)
        for index, bar in enumerate(bars):
            y = _PAD + index * step - 8
            text = clipped(bar.text, value, _FULL * 0.5)
            right = value.width(text)
            put(image, _PAD, y, clipped(bar.label, ROW, _FULL - right - 30), ROW, scene.ink)
            put(image, _PAD + _FULL - right, y, text, value, scene.ink)
            ink = scene.accent if index == 0 else (*scene.theme.second, 255)
            _bar(image, y + ROW.line + 4, thick, abs(bar.value) / most * progress, ink)
        return image

    return Picture(paint, height)


def _bar(image: Image.Image, y: int, thick: int, share: float, ink: Ink) -> None:
    image.alpha_composite(rounded(max(18, round(_FULL * share)), thick, 9, ink), (_PAD, y))


def _dots(scene: Scene, share: float, room: int) -> Picture | None:
    """A hundred dots, so many of them filled; a part of one for a part of a per cent."""
    pitch = _FULL / _ACROSS
    size = round(pitch * 0.74)
    height = round(2 * _PAD + (_DOWN - 1) * pitch + size)
    if height > room:
        return None
    rest, accent = rounded(size, size, size / 2, (*scene.theme.ink, 60)), rounded(size, size, size / 2, scene.accent)

    def paint(progress: float) -> Image.Image:
        image = rounded(COLUMN, height, 36, scene.theme.card)
        filled = share * 100 * progress
        for index in range(_ACROSS * _DOWN):
            # column by column, so that the filled part grows from the left as a bar does
            x, y = round(_PAD + index // _DOWN * pitch), round(_PAD + index % _DOWN * pitch)
            image.alpha_composite(rest, (x, y))
            part = round(size * min(1.0, filled - index))
            if part > 0:
                image.alpha_composite(accent.crop((0, size - part, size, size)), (x, y + size - part))
        return image

    return Picture(paint, height)


def _pair(scene: Scene, sizes: tuple[float, float], room: int) -> Picture | None:
    """Two bars in the ratio of what was and what is, the latter in accent; it grows from the former."""
    height = 2 * _PAD + 2 * _BAR + 24
    if height > room:
        return None
    shares = [size / max(sizes) for size in sizes]

    def paint(progress: float) -> Image.Image:
        image = rounded(COLUMN, height, 36, scene.theme.card)
        for row, (share, ink) in enumerate(zip(shares, ((*scene.theme.second, 255), scene.accent), strict=True)):
            grown = share if row == 0 else share + (1 - progress) * (shares[0] - share)
            width = max(6, round(_FULL * grown))
            y = _PAD + row * (_BAR + 24)
            image.alpha_composite(rounded(width, _BAR, min(9, width / 2), ink), (_PAD, y))
        return image

    return Picture(paint, height)
