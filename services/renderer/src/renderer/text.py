"""Setting text: measuring with tracking, balanced lines, sizes that fit."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from renderer import fonts
from renderer.fonts import Font

Ink = tuple[int, ...]


@dataclass(frozen=True)
class Style:
    """How text is set: family, size and leading in pixels, weight, tracking in em."""

    family: str
    size: int
    weight: int = 400
    leading: float = 1.25
    tracking: float = 0.0

    def face(self, text: str) -> Font:
        return fonts.fitting(text, self.family, self.size, self.weight)

    @property
    def line(self) -> int:
        """Height of a line in pixels."""
        return round(self.size * self.leading)

    def width(self, text: str) -> float:
        """Width of the text in pixels."""
        return float(self.face(text).getlength(text)) + self.tracking * self.size * max(0, len(text) - 1)

    def at(self, size: int) -> Style:
        return Style(self.family, size, self.weight, self.leading, self.tracking)


def put(image: Image.Image, x: float, y: float, text: str, style: Style, ink: Ink) -> None:
    """Draw one line with its line box's top left corner at x, y."""
    draw = ImageDraw.Draw(image)
    face = style.face(text)
    base = y + style.line / 2 + style.size * 0.355
    if not style.tracking:
        draw.text((x, base), text, fill=ink, font=face, anchor="ls")
        return
    for index, sign in enumerate(text):
        at = x + float(face.getlength(text[: index + 1]) - face.getlength(sign)) + index * style.tracking * style.size
        draw.text((at, base), sign, fill=ink, font=face, anchor="ls")


def wrap(text: str, style: Style, width: float) -> list[str]:
    """Break into as few lines as fit, as equal as they can be; a word that is too long is cut."""
    words = [piece for word in text.split() for piece in _pieces(word, style, width)]
    greedy = _greedy(words, style, width)
    if len(greedy) < 2:
        return greedy
    low, high = 0.0, width
    while high - low > 4:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_greedy(words, style, middle)) <= len(greedy) else (middle, high)
    return _greedy(words, style, high)


def _greedy(words: list[str], style: Style, width: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and style.width(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _pieces(word: str, style: Style, width: float) -> list[str]:
    if style.width(word) <= width or len(word) < 4:
        return [word]
    cut = max(2, int(len(word) * width / style.width(word)) - 1)
    return [word[:cut] + "-", *_pieces(word[cut:], style, width)]


def fit(text: str, style: Style, width: float, height: float, smallest: int) -> tuple[Style, list[str]]:
    """The largest size, down to `smallest`, at which the text fits the box, and its lines."""
    for size in range(style.size, smallest - 1, -2):
        lines = wrap(text, style.at(size), width)
        whole = not any(line.endswith("-") for line in lines) or "-" in text
        if whole and len(lines) * style.at(size).line <= height:
            return style.at(size), lines
    lines = wrap(text, style.at(smallest), width)
    most = max(1, int(height // style.at(smallest).line))
    return style.at(smallest), lines[:most] if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def clipped(text: str, style: Style, width: float) -> str:
    """The text, cut with an ellipsis where it is too wide."""
    if style.width(text) <= width:
        return text
    while text and style.width(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def block(lines: list[str], style: Style, ink: Ink) -> Image.Image:
    """Lines as a picture, flush left, with air for overhangs on the right."""
    width = round(max((style.width(line) for line in lines), default=1)) + style.size // 3 + 2
    image = Image.new("RGBA", (width, max(1, len(lines) * style.line)), (*ink[:3], 0))
    for row, line in enumerate(lines):
        put(image, 0, row * style.line, line, style, ink)
    return image
