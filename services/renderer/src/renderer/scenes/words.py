"""The paper's own words on a card: the sentence that a number or a claim is taken from."""

from __future__ import annotations

import re

from artifacts.script import Brief
from PIL import Image

from renderer.bidi import is_rtl
from renderer.fonts import SERIF
from renderer.scenes.scene import SMALL, Scene
from renderer.shapes import rounded
from renderer.text import Style, clipped, put
from renderer.theme import COLUMN
from renderer.wrapping import count, wrap

BODY = Style(SERIF, 42, 400, leading=1.42)
_PAD, _SMALLEST = 44, 34
_LENGTHS = (260, 190, 130, 90)
"""Letters of the sentence that are shown, the more the better."""
_SENTENCES = re.compile(r"(?<=[.!?。！？])\s*(?<!\bvs\.)(?<!\bal\.)(?<!Fig\.)\s+(?=[^\sa-z])|\n+")


def sentence_of(brief: Brief, number: str = "") -> str:
    """The sentence of the evidence that holds the number or, without one, is most like what is said; or nothing."""
    parts = [part.text for said in brief.sentences for part in said.evidence]
    found = [each.strip() for part in parts for each in _SENTENCES.split(part)]
    if number:
        exact = re.compile(rf"(?<![\d.,]){re.escape(number)}(?!\d|[.,]\d)")
        return next((each for each in found if exact.search(each)), "")
    said = _letters(" ".join(each.text for each in brief.sentences))
    return max(found, key=lambda each: len(said & _letters(each)), default="")


def _letters(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", text.lower()))


def _around(text: str, number: str, longest: int) -> str:
    """At most so many letters of a sentence, whole words with the number in them."""
    if len(text) <= longest:
        return text
    middle = text.find(number) if number else 0
    start = max(0, min(middle - longest // 2, len(text) - longest))
    words = text[start : start + longest].split(" ")
    words = words[1:] if start else words
    cut = start + longest < len(text)
    return ("… " if start else "") + " ".join(words[:-1] if cut else words).rstrip(",;: ") + (" …" if cut else "")


def _set(text: str, number: str, room: int) -> tuple[Style, list[str]] | None:
    """The size and the lines at which as much of the sentence as can be fits the room."""
    for longest in _LENGTHS:
        quoted = f"“{_around(text, number, longest)}”"
        for size in range(BODY.size, _SMALLEST - 1, -2):
            style = BODY.at(size)
            width = COLUMN - 2 * _PAD
            if count(quoted, style, width) * style.line + 2 * _PAD - 12 <= room:
                return style, wrap(quoted, style, width)
    return None


def card(scene: Scene, text: str, number: str, room: int, place: str = "") -> Image.Image | None:
    """The sentence on glass, the number in accent, its place under it; None where the room is too small for it."""
    foot = SMALL.line + 14 if place else 0
    found = _set(text, number, room - foot) if text else None
    if found is None:
        return None
    style, lines = found
    image = rounded(COLUMN, len(lines) * style.line + 2 * _PAD - 12 + foot, 36, scene.theme.card)
    if place:
        shown = clipped(place, SMALL, COLUMN - 2 * _PAD)
        put(image, _PAD, image.height - _PAD - SMALL.line + 10, shown, SMALL, scene.soft)
    for row, line in enumerate(lines):
        x = COLUMN - _PAD - style.width(line) if is_rtl(line) else _PAD
        y = _PAD - 6 + row * style.line
        at = line.find(number) if number and not is_rtl(line) else -1
        before, after = (line[:at], line[at + len(number) :]) if at >= 0 else (line, "")
        put(image, x, y, before, style, scene.ink)
        if at >= 0:
            put(image, x + style.width(before), y, number, style, scene.accent)
            put(image, x + style.width(before + number), y, after, style, scene.ink)
    return image
