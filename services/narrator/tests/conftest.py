"""A scene to be spoken on a folder, with a purse in memory and Gemini's stand-in to pay."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile
from artifacts.narration import Narration
from artifacts.request import Approval
from artifacts.script import Brief, Sentence, Span, TitleVisual
from artifacts.verdicts import Verdicts
from chassis.folder import JobFolder
from chassis.limits import LocalLimits
from chassis.local import artifacts_in
from chassis.purse import Purse
from chassis.testing import MemoryBlobs
from hiddenhill.v1.events_pb2 import CallState, Costs
from narrator.settings import NarratorSettings
from narrator.stage import service
from vendors.settings import GeminiSettings

KEY = "AIza-a-key-that-nobody-may-ever-see-77"


@dataclass
class Booth:
    """What a worker has: settings, a purse, a folder."""

    folder: Path
    paid: GeminiSettings
    settings: NarratorSettings = field(default_factory=NarratorSettings)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    costs: Costs = field(default_factory=lambda: Costs(budget=1.0))
    key: str = ""

    def speak(self, *sentences: str, scene: int = 1, span: tuple[float, float] = (0, 1), **more) -> Narration:
        """Run the stage on a brief with these sentences."""
        brief = Brief(
            scene=scene,
            role="hook",
            headline="Clean water",
            sentences=[Sentence(text=text, evidence=[]) for text in sentences],
            visual=TitleVisual(),
            span=Span(start=span[0], end=span[1]),
            **more,
        )
        (self.folder / "approval.json").write_text(Approval().model_dump_json())
        (self.folder / f"scene.{scene}.verdicts.json").write_text(Verdicts(scene=scene, verdicts=[]).model_dump_json())
        (self.folder / f"scene.{scene}.brief.json").write_text(brief.model_dump_json())
        service(self.settings, self.paid).stages[0].work(self.job(scene))
        return Narration.model_validate_json((self.folder / f"scene.{scene}.narration.json").read_bytes())

    def sound(self, scene: int = 1) -> tuple[np.ndarray, int]:
        return soundfile.read(self.folder / f"scene.{scene}.speech.flac")

    def job(self, scene: int) -> JobFolder:
        taker = LocalLimits().taker("job1")
        purse = Purse(self.blobs, lambda change: change(self.costs), "narrate", scene, taker)
        inputs = artifacts_in(self.folder)
        return JobFolder(self.folder, inputs, scene=scene, taker=taker, purse=purse, key=lambda _: self.key)

    @property
    def calls(self) -> list[str]:
        return [CallState.Name(call.state)[11:] for call in self.costs.calls]

    @property
    def spent(self) -> float:
        return sum(call.dollars for call in self.costs.calls)


@pytest.fixture
def booth(tmp_path, gemini_standin) -> Booth:
    return Booth(tmp_path, GeminiSettings(api_key=KEY, url=gemini_standin.url, seconds=10))
