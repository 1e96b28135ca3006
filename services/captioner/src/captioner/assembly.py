"""The assemble stage: joins the encoded scenes without touching a pixel, and lays the sound under them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from artifacts.captions import Captions
from artifacts.narration import Narration
from artifacts.script import Brief, Card, Script

from captioner import ffmpeg, sidecars, sound
from chassis import Defect, JobFolder

FPS = 30


def assemble(folder: JobFolder) -> None:
    """Make the video and everything that lies beside it."""
    script = folder.load("script", Script)
    briefs = folder.load_each("scene.*.brief", Brief)
    narrations = folder.load_each("scene.*.narration", Narration)
    captions = folder.load_each("scene.*.captions", Captions)
    starts, ends = places(narrations)
    folder.progress(0.05)
    with ThreadPoolExecutor(1) as aside:
        pictures = aside.submit(_join, folder, folder.each("scene.*.segment"))
        voice = _voice(folder, script, briefs, starts, max(ends.values()))
        folder.progress(0.8)
        video = folder.scratch("video.mp4")
        _mux(pictures.result(), voice, video, script.paper)
    folder.write("thumbnail", _thumbnail(folder, video, min(1.5, ends[next(iter(ends))] * 0.6)), "image/jpeg")
    folder.write("video", video, "video/mp4")
    cues = sidecars.shifted(captions, starts)
    folder.write("srt", sidecars.srt(cues).encode(), "application/x-subrip")
    folder.write("vtt", sidecars.vtt(cues).encode(), "text/vtt")
    folder.write("transcript", sidecars.transcript(script, briefs, narrations, starts, ends))
    folder.write("credits", sidecars.credits_of(script, briefs, narrations).encode(), "text/plain")
    folder.progress(1)


def places(narrations: Mapping[int, Narration]) -> tuple[dict[int, float], dict[int, float]]:
    """Start and end of each scene in the video, in seconds.

    A scene's segment has a whole number of frames; sound and cues go by the frames, so nothing drifts.
    """
    starts, ends, frames = {}, {}, 0
    for scene, narration in narrations.items():
        starts[scene] = frames / FPS
        frames += max(1, round(narration.duration * FPS))
        ends[scene] = frames / FPS
    if not starts:
        raise Defect("internal.scenes", "The script has no scenes; please retry the job.")
    return starts, ends


def _voice(
    folder: JobFolder, script: Script, briefs: Mapping[int, Brief], starts: Mapping[int, float], duration: float
) -> Path:
    speeches = [(starts[scene], path) for scene, path in folder.each("scene.*.speech").items()]
    horizon = next(iter(briefs.values())).horizon
    track = sound.lay_out(speeches, duration, horizon, music=script.music)
    target = folder.scratch("voice.m4a")
    sound.master(track, target)
    return target


def _join(folder: JobFolder, segments: Mapping[int, Path]) -> Path:
    listing = folder.scratch("segments.txt")
    listing.write_text("".join(f"file '{path}'\n" for path in segments.values()))
    joined = folder.scratch("pictures.mp4")
    ffmpeg.run("-f", "concat", "-safe", "0", "-i", listing, "-map", "0:v", "-c", "copy", joined)
    return joined


def _mux(pictures: Path, voice: Path, target: Path, paper: Card) -> None:
    tags = {
        "title": paper.title,
        "artist": ", ".join(paper.authors),
        "comment": sidecars.citation(paper),
        "copyright": paper.licence,
    }
    metadata: list[str | Path] = [
        arg for key, value in tags.items() if value for arg in ("-metadata", f"{key}={value[:500]}")
    ]
    inputs: list[str | Path] = ["-i", pictures, "-i", voice, "-map", "0:v", "-map", "1:a"]
    ffmpeg.run(*inputs, "-c", "copy", "-movflags", "+faststart", *metadata, target)


def _thumbnail(folder: JobFolder, video: Path, at: float) -> Path:
    target = folder.scratch("thumbnail.jpg")
    ffmpeg.run("-ss", f"{at:.3f}", "-i", video, "-frames:v", "1", "-q:v", "3", target)
    return target
