"""Source: the passage itself on a sheet turned by one degree, the highlight sweeping in step with the voice."""

from __future__ import annotations

from artifacts.script import QuoteVisual
from PIL import Image

from renderer.layers import Layer
from renderer.scenes import page
from renderer.scenes.passage import PAD, Passage
from renderer.scenes.scene import Scene
from renderer.scenes.sheet import PLACE, ROOM, Sheet, kicker, put_place
from renderer.shapes import rounded
from renderer.theme import COLUMN


def layers(scene: Scene) -> list[Layer]:
    """The real page where there is a picture of it, else the passage set anew."""
    visual = scene.brief.visual
    assert visual.kind == "quote"
    return page.layers(scene, visual) or _typeset(scene, visual)


def _typeset(scene: Scene, visual: QuoteVisual) -> list[Layer]:
    """Kicker, sheet, and a patch of highlighter for every word as it is spoken."""
    passage = Passage(visual.text, visual.highlight, PAD, ROOM - 2 * PAD - PLACE.line - 40)
    sheet = Sheet(_draw(scene, visual, passage, marks=False), _draw(scene, visual, passage, marks=True))
    strokes = passage.strokes(scene.narration.words)
    return [kicker(scene), sheet.base(), *(sheet.reveal(box, begins) for box, begins in strokes)]


def _draw(scene: Scene, visual: QuoteVisual, passage: Passage, *, marks: bool) -> Image.Image:
    height = passage.bottom + PAD + PLACE.line + 30
    image = rounded(COLUMN, height, 32, (255, 255, 255, 255))
    passage.draw(image, marks=marks)
    put_place(image, scene, visual.place, PAD)
    return image
