"""The real servers, started once, and the bus and the store over them or in memory."""

from contextlib import AsyncExitStack

import pytest
from chassis.blobs import S3Blobs
from chassis.testing import MemoryBlobs, MemoryBus
from cli.stack import Stack
from opentelemetry.sdk.trace import TracerProvider

from chassis import worker

REAL = [pytest.mark.stack]


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("home"), services=()) as servers:
        yield servers.settings


@pytest.fixture(params=["memory", pytest.param("nats", marks=REAL)])
async def connect(request):
    """Connects to one bus as each process does."""
    if request.param == "memory":
        memory = MemoryBus()

        async def same():
            return memory

        yield same
        return
    settings = request.getfixturevalue("settings")
    await wiped(settings)
    async with AsyncExitStack() as connections:

        async def another():
            connected = await worker.connect(settings, "test")
            connections.push_async_callback(connected.close)
            return connected

        yield another


async def wiped(settings):
    """Leave the server without a stream or a bucket, whatever a test before this one left there."""
    bus = await worker.connect(settings, "test")
    for stream in await bus.stream.streams_info():
        await bus.stream.delete_stream(stream.config.name)
    await bus.close()


@pytest.fixture
async def bus(connect):
    return await connect()


@pytest.fixture(params=["memory", pytest.param("s3", marks=REAL)])
def blobs(request):
    if request.param == "memory":
        return MemoryBlobs()
    return S3Blobs(request.getfixturevalue("settings"))


@pytest.fixture
def traced():
    """A tracer whose spans have ids; without one set up, there is nothing to pass on."""
    return TracerProvider().get_tracer("test")
