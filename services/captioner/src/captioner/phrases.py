"""Words cut to pieces that fit, and what it costs to break the text between two of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from artifacts.narration import Word

Fits = Callable[[str], bool]

# Words that lean on the next one, in the languages that have a voice table: articles, prepositions, auxiliaries.
_LEANING = frozenset(
    "a an the of in on at to by for with from into than as and or but nor if that which who whose when while because "
    "is are was were be been has have had not no its his her their our your my this these those per versus about over "
    "under between among after before during more less most very such "
    "der die das den dem des ein eine einen einem einer und oder in im an am auf mit von vom zu zum zur für nicht "
    "le la les un une des du de et ou à au aux en dans par pour sur avec que qui ne se "
    "el los las una unos unas y o del al con por para sin sobre su sus "
    "os as um uma uns umas e ou do da dos das no na nos nas ao aos com sem seu sua "
    "il lo gli i uno e ed o di del della dei delle degli a al alla da dal in nel nella con per su che non".split()
)
# Words that open a phrase: a break before them reads well.
_OPENING = frozenset(
    "and or but because while when which who that if than of in on at to by for with from into after before during "
    "und oder aber weil dass mit von für et ou mais parce que pour avec y o pero porque con para e mas com ma perché "
    "che per".split()
)
_BREAKABLE_AFTER = "-–/_.,:;=+&?"


@dataclass(frozen=True)
class Piece:
    """A word, or a part of one that is too long for a line, with its time. `glued`: no space before it."""

    text: str
    start: float
    end: float
    sentence: int
    glued: bool = False


def is_wide(character: str) -> bool:
    """Whether it takes the room of two, as Chinese, Japanese and Korean characters do."""
    return unicodedata.east_asian_width(character) in "WF"


def columns(text: str) -> int:
    """Length of a text where wide characters count twice."""
    return sum(2 if is_wide(c) else 1 for c in text)


def pieces_of(words: Sequence[Word], fits: Fits) -> list[Piece]:
    """The words, those that do not fit a line cut to parts that do, and wide scripts cut to short runs."""
    found: list[Piece] = []
    for word in words:
        text = "".join(c for c in word.text if unicodedata.category(c) not in {"Cc", "Cs"}) or "·"
        parts = _runs(text) if any(map(is_wide, text)) else [text]
        parts = [small for part in parts for small in split_to_fit(part, fits)]
        found += _timed(word, parts)
    return found


def split_to_fit(text: str, fits: Fits) -> list[str]:
    """Cut a text to parts that fit, at its own hyphens and strokes or between syllables with a hyphen added."""
    parts = []
    while not fits(text) and len(text) > 1:
        low, high = 1, len(text) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if fits(text[:middle] + "-") else (low, middle - 1)
        cut = _best_cut(text, low)
        head, text = text[:cut], text[cut:]
        parts.append(head + "-" if head[-1].isalpha() and text[0].isalpha() and not is_wide(head[-1]) else head)
    return [*parts, text]


def _best_cut(text: str, longest: int) -> int:
    window = range(longest, max(longest * 2 // 3, 0), -1)
    for cut in window:
        if text[cut - 1] in _BREAKABLE_AFTER:
            return cut
    for cut in window:
        if re.fullmatch(r"(?i)[aeiouyäöüáéíóúàèò][b-df-hj-np-tv-xz][aeiouyäöüáéíóúàèò]", text[cut - 1 : cut + 2]):
            return cut
    return longest


def _runs(text: str) -> list[str]:
    """Runs of at most four wide characters; closing marks stay with what they close."""
    return re.findall(r"[^\W\d_]{1,4}[、。，．！？：；）」』”,.!?]*|[\d.,%]+|.[、。，！？：；）」』]*", text)


def _timed(word: Word, parts: Sequence[str]) -> list[Piece]:
    total, at = sum(map(len, parts)), 0
    pieces = []
    for part in parts:
        start = word.start + (word.end - word.start) * at / total
        at += len(part)
        end = word.start + (word.end - word.start) * at / total
        pieces.append(Piece(part, start, end, word.sentence, glued=bool(pieces)))
    return [*pieces[:-1], replace(pieces[-1], end=word.end)]


def text_of(pieces: Sequence[Piece]) -> str:
    """The pieces as one line."""
    return "".join(("" if i == 0 or p.glued else " ") + p.text for i, p in enumerate(pieces))


def break_cost(left: Piece, right: Piece) -> float:
    """How badly it reads to break between two pieces: 0 after a sentence, about 12 after an article."""
    if left.sentence != right.sentence:
        return 0.0
    if right.glued:
        return 3.0 if any(map(is_wide, left.text)) and left.text[-1] not in "、。，！？；：" else 6.0
    mark = left.text.rstrip("\"')]}”’»")[-1:]
    if mark in ".!?…。！？":
        return 0.5
    if mark in ",;:—–、，；：":
        return 1.0
    bare = left.text.strip("\"'([{“‘«").lower()
    if bare in _LEANING:
        return 12.0
    if re.search(r"\d$|^[<>=≤≥±~≈×+−]$", left.text) or re.fullmatch(r"[<>=≤≥±≈×%].*", right.text):
        return 9.0
    return 3.0 if right.text.lower().strip("([“") in _OPENING else 5.0
