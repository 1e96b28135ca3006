"""A stage that waits for a limit: its job waits, says until when, and goes on."""

import asyncio
import time

import pytest
from chassis.errors import RateLimited
from chassis.folder import JobFolder
from chassis.limits import Limit, LocalLimits
from chassis.runner import Runner
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, MemoryBus, make_ready
from hiddenhill.v1.events_pb2 import Progress


async def test_job_that_meets_a_limit_says_until_when_it_waits_and_is_done_after_it():
    bus, blobs, limits, began = MemoryBus(), MemoryBlobs(), LocalLimits(), []
    limit = Limit("ncbi", every=0.6, patience=0.1, title="NCBI")

    def fetch(folder):
        with folder.calling(limit):
            pass
        began.append(time.monotonic())
        folder.write("paper", b"{}")

    stage = Stage(name="fetch", title="Read", version="1", needs=("source",), makes=("paper",), run=fetch, slots=2)
    runner = Runner(stage, "testing", bus, blobs, slots=0, ack_wait=15, max_attempts=3, limits=limits)
    await bus.offers(runner.rule, ack_wait=15, max_attempts=3)
    working = asyncio.create_task(runner.run())
    for job_id in ("job1", "job2"):
        await make_ready(bus, blobs, job_id, {"source": b"{}"})
    while await bus.backlog("fetch"):
        await bus.streams["EVENTS"].news.wait()
    runner.stop()
    await working
    assert began[1] - began[0] > 0.3
    waits = [body for _, body in bus.told if isinstance(body, Progress) and body.waits_for]
    assert [body.waits_for for body in waits] == ["NCBI"]
    assert 0 < waits[0].waits_until.ToMilliseconds() / 1000 - time.time() + 0.7 < 1.4
    assert "goes on" in waits[0].note


def test_stage_on_a_folder_keeps_to_the_limit_of_its_process(tmp_path):
    folder, limit = JobFolder(tmp_path, {}), Limit("alone", every=0.2, patience=5)
    began = time.monotonic()
    for _ in range(3):
        with folder.calling(limit):
            pass
    assert 0.35 < time.monotonic() - began < 1.5


def test_wait_that_is_too_long_is_an_error_with_its_hour(tmp_path):
    folder, limit = JobFolder(tmp_path, {}), Limit("long", every=60, patience=1, title="Long")
    with folder.calling(limit):
        pass
    with pytest.raises(RateLimited) as raised, folder.calling(limit):
        pass
    assert 50 < raised.value.retry_after <= 60
    assert raised.value.waits_for == "Long"
