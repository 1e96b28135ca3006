"""Running text as later stages want it: composed, without invisible characters, with one space between words."""

import re
import unicodedata

_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)])
_JOINERS = {0x0600, 0x0700, 0x0900, 0x0980, 0x0D00}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACE = re.compile(r"\s+")
_LOOSE_OPEN = re.compile(r"(?<=[(\[]) +")
_LOOSE_CLOSE = re.compile(r"(?<=[^\s.:;,]) +(?=[,;)\]](?:\W|$)|\.(?:\s|$))")

_SUPERSCRIPTS = str.maketrans("0123456789+-−–=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱ")
_SUPERSCRIPT_LETTERS = str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_SUBSCRIPTS = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_SUBSCRIPT_LETTERS = str.maketrans("aehijklmnoprstuvx", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_NUMERIC = re.compile(r"[\d+\-−–=()]+")
_CITATIONS = re.compile(r"[\d,;\s\-–]+")
_QUANTITY = re.compile(r"[-−+]?\d+[./]\d+")


def clean(text: str) -> str:
    """One line of composed text without soft hyphens, zero-width or control characters."""
    if not any(ord(character) & 0xFF80 in _JOINERS for character in text):
        text = text.translate(_INVISIBLE)
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text))
    return _SPACE.sub(" ", text).strip()


def tidy(text: str) -> str:
    """`clean`, and no space within brackets or before punctuation, as laid-out XML and dropped marks leave behind."""
    return _LOOSE_CLOSE.sub("", _LOOSE_OPEN.sub("", clean(text)))


def raised(text: str) -> str:
    """A superscript in plain text: `5` becomes `⁵`, `2+` becomes `²⁺`, `st` stays, `0.5` becomes `^0.5`."""
    text = clean(text)
    if _NUMERIC.fullmatch(text):
        return text.translate(_SUPERSCRIPTS)
    if len(text) == 1:
        return text.translate(_SUPERSCRIPT_LETTERS)
    if _QUANTITY.fullmatch(text):
        return "^" + text
    if _CITATIONS.fullmatch(text):
        return re.sub(r"\s+", "", text).translate(_SUPERSCRIPTS)
    return text


def lowered(text: str) -> str:
    """A subscript in plain text: `2` becomes `₂`, `i` becomes `ᵢ`, `max` stays."""
    text = clean(text)
    if _NUMERIC.fullmatch(text):
        return text.translate(_SUBSCRIPTS)
    if len(text) == 1:
        return text.translate(_SUBSCRIPT_LETTERS)
    return text


def words_in(text: str) -> int:
    """Number of words; scripts written without spaces count two characters as one."""
    unspaced = sum(1 for character in text if "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3")
    return len(text.split()) + unspaced // 2
