"""The renderer's two rules: have a scene's moving picture made, and draw and encode the scene, once."""

from __future__ import annotations

from functools import partial

import vendors.runway
from chassis.settings import read_settings
from vendors.settings import RunwaySettings

from chassis import JobFolder, Service, Stage

CLIPS = 64
"""Films that one worker waits for at a time: each takes minutes, and a thread that sleeps."""


def service(settings: RunwaySettings | None = None) -> Service:
    """The renderer with its settings, from the environment unless given."""
    settings = settings or read_settings(RunwaySettings)
    clip = Stage(
        name="clip",
        title="Film",
        version="1",
        needs=("scene.*.brief", "scene.*.verdicts", "approval"),
        makes=("scene.*.footage", "scene.*.clip"),
        optional=("scene.*.clip",),
        run=partial(_clip, settings),
        slots=CLIPS,
    )
    render = Stage(
        name="render",
        title="Draw",
        version="3",
        needs=("scene.*.brief", "scene.*.narration", "scene.*.captions", "scene.*.footage"),
        makes=("scene.*.segment",),
        run=_render,
    )
    return Service("renderer", (clip, render), (vendors.runway.provider(settings),))


def _clip(settings: RunwaySettings, folder: JobFolder) -> None:
    from renderer.clip import clip  # noqa: PLC0415 - schemas are loaded when the first scene comes

    clip(folder, settings)


def _render(folder: JobFolder) -> None:
    from renderer.compositor import render  # noqa: PLC0415 - drawing libraries are loaded when the first scene comes

    render(folder)
