"""Pictures of pages, and of parts of pages, put beside the paper."""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artifacts.paper import Image, Page
from PIL import Image as Pillow

if TYPE_CHECKING:
    from pathlib import Path

    from fetcher.pdf.layout import Sheet

_MOST_PAGES = 12
_WIDTH = 1000
_QUALITY = 80
_LARGEST_SIDE = 1600
_DPI = 200
_FEW_COLOURS = 3000


@dataclass(frozen=True)
class Easel:
    """What drawing needs: the document, where pictures go, until when (monotonic seconds), and where to complain."""

    document: Any
    out: Path
    deadline: float
    warnings: list[str]


def picture_pages(easel: Easel, sheets: list[Sheet]) -> list[Page]:
    """The first pages as JPEG, until the time is up."""
    pages = []
    for sheet in sheets[:_MOST_PAGES]:
        if time.monotonic() > easel.deadline:
            easel.warnings.append(f"Pages from {sheet.number} on have no picture: out of time.")
            break
        scale = min(_WIDTH / sheet.width, 2400 / sheet.height, 5.0)
        picture = easel.document[sheet.number - 1].render(scale=scale).to_pil().convert("RGB")
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=_QUALITY)
        image = put(buffer.getvalue(), f"page.{sheet.number}", "image/jpeg", picture.size, easel.out)
        pages.append(Page(number=sheet.number, width=sheet.width, height=sheet.height, image=image))
    return pages


def picture_region(easel: Easel, sheet: Sheet, box: tuple[float, float, float, float], artifact: str) -> Image:
    """A part of a page (points from the top left) as PNG where it is a drawing, as JPEG where it is a photograph."""
    x0, top, x1, bottom = box
    scale = min(_DPI / 72, _LARGEST_SIDE / max(x1 - x0, bottom - top))
    crop = (max(x0, 0), max(sheet.height - bottom, 0), max(sheet.width - x1, 0), max(top, 0))
    picture = easel.document[sheet.number - 1].render(scale=scale, crop=crop).to_pil().convert("RGB")
    buffer = io.BytesIO()
    drawn = picture.resize(
        (max(picture.width // 3, 1), max(picture.height // 3, 1)), Pillow.Resampling.NEAREST
    ).getcolors(_FEW_COLOURS)
    if drawn is None:
        picture.save(buffer, "JPEG", quality=88)
        return put(buffer.getvalue(), artifact, "image/jpeg", picture.size, easel.out)
    picture.save(buffer, "PNG", compress_level=6)
    return put(buffer.getvalue(), artifact, "image/png", picture.size, easel.out)


def put(content: bytes, artifact: str, media_type: str, size: tuple[int, int], out: Path) -> Image:
    """Write a picture and name it."""
    suffix = ".png" if media_type == "image/png" else ".jpg"
    (out / f"{artifact}{suffix}").write_bytes(content)
    return Image(
        artifact=artifact,
        digest=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        width=size[0],
        height=size[1],
    )
