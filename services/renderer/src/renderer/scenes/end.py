"""End: read it yourself. Title, authors, QR code, licence, badges."""

from __future__ import annotations

from artifacts.script import EndVisual
from PIL import Image

from renderer.fonts import MONO, TEXT
from renderer.layers import STAGGER, Layer, still
from renderer.scenes.scene import HEADLINE, KICKER, Scene, line
from renderer.shapes import badge, rounded
from renderer.text import Style, clipped, put, roomy
from renderer.theme import BOTTOM, COLUMN, LEFT, TOP
from renderer.wrapping import at_most, fit, wrap

BYLINE = Style(TEXT, 38, 400, leading=1.35)
LINE = Style(TEXT, 32, 400, leading=1.36)
LINK = Style(MONO, 28, 500, leading=1.4)
BADGE = Style(TEXT, 28, 600, leading=1.3)
_PAD, _CODE = 44, 240


def layers(scene: Scene) -> list[Layer]:
    """Kicker, title, byline, card, badges."""
    visual = scene.brief.visual
    assert visual.kind == "end"
    found: list[Layer] = [line(scene.brief.kicker or "Read it yourself", KICKER, scene.accent, TOP)]
    y = TOP + KICKER.line + 16
    rows = _rows_of(visual)
    below = 14 + 2 * BYLINE.line + 34 + _height(visual, rows) + 34 + BADGE.line + 22
    height = min(330, max(190, BOTTOM + 20 - y - below))
    style, lines = fit(visual.title, roomy(HEADLINE.at(72), visual.title), COLUMN, height, 42)
    for text in lines:
        found.append(line(text, style, scene.ink, y, STAGGER * len(found)))
        y += style.line
    y += 14
    byline = " · ".join(part for part in (visual.authors, visual.journal, visual.year) if part)
    for text in at_most(wrap(byline, BYLINE, COLUMN), BYLINE, COLUMN, 2 * BYLINE.line):
        found.append(line(text, BYLINE, scene.soft, y, STAGGER * len(found)))
        y += BYLINE.line
    y += 34
    while len(rows) > 1 and y + _height(visual, rows) > BOTTOM - 20:
        rows.pop()
    card = _card(scene, visual, rows)
    found.append(still(card, LEFT, y, STAGGER * len(found)))
    y += card.height + 34
    return found + _badges(scene, visual, y, len(found))


def _link(visual: EndVisual) -> str:
    return f"https://doi.org/{visual.doi}" if visual.doi else visual.url


def _left(visual: EndVisual) -> int:
    """Where the rows of the card begin: beside the code, if there is one."""
    return _PAD + (_CODE + 40 if _link(visual) else 0)


def _rows_of(visual: EndVisual) -> list[tuple[str, Style]]:
    width = COLUMN - _left(visual) - _PAD
    licence = f"Licence {visual.licence}" if visual.licence else ""
    shown = _link(visual).removeprefix("https://").removeprefix("http://")
    return [*_rows(shown, LINK, width, 3), *_rows(licence, LINE, width, 2), *_rows(visual.credits, LINE, width, 3)]


def _height(visual: EndVisual, rows: list[tuple[str, Style]]) -> int:
    return max(sum(style.line for _, style in rows), _CODE if _link(visual) else 0) + 2 * _PAD


def _card(scene: Scene, visual: EndVisual, rows: list[tuple[str, Style]]) -> Image.Image:
    height = _height(visual, rows)
    image = rounded(COLUMN, height, 36, scene.theme.card)
    if _link(visual):
        image.alpha_composite(_code(_link(visual)), (_PAD, (height - _CODE) // 2))
    y = (height - sum(style.line for _, style in rows)) / 2
    for text, style in rows:
        put(image, _left(visual), y, text, style, scene.ink)
        y += style.line
    return image


def _rows(text: str, style: Style, width: float, most: int) -> list[tuple[str, Style]]:
    return [(row, style) for row in at_most(wrap(text, style, width), style, width, most * style.line)]


def _code(link: str) -> Image.Image:
    """A QR code with its quiet zone, on white whatever the theme."""
    import segno  # noqa: PLC0415 - only end cards need it

    matrix = [list(row) for row in segno.make(link, error="m", micro=False).matrix]
    size = len(matrix) + 8
    pixels = Image.new("L", (size, size), 255)
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                pixels.putpixel((column + 4, row + 4), 0)
    scaled = pixels.resize((_CODE // size * size,) * 2, Image.Resampling.NEAREST)
    image = rounded(_CODE, _CODE, 18, (255, 255, 255, 255))
    margin = (_CODE - scaled.width) // 2
    quiet = scaled.width // size * 4
    inner = scaled.crop((quiet, quiet, scaled.width - quiet, scaled.height - quiet)).convert("RGBA")
    image.alpha_composite(inner, (margin + quiet, margin + quiet))
    return image


def _badges(scene: Scene, visual: EndVisual, y: int, before: int) -> list[Layer]:
    found: list[Layer] = []
    x = LEFT
    texts = [(text, scene.accent) for text in visual.labels] + [(text, scene.ink) for text in visual.badges]
    for text, ink in texts:
        pill = badge(clipped(text, BADGE, COLUMN - 60), BADGE, ink, scene.theme.card)
        if x > LEFT and x + pill.width > LEFT + COLUMN:
            x, y = LEFT, y + pill.height + 16
        if y + pill.height > BOTTOM + 30:
            break
        found.append(still(pill, x, y, STAGGER * (before + len(found))))
        x += pill.width + 16
    return found
