"""A job that a provider makes wait, on the bus in memory as on NATS."""

import asyncio
import itertools
import time

from chassis.errors import RateLimited
from chassis.runner import Runner
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, make_ready


def stage_of(times, seconds, runs):
    def run(folder):
        runs.append(time.monotonic())
        if len(runs) <= times:
            raise RateLimited("rate-limited.x", "Later.", retry_after=seconds)
        folder.write("paper", b"{}")

    return Stage(name="speak", title="Speak", version="1", needs=("source",), makes=("paper",), run=run)


async def made(bus, seconds):
    async with asyncio.timeout(seconds):
        while "paper" not in (await bus.manifest("job1")).entries:  # noqa: ASYNC110 - the stream tells nobody
            await asyncio.sleep(0.02)


async def test_patient_job_is_done_in_its_first_attempt(bus):
    runs, blobs = [], MemoryBlobs()
    working = Runner(stage_of(4, 0.8, runs), "testing", bus, blobs, slots=2, ack_wait=1.0, max_attempts=2)
    task = asyncio.create_task(working.run())
    await make_ready(bus, blobs, "job1", {"source": b"{}"})
    await made(bus, 10)
    working.stop()
    await task
    assert await bus.backlog("speak") == 0
    gaps = [later - hour for hour, later in itertools.pairwise(runs)]
    assert len(gaps) == 4
    assert min(gaps) > 0.75
    assert max(gaps) < 4


async def test_job_of_a_worker_that_stops_waits_on_at_another(connect):
    runs, blobs = [], MemoryBlobs()
    stage = stage_of(1, 60, runs)
    bus, other = await connect(), await connect()
    first = Runner(stage, "testing", bus, blobs, slots=1, ack_wait=15, max_attempts=3)
    task = asyncio.create_task(first.run())
    await make_ready(bus, blobs, "job1", {"source": b"{}"})
    async with asyncio.timeout(5):
        while not first._held:  # noqa: ASYNC110 - it is known by looking alone
            await asyncio.sleep(0.02)
    second = Runner(stage, "testing", other, blobs, slots=1, ack_wait=15, max_attempts=3)
    task_of_second = asyncio.create_task(second.run())
    first.stop()
    await made(bus, 5)
    second.stop()
    await asyncio.gather(task, task_of_second)
    assert len(runs) == 2
