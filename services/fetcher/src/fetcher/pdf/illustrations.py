"""Pictures of a paper without numbered figures: the small print right below one is its caption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from fetcher.pdf.blocks import body_size
from fetcher.pdf.figures import Rectangle, drawn_boxes

if TYPE_CHECKING:
    from fetcher.pdf.layout import Sheet
    from fetcher.pdf.sections import Piece

_MOST_PAGES = 20
_SMALLEST = 80.0
_NEAR = 26.0


def mark_illustrations(document: Any, sheets: list[Sheet], pieces: list[Piece]) -> None:
    """Give the role of a caption to what stands below a picture, where no caption has a label."""
    if len(sheets) > _MOST_PAGES or any(piece.role == "caption" for piece in pieces):
        return
    by_number = {sheet.number: sheet for sheet in sheets}
    usual = {sheet.number: body_size([sheet]) for sheet in sheets}
    small = [
        piece
        for piece in pieces
        if piece.role in ("prose", "other")
        and piece.block.size < 0.95 * usual[piece.block.page]
        and not piece.text[0].islower()
        and len(piece.block.lines) < 7
        and len(piece.text.split()) > 3
    ]
    images: dict[int, list[Rectangle]] = {}
    for piece in small:
        number = piece.block.page
        if number not in images:
            images[number] = _images(document, by_number[number])
        if any(_below(piece.block.box, image) for image in images[number]):
            piece.role = "caption"


def _images(document: Any, sheet: Sheet) -> list[Rectangle]:
    boxes = drawn_boxes(document, sheet, kinds=[pdfium.FPDF_PAGEOBJ_IMAGE])
    return [box for box in boxes if min(box[2] - box[0], box[3] - box[1]) > _SMALLEST]


def _below(text: Rectangle, image: Rectangle) -> bool:
    return -3 < text[1] - image[3] < _NEAR and text[0] > image[0] - 10 and text[2] < image[2] + 10
