"""Leaving out what stands in parentheses: citations, statistics, definitions, asides."""

from __future__ import annotations

import re

_GLUED_PLURAL = re.compile(r"(?<=\w)\((?:s|es|en|n|a|as|os|e|r|in|innen|ren)\)")
_NAME_PART = re.compile(r"[^\s()]{1,4}")
_BRACKET = re.compile(r"\s*\[(?:[^\[\]]*)\]")
_WRITTEN_IN = re.compile(r"\s*\[(?:sic|\.\.\.|…|\. \. \.)\]", re.IGNORECASE)


def groups(text: str) -> list[tuple[int, int]]:
    """Start and end of the outermost parentheses; unbalanced ones are left alone."""
    found = []
    depth = 0
    start = 0
    for index, character in enumerate(text):
        if character == "(":
            if depth == 0:
                start = index
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            if depth == 0:
                found.append((start, index + 1))
    return found


def without_parentheses(text: str) -> str:
    """The text without its parentheses, but for those that are part of a name, such as `poly(A)` or `Fe(III)`."""
    text = _GLUED_PLURAL.sub("", _WRITTEN_IN.sub("", text))
    kept = []
    position = 0
    for start, end in groups(text):
        inner = text[start + 1 : end - 1]
        glued = (start > 0 and (text[start - 1].isalnum() or text[start - 1] == "-")) or text[end : end + 1].isalnum()
        if glued and _NAME_PART.fullmatch(inner) and not inner.isdigit():
            continue
        kept.append(text[position:start].rstrip() if not text[end : end + 1].isalnum() else text[position:start])
        position = end
    kept.append(text[position:])
    return re.sub(r"\s{2,}", " ", _BRACKET.sub("", "".join(kept)))
