"""Fonts of the project at one weight, cut from the variable fonts of the fontpkg wheels."""

from __future__ import annotations

import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

_FILES = {
    "inter": ("fontpkg_inter", "Inter[opsz,wght].ttf", {"opsz": 14}),
    "serif": ("fontpkg_source_serif_4", "SourceSerif4[opsz,wght].ttf", {"opsz": 10}),
    "serif-italic": ("fontpkg_source_serif_4", "SourceSerif4-Italic[opsz,wght].ttf", {"opsz": 10}),
}


@cache
def static_font(name: str, weight: int) -> Path:
    """A TrueType file of a font at a weight (400 regular, 600 semibold)."""
    package, file, axes = _FILES[name]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{package} is missing; run this with the workspace's environment (see README.md)")
    source = Path(spec.origin).parent / "files" / file
    variable = TTFont(source, recalcTimestamp=False)  # the same bytes at every run
    font = instantiateVariableFont(variable, {**axes, "wght": weight}, updateFontNames=True)
    path = Path(tempfile.mkdtemp(prefix="sample-font-")) / f"{name}-{weight}.ttf"
    font.save(path)
    return path
