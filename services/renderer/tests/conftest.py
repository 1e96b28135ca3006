"""A scene to be filmed on a folder, with a purse in memory and Runway's stand-in to pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import av
import pytest
from artifacts.footage import SceneFootage
from artifacts.request import Approval
from artifacts.script import Brief, Footage, Image, Sentence, Span, TitleVisual
from artifacts.verdicts import Verdicts
from chassis.blobs import Blobs
from chassis.folder import JobFolder, digest_of
from chassis.limits import LocalLimits
from chassis.local import artifacts_in
from chassis.purse import Purse
from chassis.testing import MemoryBlobs
from hiddenhill.v1.events_pb2 import CallState, Costs
from renderer.stage import service
from vendors.settings import RunwaySettings

KEY = "key_that_nobody_may_ever_see_77"
PROMPT = "Fog drifts over a field hospital at dawn, slow steady camera."


def settings_for(url: str, **more: object) -> RunwaySettings:
    fields = {"api_key": KEY, "url": url, "clip_seconds": 2, "poll_seconds": 0.05, "seconds": 5, "leave": 0}
    return RunwaySettings(**fields | more)


@dataclass
class Studio:
    """What a worker has: settings, a purse, a folder."""

    folder: Path
    settings: RunwaySettings
    blobs: Blobs = field(default_factory=MemoryBlobs)
    costs: Costs = field(default_factory=lambda: Costs(budget=5.0))
    key: str = ""
    report: Callable[[float, str], None] | None = None

    def film(self, footage: Footage | None = Footage(prompt=PROMPT, seconds=4.0)) -> SceneFootage:  # noqa: B008
        """Run the stage on a scene that asks for this."""
        brief = Brief(
            scene=1,
            role="hook",
            headline="Clean water",
            sentences=[Sentence(text="Water was clean.", evidence=[])],
            visual=TitleVisual(),
            span=Span(start=0, end=1),
            footage=footage,
        )
        (self.folder / "approval.json").write_text(Approval().model_dump_json())
        (self.folder / "scene.1.verdicts.json").write_text(Verdicts(scene=1, verdicts=[]).model_dump_json())
        (self.folder / "scene.1.brief.json").write_text(brief.model_dump_json())
        service(self.settings).stages[0].work(self.job())
        return SceneFootage.model_validate_json((self.folder / "scene.1.footage.json").read_bytes())

    def set(self, **more: object) -> None:
        """Change settings."""
        self.settings = settings_for(self.settings.url, **more)

    def job(self) -> JobFolder:
        taker = LocalLimits().taker("job1")
        purse = Purse(self.blobs, lambda change: change(self.costs), "clip", 1, taker)
        inputs = artifacts_in(self.folder)
        return JobFolder(
            self.folder,
            inputs,
            scene=1,
            fetch_blob=lambda digest: next(path for path in inputs.values() if digest_of(path) == digest),
            report=self.report,
            taker=taker,
            purse=purse,
            key=lambda _: self.key,
        )

    def figure(self, path: Path) -> Footage:
        """A wish for a film that begins with the picture in the folder."""
        image = Image(artifact=path.stem, digest=digest_of(path), media_type="image/png", width=9, height=9)
        return Footage(prompt=PROMPT, seconds=4.0, image=image, image_label="Figure 2")

    @property
    def clip(self) -> Path:
        return self.folder / "scene.1.clip.mp4"

    @property
    def calls(self) -> list[tuple[str, float, int]]:
        """State, dollars and cut-off calls of each entry of the costs."""
        return [(CallState.Name(c.state)[11:], round(c.dollars, 2), c.cut_off) for c in self.costs.calls]


@pytest.fixture
def studio(tmp_path, runway_standin) -> Studio:
    return Studio(tmp_path, settings_for(runway_standin.url))


@pytest.fixture
def film_of(tmp_path) -> Callable[..., Path]:
    """Writes a film of RGB pictures: `film_of(pictures, rate=24, matrix=1, range=1)`, by default limited BT.709."""

    def write(pictures, rate: int = 24, matrix: int = 1, full: bool = False) -> Path:
        path = tmp_path / f"film-{len(list(tmp_path.glob('film-*')))}.mp4"
        with av.open(str(path), "w") as file:
            stream = file.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "12"})
            stream.pix_fmt = "yuvj420p" if full else "yuv420p"
            context = stream.codec_context
            context.colorspace = context.color_primaries = context.color_trc = matrix
            context.color_range = 2 if full else 1
            pictures = list(pictures)
            stream.height, stream.width = pictures[0].shape[:2]
            for picture in pictures:
                shown = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(
                    format=stream.pix_fmt, dst_colorspace=min(matrix, 5), dst_color_range=2 if full else 1
                )
                file.mux(stream.encode(shown))
            file.mux(stream.encode(None))
        return path

    return write
