"""How wide a text is in the type that captions are burned in with: Inter ExtraBold, 66 px."""

from __future__ import annotations

from functools import cache, lru_cache

from PIL import ImageFont

from captioner.phrases import is_wide

SIZE = 66
WEIGHT = 800
LIMIT = 835.0


@cache
def _font() -> ImageFont.FreeTypeFont:
    import fontpkg  # noqa: PLC0415 - finding the font scans the installed packages

    font = ImageFont.truetype(str(fontpkg.path("Inter")), SIZE)
    axes = {bytes(a["name"]).decode(): a for a in font.get_variation_axes()}
    wanted = {"Weight": WEIGHT, "Optical Size": 32}
    font.set_variation_by_axes(
        [min(max(wanted.get(name, axis["default"] or 0), axis["minimum"] or 0), axis["maximum"] or 0) for name, axis in axes.items()]
    )
    return font


@lru_cache(4096)
def pixels(text: str) -> float:
    """Width of a line in pixels. A wide character takes an em: its glyph is another font's."""
    narrow = "".join(c for c in text if not is_wide(c))
    return _font().getlength(narrow) + SIZE * (len(text) - len(narrow))
