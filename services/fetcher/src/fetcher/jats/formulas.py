"""MathML and TeX as short readable text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from fetcher.notation import UNREADABLE, accented, grouped, index, operator, power, short
from fetcher.prose import clean, raised

if TYPE_CHECKING:
    from fetcher.markup import Element


def formula_text(element: Element) -> str:
    """The formula in an `inline-formula`, `disp-formula`, `math` or `tex-math` as text, or `[formula]`."""
    math = element if element.tag == "math" else next(element.iter("math"), None)
    if math is not None:
        return short(_mathml(math))
    tex = element if element.tag == "tex-math" else next(element.iter("tex-math"), None)
    if tex is not None:
        return short(tex_text("".join(tex.itertext())))
    return UNREADABLE


def _mathml(node: Element) -> str | None:
    """Linear text of a MathML node; None where a line of text cannot hold it."""
    tag = node.tag
    if tag in ("mi", "mn", "mtext", "ms"):
        return clean("".join(node.itertext()))
    if tag == "mo":
        return operator(clean("".join(node.itertext())))
    if tag == "mspace":
        return " "
    if tag in ("annotation", "annotation-xml", "mphantom", "none", "mprescripts", "maligngroup", "malignmark"):
        return ""
    if tag in ("mtable", "mmultiscripts", "mlongdiv", "mstack"):
        return _single_row(node) if tag == "mtable" else None
    parts = [_mathml(child) for child in node]
    if any(part is None for part in parts):
        return None
    return _compose(
        node,
        [
            part.strip() if len(parts) > 1 and tag[0] == "m" and tag not in _ROWS else part
            for part in parts
            if part is not None
        ],
    )


_ROWS = {"math", "mrow", "mstyle", "mpadded", "semantics", "menclose", "merror", "mtd", "mtr"}


def _compose(node: Element, parts: list[str]) -> str | None:  # noqa: PLR0911 - one plain line for each case
    tag = node.tag
    if tag == "mfrac" and len(parts) == 2:
        return f"{grouped(parts[0])}/{grouped(parts[1])}"
    if tag == "msup" and len(parts) == 2:
        return parts[0] + power(parts[1])
    if tag in ("msub", "munder") and len(parts) == 2:
        return parts[0] + index(parts[1])
    if tag in ("msubsup", "munderover") and len(parts) == 3:
        return parts[0] + index(parts[1]) + power(parts[2])
    if tag == "mover" and len(parts) == 2:
        return accented(parts[0], parts[1])
    if tag == "msqrt":
        return "√" + grouped("".join(parts))
    if tag == "mroot" and len(parts) == 2:
        return f"{raised(parts[1])}√{grouped(parts[0])}"
    if tag == "mfenced":
        return (node.get("open") or "(") + ", ".join(parts) + (node.get("close") or ")")
    return "".join(parts)


def _single_row(table: Element) -> str | None:
    cells = [cell for row in table for cell in row]
    if len(table) != 1 or len(cells) > 4:
        return None
    parts = [_mathml(cell) for cell in cells]
    return None if None in parts else " ".join(part for part in parts if part)


_TEX_BODY = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_TEX_FONT = re.compile(
    r"\\(?:math(?:rm|it|bf|sf|tt|cal|bb|frak|scr|normal)|text(?:rm|it|bf|sf|tt)?|operatorname\*?|hbox|mbox|rm|boldsymbol)\b"
)
_TEX_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
_TEX_ROOT = re.compile(r"\\sqrt\{([^{}]*)\}")
_TEX_SCRIPT = re.compile(r"([\^_])(?:\{([^{}]*)\}|(\\?\w))")
_TEX_COMMAND = re.compile(r"\\([A-Za-z]+)\s?")
_TEX_SYMBOLS = """
times=× pm=± mp=∓ cdot=· le=≤ leq=≤ ge=≥ geq=≥ neq=≠ ne=≠ approx=≈ sim=∼ simeq=≃ equiv=≡ propto=∝
infty=∞ rightarrow=→ to=→ leftarrow=← leftrightarrow=↔ partial=∂ nabla=∇ sum=∑ prod=∏ int=∫ circ=°
degree=° prime=′ ell=ℓ hbar=ℏ angle=∠ ll=≪ gg=≫ ldots=… cdots=… dots=… varepsilon=ε varphi=φ
vartheta=ϑ rangle=⟩ langle=⟨ in=∈
"""
_TEX_WORDS = dict(pair.split("=") for pair in _TEX_SYMBOLS.split())
_TEX_WORDS |= {name: name for name in ("log", "ln", "exp", "sin", "cos", "tan", "max", "min", "lim")}
_TEX_WORDS |= dict.fromkeys(("left", "right", "displaystyle", "limits", "big", "Big"), "")
_TEX_WORDS |= dict.fromkeys(("quad", "qquad"), " ")


def tex_text(tex: str) -> str | None:
    """Text of simple TeX; None where commands remain that have no plain counterpart."""
    body = _TEX_BODY.search(tex)
    text = (body[1] if body else tex).replace("$", " ").replace("\\(", " ").replace("\\)", " ")
    text = re.sub(r"\\([,;:!> ]|\\)", " ", text)
    text = _TEX_FONT.sub("", text).replace("\\{", "{").replace("\\}", "}").replace("\\%", "%").replace("\\&", "&")
    text = _TEX_COMMAND.sub(_tex_word, text)
    for _ in range(6):
        text = _TEX_SCRIPT.sub(lambda m: (power if m[1] == "^" else index)(m[2] if m[2] is not None else m[3]), text)
        text = _TEX_FRACTION.sub(lambda m: f"{grouped(m[1])}/{grouped(m[2])}", text)
        text = _TEX_ROOT.sub(lambda m: "√" + grouped(m[1]), text)
    text = text.replace("{", "").replace("}", "").replace("~", " ").replace("-", "−")
    return None if "\\" in text or "&" in text else "".join(operator(character) for character in text)


def _tex_word(command: re.Match[str]) -> str:
    name = command[1]
    if name in _TEX_WORDS:
        return _TEX_WORDS[name]
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name.upper()}")
    except KeyError:
        return command[0]
