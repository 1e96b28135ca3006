"""The title, the authors and the abstract, as they stand on the first pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fetcher.pdf.abstract import Abstract, read_abstract
from fetcher.pdf.layout import Line, Sheet, joined
from fetcher.pdf.people import goes_on, marked, names, names_in
from fetcher.prose import tidy

if TYPE_CHECKING:
    from fetcher.pdf.sections import Piece

_TAG = re.compile(
    r"(?:original |invited |full |short |regular |open |mini[- ]?)*(?:research|review|feature|case|brief"
    r"|technical|data|clinical|rapid|letter|systematic)?[ -]?"
    r"(?:articles?|papers?|reports?|communications?|letters?|notes?|access|editorial|commentary|perspectives?"
    r"|correspondence|protocol|study)s?(?: open access)?"
    r"|review|research|editorial|insight|viewpoint|news|proceedings|preprint|manuscript|abstract|contents"
    r"|living science|article in press|plos \w+|bmc [a-z]+(?: [a-z&]+){0,3}|nature \w+|elife|proposed rules"
    r"|arxiv.*|biorxiv.*|medrxiv.*|.*\bissn\b.*|https?:.*|www\..*|.*\bdoi\b.*|vol(?:ume|\.)? ?\d.*|journal of .*"
    r"|(?:department|ministry|office|bureau) of [a-z ]+|.*\bjournal$|(?:international|european|american) journal.*",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(r"abstract|summary", re.IGNORECASE)
_TAIL = re.compile(r"\s*[*†‡§¶∗⁎#⁰¹²³⁴⁵⁶⁷⁸⁹]+$")


@dataclass
class Front:
    """What the first pages say about the paper."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    abstract: Abstract = field(default_factory=Abstract)
    used: set[int] = field(default_factory=set)
    """`id` of the lines that are no body text."""

    def taken(self) -> set[int]:
        """`id` of the lines that are no body text, those of the abstract included."""
        return self.used | self.abstract.lines


def read_front(sheets: list[Sheet], pieces: list[Piece], body: float, metadata: dict[str, str]) -> Front:
    """Title, authors and abstract; the file's metadata counts only where the page agrees with it."""
    front = Front()
    sheet, lines = _title(sheets, body, metadata)
    front.title = _title_text(lines, metadata)
    front.used = {id(line) for line in lines}
    front.abstract = read_abstract(pieces, body, after=lines[-1] if lines else None)
    if sheet and lines:
        front.authors = _authors(sheets, sheet, lines, front)
    if not front.authors and (stated := _stated_author(sheets, metadata.get("Author", ""))):
        front.used.add(id(stated))
        front.authors = [tidy(stated.text)]
    if hinted := _hinted_authors(front.authors, metadata, sheets):
        front.authors = hinted
    return front


def _title(sheets: list[Sheet], body: float, metadata: dict[str, str]) -> tuple[Sheet | None, list[Line]]:
    begun = next(
        (sheet.number for sheet in sheets[:3] for line in sheet.lines if _ABSTRACT.fullmatch(line.text.strip())), 1
    )
    for sheet in sorted(sheets[:2], key=lambda sheet: sheet.number != begun):
        groups = _groups(sheet)
        if hint := metadata.get("Title", ""):
            for group in groups:
                if (
                    len(_letters(hint)) > 14
                    and (_letters(_text(group)) in _letters(hint) or _letters(hint) in _letters(_text(group)))
                    and len(_letters(_text(group))) > 10
                ):
                    return sheet, group
        scored = [
            (round(_score(group, sheet, body), 1), len(_letters(_text(group))), index)
            for index, group in enumerate(groups)
        ]
        good = [item for item in scored if item[0] > 0]
        if good:
            return sheet, groups[max(good)[2]]
    return None, []


def _groups(sheet: Sheet) -> list[list[Line]]:
    """Lines of one look that follow each other, in the upper part of the page."""
    groups: list[list[Line]] = []
    for line in [line for column in sheet.columns for line in column]:
        if line.top > 0.72 * sheet.height or _TAG.fullmatch(line.text.strip()):
            continue
        if not (groups and _goes_on(groups[-1][-1], line)):
            groups.append([])
        groups[-1].append(line)
    return groups


def _goes_on(before: Line, line: Line) -> bool:
    same = abs(before.size - line.size) < 0.06 * line.size and before.bold == line.bold
    return same and 0 < line.base - before.base < 2.1 * line.size and min(before.x1, line.x1) > max(before.x0, line.x0)


def _score(group: list[Line], sheet: Sheet, body: float) -> float:
    text = _text(group)
    letters = sum(c.isalpha() for c in text)
    words = text.split()
    if len(words) < 3 or len(words) > 45 or letters < 0.65 * len(text.replace(" ", "")) or len(group) > 7:
        return 0.0
    size = group[0].size
    if size < 1.08 * body:
        centred = abs((group[0].x0 + group[0].x1) / 2 - sheet.width / 2) < 12 and group[0].x0 > 0.15 * sheet.width
        if (
            not (group[0].bold or centred)
            or len(words) < 4
            or group[0].top > 0.45 * sheet.height
            or re.match(r"\d|abstract", text, re.IGNORECASE)
        ):
            return 0.0
    if len(names(text)[0]) > 1 and all(names_in(line) for line in group):
        return 0.0
    return size * (1.12 if group[0].bold else 1.0)


def _text(lines: list[Line]) -> str:
    return tidy(" ".join(line.text for line in lines))


def _title_text(lines: list[Line], metadata: dict[str, str]) -> str:
    plain = [joined([word for word in line.words if word.script <= 0 or word is not line.words[-1]]) for line in lines]
    text = tidy(re.sub(r"(?<=[a-z])- (?=[a-z])", "-", " ".join(plain)))
    hint = tidy(metadata.get("Title", ""))
    if hint and _letters(hint) == _letters(text) and not hint.isupper():
        return hint
    return _TAIL.sub("", text).strip(" .") if not text.endswith("...") else text


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _authors(sheets: list[Sheet], sheet: Sheet, title: list[Line], front: Front) -> list[str]:
    bottom, size = title[-1].base, None
    ordered = sorted(sheet.lines, key=lambda line: (round(line.base / 3), line.x0))
    stop = min(
        (
            line.top
            for line in sheet.lines
            if id(line) in front.abstract.lines and line.base > bottom and line.x0 < max(part.x1 for part in title)
        ),
        default=sheet.height,
    )
    lists: list[str] = []
    before: Line | None = None
    for line in ordered:
        if line.base <= bottom + 1 or line.top >= stop - 1 or line.top > 0.8 * sheet.height:
            continue
        if line.x1 < title[0].x0 - 5 or (size is not None and (abs(line.size - size[0]) > 0.6 or line.bold != size[1])):
            continue
        got = names_in(line)
        if before and _next(before, line) and (whole := goes_on(lists[-1], line)):
            lists[-1] = whole
        elif got is not None:
            lists.append(marked(line))
        elif lists and len(line.text.split()) > 14 and line.text.count(",") < 3:
            break
        else:
            continue
        size, before = size or (line.size, line.bold), line
        front.used.add(id(line))
    found = [name for text in lists for name in names(text)[0]]
    small = {word for sheet in sheets for line in sheet.lines for word in line.text.split() if word.islower()}
    return [name for name in dict.fromkeys(found) if not _common(name, small)]


def _next(before: Line, line: Line) -> bool:
    """Whether a line may go on with the list of the line right above it, which a comma or mark did not end."""
    ends = before.text.rstrip()[-1:] in ",;&·" or before.text.endswith(" and")
    return (
        not ends and 0 < line.base - before.base < 1.8 * line.size and min(before.x1, line.x1) > max(before.x0, line.x0)
    )


def _common(name: str, small: set[str]) -> bool:
    """Whether a supposed name is made of words that the text writes small, as `General Information`."""
    tokens = [token.strip(".").lower() for token in name.split() if len(token.strip(".")) > 2]
    return bool(tokens) and all(token in small for token in tokens)


def _stated_author(sheets: list[Sheet], hint: str) -> Line | None:
    """The line of the first page that is the metadata's author, word for word."""
    wanted = _letters(hint)
    lines = [line for sheet in sheets[:1] for line in sheet.lines if len(line.text.split()) < 9]
    return next((line for line in lines if len(wanted) > 4 and _letters(line.text) == wanted), None)


def _hinted_authors(found: list[str], metadata: dict[str, str], sheets: list[Sheet]) -> list[str]:
    """The metadata's authors, where the page names all of them and the byline gave none or parts of them."""
    hinted, count = names(re.sub(r"\s*;\s*", ", ", metadata.get("Author", "")))
    page = _letters("".join(line.text for sheet in sheets[:2] for line in sheet.lines))
    if not hinted or count != len(hinted) or not all(_letters(name.split()[-1]) in page for name in hinted):
        return []
    return hinted if len(hinted) > len(found) else []
