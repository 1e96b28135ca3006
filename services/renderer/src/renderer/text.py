"""Setting text: runs of one font and one direction, measuring with tracking, drawing."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, features

from renderer import bidi, fonts
from renderer.fonts import Font

Ink = tuple[int, ...]
_CLUSTERS = re.compile("[⁰¹²³⁴-⁹⁺-ⁿ]+|[₀-ₜ]+|.", re.DOTALL)
"""Superscripts that stand together are of one font, so that they stand at one height."""
_SCRIPTS = re.compile("[⁰¹²³⁴-⁹⁺-ⁿ₀-ₜ]+")
_JOINED = re.compile("[\u0300-\u036f\u0590-\u08ff\u0900-\u0dff\u200c\u200d\ufb50-\ufdff\ufe70-\ufefc]")
"""Signs whose shapes depend on their neighbours, which tracking would tear apart."""
_TALL = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Signs that fill the whole height of a line."""


@dataclass(frozen=True)
class Style:
    """How text is set: family, size and leading in pixels, weight, tracking in em."""

    family: str
    size: int
    weight: int = 400
    leading: float = 1.25
    tracking: float = 0.0
    tabular: bool = False
    """Whether all figures are of one width, for what counts."""

    @property
    def line(self) -> int:
        """Height of a line in pixels."""
        return round(self.size * self.leading)

    def width(self, text: str) -> float:
        """Width of the text in pixels."""
        return sum(run.width for run in runs(text, self))

    def at(self, size: int) -> Style:
        return replace(self, size=size)


@dataclass(frozen=True)
class Run:
    """Signs that one font draws in one direction; tracking and stroke in pixels."""

    text: str
    face: Font
    family: str
    rtl: bool = False
    tracking: float = 0.0
    stroke: float = 0.0
    tabular: bool = False

    @property
    def width(self) -> float:
        return self._length(self.text) + self.tracking * (len(self.text) - 1)

    @property
    def _direction(self) -> str | None:
        return ("rtl" if self.rtl else "ltr") if _shapes() else None

    @property
    def _features(self) -> list[str] | None:
        return ["tnum"] if self.tabular and _shapes() else None

    def _length(self, text: str) -> float:
        return float(self.face.getlength(text, direction=self._direction, features=self._features))

    def draw(self, draw: ImageDraw.ImageDraw, x: float, base: float, ink: Ink) -> None:
        """Draw with the left end of the baseline at x, base."""
        pieces = [(0.0, self.text)]
        if self.tracking:
            ends = [self._length(self.text[: index + 1]) for index in range(len(self.text))]
            pieces = [
                (end - self._length(sign) + index * self.tracking, sign)
                for index, (sign, end) in enumerate(zip(self.text, ends, strict=True))
            ]
        for right, text in pieces:
            draw.text(
                (x + right, base),
                text,
                fill=ink,
                font=self.face,
                anchor="ls",
                direction=self._direction,
                features=self._features,
                stroke_width=self.stroke,
            )


@functools.lru_cache(maxsize=1)
def _shapes() -> bool:
    """Whether Pillow shapes text here: it does where the system has FriBiDi."""
    return bool(features.check("raqm"))


def runs(text: str, style: Style) -> tuple[Run, ...]:
    """The text's runs in the order in which they are seen."""
    return _runs(text, style, fonts.language.get())


@functools.lru_cache(maxsize=4096)
def _runs(text: str, style: Style, _language: str) -> tuple[Run, ...]:
    text = "".join(map(fonts.known, text))
    found: list[Run] = []
    for piece, rtl in bidi.directions(text):
        drawn = _parts(piece.replace(bidi.MARK, ""), style.family)
        parts = [_run(part, family, style, rtl=rtl) for part, family in drawn if part]
        found += reversed(parts) if rtl else parts
    return tuple(found)


def _run(text: str, family: str, style: Style, *, rtl: bool) -> Run:
    if rtl and not _shapes():
        text = bidi.drawn_plainly(text)
    face, thicker = fonts.font(family, style.size, style.weight), fonts.stroke(family, style.size, style.weight)
    tracked = family == style.family and not rtl and not _JOINED.search(text)
    tracking = style.tracking * style.size if tracked else 0.0
    return Run(text, face, family, rtl, tracking, thicker, style.tabular)


def _parts(text: str, wanted: str) -> list[tuple[str, str]]:
    """Pieces of text by the family that draws them."""
    if (family := fonts.family_of(text, wanted)) == wanted:
        return [(text, wanted)]
    found: list[tuple[str, str]] = []
    for word in re.findall(r"\s+|\S+", text):
        plain = _SCRIPTS.sub("", word)
        apart = word.isspace() or (plain != word and fonts.covers(wanted, plain))
        family = None if apart else fonts.family_of(word, wanted)
        for cluster in [word] if family else _CLUSTERS.findall(word):
            before = found[-1][1] if found else None
            chosen = family or fonts.family_of_cluster(cluster, wanted, before)
            if found and (chosen == before or (_JOINED.match(cluster) and fonts.covers(before or wanted, cluster))):
                found[-1] = (found[-1][0] + cluster, found[-1][1])
            else:
                found.append((cluster, chosen))
    return found


def put(image: Image.Image, x: float, y: float, text: str, style: Style, ink: Ink) -> None:
    """Draw one line with its line box's top left corner at x, y."""
    draw = ImageDraw.Draw(image)
    base = y + style.line / 2 + style.size * 0.355
    for run in runs(text, style):
        run.draw(draw, x, base, ink)
        x += run.width


def clipped(text: str, style: Style, width: float) -> str:
    """The text, cut with an ellipsis where it is too wide."""
    if style.width(text) <= width:
        return text
    while text and style.width(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def block(lines: list[str], style: Style, ink: Ink, air: int = 0) -> Image.Image:
    """Lines as a picture, flush left, with air for overhangs on the right, and so much above and below."""
    width = round(max((style.width(line) for line in lines), default=1)) + style.size // 3 + 2
    image = Image.new("RGBA", (width, max(1, len(lines) * style.line) + 2 * air), (*ink[:3], 0))
    for row, line in enumerate(lines):
        put(image, 0, air + row * style.line, line, style, ink)
    return image


def roomy(style: Style, text: str) -> Style:
    """The style with lines as far apart as the text's script asks for."""
    needed = 1.42 if _JOINED.search(text) else 1.2 if _TALL.search(text) else 0.0
    return replace(style, leading=max(style.leading, needed))
