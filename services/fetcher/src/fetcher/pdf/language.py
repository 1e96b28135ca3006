"""Which language a text is in, and whether it is language at all."""

from __future__ import annotations

import re
import unicodedata

_STOPWORDS = {
    "en": "the of and in to a is that for with was were are by as this from be on at which have we not",
    "de": "der die das und in den von zu mit ist im für auf nicht ein eine des dem werden wurde als auch bei",
    "fr": "le la les de des et en un une du dans est que pour par sur qui au avec pas sont ce plus cette",
    "es": "el la los las de y en que del se un una por con para es al no su como más fue son entre",
    "pt": "o a os as de e em que do da um uma no na para com por se não dos das ao foi são mais",
    "it": "il la di e che in un una del della per con non le dei gli alla sono nel da si è come più",
    "nl": "de het een van en in is dat op te met voor zijn niet aan door werd bij ook als er uit",
    "pl": "w i z na do nie się że jest o to po od za przez oraz dla jak był są ich",
}
_SETS = {code: frozenset(words.split()) for code, words in _STOPWORDS.items()}
_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "THAI": "th",
    "DEVANAGARI": "hi",
}


def language_of(text: str) -> str:
    """ISO 639-1 code of the language; empty where nothing tells."""
    sample = text[:40_000]
    if script := _script(sample):
        return script
    words = re.findall(r"[^\W\d_]+", sample.lower())
    if not words:
        return ""
    shares = {code: sum(word in known for word in words) / len(words) for code, known in _SETS.items()}
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] > 0.08 else ""


def _script(text: str) -> str:
    counts: dict[str, int] = {}
    for character in text[:6000]:
        if character.isalpha():
            name = unicodedata.name(character, "").split(" ")[0]
            counts[name] = counts.get(name, 0) + 1
    total = sum(counts.values())
    if counts.get("HIRAGANA", 0) + counts.get("KATAKANA", 0) > 0.15 * total > 0:
        return "ja"
    top = max(counts, key=lambda name: counts[name], default="")
    return _SCRIPTS.get(top, "") if counts.get(top, 0) > 0.5 * total else ""


def garbled_share(text: str) -> float:
    """Share of characters that stand for nothing readable: private use, replacement, unassigned, `(cid:n)`."""
    stray = sum(6 for _ in re.finditer(r"\(cid:\d+\)", text))
    stray += sum(1 for c in text if c == "\ufffd" or unicodedata.category(c) in ("Co", "Cn", "Cc"))
    return stray / max(len(text), 1)


def is_nonsense(text: str) -> bool:
    """Whether a long Latin text is no language: few known small words and few vowels, as with fonts without a map."""
    if _script(text):
        return False
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < 80:
        return False
    known = max(sum(word in stops for word in words) for stops in _SETS.values()) / len(words)
    letters = "".join(words)
    vowels = sum(unicodedata.normalize("NFD", c)[0] in "aeiouy" for c in letters) / len(letters)
    return known < 0.02 and not 0.3 < vowels < 0.55
