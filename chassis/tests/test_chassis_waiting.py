"""A stage that a provider makes wait: its message stays in hand, without a slot and without using up attempts."""

import asyncio
import time

import pytest
from chassis.errors import RateLimited
from chassis.runner import Runner
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, MemoryBus, make_ready, work_off
from hiddenhill.v1.events_pb2 import Failed, Ready

from chassis import events, runner

JOB = "job1"


class Provider:
    """Runs of a stage that a provider puts off, `times` for each job, by `seconds`."""

    def __init__(self, times, seconds=0.05):
        self.times, self.seconds, self.runs = times, seconds, []
        self.stage = Stage(
            name="speak", title="Speak", version="1", needs=("source",), makes=("paper",), run=self.run, slots=1
        )

    def run(self, folder):
        source = folder.path("source").read_bytes()
        self.runs.append(source)
        if self.runs.count(source) <= self.times:
            raise RateLimited("rate-limited.x", "Later.", retry_after=self.seconds, waits_for="Hill")
        folder.write("paper", source.upper())


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch):
    monkeypatch.setattr(runner.random, "uniform", lambda _low, _high: 0.01)


@pytest.fixture
def bus():
    return MemoryBus()


@pytest.fixture
def blobs():
    return MemoryBlobs()


@pytest.fixture
async def working(bus, blobs):
    """Starts a runner for a provider's stage; it is stopped at the end."""
    started = []

    def start(provider, **more):
        settings = {"slots": 1, "ack_wait": 0.6, "max_attempts": 2} | more
        made = Runner(provider.stage, "testing", bus, blobs, **settings)
        started.append((made, asyncio.create_task(made.run())))
        return made

    yield start
    for made, task in started:
        made.stop()
        await asyncio.wait_for(task, 3)


def told(bus, kind):
    found = [events.read_event(message).body for message in bus.streams["EVENTS"]]
    return [body for body in found if isinstance(body, kind)]


def made(bus):
    return [(body.job_id, body.attempt) for body in told(bus, Ready) if body.stage]


async def until(true, seconds=4.0):
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - some of it happens in threads
            await asyncio.sleep(0.01)


async def test_waits_do_not_use_up_attempts(bus, blobs):
    provider = Provider(times=20, seconds=0.01)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(provider.stage, bus, blobs)
    assert (len(provider.runs), made(bus), told(bus, Failed)) == (21, [(JOB, 1)], [])


async def test_slot_works_for_others_while_a_job_waits_and_takes_it_up_before_new_ones(bus, blobs, working):
    provider = Provider(times=1, seconds=1.2)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    working(provider)
    await until(lambda: provider.runs)
    began = time.monotonic()
    provider.times = 0
    await make_ready(bus, blobs, "job2", {"source": b"moors"})
    await until(lambda: made(bus))
    assert (made(bus), time.monotonic() - began < 0.9) == ([("job2", 1)], True)
    await until(lambda: len(made(bus)) == 2)
    assert 0.9 < time.monotonic() - began < 3.0


async def test_message_that_waits_stays_ours_and_the_user_is_told_until_when(bus, blobs, working):
    provider = Provider(times=1, seconds=1.6)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    hour = time.time() + 1.6
    first = working(provider)
    await until(lambda: provider.runs)
    another = await bus.offers(first.rule, ack_wait=0.6, max_attempts=2)
    for _ in range(12):
        await asyncio.sleep(0.1)
        assert another.take() is None
    await until(lambda: made(bus))
    hours = [body.waits_until.ToMilliseconds() / 1000 for _, body in bus.told if body.waits_for == "Hill"]
    assert len(hours) >= 4
    assert hours == pytest.approx([hour] * len(hours), abs=0.7)
    assert not bus.told[-1][1].waits_for


@pytest.mark.parametrize("told_at_once", [True, False])
async def test_cancelled_job_does_not_wait_on(bus, blobs, working, told_at_once):
    provider = Provider(times=1, seconds=300)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    runs = working(provider)
    await until(lambda: runs._held)
    await bus.announce([events.cancelled(JOB, "by the user")])
    if told_at_once:
        runs.abandon("cancelled", JOB)
    await until(lambda: not runs._held)
    assert (await bus.backlog("speak"), told(bus, Failed), len(provider.runs)) == (0, [], 1)


async def test_edit_ends_the_wait_of_what_it_overtook(bus, blobs, working):
    provider = Provider(times=1, seconds=300)
    await make_ready(bus, blobs, JOB, {"source": b"old"})
    runs = working(provider)
    await until(lambda: runs._held)
    provider.times = 0
    await make_ready(bus, blobs, JOB, {"source": b"new"}, cause="edited")
    await until(lambda: made(bus) and not runs._held)
    assert (provider.runs, await bus.backlog("speak")) == ([b"old", b"new"], 0)


async def test_worker_that_stops_gives_what_waits_to_another_at_once(bus, blobs):
    provider = Provider(times=1, seconds=300)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    runs = Runner(provider.stage, "testing", bus, blobs, slots=1, ack_wait=15, max_attempts=8)
    task = asyncio.create_task(runs.run())
    await until(lambda: runs._held)
    runs.stop()
    await asyncio.wait_for(task, 1)
    await asyncio.wait_for(work_off(provider.stage, bus, blobs), 1)
    assert made(bus) == [(JOB, 2)]


async def test_message_that_comes_again_while_it_waits_is_not_worked_on_twice(bus, blobs):
    provider = Provider(times=1, seconds=300)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    runs = Runner(provider.stage, "testing", bus, blobs, slots=1, ack_wait=15, max_attempts=8)
    offers = await bus.offers(runs.rule, ack_wait=0.0, max_attempts=8)
    await runs.handle(await offers.next())
    assert len(runs._held) == 1
    offers.unacked[1] = (1, 0.0)
    await runs.handle(await offers.next())
    assert (runs._held, made(bus), len(provider.runs)) == ({}, [(JOB, 2)], 2)


async def test_very_long_wait_is_put_back_and_the_user_is_told(bus, blobs, working):
    provider = Provider(times=1, seconds=runner.LONGEST_HELD + 1)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    runs = working(provider)
    await until(lambda: any(body.waits_for for _, body in bus.told))
    [(attempt, due)] = bus._consumers["stage-speak"].unacked.values()
    assert (attempt, runs._held) == (1, {})
    assert due - asyncio.get_running_loop().time() > runner.LONGEST_HELD - 5


async def test_no_more_messages_are_held_than_a_worker_can_keep(bus, blobs, working, monkeypatch):
    monkeypatch.setattr(runner, "MOST_HELD", 2)
    provider = Provider(times=1, seconds=100)
    for number in range(4):
        await make_ready(bus, blobs, f"job{number}", {"source": b"%d" % number})
    runs = working(provider)
    await until(lambda: len(provider.runs) == 4)
    assert len(runs._held) == 2
    assert await bus.backlog("speak") == 4


async def test_nothing_waits_for_ever(bus, blobs, monkeypatch):
    monkeypatch.setattr(runner, "MOST_WAITS", 3)
    provider = Provider(times=1000, seconds=0.01)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(provider.stage, bus, blobs)
    [failed] = told(bus, Failed)
    assert (failed.code, failed.attempt, len(provider.runs)) == ("rate-limited.x", 8, 8 * 4)
