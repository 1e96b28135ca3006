"""A message server that lost its disk: workers that run find their places in the new stream."""

import asyncio

import pytest
from chassis.bus import PROVIDERS_BUCKET, RULES_BUCKET
from chassis.providers import Provider
from chassis.runner import Runner
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, make_ready
from chassis.worker import connect

from chassis import names

pytestmark = [pytest.mark.stack]


def shout(folder):
    folder.write("paper", folder.path("source").read_bytes().upper())


async def test_a_worker_goes_on_after_the_stream_was_lost(settings):
    bus, blobs = await connect(settings, "test"), MemoryBlobs()
    stage = Stage(name="shout", title="Shout", version="1", needs=("source",), makes=("paper",), run=shout)
    runner = Runner(stage, "testing", bus, blobs, slots=1, ack_wait=15, max_attempts=8)
    provider = Provider("hill", "Hill", "speech", "m", usable=True)
    await bus.publish_providers([provider])
    working = asyncio.create_task(runner.run())
    try:
        await make_ready(bus, blobs, "before", {"source": b"hills"})
        await until(bus, "before")
        for stream in (names.STREAM, f"KV_{RULES_BUCKET}", f"KV_{PROVIDERS_BUCKET}"):
            await bus.stream.delete_stream(stream)
        await bus.extent()
        await make_ready(bus, blobs, "after", {"source": b"hills"})
        await until(bus, "after")
        assert [rule.name for rule in await bus.rules()] == ["shout"]
        assert await bus.providers() == [provider]
    finally:
        runner.stop()
        await working
        await bus.stream.delete_stream(f"KV_{PROVIDERS_BUCKET}")
        await bus.close()


async def until(bus, job_id):
    async with asyncio.timeout(15):
        while "paper" not in (await bus.manifest(job_id)).entries:  # noqa: ASYNC110 - the stream tells nobody
            await asyncio.sleep(0.05)
