"""The timeline of a job, from spans that were kept without a collector; and that they go with the job."""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from chassis.blobs import S3Blobs
from chassis.testing import until
from cli.rpc import Rpc

from chassis import spans

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def made(studio):
    """A finished job, and its timeline once all was kept."""
    job_id = studio.submit(seconds=20)
    assert studio.ended(job_id)["state"] == "done"
    return job_id, _whole(studio, job_id)


def _whole(studio, job_id):
    def whole():
        timeline = studio.client.trace(job_id)
        return timeline if timeline["path"] and timeline["path"][-1]["stage"] == "assemble" else None

    return until(whole, 15)


def _command(studio, *args):
    env = {**os.environ, "HIDDENHILL_HOME": str(studio.stack.home)}
    argv = [sys.executable, "-m", "cli", *map(str, args)]
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_timeline_has_a_lane_for_every_step_and_scene_and_a_path_from_the_paper_to_the_film(studio, made):
    job_id, timeline = made
    scenes = studio.client.job(job_id)["scenes"]
    lanes = {(lane["stage"], lane["scene"]) for lane in timeline["lanes"]}
    assert lanes >= {(stage, scene) for stage in ("check", "narrate", "caption", "render") for scene in scenes}
    stages = [step["stage"] for step in timeline["path"]]
    assert stages == ["fetch", "script", "check", "narrate", "caption", "render", "assemble"]
    on_it = sum(step["waited"] + step["seconds"] for step in timeline["path"])
    assert on_it == pytest.approx(timeline["seconds"], rel=0.1), "a path without holes is as long as the job"


def test_both_interfaces_tell_the_same(studio, made):
    job_id, timeline = made
    with Rpc(studio.stack.rpc_url, studio.stack.token) as rpc:
        told = rpc.trace(job_id)
    assert told.pop("started_at")[:23] == timeline["started_at"][:23]
    assert told == {key: value for key, value in timeline.items() if key != "started_at"}


def test_command_prints_bars_and_the_critical_path_and_draws_them(studio, made, tmp_path):
    job_id, timeline = made
    printed = _command(studio, "trace", job_id)
    assert printed.returncode == 0, printed.stderr
    assert "█" in printed.stdout
    assert "critical path:" in printed.stdout
    assert "Draw 1" in printed.stdout
    assert json.loads(_command(studio, "trace", job_id, "--json").stdout)["path"] == timeline["path"]
    assert _command(studio, "trace", job_id, "-o", tmp_path / "time.svg").returncode == 0
    root = ET.fromstring((tmp_path / "time.svg").read_text())
    bars = root.findall("{http://www.w3.org/2000/svg}rect")
    assert len(bars) == sum(len(lane["bars"]) for lane in timeline["lanes"])
    assert _command(studio, "trace", job_id, "-o", tmp_path / "time.gif").returncode == 2


def test_spans_are_removed_with_their_job(studio):
    job_id = studio.submit(seconds=20)
    studio.ended(job_id)
    _whole(studio, job_id)
    blobs = S3Blobs(studio.stack.settings)
    assert blobs.keys(spans.prefix(job_id))
    studio.client.delete(job_id)
    until(lambda: not blobs.keys(spans.prefix(job_id)))
