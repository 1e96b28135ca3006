"""The stages `caption` (words become laid-out cues) and `assemble` (everything becomes the video)."""

from __future__ import annotations

from functools import partial

from captioner.settings import CaptionerSettings
from chassis import JobFolder, Service, Stage

CAPTION_VERSION = "1"
ASSEMBLE_VERSION = "1"


def service(settings: CaptionerSettings | None = None) -> Service:
    """The captioner with its settings, from the environment unless given."""
    caption = Stage(
        name="caption",
        title="Caption",
        version=CAPTION_VERSION,
        needs=("scene.*.narration",),
        makes=("scene.*.captions",),
        run=_caption,
        slots=2,
    )
    assemble = Stage(
        name="assemble",
        title="Finish",
        version=ASSEMBLE_VERSION,
        needs=(
            "script",
            "scene.*.brief",
            "scene.*.segment",
            "scene.*.narration",
            "scene.*.speech",
            "scene.*.captions",
        ),
        makes=("video", "srt", "vtt", "transcript", "thumbnail", "credits"),
        run=partial(_assemble, settings or CaptionerSettings()),
    )
    return Service("captioner", (caption, assemble))


def _caption(job: JobFolder) -> None:
    from captioner.caption import caption  # noqa: PLC0415 - the font is loaded by the first run

    caption(job)


def _assemble(settings: CaptionerSettings, job: JobFolder) -> None:
    from captioner.assemble import assemble  # noqa: PLC0415 - numpy is loaded by the first run

    assemble(job, settings)
