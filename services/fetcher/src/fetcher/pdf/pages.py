"""Pictures of pages, and of parts of pages, put beside the paper."""

from __future__ import annotations

import hashlib
import io
import time
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from artifacts.paper import Image, Page
from fetcher.pdf.layout import Sheet

_MOST_PAGES = 12
_WIDTH = 1000
_QUALITY = 80
_LARGEST_SIDE = 1600
_DPI = 200
_FEW_COLOURS = 3000


def picture_pages(document: Any, sheets: list[Sheet], out: Path, deadline: float, warnings: list[str]) -> list[Page]:
    """The first pages as JPEG, until the time is up."""
    pages = []
    for sheet in sheets[:_MOST_PAGES]:
        if time.monotonic() > deadline:
            warnings.append(f"Pages from {sheet.number} on have no picture: out of time.")
            break
        scale = min(_WIDTH / sheet.width, 2400 / sheet.height, 5.0)
        picture = document[sheet.number - 1].render(scale=scale).to_pil().convert("RGB")
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=_QUALITY)
        image = put(buffer.getvalue(), f"page.{sheet.number}", "image/jpeg", picture.size, out)
        pages.append(Page(number=sheet.number, width=sheet.width, height=sheet.height, image=image))
    return pages


def picture_region(document: Any, sheet: Sheet, box: tuple[float, float, float, float], artifact: str, out: Path) -> Image:
    """A part of a page (points from the top left) as PNG where it is a drawing, as JPEG where it is a photograph."""
    x0, top, x1, bottom = box
    scale = min(_DPI / 72, _LARGEST_SIDE / max(x1 - x0, bottom - top))
    crop = (max(x0, 0), max(sheet.height - bottom, 0), max(sheet.width - x1, 0), max(top, 0))
    picture = document[sheet.number - 1].render(scale=scale, crop=crop).to_pil().convert("RGB")
    buffer = io.BytesIO()
    drawn = picture.resize((max(picture.width // 3, 1), max(picture.height // 3, 1)), Pillow.Resampling.NEAREST).getcolors(_FEW_COLOURS)
    if drawn is None:
        picture.save(buffer, "JPEG", quality=88)
        return put(buffer.getvalue(), artifact, "image/jpeg", picture.size, out)
    picture.save(buffer, "PNG", compress_level=6)
    return put(buffer.getvalue(), artifact, "image/png", picture.size, out)


def put(content: bytes, artifact: str, media_type: str, size: tuple[int, int], out: Path) -> Image:
    """Write a picture and name it."""
    suffix = ".png" if media_type == "image/png" else ".jpg"
    (out / f"{artifact}{suffix}").write_bytes(content)
    return Image(artifact=artifact, digest=hashlib.sha256(content).hexdigest(), media_type=media_type, width=size[0], height=size[1])
