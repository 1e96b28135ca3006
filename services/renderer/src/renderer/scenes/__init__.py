"""Scenes: each module turns a brief into layers."""

from renderer.scenes.scene import Scene, layers_of

__all__ = ["Scene", "layers_of"]
