"""The finished video, measured: when the highlight moves, how loud it is, and who rendered it."""

import asyncio
import itertools
import json
import re
import subprocess

import av
import imageio_ffmpeg
import numpy as np
import pytest
from chassis.bus import NatsBus
from chassis.settings import ChassisSettings
from cli.making import follow
from cli.rest import Rest
from hiddenhill.v1.events_pb2 import Progress
from renderer import captions as burning
from renderer.theme import CAPTION_BOTTOM, CAPTION_CENTRE, CAPTION_TOP, FPS, THEMES

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_the_burned_highlight_is_within_100_ms_of_the_spoken_word(drawn):
    """Found on the pixels of the decoded video, against the narrator's times in the transcript."""
    target, burned = drawn
    scenes = json.loads(target.with_suffix(".json").read_text())["scenes"]
    frames = _caption_band(target)
    errors = []
    for scene, captions in zip(scenes, burned, strict=True):
        spoken = [word["start"] for sentence in scene["sentences"] for word in sentence["words"]]
        patches = list(_patches(captions))
        assert len(patches) == len(spoken)
        for start, patch in zip(spoken, patches, strict=True):
            lit = _first_lit(frames, patch, start)
            errors.append(abs(lit - start) if lit is not None else 9.0)
    assert len(errors) > 40
    assert np.percentile(errors, 95) <= 0.1, sorted(errors)[-10:]


def test_loudness_and_true_peak_of_the_finished_file(drawn):
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    argv = [ffmpeg, "-hide_banner", "-nostats", "-i", str(drawn[0]), "-af", "ebur128=peak=true", "-f", "null", "-"]
    summary = subprocess.run(argv, capture_output=True, text=True, check=True).stderr.rsplit("Summary:", 1)[1]
    loudness = float(re.search(r"I:\s+(-?[\d.]+) LUFS", summary)[1])
    peak = float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", summary)[1])
    assert -15 <= loudness <= -13
    assert peak <= -1


async def test_two_renderers_share_the_scenes_of_one_job(stack, sample, tmp_path):
    second, makers = stack.spawn("renderer"), {}
    assert await asyncio.to_thread(second.ready.wait, 20)
    bus = await NatsBus.connect(settings_of(stack), "test")

    def hear(message):
        progress = Progress.FromString(message.data)
        if progress.stage == "render":
            makers.setdefault(progress.scene, set()).add(progress.worker)

    try:
        await bus.listen("progress.>", hear)
        with Rest(stack.gateway_url, stack.token) as client:
            job = client.submit(sample, {"seconds": 30})["id"]
            await asyncio.to_thread(follow, client, job, quiet=True)
    finally:
        await bus.close()
        stack.end(second)
    assert all(len(workers) == 1 for workers in makers.values())
    assert len(set.union(*makers.values())) == 2, makers


def _caption_band(path):
    """The caption band of every frame: float array (frames, height, 1080, 3) would be large, so uint8 RGB."""
    with av.open(str(path)) as video:
        return [
            frame.to_ndarray(format="rgb24")[CAPTION_TOP - 40 : CAPTION_BOTTOM + 40] for frame in video.decode(video=0)
        ]


def _patches(captions):
    """Where each word's pill lies beside its letters: a patch that is of the accent only while the word is active."""
    for caption in captions.burned:
        top = (CAPTION_TOP + CAPTION_BOTTOM) / 2 - len(caption.lines) * burning.STYLE.line / 2 - (CAPTION_TOP - 40)
        for row, line in enumerate(caption.lines):
            x = CAPTION_CENTRE - burning.line_width(line) / 2
            for word in line:
                middle = round(top + (row + 0.5) * burning.STYLE.line)
                yield (slice(middle - 12, middle + 12), slice(round(x) - 10, round(x) - 4))
                x += burning.STYLE.width(word.text) + burning.GAP


def _first_lit(frames, patch, near):
    """Seconds at which the patch takes a theme's accent, nearest to `near`; None where it never does."""
    window = range(max(0, round((near - 0.6) * FPS)), min(len(frames), round((near + 0.6) * FPS)))
    accents = np.array([theme.accent for theme in THEMES.values()])  # source scenes have a theme of their own
    seen = [frames[n][patch].reshape(-1, 3).mean(axis=0) for n in window]
    lit = [np.abs(accents - colour).max(axis=1).min() < 20 for colour in seen]
    starts = [n for n, (was, now) in zip(window, itertools.pairwise([False, *lit]), strict=True) if now and not was]
    return min((n / FPS for n in starts), key=lambda at: abs(at - near), default=None)


def settings_of(stack):
    """Where the stack's servers are, as a service would read it."""
    names = {key.removeprefix("HIDDENHILL_").lower(): value for key, value in stack.environment().items()}
    return ChassisSettings(**{key: value for key, value in names.items() if key in ChassisSettings.model_fields})
