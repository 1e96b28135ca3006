"""Where a line or a caption may end, and how well."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from artifacts.narration import Word

_CLINGING = frozenset(
    """
    a an the of in on at to for by with from and or but as than that which who is are was were be been has have had
    not no their its his her our this these those per about into over under between
    der die das ein eine und oder von im in mit zu auf den dem des
    le la les un une des du de et ou dans sur en par pour avec el los las una y o con por para
    o os as um uma e ou do da dos das no na com
    """.split()  # noqa: SIM905 - a list this long reads better as a text
)
"""Words that belong to what follows: a line that ends on one reads badly, one that begins with it reads well."""


def badness(words: Sequence[str], end: int) -> float:
    """How badly a break before `words[end]` reads: 0 after a full stop, 1 amid a phrase, more after a clinging word.

    A number or a sign clings too: to its unit, or to what it compares with.
    """
    if end >= len(words):
        return 0.0
    last = words[end - 1]
    if last.endswith((".", "!", "?", ":", ";", "…", "。", "！", "？", "；", "：")):
        return 0.0
    if last.endswith((",", ")", "—", "–", "，", "、")):
        return 0.2
    if re.fullmatch(r"[<>=≤≥±≈×%°].*", words[end]):
        return 2.5
    bare = last.strip("\"'“”‘’(").lower()
    if bare in _CLINGING:
        return 3.0
    if words[end].lower() in _CLINGING:
        return 0.7
    return 2.0 if re.fullmatch(r"[\d.,]*\d|[<>=≤≥±~≈×]", bare) else 1.0


def two_lines(words: Sequence[str], widths: Sequence[float], space: float, limit: float) -> list[list[int]] | None:
    """Indices of the words on one or two lines no wider than `limit`, balanced, or None when they don't fit.

    `widths` are the words', `space` is that of a blank, all in the unit of `limit`.
    """
    everything = list(range(len(words)))
    if width(widths, space) <= limit:
        return [everything]
    best: tuple[float, int] | None = None
    for end in range(1, len(words)):
        first, second = width(widths[:end], space), width(widths[end:], space)
        if max(first, second) <= limit:
            cost = abs(first - second) / limit + 0.5 * badness(words, end)
            best = min(best, (cost, end)) if best else (cost, end)
    return [everything[: best[1]], everything[best[1] :]] if best else None


def width(widths: Sequence[float], space: float) -> float:
    """Width of words in a row."""
    return sum(widths) + space * (len(widths) - 1)


def is_wide(sign: str) -> bool:
    """Whether the character takes the room of two, as Chinese, Japanese and Korean ones do."""
    return unicodedata.east_asian_width(sign) in "WF"


def columns(text: str) -> int:
    """Length of a text in which wide characters count twice."""
    return sum(2 if is_wide(sign) else 1 for sign in text)


def joined(texts: Sequence[str]) -> str:
    """Words in a row, with blanks where the script has them."""
    row = ""
    for text in texts:
        blank = row and not (is_wide(row[-1]) or is_wide(text[0]))
        row += (" " if blank else "") + text
    return row


def parts_of(word: Word, fits: Callable[[str], bool]) -> list[Word]:
    """A word that is wider than a line, or of a script without blanks, cut into pieces that share its time."""
    text = "".join(sign for sign in word.text if unicodedata.category(sign) not in {"Cc", "Cs"}) or "·"
    runs = _RUN.findall(text) if any(map(is_wide, text)) else [text]
    texts = [piece for run in runs for piece in _cut(run, fits)]
    total, at = sum(map(len, texts)), 0
    parts = []
    for piece in texts:
        start, at = at, at + len(piece)
        length = word.end - word.start
        parts.append(
            Word(
                text=piece,
                start=word.start + length * start / total,
                end=word.end if at == total else word.start + length * at / total,
                sentence=word.sentence,
            )
        )
    return parts


_CLOSING = "、。，！？；：）」』”》,.!?;:)"
_RUN = re.compile(rf"[\w%]{{1,4}}[{_CLOSING}]*|[^\w][{_CLOSING}]*")
"""A few characters with the marks that close them: no line begins with a full stop."""

_SYLLABLE = re.compile("(?i)[aeiouyäöüáéíóú][b-df-hj-np-tv-xz][aeiouyäöüáéíóú]")


def _cut(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Pieces that fit: cut after a hyphen, stroke or bracket, else before a consonant, with a hyphen."""
    if fits(text) or len(text) < 2:
        return [text]
    most = next((end for end in range(len(text) - 1, 1, -1) if fits(text[:end] + "-")), 1)
    seams = [i for i in range(most, most // 3, -1) if text[i - 1] in "-–/,)]"]
    syllables = [
        i
        for i in range(most, most // 2, -1)
        if re.fullmatch("(?i)[aeiouy][b-df-hj-np-tv-xz][aeiouy]", text[i - 1 : i + 2])
    ]
    cut = [*seams[:1], *syllables[:1], most][0]
    hyphen = "-" if text[cut - 1].isalpha() and text[cut].isalpha() and not is_wide(text[cut]) else ""
    return [text[:cut] + hyphen, *_cut(text[cut:], fits)]
