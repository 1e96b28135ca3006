"""Pictures of the paper: opened with care, and framed as the first picture of a film."""

from __future__ import annotations

import base64
import logging
import warnings
from io import BytesIO

from PIL import Image, ImageFilter, ImageStat

from chassis import JobFolder

log = logging.getLogger(__name__)
_LARGEST = 40_000_000
"""Pixels of a picture that we are willing to open."""
_FRAME = (720, 1280)
_MIDDLE, _LOW = 0.45, 0.5
"""Height of a lying picture's middle in the frame, over the captions, and up to which height it lies."""
_CROPPED = 0.12
"""Share of a picture that may be cut off for it to fill the frame."""


def open_picture(folder: JobFolder, digest: str) -> Image.Image | None:
    """A picture of the paper, on white where it is transparent; None when it is broken or far too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(folder.blob(digest))
            if picture.width * picture.height > _LARGEST:
                log.warning("picture is too large", extra={"digest": digest})
                return None
            flat = Image.new("RGBA", picture.size, (255, 255, 255, 255))
            flat.alpha_composite(picture.convert("RGBA"))
            return flat.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        log.warning("picture cannot be opened", extra={"digest": digest, "error": repr(error)})
        return None


def framed(picture: Image.Image) -> Image.Image:
    """The picture upright, 720x1280: filling it where little is lost, else whole on a soft ground of its own edge."""
    width, height = _FRAME
    fill = max(width / picture.width, height / picture.height)
    if 1 - (width * height) / (picture.width * picture.height * fill * fill) <= _CROPPED:
        left, top = (picture.width - width / fill) / 2, (picture.height - height / fill) / 2
        box = (left, top, picture.width - left, picture.height - top)
        return picture.resize(_FRAME, Image.Resampling.LANCZOS, box=box)
    scale = min(width / picture.width, height / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    low = round(_MIDDLE * height) if size[1] < _LOW * height else height // 2
    place = (width - size[0]) // 2, low - size[1] // 2
    shown = picture.resize(size, Image.Resampling.LANCZOS)
    ground = Image.new("RGB", _FRAME, _edge(shown))
    ground.paste(shown, place)
    ground = ground.filter(ImageFilter.GaussianBlur(40))  # the picture's edge runs out softly
    ground.paste(shown, place)
    return ground


def data_uri(picture: Image.Image) -> str:
    """The picture as a JPEG in a data URI; at 720x1280 it is far below the 5 MB that vendors take."""
    file = BytesIO()
    picture.save(file, "JPEG", quality=92, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def _edge(picture: Image.Image) -> tuple[int, int, int]:
    """The colour that prevails along the picture's rim."""
    width, height = picture.size
    rim = Image.new("RGB", (2 * (width + height), 1))
    for index, box in enumerate(((0, 0, width, 1), (0, height - 1, width, height))):
        rim.paste(picture.crop(box), (index * width, 0))
    for index, box in enumerate(((0, 0, 1, height), (width - 1, 0, width, height))):
        rim.paste(picture.crop(box).transpose(Image.Transpose.ROTATE_90), (2 * width + index * height, 0))
    red, green, blue = ImageStat.Stat(rim).median
    return int(red), int(green), int(blue)
