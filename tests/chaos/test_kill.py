"""kill -9 in the middle: the job ends, and what was ready is not made again."""

import signal
from collections import Counter
from pathlib import Path

import pytest
from chassis.testing import all_events, on_bus, until
from cli.rest import Rest
from cli.stack import Stack

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "nightingale" / "nightingale.xml"
pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]


def test_a_killed_renderer_loses_no_scene_and_makes_none_twice(tmp_path):
    with (
        Stack(tmp_path / "home", env={"HIDDENHILL_ACK_WAIT": "3"}) as stack,
        Rest(stack.gateway_url, stack.token) as client,
    ):
        job = client.submit(SAMPLE, {"seconds": 30})["id"]
        _made(client, job, "scene.1.segment")
        stack.kill("renderer", signal.SIGKILL)
        assert _ended(client, job) == "done", client.job(job)
        made = Counter(event.subject for event in on_bus(stack.settings, all_events))
        assert all(count == 1 for count in made.values()), made


def test_unfinished_jobs_go_on_with_the_next_start(tmp_path):
    with (
        Stack(tmp_path / "home", env={"HIDDENHILL_ACK_WAIT": "3"}) as stack,
        Rest(stack.gateway_url, stack.token) as client,
    ):
        job = client.submit(SAMPLE, {"seconds": 20})["id"]
        _made(client, job, "script")
    with (
        Stack(tmp_path / "home", env={"HIDDENHILL_ACK_WAIT": "3"}) as stack,
        Rest(stack.gateway_url, stack.token) as client,
    ):
        assert _ended(client, job) == "done", client.job(job)


def _made(client, job, artifact):
    until(lambda: artifact in {each["artifact"] for each in client.job(job)["artifacts"]}, 120)


def _ended(client, job):
    """How the job ends, as its stream tells."""
    for kind, data in client.watch(job):
        state = data["state"] if kind == "snapshot" else kind
        if state in ("done", "failed", "cancelled"):
            return state
    return "nothing was told"
