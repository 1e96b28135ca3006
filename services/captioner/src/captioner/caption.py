"""One run of the stage `caption`."""

from __future__ import annotations

from artifacts.captions import Captions
from artifacts.narration import Narration
from captioner.burned import burned_captions
from captioner.cues import sidecar_cues
from chassis import JobFolder


def caption(job: JobFolder) -> None:
    """Lay out the words of a scene, for the sidecar files and for burning in."""
    narration = job.load("scene.*.narration", Narration)
    captions = Captions(
        scene=narration.scene,
        duration=narration.duration,
        cues=sidecar_cues(narration),
        burned=burned_captions(narration),
    )
    job.write("scene.*.captions", captions)
