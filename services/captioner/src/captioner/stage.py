"""The captioner's two rules: lay out captions of a scene, and put the whole video together."""

from __future__ import annotations

from chassis import JobFolder, Service, Stage


def _caption(folder: JobFolder) -> None:
    from captioner.layout import caption  # noqa: PLC0415 - fonts are loaded when the first scene comes

    caption(folder)


def _assemble(folder: JobFolder) -> None:
    from captioner.assembly import assemble  # noqa: PLC0415 - numpy is loaded when the first job comes

    assemble(folder)


def service() -> Service:
    """The captioner."""
    caption = Stage(
        name="caption",
        title="Caption",
        version="1",
        needs=("scene.*.narration",),
        makes=("scene.*.captions",),
        run=_caption,
    )
    assemble = Stage(
        name="assemble",
        title="Finish",
        version="2",
        needs=(
            "script",
            "scene.*.brief",
            "scene.*.segment",
            "scene.*.narration",
            "scene.*.speech",
            "scene.*.captions",
            "scene.*.verdicts",
            "scene.*.footage",
        ),
        makes=("video", "srt", "vtt", "transcript", "thumbnail", "credits"),
        run=_assemble,
    )
    return Service("captioner", (caption, assemble))
