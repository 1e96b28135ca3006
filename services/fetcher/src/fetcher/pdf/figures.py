"""Figures: the graphics that a caption stands beside, cut out of the page."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

from fetcher.pdf.pages import Easel, picture_region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from artifacts.paper import Image

    from fetcher.pdf.assembly import Caption
    from fetcher.pdf.layout import Sheet
    from fetcher.pdf.sections import Piece

Rectangle = tuple[float, float, float, float]
_MOST = 20
_MOST_OBJECTS = 6000
_SMALLEST = 45.0
_FEW_WORDS = 60
_DRAWN = [pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING, pdfium.FPDF_PAGEOBJ_FORM]


def cut_figures(
    easel: Easel,
    sheets: list[Sheet],
    pieces: list[Piece],
    captions: list[Caption],
    tables: list[tuple[int, Rectangle]],
) -> dict[str, Image]:
    """Pictures by the id of their caption's passage; `tables` are pages and places that hold none."""
    by_number = {sheet.number: sheet for sheet in sheets}
    found: dict[str, Image] = {}
    taken: dict[int, list[Rectangle]] = {}
    for page, place in tables:
        taken.setdefault(page, []).append(place)
    captions = captions[:_MOST]
    objects = {number: drawn_boxes(easel.document, by_number[number]) for number in {c.block.page for c in captions}}
    order = _order(captions, by_number, objects, pieces)
    plates = _plates(captions, easel.document, sheets)
    for caption in captions:
        if time.monotonic() > easel.deadline:
            easel.warnings.append(f"Figures from {caption.label} on have no picture: out of time.")
            break
        number = caption.block.page
        sheet = by_number[number]
        places = _places(caption, sheet, objects[number], pieces, taken.get(number, []))
        box = next((places[index] for index in order if places[index]), None)
        if box is None and (plate := _plate(caption.label, easel.document, sheets) or plates.get(caption.passage)):
            sheet, box = plate
        if box is None:
            continue
        taken.setdefault(number, []).append(box)
        try:
            found[caption.passage] = picture_region(easel, sheet, box, f"figure.{caption.passage.rpartition('.')[2]}")
        except (pypdfium2.PdfiumError, OSError, ValueError) as error:
            easel.warnings.append(f"{caption.label} could not be drawn ({error}).")
    return found


def _order(
    captions: list[Caption], sheets: dict[int, Sheet], objects: dict[int, list[Rectangle]], pieces: list[Piece]
) -> tuple[int, ...]:
    """Where to look first: below the caption in a paper whose captions stand above their figures."""
    votes = 0
    for caption in captions:
        number = caption.block.page
        above, below, *_ = _places(caption, sheets[number], objects[number], pieces, [])
        votes += bool(below and not above) - bool(above and not below)
    return (1, 0, 2, 3) if votes > 0 else (0, 1, 2, 3)


def _plate(label: str, document: Any, sheets: list[Sheet]) -> tuple[Sheet, Rectangle] | None:
    """The page of a manuscript's end that holds nothing but the figure and its label."""
    for sheet in sheets:
        texts = [line.text.strip() for line in sheet.lines]
        named = any(re.fullmatch(rf"{re.escape(label)}\W*", text, re.IGNORECASE) for text in texts)
        if named and sum(len(text.split()) for text in texts) < 120 and (box := _graphics(document, sheet)):
            return sheet, box
    return None


def _plates(captions: list[Caption], document: Any, sheets: list[Sheet]) -> dict[str, tuple[Sheet, Rectangle]]:
    """Pages at a manuscript's end that hold a picture each and no label, where there is one for every figure."""
    last = max((caption.block.page for caption in captions), default=0)
    bare = [
        sheet for sheet in sheets if sheet.number > last and sum(len(line.words) for line in sheet.lines) < _FEW_WORDS
    ]
    found = [(sheet, box) for sheet in bare if (box := _graphics(document, sheet))]
    if len(found) != len(captions):
        return {}
    return {
        caption.passage: (sheet, _lettered(sheet, box, sheets[0]))
        for caption, (sheet, box) in zip(captions, found, strict=True)
    }


def _lettered(sheet: Sheet, box: Rectangle, first: Sheet) -> Rectangle:
    """The graphics with the words around them: all of a page that is as small as its picture."""
    if sheet.width * sheet.height < 0.6 * first.width * first.height:
        return 0.0, 0.0, sheet.width, sheet.height
    words = [(line.x0, line.top, line.x1, line.bottom) for line in sheet.lines]
    return _union([box, *(word for word in words if _touches(word, box, 30))])


def _graphics(document: Any, sheet: Sheet) -> Rectangle | None:
    """Everything drawn on a page, where it is large enough to be a figure."""
    boxes = drawn_boxes(document, sheet, whole=True)
    box = _union(boxes) if boxes else (0.0, 0.0, 0.0, 0.0)
    return box if min(box[2] - box[0], box[3] - box[1]) > _SMALLEST else None


def drawn_boxes(document: Any, sheet: Sheet, *, whole: bool = False, kinds: Sequence[int] = _DRAWN) -> list[Rectangle]:
    """Boxes of images and drawings on a page; rules, frames of the whole page and specks left out."""
    boxes: list[Rectangle] = []
    page = document[sheet.number - 1]
    left, bottom, _, top = page.get_bbox()
    for index, item in enumerate(page.get_objects(filter=kinds, max_depth=1)):
        if index > _MOST_OBJECTS:
            break
        try:
            x0, y0, x1, y1 = item.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        box = (max(x0 - left, 0), max(top - y1, 0), min(x1 - left, sheet.width), min(top - y0, sheet.height))
        width, height = box[2] - box[0], box[3] - box[1]
        rule = (height < 1.6 and width > 60) or (width < 1.6 and height > 0.4 * sheet.height)
        if (
            min(width, height) >= 0
            and (whole or width * height < 0.85 * sheet.width * sheet.height)
            and not rule
            and y0 >= bottom - 1
        ):
            boxes.append(box)
    return boxes


def _places(
    caption: Caption, sheet: Sheet, objects: list[Rectangle], pieces: list[Piece], taken: list[Rectangle]
) -> list[Rectangle | None]:
    """The graphics above, below, left and right of a caption."""
    own = caption.block.box
    here = [piece for piece in pieces if piece.block.page == sheet.number and piece.block is not caption.block]
    walls = [
        piece.block.box
        for piece in here
        if piece.role == "caption" or (piece.role == "prose" and len(piece.block.lines) > 1) or piece.role == "note"
    ] + taken
    labels = [piece.block.box for piece in here if piece.role in ("other", "heading") and len(piece.text.split()) < 25]
    free = [box for box in objects if not any(_inside(box, wall) for wall in walls)]
    left, right = caption.block.column
    span = (min(own[0], left) - 4, max(own[2], right) + 4)
    above = (
        span[0],
        max([wall[3] for wall in walls if _over(wall, span) and wall[3] <= own[1] + 2], default=0.03 * sheet.height),
        span[1],
        own[1],
    )
    below = (
        span[0],
        own[3],
        span[1],
        min([wall[1] for wall in walls if _over(wall, span) and wall[1] >= own[3] - 2], default=0.96 * sheet.height),
    )
    left_of = (0.0, own[1] - 0.6 * sheet.height, own[0], own[3] + 40)
    right_of = (own[2], own[1] - 0.6 * sheet.height, sheet.width, own[3] + 40)
    return [_filled(zone, free, labels, walls, sheet) for zone in (above, below, left_of, right_of)]


def _filled(
    zone: Rectangle, objects: list[Rectangle], labels: list[Rectangle], walls: list[Rectangle], sheet: Sheet
) -> Rectangle | None:
    """The graphics in a zone with the words that belong to them; None where there is hardly any."""
    inside = [box for box in objects if _middle_in(box, zone)]
    if not inside:
        return None
    box = _union(inside)
    wide = [
        other
        for other in objects
        if zone[1] - 1 <= (other[1] + other[3]) / 2 <= zone[3] + 1 and _touches(other, box, 12)
    ]
    grown = _union([box, *wide])
    if not any(_touches(grown, wall, -3) for wall in walls):
        box = grown
    if box[2] - box[0] < _SMALLEST or box[3] - box[1] < _SMALLEST:
        return None
    near = [
        label for label in labels if _touches(label, box, 10) and zone[1] - 2 <= label[1] and label[3] <= zone[3] + 2
    ]
    box = _union([box, *near])
    return max(box[0] - 3, 0), max(box[1] - 3, zone[1]), min(box[2] + 3, sheet.width), min(box[3] + 3, zone[3])


def _union(boxes: list[Rectangle]) -> Rectangle:
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _middle_in(box: Rectangle, zone: Rectangle) -> bool:
    return zone[0] <= (box[0] + box[2]) / 2 <= zone[2] and zone[1] - 1 <= (box[1] + box[3]) / 2 <= zone[3] + 1


def _inside(box: Rectangle, wall: Rectangle) -> bool:
    return box[0] >= wall[0] - 2 and box[2] <= wall[2] + 2 and box[1] >= wall[1] - 2 and box[3] <= wall[3] + 2


def _over(wall: Rectangle, span: tuple[float, float]) -> bool:
    return min(wall[2], span[1]) - max(wall[0], span[0]) > 12


def _touches(one: Rectangle, other: Rectangle, margin: float) -> bool:
    return (
        one[0] < other[2] + margin
        and other[0] < one[2] + margin
        and one[1] < other[3] + margin
        and other[1] < one[3] + margin
    )
