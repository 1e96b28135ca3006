"""The caption stage: words with times in, cues for the sidecars and captions to burn in out."""

from __future__ import annotations

from artifacts.captions import Captions
from artifacts.narration import Narration

from captioner.burned import burned_captions
from captioner.cues import sidecar_cues
from chassis import JobFolder


def caption(folder: JobFolder) -> None:
    """Lay out one scene's captions."""
    narration = folder.load("scene.*.narration", Narration)
    captions = Captions(
        scene=narration.scene,
        duration=narration.duration,
        cues=sidecar_cues(narration.words, narration.duration),
        burned=burned_captions(narration.words, narration.duration),
    )
    folder.write("scene.*.captions", captions)
