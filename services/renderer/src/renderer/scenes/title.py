"""Title: the hook, large, and a line that says what was done."""

from __future__ import annotations

from renderer.layers import STAGGER, Layer, still
from renderer.scenes.scene import SOFT, Scene, heading
from renderer.text import block
from renderer.theme import COLUMN, LEFT, TOP
from renderer.wrapping import wrap


def layers(scene: Scene) -> list[Layer]:
    """Kicker, hook and line; without a line the hook stands lower, where the eye rests."""
    visual = scene.brief.visual
    assert visual.kind == "title"
    top = TOP if visual.line else TOP + 130
    found, y = heading(scene, largest=104, height=620, top=top)
    y += 36
    for line in wrap(visual.line, SOFT, COLUMN)[:4]:
        found.append(still(block([line], SOFT, scene.soft), LEFT, y, STAGGER * (len(found) + 2)))
        y += SOFT.line
    return found
