"""Drawing against encoding: the render stage's time over that of encoding the same frames alone."""

from __future__ import annotations

import json
import tempfile
import time
from fractions import Fraction
from importlib.metadata import entry_points
from itertools import islice
from pathlib import Path

import av
from chassis.local import run_stage
from chassis.stage import Stage
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
        for name in ("fetch", "script", "narrate", "caption"):
            run_stage(stage(name), folder)
        began = time.perf_counter()
        run_stage(stage("render"), folder)
        rendering = time.perf_counter() - began
        segments = sorted(folder.glob("scene.*.segment.mp4"))
        encoding, frames = 0.0, 0
        for segment in segments:
            seconds, count = encode_alone(segment, folder / "again.mp4")
            encoding, frames = encoding + seconds, frames + count
    print(f"render stage: {frames / FPS:.1f} s of video in {rendering:.1f} s; ", end="")
    print(f"encoding the same frames alone: {encoding:.1f} s; ratio {rendering / encoding:.2f}")


def encode_alone(segment: Path, target: Path) -> tuple[float, int]:
    """Seconds it takes to encode a segment's decoded frames with the same settings, and their number."""
    seconds, number = 0.0, 0
    with av.open(str(segment)) as source, av.open(str(target), "w", format="mp4") as container:
        stream = open_stream(container)
        frames = source.decode(video=0)
        while chunk := [frame.reformat(format="yuv420p") for frame in islice(frames, CHUNK)]:
            began = time.perf_counter()
            for frame in chunk:
                frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, FPS), 0
                number += 1
                for packet in stream.encode(frame):
                    container.mux(packet)
            seconds += time.perf_counter() - began
        began = time.perf_counter()
        for packet in stream.encode(None):
            container.mux(packet)
        seconds += time.perf_counter() - began
    return seconds, number


if __name__ == "__main__":
    main()
