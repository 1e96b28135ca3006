"""From the many ways to state a licence to one SPDX-like id."""

import re

_CC_URL = re.compile(r"creativecommons\.org/licen[sc]es/([a-z-]+)(?:/(\d\.\d))?", re.IGNORECASE)
_CC0_URL = re.compile(r"creativecommons\.org/(?:publicdomain/zero|licen[sc]es/cc0|licen[sc]es/zero)", re.IGNORECASE)
_MARK_URL = re.compile(r"creativecommons\.org/(?:publicdomain/mark|licen[sc]es/publicdomain)", re.IGNORECASE)
_CC_SHORT = re.compile(
    r"\bCC[\s-]?(BY(?:[\s-](?:NC|ND|SA))*)\b(?:[\s-]*(?:version\s*|v\.?\s*)?(\d\.\d))?", re.IGNORECASE
)
_CC_PROSE = re.compile(
    r"creative\s+commons\s+(?:public\s+)?attribution"
    r"((?:[\s,–—/-]+(?:non[\s-]*commercial|no[\s-]*deriv\w*(?:\s+works)?|share[\s-]*alike|nc|nd|sa|by))*)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"\b([1-4]\.0)\b")
_CC0 = re.compile(r"\bCC[\s-]?0\b|creative commons (?:cc0|zero|public domain)", re.IGNORECASE)
_PUBLIC = re.compile(
    r"in the public domain|public domain (?:article|work|declaration|dedication)|free of (?:all |any )?copyright"
    r"|work of the (?:united states|u\.?s\.?) government",
    re.IGNORECASE,
)
_NOT_PUBLIC = re.compile(r"not\s+(?:\w+\s+){0,3}in the public domain", re.IGNORECASE)
_ORDER = ("BY", "NC", "ND", "SA")


def licence_id(*statements: str) -> str:
    """The licence that the first telling statement names: `CC-BY-4.0`, `CC0-1.0`, `public-domain`, or empty."""
    for statement in statements:
        if found := _by_url(statement):
            return found
    for statement in statements:
        if found := _by_prose(statement):
            return found
    return ""


def allows_reuse(licence: str) -> bool:
    """Whether a picture under the licence may be shown in a changed setting."""
    return licence in ("CC0-1.0", "public-domain") or (licence.startswith("CC-BY") and "-ND" not in licence)


def _by_url(text: str) -> str:
    if _CC0_URL.search(text):
        return "CC0-1.0"
    if _MARK_URL.search(text):
        return "public-domain"
    if found := _CC_URL.search(text):
        return _attribution(found[1].upper().split("-"), found[2])
    return ""


def _by_prose(text: str) -> str:
    version = _VERSION.search(text)
    if found := _CC_PROSE.search(text):
        tail = found[1].lower()
        parts = ["BY"]
        parts += ["NC"] if re.search(r"non|\bnc\b", tail) else []
        parts += ["ND"] if re.search(r"deriv|\bnd\b", tail) else []
        parts += ["SA"] if re.search(r"share|\bsa\b", tail) else []
        return _attribution(parts, version[1] if version else None)
    if _CC0.search(text):
        return "CC0-1.0"
    if found := _CC_SHORT.search(text.replace("_", "-")):
        return _attribution(re.split(r"[\s-]", found[1].upper()), found[2] or (version[1] if version else None))
    if _PUBLIC.search(text) and not _NOT_PUBLIC.search(text):
        return "public-domain"
    return ""


def _attribution(parts: list[str], version: str | None) -> str:
    known = [part for part in _ORDER if part in parts]
    if "BY" not in known:
        return ""
    return "-".join(["CC", *known, *([version] if version else [])])
