"""Title: the hook, large, and a line that says what was done; or a claim, and the words it is taken from."""

from __future__ import annotations

from renderer.layers import STAGGER, Layer, still
from renderer.scenes import words
from renderer.scenes.scene import SOFT, Scene, heading, line
from renderer.theme import BOTTOM, COLUMN, LEFT
from renderer.wrapping import at_most, wrap

_LINES = 4


def layers(scene: Scene) -> list[Layer]:
    """Kicker and headline; under the hook its line, under a claim the paper's own words and where they stand."""
    visual = scene.brief.visual
    assert visual.kind == "title"
    found, y = heading(scene, largest=104, height=500)
    y += 36
    claim = scene.brief.role != "hook"
    text = words.sentence_of(scene.brief) if claim else ""
    card = words.card(scene, text, "", BOTTOM - y - 20, visual.line)
    if card is not None:
        return [*found, still(card, LEFT, y + 20, 0.35)]
    for row in at_most(wrap(visual.line, SOFT, COLUMN), SOFT, COLUMN, _LINES * SOFT.line):
        found.append(line(row, SOFT, scene.soft, y, STAGGER * (len(found) + 2)))
        y += SOFT.line
    return found
