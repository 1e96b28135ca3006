"""The renderer's rule: one scene, drawn and encoded once."""

from __future__ import annotations

from chassis import JobFolder, Service, Stage


def _render(folder: JobFolder) -> None:
    from renderer.compositor import render  # noqa: PLC0415 - drawing libraries are loaded when the first scene comes

    render(folder)


def service() -> Service:
    """The renderer."""
    stage = Stage(
        name="render",
        title="Draw",
        version="2",
        needs=("scene.*.brief", "scene.*.narration", "scene.*.captions"),
        makes=("scene.*.segment",),
        run=_render,
    )
    return Service("renderer", (stage,))
