"""Artifact `scene.<n>.footage`: what became of the moving picture that the scene asked for.

The film itself is `scene.<n>.clip` (MP4), where there is one.
"""

from artifacts.model import Model


class Clip(Model):
    """A film as a provider made it."""

    digest: str
    """Hexadecimal SHA-256 of the bytes."""
    width: int
    height: int
    """Pixels."""
    seconds: float
    engine: str
    """Who made it, as the credits name it, such as `Runway gen4.5`."""
    prompt: str
    from_figure: str = ""
    """Label of the paper's figure that it began with."""


class SceneFootage(Model):
    """The scene's film, or why there is none."""

    scene: int
    wanted: bool = False
    clip: Clip | None = None
    code: str = ""
    reason: str = ""
    """A sentence for the user; empty where none was wanted or one was made."""
