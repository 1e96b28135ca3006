"""From a page's characters to words with place, size, weight and height on the line."""

from __future__ import annotations

import ctypes
import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from fetcher.pdf.layout import Line, Sheet, Word

_BOLD = re.compile(r"bold|black|heavy|semibold|demi|medi\b|cmbx|\.b\b|-bd", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\ufffe": "-", "\x02": "-"}
_ACCENTS = {
    "´": "\u0301",
    "`": "\u0300",
    "¨": "\u0308",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "ˇ": "\u030c",
    "¸": "\u0327",
    "˚": "\u030a",
}
_DOTLESS = {"ı": "i", "ȷ": "j"}
_HYPHEN = 0x02
"""PDFium's own mark for a hyphen at the end of a line."""
_MAX_CHARACTERS = 60_000


@dataclass(slots=True)
class _Character:
    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    size: float
    bold: bool
    spaced: bool


@dataclass(slots=True)
class _Style:
    size: float
    bold: bool
    upright: bool


class _Glyphs:
    """PDFium's view of one page's text."""

    def __init__(self, page: Any) -> None:
        self.text_page = page.get_textpage()
        self.raw = self.text_page.raw
        self.left, _, _, self.height = page.get_bbox()
        self.styles: dict[int | None, _Style] = {}
        self.rotated: list[str] = []
        self._sides = [ctypes.c_double() for _ in range(4)]
        self._refs = [ctypes.byref(side) for side in self._sides]
        self._loose = pdfium.FS_RECTF()
        self._origin = (ctypes.c_double(), ctypes.c_double())

    def characters(self) -> list[_Character]:
        found: list[_Character] = []
        spaced = False
        count = min(pdfium.FPDFText_CountChars(self.raw), _MAX_CHARACTERS)
        for index in range(count):
            code = pdfium.FPDFText_GetUnicode(self.raw, index)
            if code != _HYPHEN and (code <= 0x20 or code == 0xA0):
                spaced = True
                continue
            if 0xDC00 <= code <= 0xDFFF:
                continue
            text = _LIGATURES.get(chr(code)) or _scalar(self.raw, index, code)
            style = self._style(index)
            if not style.upright:
                self.rotated.append(" " + text if spaced else text)
            elif character := self._character(index, text, style, spaced=spaced):
                found.append(character)
            spaced = False
        return found

    def _character(self, index: int, text: str, style: _Style, *, spaced: bool) -> _Character | None:
        pdfium.FPDFText_GetLooseCharBox(self.raw, index, ctypes.byref(self._loose))
        pdfium.FPDFText_GetCharOrigin(self.raw, index, ctypes.byref(self._origin[0]), ctypes.byref(self._origin[1]))
        x0, x1 = self._loose.left - self.left, self._loose.right - self.left
        base = self.height - self._origin[1].value
        if x1 < x0 or x1 - x0 > 6 * style.size or style.size < 2:
            return None
        return _Character(
            text, x0, x1, base - 0.75 * style.size, base + 0.22 * style.size, base, style.size, style.bold, spaced
        )

    def _style(self, index: int) -> _Style:
        pointer = ctypes.cast(pdfium.FPDFText_GetTextObject(self.raw, index), ctypes.c_void_p).value
        if pointer not in self.styles:
            self.styles[pointer] = self._measure(index)
        return self.styles[pointer]

    def _measure(self, index: int) -> _Style:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self.raw, index, ctypes.byref(matrix))
        size = pdfium.FPDFText_GetFontSize(self.raw, index) * (matrix.c**2 + matrix.d**2) ** 0.5
        upright = abs(matrix.b) <= 0.2 * abs(matrix.a) and matrix.a > 0
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self.raw, index, name, 128, ctypes.byref(flags))
        bold = bool(_BOLD.search(name.value.decode("utf-8", "replace"))) or bool(flags.value & _FORCE_BOLD)
        return _Style(abs(size), bold, upright)


def _scalar(raw: Any, index: int, code: int) -> str:
    """The character; PDFium hands out characters beyond U+FFFF as two halves."""
    if not 0xD800 <= code <= 0xDBFF:
        return chr(code)
    low = pdfium.FPDFText_GetUnicode(raw, index + 1)
    return chr(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)) if 0xDC00 <= low <= 0xDFFF else "\ufffd"


def read_sheet(page: Any, number: int) -> Sheet:
    """The page with its raw lines in the order of the file; columns are not yet told apart."""
    glyphs = _Glyphs(page)
    width, height = page.get_size()
    sheet = Sheet(number, width, height)
    runs = _runs([c for c in glyphs.characters() if -5 <= c.x0 <= width + 5 and -5 <= c.base <= height + 5])
    sheet.rotated = "".join(glyphs.rotated).strip()
    sheet.lines = [Line(words, number) for run in runs if (words := _words(run))]
    return sheet


def _runs(characters: list[_Character]) -> list[list[_Character]]:
    """Characters that follow each other on one baseline, raised and lowered ones included."""
    runs: list[list[_Character]] = []
    for new in characters:
        if not runs or not _continues(runs[-1][-1], new):
            runs.append([])
        runs[-1].append(new)
    return runs


def _continues(old: _Character, new: _Character) -> bool:
    size = max(old.size, new.size)
    if new.x0 == old.x0 and new.x1 == old.x1 and new.base == old.base:
        return True  # letters of one ligature share its box
    gap = new.x0 - old.x1
    return (
        abs(new.base - old.base) < 0.55 * size
        and -0.6 * size < gap < 1.1 * size
        and size < 2.6 * min(old.size, new.size)
    )


def _words(run: list[_Character]) -> list[Word]:
    main = max(run, key=lambda c: (c.size, 0)).size
    full = [c for c in run if c.size > 0.86 * main]
    base = sorted(c.base for c in full)[len(full) // 2]
    words: list[Word] = []
    spread = _letter_spacing(run)
    for index, new in enumerate(run):
        script = _script(new, main, base)
        gap = new.x0 - run[index - 1].x1 if index else 0.0
        apart = index == 0 or gap > max(0.19, spread) * main or (new.spaced and not spread)
        if apart or script != words[-1].script:
            words.append(Word("", new.x0, new.top, new.x1, new.bottom, new.base, new.size, new.bold, script, not apart))
        word = words[-1]
        word.text += new.text
        word.x0, word.x1 = min(word.x0, new.x0), max(word.x1, new.x1)
    for word in words:
        word.text = composed(word.text)
    return [word for word in words if word.text]


def _letter_spacing(run: list[_Character]) -> float:
    """For text like `a b s t r a c t` the gap, in ems, that is wide enough to part words; otherwise 0."""
    gaps = sorted((new.x0 - old.x1) / max(new.size, 1) for old, new in itertools.pairwise(run))
    if len(gaps) < 5 or sum(new.spaced for new in run[1:]) < 0.75 * len(gaps) or any(len(c.text) > 2 for c in run):
        return 0.0
    return 1.9 * max(gaps[len(gaps) // 2], 0.1)


def _script(character: _Character, main: float, base: float) -> int:
    if character.size > 0.86 * main:
        return 0
    shift = (base - character.base) / main
    return 1 if shift > 0.12 else -1 if shift < -0.06 else 0


def composed(text: str) -> str:
    """Accents that stand beside their letter put on it: `´e` and `e´` become `é`."""
    if not any(character in _ACCENTS for character in text):
        return unicodedata.normalize("NFC", text)
    pieces: list[str] = []
    waiting = ""
    for character in text:
        letter = _DOTLESS.get(character, character) if waiting else character
        if character in _ACCENTS:
            waiting = _ACCENTS[character]
        elif waiting and letter.isalpha() and unicodedata.normalize("NFC", letter + waiting) != letter + waiting:
            pieces.append(unicodedata.normalize("NFC", letter + waiting))
            waiting = ""
        else:
            pieces.append(letter)
            waiting = ""
    if waiting and pieces and pieces[-1].isalpha():
        pieces[-1] = unicodedata.normalize("NFC", pieces[-1] + waiting)
    return unicodedata.normalize("NFC", "".join(pieces))
