"""The assemble stage: joins the encoded scenes without touching a pixel, and lays the sound under them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar

from artifacts.captions import Captions
from artifacts.footage import SceneFootage
from artifacts.narration import Narration
from artifacts.script import Brief, Card, Script
from artifacts.verdicts import Verdicts

from captioner import ffmpeg, sidecars, sound
from chassis import Defect, JobFolder

FPS = 30
JPEG_COLOUR = "scale=in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc"
"""JPEG knows one matrix, and it is not the video's."""

T = TypeVar("T")


def assemble(folder: JobFolder) -> None:
    """Make the video and everything that lies beside it."""
    script = folder.load("script", Script)
    briefs = _of_script(script, folder.load_each("scene.*.brief", Brief))
    narrations = _of_script(script, folder.load_each("scene.*.narration", Narration))
    captions = _of_script(script, folder.load_each("scene.*.captions", Captions))
    verdicts = _of_script(script, folder.load_each("scene.*.verdicts", Verdicts))
    footage = _of_script(script, folder.load_each("scene.*.footage", SceneFootage))
    told = {n: sidecars.Told(briefs[n], narrations[n], verdicts[n], footage[n]) for n in script.scenes}
    starts, ends = places(narrations)
    folder.progress(0.05)
    with ThreadPoolExecutor(1) as aside:
        segments = _of_script(script, folder.each("scene.*.segment"))
        pictures = aside.submit(copy_context().run, _join, folder, segments, max(ends.values()))
        voice = _voice(folder, script, briefs, starts, max(ends.values()))
        folder.progress(0.8)
        video = folder.scratch("video.mp4")
        _mux(pictures.result(), voice, video, script.paper)
    folder.write("thumbnail", _thumbnail(folder, video, min(1.5, ends[next(iter(ends))] * 0.6)), "image/jpeg")
    folder.write("video", video, "video/mp4")
    cues = sidecars.shifted(captions, starts)
    folder.write("srt", sidecars.srt(cues).encode(), "application/x-subrip")
    folder.write("vtt", sidecars.vtt(cues).encode(), "text/vtt")
    folder.write("transcript", sidecars.transcript(script, told, starts, ends))
    folder.write("credits", sidecars.credits_of(script, told.values()).encode(), "text/plain")
    folder.progress(1)


def _of_script(script: Script, found: Mapping[int, T]) -> dict[int, T]:
    """What belongs to the script's scenes, in its order; an earlier script may have left more."""
    missing = [scene for scene in script.scenes if scene not in found]
    if missing:
        raise Defect("internal.scenes", "A scene of the video is missing; please retry the job.", f"scenes {missing}")
    return {scene: found[scene] for scene in script.scenes}


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
    speeches = [(starts[scene], path) for scene, path in _of_script(script, folder.each("scene.*.speech")).items()]
    horizon = next(iter(briefs.values())).horizon
    track = sound.lay_out(speeches, duration, horizon, music=script.music)
    folder.progress(0.3, "mixing")
    target = folder.scratch("voice.m4a")
    sound.master(track, target)
    return target


def _join(folder: JobFolder, segments: Mapping[int, Path], duration: float) -> Path:
    """Join the encoded scenes as they are. Linked under plain names, their paths need no quoting."""
    listing, joined = folder.scratch("segments.txt"), folder.scratch("pictures.mp4")
    for scene, path in segments.items():
        link = folder.scratch(f"segment-{scene}.mp4")
        link.unlink(missing_ok=True)
        link.symlink_to(path.resolve())
    listing.write_text("".join(f"file 'segment-{scene}.mp4'\n" for scene in segments))
    said = ffmpeg.run("-f", "concat", "-i", listing, "-map", "0:v:0", "-c", "copy", "-stats", joined)
    frames = int(re.findall(r"frame=\s*(\d+)", said)[-1])
    if frames != round(duration * FPS):
        message = "The pictures of a scene do not last as long as its sound; please retry the job."
        raise Defect("internal.segment", message, f"{frames} frames for {duration:.3f} s")
    return joined


def _mux(pictures: Path, voice: Path, target: Path, paper: Card) -> None:
    tags = {
        "title": paper.title,
        "artist": ", ".join(paper.authors),
        "comment": f"{sidecars.citation(paper)} {paper.licence}",
        "copyright": paper.licence,
    }
    metadata: list[str | Path] = [
        arg for key, value in tags.items() if value for arg in ("-metadata", f"{key}={_plain(value)}")
    ]
    inputs: list[str | Path] = ["-i", pictures, "-i", voice, "-map", "0:v", "-map", "1:a"]
    ffmpeg.run(*inputs, "-c", "copy", "-movflags", "+faststart", *metadata, target)


def _plain(text: str) -> str:
    """One line without control characters, of a length that players show."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:500]


def _thumbnail(folder: JobFolder, video: Path, at: float) -> Path:
    target = folder.scratch("thumbnail.jpg")
    ffmpeg.run("-ss", f"{at:.3f}", "-i", video, "-frames:v", "1", "-vf", JPEG_COLOUR, "-q:v", "3", target)
    return target
