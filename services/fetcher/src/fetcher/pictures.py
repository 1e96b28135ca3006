"""Pictures of a paper: checked by decoding, named by artifact and content."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import warnings
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from artifacts.paper import Figure, Image

if TYPE_CHECKING:
    from pathlib import Path

_DATA = re.compile(r"data:(?P<type>[\w/+.-]*)(?:;[\w=-]+)*?(?P<base64>;base64)?,(?P<body>.*)", re.DOTALL)
_LARGEST_BYTES = 20_000_000
_LARGEST_PIXELS = 40_000_000
_LARGEST_SIDE = 2400
_TYPES = {"PNG": ("image/png", ".png"), "JPEG": ("image/jpeg", ".jpg")}


def with_embedded(figures: list[Figure], addresses: dict[str, str], out: Path) -> tuple[list[Figure], dict[str, str]]:
    """The figures with the pictures whose address is a `data:` URI put into `out`, and the addresses of the others."""
    done, elsewhere = [], {}
    for figure in figures:
        address = addresses.get(figure.id, "")
        if address.startswith("data:"):
            done.append(with_picture(figure, data_uri_bytes(address), out))
            continue
        if address:
            elsewhere[figure.id] = address
        done.append(figure)
    return done, elsewhere


def with_picture(figure: Figure, content: bytes | None, out: Path) -> Figure:
    """The figure with its picture put into `out`; the figure as it was where the bytes are no usable picture."""
    image = put_picture(content, f"figure.{figure.id.rpartition('.')[2]}", out) if content else None
    return figure.model_copy(update={"image": image}) if image else figure


def data_uri_bytes(address: str) -> bytes | None:
    """The bytes of a `data:` URI; None where it is malformed or too large."""
    found = _DATA.fullmatch(address.strip())
    if found is None or len(found["body"]) > _LARGEST_BYTES * 4 // 3:
        return None
    if not found["base64"]:
        return unquote_to_bytes(found["body"])
    try:
        return base64.b64decode(re.sub(r"\s+", "", unquote_to_bytes(found["body"]).decode("ascii")), validate=True)
    except (binascii.Error, UnicodeDecodeError):
        return None


def put_picture(content: bytes, artifact: str, out: Path) -> Image | None:
    """Decode a picture and put it into `out` as `<artifact>.png` or `.jpg`; None where it is no usable picture.

    PNG and JPEG of moderate size stay as they are; others become PNG, larger ones are made smaller.
    """
    from PIL import Image as Pillow  # noqa: PLC0415 - loaded only where it is needed, so that services start fast
    from PIL import UnidentifiedImageError  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

    if len(content) > _LARGEST_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Pillow.open(io.BytesIO(content)) as picture:
                if picture.width * picture.height > _LARGEST_PIXELS or min(picture.size) < 2:
                    return None
                picture.load()
                kept, kind = _settled(picture, content)
                width, height = Pillow.open(io.BytesIO(kept)).size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Pillow.DecompressionBombError):
        return None
    media_type, suffix = _TYPES[kind]
    (out / f"{artifact}{suffix}").write_bytes(kept)
    digest = hashlib.sha256(kept).hexdigest()
    return Image(artifact=artifact, digest=digest, media_type=media_type, width=width, height=height)


def _settled(picture: object, content: bytes) -> tuple[bytes, str]:
    from PIL import Image as Pillow  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

    assert isinstance(picture, Pillow.Image)
    kind = picture.format or ""
    if kind in _TYPES and max(picture.size) <= _LARGEST_SIDE and picture.mode in ("RGB", "RGBA", "L", "P"):
        return content, kind
    kind = "JPEG" if kind == "JPEG" else "PNG"
    changed = picture.convert("RGB" if kind == "JPEG" or picture.mode not in ("RGBA", "LA", "P", "PA") else "RGBA")
    changed.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    buffer = io.BytesIO()
    changed.save(buffer, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return buffer.getvalue(), kind
