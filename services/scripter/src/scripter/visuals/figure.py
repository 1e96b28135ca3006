"""The paper's own figure, where it may be shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifacts.script import FigureVisual, Sentence

from scripter.candidates import terms_of
from scripter.sources import original, passage_of
from scripter.trimming import trim

if TYPE_CHECKING:
    from artifacts.paper import Figure, Paper

    from scripter.phrases import Phrases

_REFERENCE = re.compile(
    r"(?:Figs?|Figures?|Figuras?|Abb|Abbildung)\.?\s*(?P<number>\d+)\s?(?P<panel>[A-Ha-h](?![a-z]))?", re.IGNORECASE
)


def may_show(licence: str) -> bool:
    """Whether the licence allows showing a part of a picture: moving over it is an adaptation."""
    plain = licence.upper().replace("_", "-")
    free = plain.startswith(("CC-BY", "CC0", "PUBLIC-DOMAIN", "PDM", "CC-0"))
    return free and "ND" not in plain.split("-")


def figure_visual(
    sentence: Sentence, paper: Paper, phrases: Phrases, used: set[str], *, least: int = 4
) -> FigureVisual | None:
    """The figure that the sentence's passage points to, else the one whose caption speaks of the same.

    `least` is how many terms sentence and caption must have in common.
    """
    passage = passage_of(sentence, paper)
    pictured = [figure for figure in paper.figures if figure.image and figure.label and figure.id not in used]
    shown = {figure.id: figure for figure in pictured if may_show(figure.licence or paper.licence)}
    if not shown:
        return None
    for figure in shown.values():
        if passage is not None and figure.passage == passage.id:
            return _visual(figure, "", paper, phrases)
    reference = _REFERENCE.search(original(sentence, paper, phrases))
    if reference:
        for figure in shown.values():
            if re.search(rf"(?<!\d){reference['number']}(?!\d)", figure.label) and "S" not in figure.label:
                return _visual(figure, (reference["panel"] or "").upper(), paper, phrases)
    said = terms_of(sentence.text, phrases)
    ranked = [
        (len(said & terms_of(figure.caption, phrases)), -index, figure) for index, figure in enumerate(shown.values())
    ]
    shared, _, figure = max(ranked, key=lambda item: item[:2])
    return _visual(figure, "", paper, phrases) if shared >= least and shared >= 0.085 * least * len(said) else None


def _visual(figure: Figure, panel: str, paper: Paper, phrases: Phrases) -> FigureVisual | None:
    if figure.image is None:
        return None
    first = re.split(r"(?<=[a-z0-9)])\.\s+(?=[A-Z(])", figure.caption)[0]
    return FigureVisual(
        image=figure.image,
        label=figure.label.strip(" .:"),
        licence=figure.licence or paper.licence,
        caption=trim(first, phrases)[:160],
        panel=panel,
    )
