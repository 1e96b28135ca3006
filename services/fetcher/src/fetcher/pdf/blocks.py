"""From lines to paragraphs, headings and captions, and from their lines to running text."""

from __future__ import annotations

import itertools
import re
from collections import Counter

from fetcher.headings import kind_of
from fetcher.pdf.layout import Block, Line, Sheet, joined, weighted_median
from fetcher.prose import tidy

CAPTION = re.compile(
    r"^(?P<label>(?:supplementary |extended data |supporting )?(?P<kind>fig(?:ure|\.)?|figur[ae]?|abb(?:ildung"
    r"|\.)|table(?:au)?|tab(?:elle|la|ela|\.)|scheme|box"
    r"|chart|algorithm)\s*(?:[SA]?\d{1,3}|[IVX]{1,5})\b[A-Za-z]?)\s*(?P<end>[.:|–—-]|\s|$)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?:;…]['\"”’)\]⁰-⁹¹²³\d]*$")
_ITEM = re.compile(r"^(?:[•‣▪·●]|\(?[ivx]{1,4}\)|\(?\d{1,2}\)|[-–] )")
_COMPOUNDING = re.compile(
    r"well|high|low|long|short|half|cross|quasi|one|two|three|four|five|six|first|second|third|large|small|single"
    r"|double|real|time|age|sex|dose|case|state|cost"
)
"""Words that often begin a compound, so that one known word after them is enough to keep the hyphen."""
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def caption_of(line: Line) -> re.Match[str] | None:
    """The label, where a caption starts with this line; a sentence that begins `Table 2 shows` is none."""
    found = CAPTION.match(line.text)
    if not found:
        return None
    styled = line.words[0].bold or found["label"].isupper() or found["end"] in (".", ":", "|")
    rest = line.text[found.end() :].lstrip()
    return found if styled or not rest or rest[0].isupper() else None


def body_size(sheets: list[Sheet]) -> float:
    """The size that most of the text is set in."""
    return weighted_median([(round(line.size, 1), len(line.text)) for sheet in sheets for line in sheet.lines])


def blocks_of(sheets: list[Sheet]) -> list[Block]:
    """All sheets' blocks in reading order."""
    return [block for sheet in sheets for column in sheet.columns for block in _column_blocks(column)]


def _column_blocks(lines: list[Line]) -> list[Block]:
    if not lines:
        return []
    left = _mode([line.x0 for line in lines])
    right = max(line.x1 for line in lines)
    leading = _leading(lines)
    blocks: list[Block] = []
    for index, line in enumerate(lines):
        before = lines[index - 1] if index else None
        if before is None or _starts(before, line, blocks[-1], (left, right), leading):
            blocks.append(Block([], (left, right), left + 0.7 * line.size < line.x0 < left + 5 * line.size))
        blocks[-1].lines.append(line)
    return blocks


def _mode(values: list[float]) -> float:
    counted = Counter(round(value / 2) for value in values)
    most = counted.most_common(1)[0][1]
    return 2.0 * min(value for value, count in counted.items() if count >= 0.7 * most)


def _leading(lines: list[Line]) -> float:
    gaps = [round(after.base - before.base, 1) for before, after in itertools.pairwise(lines)]
    near = sorted(gap for gap in gaps if 0 < gap < 45)
    return near[len(near) // 2] if near else 14.0


def _starts(before: Line, line: Line, block: Block, column: tuple[float, float], leading: float) -> bool:
    gap = line.base - before.base
    size = max(before.size, line.size)
    own = [b.base - a.base for a, b in zip(block.lines, block.lines[1:], strict=False)]
    usual = min(own) if own else max(min(leading, 2.6 * size), 1.15 * size)
    if gap < -1 or gap > 1.32 * usual + 1 or abs(before.size - line.size) > 0.09 * size:
        return True
    if _is_new_kind(before, line, block) or (_ITEM.match(line.text) and _SENTENCE_END.search(before.text)):
        return True
    left, right = column
    captioned = caption_of(block.lines[0]) is not None
    indented = left + 0.7 * size < line.x0 < left + 4.5 * size and before.x0 < line.x0 - 0.6 * size and not captioned
    ended = bool(_SENTENCE_END.search(before.text))
    if ended and gap > 1.2 * usual + 0.5 and line.text[:1].isupper() and not captioned:
        return True
    if indented and (ended or before.x1 < right - 3 * size):
        return not _hanging(block, line)
    return (
        ended
        and before.x1 < right - max(0.12 * (right - left), 2 * size)
        and line.text[:1].isupper()
        and line.x0 <= left + size
        and not captioned
    )


def _is_new_kind(before: Line, line: Line, block: Block) -> bool:
    """Whether a caption starts here, or bold gives way to regular text or the other way round."""
    if caption_of(line) and not _midway(before, line):
        return True
    if (
        before.bold
        and line.bold
        and len(block.lines) == 1
        and line.text[:1].isupper()
        and kind_of(before.text) != "other"
    ):
        return True
    return before.bold != line.bold and (line.bold or block.bold) and not (len(block.lines) == 1 and caption_of(before))


def _midway(before: Line, line: Line) -> bool:
    """Whether a line that begins like a caption only goes on with a sentence: `... as shown in | Table 2. The ...`."""
    alike = abs(before.size - line.size) < 0.02 * line.size and before.words[-1].bold == line.words[0].bold
    return (
        alike
        and not _SENTENCE_END.search(before.text)
        and not caption_of(before)
        and line.base - before.base < 1.4 * line.size
        and before.x1 > line.x1 - 4 * line.size
    )


def _hanging(block: Block, line: Line) -> bool:
    """Whether the paragraph's first line stands out to the left of the others, as in a bibliography."""
    return len(block.lines) > 1 and abs(block.lines[-1].x0 - line.x0) < 2


class Vocabulary:
    """The document's own words, asked whether a word torn at the end of a line has a hyphen of its own."""

    def __init__(self, lines: list[Line]) -> None:
        self._counts: Counter[str] = Counter()
        torn = False
        for line in lines:
            words = [word.lower() for word in _WORD.findall(line.text)]
            hyphened = line.text.endswith(("-", "‐", "\u00ad"))
            self._counts.update(words[1 if torn else 0 : len(words) - 1 if hyphened else len(words)])
            torn = hyphened

    def join(self, before: str, after: str) -> str:
        """Two lines' texts as one."""
        if before.endswith("\u00ad"):
            return before[:-1] + after
        if not before.endswith(("-", "‐")) or not after or before.endswith((" -", "--")):
            return f"{before} {after}"
        head = _WORD.findall(before[:-1])
        tail = _WORD.match(after)
        if not head or not tail or not before[:-1].endswith(head[-1]):
            return before + after
        return before + after if self._keeps_hyphen(head[-1], tail[0]) else before[:-1] + after

    def _keeps_hyphen(self, head: str, tail: str) -> bool:
        whole, hyphened = (head + tail).lower(), f"{head}-{tail}".lower()
        if self._counts[hyphened] > self._counts[whole] or not tail[0].islower():
            return True
        if self._counts[whole]:
            return False
        last = head.rpartition("-")[2].lower()
        known = self._counts[last], self._counts[tail.lower()]
        if len(head) == 1 or (last == "self" and len(tail) > 4) or re.search(r"-(?:the|of|to|and|in|by|on)$", head):
            return True
        if "-" in head or _COMPOUNDING.fullmatch(last):
            return min(known) > 0
        return min(known) > 1 and len(head) > 3

    def text(self, block: Block) -> str:
        """The block as one running paragraph."""
        text = ""
        for line in block.lines:
            text = self.join(text, joined(line.words)) if text else joined(line.words)
        return tidy(text)


def continued(before: str, after: str) -> bool:
    """Whether a paragraph that a column or page ended goes on with the next one."""
    return (
        bool(before)
        and not _SENTENCE_END.search(before)
        and (after[:1].islower() or not after[:1].isupper() or before[-1] not in ".!?")
    )
