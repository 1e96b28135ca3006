"""What every scene shares: kicker and headline, and which module draws which visual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from artifacts.narration import Narration
from artifacts.script import Brief
from PIL import Image

from renderer.bidi import is_rtl
from renderer.fonts import HEAD, TEXT
from renderer.layers import STAGGER, Layer, still
from renderer.text import Ink, Style, block, clipped, roomy
from renderer.theme import COLUMN, LEFT, TOP, Theme
from renderer.wrapping import fit

KICKER = Style(TEXT, 34, 600, leading=1.3)
HEADLINE = Style(HEAD, 104, 700, leading=1.06, tracking=-0.025)
SOFT = Style(TEXT, 40, 400, leading=1.4)
SMALL = Style(TEXT, 28, 400, leading=1.35)


@dataclass(frozen=True)
class Scene:
    """A scene to be drawn. `open_picture` gives the picture with a digest, or None when it cannot be shown.

    `animated`: the paper's figure itself moves behind it, as a film.
    """

    brief: Brief
    narration: Narration
    theme: Theme
    open_picture: Callable[[str], Image.Image | None]
    animated: bool = False

    @property
    def ink(self) -> tuple[int, ...]:
        return (*self.theme.ink, 255)

    @property
    def soft(self) -> tuple[int, ...]:
        return (*self.theme.soft, 255)

    @property
    def accent(self) -> tuple[int, ...]:
        return (*self.theme.accent, 255)

    def sentence_start(self, index: int) -> float:
        """When a sentence begins to be spoken, in seconds."""
        return next((word.start for word in self.narration.words if word.sentence >= index), 0.0)


def layers_of(scene: Scene) -> list[Layer]:
    """The layers of a scene, from back to front."""
    module = import_module(f"renderer.scenes.{scene.brief.visual.kind}")
    layers: list[Layer] = module.layers(scene)
    return layers


def line(text: str, style: Style, ink: Ink, y: float, begins: float = 0.0) -> Layer:
    """A line of the column: it starts where its script does, and is cut where it is too wide."""
    text = clipped(text, style, COLUMN)
    x = LEFT + COLUMN - style.width(text) if is_rtl(text) else LEFT
    air = style.size // 4 & ~1  # marks above and below letters reach out of the line
    return still(block([text], style, ink, air), x, y - air, begins)


def heading(scene: Scene, *, largest: int = 78, height: int = 250, top: int = TOP) -> tuple[list[Layer], int]:
    """Kicker and headline; returns the layers and the y below them."""
    layers: list[Layer] = []
    y = top
    if scene.brief.kicker:
        layers.append(line(scene.brief.kicker, KICKER, scene.accent, y))
        y += KICKER.line + 14
    headline = roomy(HEADLINE.at(largest), scene.brief.headline)
    style, lines = fit(scene.brief.headline, headline, COLUMN, height, 48)
    for text in lines:
        layers.append(line(text, style, scene.ink, y, STAGGER * len(layers)))
        y += style.line
    return layers, y
