"""The horizontal rules that are drawn on a page, as tables are set between them."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from fetcher.pdf.layout import Sheet

_MOST_PATHS, _MOST_SEGMENTS = 4000, 300
_THICKEST, _SHORTEST = 3.0, 5.0
_NEAR = 4.0


@dataclass(frozen=True)
class Rule:
    """A horizontal stroke; `y` from the top of the page."""

    x0: float
    x1: float
    y: float


def rules_of(document: Any, sheet: Sheet) -> list[Rule]:
    """All rules of a page from top to bottom, the pieces of one rule joined."""
    page = document[sheet.number - 1]
    left, _, _, top = page.get_bbox()
    strokes: list[Rule] = []
    for index, item in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=1)):
        if index > _MOST_PATHS:
            break
        try:
            x0, y0, x1, y1 = item.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        if x1 - x0 < _SHORTEST:
            continue
        flat = y1 - y0 < _THICKEST
        found = [(x0, x1, (y0 + y1) / 2)] if flat else _flat_segments(item.raw)
        strokes += [Rule(a - left, b - left, top - y) for a, b, y in found]
    return _joined(strokes)


def _flat_segments(path: Any) -> list[tuple[float, float, float]]:
    """The horizontal lines within a path, such as a grid that was drawn in one go."""
    count = pdfium.FPDFPath_CountSegments(path)
    matrix = pdfium.FS_MATRIX()
    if not 0 < count <= _MOST_SEGMENTS or not pdfium.FPDFPageObj_GetMatrix(path, ctypes.byref(matrix)):
        return []
    found: list[tuple[float, float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    before = (0.0, 0.0)
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        drawn = pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_LINETO
        if drawn and abs(point[1] - before[1]) < 0.5 and abs(point[0] - before[0]) >= _SHORTEST:
            found.append((min(point[0], before[0]), max(point[0], before[0]), point[1]))
        before = point
    return found


def _joined(strokes: list[Rule]) -> list[Rule]:
    rows: list[list[Rule]] = []
    for stroke in sorted(strokes, key=lambda rule: rule.y):
        if rows and stroke.y - rows[-1][0].y < 2:
            rows[-1].append(stroke)
        else:
            rows.append([stroke])
    joined: list[Rule] = []
    for row in rows:
        for stroke in sorted(row, key=lambda rule: rule.x0):
            last = joined[-1] if joined else None
            if last and last.y == row[0].y and stroke.x0 - last.x1 < _NEAR:
                joined[-1] = Rule(last.x0, max(last.x1, stroke.x1), last.y)
            else:
                joined.append(Rule(stroke.x0, stroke.x1, row[0].y))
    return joined
