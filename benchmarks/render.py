"""Drawing against encoding: the render stage's time over that of encoding the same frames alone."""

from __future__ import annotations

import json
import tempfile
import time
from fractions import Fraction
from importlib.metadata import entry_points
from pathlib import Path

import av
from artifacts.captions import Captions
from artifacts.narration import Narration
from artifacts.script import Brief
from chassis.folder import digest_of
from chassis.local import run_stage
from chassis.stage import Stage
from PIL import Image
from renderer.compositor import Painter
from renderer.encoder import open_stream
from renderer.theme import FPS

SAMPLE = Path(__file__).resolve().parent.parent / "samples" / "nightingale" / "nightingale.xml"
CHUNK = 300
"""Raw frames kept in memory at a time: about 900 MB."""


def stage(name: str) -> Stage:
    """An installed stage."""
    services = [point.load()() for point in entry_points(group="hiddenhill.services")]
    return next(each for service in services for each in service.stages if each.name == name)


def main() -> None:
    """Print the ratio for the sample paper's video of a minute."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "source.xml").write_bytes(SAMPLE.read_bytes())
        (folder / "options.json").write_text(json.dumps({"seconds": 60}))
        (folder / "approval.json").write_text("{}")
        for name in ("fetch", "script", "check", "narrate", "clip", "caption"):
            run_stage(stage(name), folder)
        began = time.perf_counter()
        run_stage(stage("render"), folder)
        rendering = time.perf_counter() - began
        encoding, frames = 0.0, 0
        for brief in sorted(folder.glob("scene.*.brief.json")):
            seconds, count = encode_alone(folder, brief.name.removesuffix(".brief.json"))
            encoding, frames = encoding + seconds, frames + count
    print(f"render stage: {frames / FPS:.1f} s of video in {rendering:.1f} s; ", end="")
    print(f"encoding the same frames alone: {encoding:.1f} s; ratio {rendering / encoding:.2f}")


def encode_alone(folder: Path, scene: str) -> tuple[float, int]:
    """Seconds it takes to encode a scene's frames, painted beforehand, with the same settings; and their number."""
    painter = Painter(
        Brief.model_validate_json((folder / f"{scene}.brief.json").read_bytes()),
        Narration.model_validate_json((folder / f"{scene}.narration.json").read_bytes()),
        Captions.model_validate_json((folder / f"{scene}.captions.json").read_bytes()),
        lambda digest: Image.open(next(f for f in folder.glob("figure.*") if digest_of(f) == digest)).convert("RGB"),
    )
    seconds = 0.0
    with av.open(str(folder / "again.mp4"), "w", format="mp4") as container:
        stream = open_stream(container)
        for start in range(0, painter.frames, CHUNK):
            numbers = range(start, min(start + CHUNK, painter.frames))
            raw = [av.VideoFrame.from_ndarray(painter.paint(number).buffer, format="yuv420p") for number in numbers]
            began = time.perf_counter()
            for number, frame in zip(numbers, raw, strict=True):
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                container.mux(stream.encode(frame))
            seconds += time.perf_counter() - began
        began = time.perf_counter()
        container.mux(stream.encode(None))
        seconds += time.perf_counter() - began
    return seconds, painter.frames


if __name__ == "__main__":
    main()
