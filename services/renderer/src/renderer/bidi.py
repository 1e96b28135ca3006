"""Right to left: which part of a line goes which way, and in which order parts stand (the core of UAX 9)."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from itertools import accumulate, groupby

_RIGHT = re.compile("[\u200f\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
MARK = "\u200f"
"""Sets the direction of what follows; it is not drawn."""
_KINDS = {"L": "L", "R": "R", "AL": "R", "EN": "N", "AN": "N"}


def is_rtl(text: str) -> bool:
    """Whether the text begins, with its first letter, from the right."""
    if not _RIGHT.search(text):
        return False
    kinds = (_KINDS.get(unicodedata.bidirectional(sign)) for sign in text)
    return next((kind == "R" for kind in kinds if kind in ("L", "R")), False)


def within(word: str, line: str) -> str:
    """The word, marked so that its signs go as they do in the line: in Arabic a stop goes left of a bracket."""
    return f"{MARK}{word}" if is_rtl(line) else word


def directions(text: str) -> list[tuple[str, bool]]:
    """Pieces of a line in the order in which they are seen, and whether each runs from right to left."""
    if not _RIGHT.search(text):
        return [(text, False)] if text else []
    levels = _levels(text)
    pieces = [(level, [*group]) for level, group in groupby(range(len(text)), levels.__getitem__)]
    order = _seen([level for level, _ in pieces])
    return [("".join(text[i] for i in pieces[at][1]), pieces[at][0] % 2 == 1) for at in order]


def order(words: Sequence[str]) -> list[int]:
    """Indexes of a line's words in the order in which they are seen from the left."""
    line = " ".join(words)
    if not _RIGHT.search(line):
        return list(range(len(words)))
    places = {sign: place for place, sign in enumerate(_seen(_levels(line)))}
    starts = accumulate((len(word) + 1 for word in words[:-1]), initial=0)
    return [index for _, index in sorted((places[start], index) for index, start in enumerate(starts))]


def _levels(text: str) -> list[int]:
    """Embedding level of every sign: odd ones run from right to left."""
    base = "R" if is_rtl(text) else "L"
    kinds = _with_numbers([unicodedata.bidirectional(sign) for sign in text], base)
    at = 0
    for kind, group in groupby(list(kinds)):
        size = len(list(group))
        if kind == "O":
            before = kinds[at - 1] if at else base
            after = kinds[at + size] if at + size < len(kinds) else base
            sides = {"R" if side == "N" else side for side in (before, after)}
            kinds[at : at + size] = [sides.pop() if len(sides) == 1 else base] * size
        at += size
    return [{"L": 0 if base == "L" else 2, "R": 1, "N": 2}[kind] for kind in kinds]


def _with_numbers(classes: list[str], base: str) -> list[str]:
    """Kind of every sign: L, R, N for a number that stands in text from the right, O for what goes with its sides."""
    kinds: list[str] = []
    strong = base
    for at, name in enumerate(classes):
        kind = _KINDS.get(name, "O")
        beside = [classes[i] for i in (at - 1, at + 1) if 0 <= i < len(classes)]
        joins = (name in ("ES", "CS") and beside == ["EN", "EN"]) or (name == "ET" and "EN" in beside)
        if name == "NSM" and kinds:
            kind = kinds[-1]
        elif joins:
            kind = "N"
        strong = kind if kind in "LR" else strong
        kinds.append("L" if kind == "N" and strong == "L" and name != "AN" else kind)
    return kinds


def _seen(levels: list[int]) -> list[int]:
    found = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        turned = [each >= level for each in levels]
        parts = [(turn, list(group)) for turn, group in groupby(found, turned.__getitem__)]
        found = [i for turn, part in parts for i in (reversed(part) if turn else part)]
    return found


def drawn_plainly(text: str) -> str:
    """Text from the right as a renderer without shaping needs it: letters in their joined forms, last sign first."""
    forms = _forms()
    text = _ligated(text, forms)
    signs: list[str] = []
    for at, sign in enumerate(text):
        before, after = _neighbour(text, at, -1), _neighbour(text, at, 1)
        own = forms.get(sign, {})
        linked_before = "initial" in forms.get(before, {}) and "final" in own
        linked_after = "initial" in own and "final" in forms.get(after, {})
        name = ("medial" if linked_after else "final") if linked_before else "initial" if linked_after else "isolated"
        signs.append(own.get(name, sign))
    return "".join(sign.translate(_MIRRORED) for sign in reversed(signs))


_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def _ligated(text: str, forms: dict[str, dict[str, str]]) -> str:
    for alef in "آأإا":
        text = text.replace(f"ل{alef}", forms[f"ل{alef}"]["isolated"])
    return text


def _neighbour(text: str, at: int, step: int) -> str:
    """The next letter in a direction; marks over and under letters do not part them."""
    at += step
    while 0 <= at < len(text) and unicodedata.category(text[at]) == "Mn":
        at += step
    return text[at] if 0 <= at < len(text) else ""


@functools.lru_cache(maxsize=1)
def _forms() -> dict[str, dict[str, str]]:
    """Joined forms of letters, and of lam with alef, from the database of characters."""
    found: dict[str, dict[str, str]] = {}
    for code in [*range(0xFB50, 0xFBB2), *range(0xFE80, 0xFEFD)]:
        name, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        found.setdefault("".join(chr(int(letter, 16)) for letter in letters), {})[name.strip("<>")] = chr(code)
    for pair, shapes in list(found.items()):
        if len(pair) == 2 and pair[0] == "ل" and "isolated" in shapes:
            found[shapes["isolated"]] = shapes
    return found
