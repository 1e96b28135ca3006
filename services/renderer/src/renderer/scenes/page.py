"""The real page: the part of it that is spoken of, its lines marked in step with the voice, the rest faded."""

from __future__ import annotations

import math
from dataclasses import dataclass

from artifacts.script import QuoteVisual
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from renderer.layers import Layer
from renderer.scenes.passage import Passage
from renderer.scenes.scene import Scene
from renderer.scenes.sheet import MARK, PLACE, ROOM, Sheet, kicker, put_place, spoken_times
from renderer.shapes import rounded
from renderer.theme import COLUMN

_PAD = 48
_FOOT = PLACE.line + 44
_LOWEST, _HIGHEST = 600, ROOM - 120
_LOWEST_SMALL, _HIGHEST_SMALL = 240, 380
"""Pixels that the part of the page is high; the latter where its words are set again under it."""
_LEGIBLE = 26
"""Pixels that a line is high at the least, where its letters can be read on a phone."""
_FADED = 0.5
_NEAREST, _BLUR = 3.4, 2.2
"""At most so many pixels a point, and so many for one of the picture."""

Line = tuple[float, float, float, float]


@dataclass(frozen=True)
class _View:
    """The window onto the page: scale in pixels a point, its corner in points, its height in pixels."""

    scale: float
    x: float
    y: float
    height: int

    def on_sheet(self, line: Line) -> Line:
        x0, top, x1, bottom = line
        return (
            (x0 - self.x) * self.scale,
            (top - self.y) * self.scale,
            (x1 - self.x) * self.scale,
            (bottom - self.y) * self.scale,
        )


def layers(scene: Scene, visual: QuoteVisual) -> list[Layer] | None:
    """Kicker, page and marker; None where the page or the lines on it cannot be shown."""
    lines = _lines(visual)
    picture = scene.open_picture(visual.page.image.digest) if visual.page and lines else None
    if visual.page is None or picture is None:
        return None
    view = _view(lines, visual.page.width, picture.width)
    window = _window(picture, view, picture.width / visual.page.width)
    marked = [_air(view.on_sheet(line)) for line in lines]
    passage = _repeated(visual, view, lines)
    plain = _finish(scene, visual, _faded(window), passage, marks=False)
    sheet = Sheet(plain, _finish(scene, visual, _with_marks(window, marked), passage, marks=True))
    strokes = _strokes(scene, visual, marked) + (passage.strokes(scene.narration.words) if passage else [])
    return [kicker(scene), sheet.base(), *(sheet.reveal(box, begins) for box, begins in strokes)]


def _repeated(visual: QuoteVisual, view: _View, lines: list[Line]) -> Passage | None:
    """The marked words, set again under a page whose letters are too small to be read on a phone."""
    if not _is_small(lines, view.scale):
        return None
    text = visual.text[slice(*visual.highlight)]
    return Passage(text, (0, len(text)), view.height + 16, ROOM - view.height - _FOOT - 46, largest=44)


def _is_small(lines: list[Line], scale: float) -> bool:
    return sorted(line[3] - line[1] for line in lines)[len(lines) // 2] * scale < _LEGIBLE


def _lines(visual: QuoteVisual) -> list[Line]:
    """The highlighted lines that lie on the page, from top to bottom."""
    page = visual.page
    if page is None or page.width <= 0 or page.height <= 0:
        return []
    kept = []
    for x0, top, x1, bottom in visual.boxes:
        if all(map(math.isfinite, (x0, top, x1, bottom))):
            line = max(0.0, x0), max(0.0, top), min(page.width, x1), min(page.height, bottom)
            if line[2] - line[0] >= 4 and line[3] - line[1] >= 2:
                kept.append(line)
    return kept


def _view(lines: list[Line], width: float, pixels: int) -> _View:
    """As near as the lines' width and height, and the picture's sharpness, permit."""
    left, right = min(line[0] for line in lines), max(line[2] for line in lines)
    top, bottom = min(line[1] for line in lines), max(line[3] for line in lines)
    scale = min(
        (COLUMN - 2 * _PAD) / (right - left),
        (_HIGHEST - 2 * _PAD) / (bottom - top),
        _NEAREST,
        max(_BLUR * pixels / width, COLUMN / width),
    )
    small = _is_small(lines, scale)
    around = (3 if small else 5) * (bottom - top) / len(lines) * 1.35 * scale
    lowest, highest = (_LOWEST_SMALL, _HIGHEST_SMALL) if small else (_LOWEST, _HIGHEST)
    height = round(min(highest, max(lowest, (bottom - top) * scale + 2 * around)))
    x = left - _PAD / scale if (right - left) * scale > COLUMN * 0.7 else (left + right - COLUMN / scale) / 2
    return _View(scale, x, (top + bottom) / 2 - height / scale / 2, height)


def _window(picture: Image.Image, view: _View, density: float) -> Image.Image:
    """The part of the page that is shown, sharpened where it had to be enlarged; white beyond the page's edges."""
    width, height = COLUMN / view.scale * density, view.height / view.scale * density
    x, y = view.x * density, view.y * density
    margin = 8
    left, top = math.floor(x) - margin, math.floor(y) - margin
    size = (math.ceil(width) + 2 * margin + 1, math.ceil(height) + 2 * margin + 1)
    part = Image.new("RGB", size, (255, 255, 255))
    part.paste(picture.convert("RGB"), (-left, -top))
    box = (x - left, y - top, x - left + width, y - top + height)
    shown = part.resize((COLUMN, view.height), Image.Resampling.LANCZOS, box=box)
    enlarged = view.scale / density
    return shown.filter(ImageFilter.UnsharpMask(1.3 * enlarged, 110, 2)) if enlarged > 1.1 else shown


def _faded(window: Image.Image) -> Image.Image:
    return Image.blend(window, Image.new("RGB", window.size, (255, 255, 255)), _FADED)


def _air(line: Line) -> Line:
    """The line's box with air around its letters."""
    x0, top, x1, bottom = line
    rise = (bottom - top) * 0.14
    return x0 - 5, top - rise, x1 + 5, bottom + rise


def _with_marks(window: Image.Image, marked: list[Line]) -> Image.Image:
    image = _faded(window)
    for line in marked:
        x0, top, x1, bottom = map(round, line)
        part = window.crop((x0, top, x1, bottom))
        image.paste(ImageChops.multiply(part, Image.new("RGB", part.size, MARK[:3])), (x0, top))
    return image


def _finish(
    scene: Scene, visual: QuoteVisual, window: Image.Image, passage: Passage | None, *, marks: bool
) -> Image.Image:
    """The sheet: the window running out into white above and below, the words again, and the place at its foot."""
    height = (passage.bottom + 30 if passage else window.height) + _FOOT
    image = Image.new("RGB", (COLUMN, height), (255, 255, 255))
    mask = Image.new("L", window.size, 255)
    draw = ImageDraw.Draw(mask)
    for row in range(40):
        for y in (row, window.height - 1 - row):
            draw.line((0, y, COLUMN, y), fill=round(255 * row / 40))
    image.paste(window, (0, 0), mask)
    sheet = image.convert("RGBA")
    if passage:
        passage.draw(sheet, marks=marks)
    put_place(sheet, scene, visual.place, _PAD)
    sheet.putalpha(rounded(COLUMN, height, 32, (255, 255, 255, 255)).getchannel("A"))
    return sheet


def _strokes(scene: Scene, visual: QuoteVisual, marked: list[Line]) -> list[tuple[Line, float]]:
    """Pieces of the marked lines and when each is spoken: a word has its share of the lines' whole length."""
    words = visual.text[slice(*visual.highlight)].split() or [""]
    times = spoken_times(words, [True] * len(words), scene.narration.words)
    length = sum(line[2] - line[0] for line in marked)
    letters = sum(len(word) + 1 for word in words)
    found: list[tuple[Line, float]] = []
    done = 0.0
    for word, begins in zip(words, times, strict=True):
        until = done + (len(word) + 1) / letters * length
        before = 0.0
        for x0, top, x1, bottom in marked:
            left, right = max(done, before), min(until, before + x1 - x0)
            if right > left:
                found.append(((x0 + left - before, top, x0 + right - before, bottom), begins or 0.0))
            before += x1 - x0
        done = until
    return found
