"""Typefaces, from packages, never from the system; and which one draws which sign."""

from __future__ import annotations

import functools
import unicodedata
from contextvars import ContextVar
from importlib import resources

import fontpkg
from PIL import ImageFont

Font = ImageFont.FreeTypeFont
HEAD, TEXT, SERIF, MONO = "space-grotesk", "inter", "source-serif-4", "jetbrains-mono"
_ARABIC, _DEVANAGARI, _HAN = "noto-sans-arabic", "noto-sans-devanagari", "han-"
_LIKE_TEXT = (TEXT, SERIF)
_OTHERS = (TEXT, SERIF, MONO, _ARABIC, _DEVANAGARI)
_COLLECTION = {"ja": 0, "ko": 1, "zh": 2, "zh-hant": 3}
"""Place of each language's forms of the Chinese characters in the collection."""

_NOT_DRAWN = "\xad\ufeff\ufe0e\ufe0f"
"""Soft hyphen, byte order mark, and marks that choose between a sign's looks."""

language: ContextVar[str] = ContextVar("language", default="en")
"""Of the text that is being drawn: Chinese characters look different in Chinese, Japanese and Korean."""


@functools.lru_cache(maxsize=256)
def font(family: str, size: int, weight: int = 400) -> Font:
    """A family at a size in pixels and a weight."""
    if family.startswith(_HAN):
        collection = resources.files("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc"
        return ImageFont.truetype(str(collection), size, index=_COLLECTION[family.removeprefix(_HAN)])
    face = ImageFont.truetype(str(fontpkg.path(family, weight=weight, nearest=True)), size)
    axes = []
    for axis in face.get_variation_axes():
        name = str(axis["name"])
        wanted = weight if "eight" in name else size if "ptical" in name else axis["default"] or 0
        axes.append(float(min(max(wanted, axis["minimum"] or 0), axis["maximum"] or 0)))
    face.set_variation_by_axes(axes)
    return face


def stroke(family: str, size: int, weight: int) -> float:
    """Pixels by which outlines are thickened: Chinese, Japanese and Korean come in one weight."""
    return size * 0.016 if family.startswith(_HAN) and weight >= 600 else 0.0


def family_of(word: str, wanted: str) -> str | None:
    """The family that draws a whole word as if it were meant for it, or None."""
    return next((family for family in (wanted, *_LIKE_TEXT) if covers(family, word)), None)


def family_of_cluster(cluster: str, wanted: str, before: str | None) -> str:
    """The family of a sign and its marks: the one wanted, the one before it, or any that has them."""
    if all(sign.isspace() for sign in cluster):
        return before or wanted
    found = (family for family in (wanted, *_OTHERS, _han()) if covers(family, cluster))
    return next(found, wanted)


@functools.lru_cache(maxsize=8192)
def known(sign: str) -> str:
    """The sign, or what stands for it in plain letters where no family has it; nothing for what is not drawn."""
    if (
        unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") and not sign.isspace()
    ) or sign in "\xad\ufeff\ufe0e\ufe0f":
        return ""
    if sign.isspace() or any(_has(family, sign) for family in (HEAD, *_OTHERS, _HAN + "ja")):
        return sign
    plain = unicodedata.normalize("NFKC", sign)
    return plain if plain != sign and all(_has(TEXT, each) for each in plain) else sign


def covers(family: str, text: str) -> bool:
    """Whether the family draws every sign of the text as anything but the box for what is missing."""
    return all(_has(family, sign) for sign in set(text) if not sign.isspace())


def _han() -> str:
    code = language.get().lower()
    if code.startswith("zh"):
        hant = any(part in code for part in ("hant", "-tw", "-hk", "-mo"))
        return f"{_HAN}zh-hant" if hant else f"{_HAN}zh"
    return f"{_HAN}ko" if code.startswith("ko") else f"{_HAN}ja"


@functools.lru_cache(maxsize=8192)
def _has(family: str, sign: str) -> bool:
    probe = font(family, 40, 400)
    return bytes(probe.getmask(sign)) != bytes(probe.getmask("\U0010ffff"))
