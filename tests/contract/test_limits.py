"""Limits of providers: in one process, and shared by all over the message server."""

import asyncio
import time

import pytest
from chassis.bus import NatsBus
from chassis.errors import Defect
from chassis.limits import Limit, LocalLimits, Queue
from chassis.shared_limits import BUCKET, NatsLimits

from .conftest import REAL


@pytest.fixture(params=["local", pytest.param("nats", marks=REAL)])
async def limits(request):
    """Two workers' sight of the same limits."""
    if request.param == "local":
        alone = LocalLimits()
        yield alone, alone
        return
    settings = request.getfixturevalue("settings")
    buses = [await NatsBus.connect(settings, "test") for _ in range(2)]
    yield tuple(NatsLimits(bus) for bus in buses)
    await buses[0].stream.delete_key_value(BUCKET)
    for bus in buses:
        await bus.close()


def ask(limits, holder, limit):
    return asyncio.to_thread(limits.taker(holder), limit)


async def test_requests_of_all_workers_share_one_limit(limits):
    limit = Limit("ncbi", every=10.0, burst=2, patience=100.0)
    waits = sorted([await ask(limits[number % 2], f"job{number}", limit) for number in range(4)])
    assert waits == pytest.approx([0, 0, 10, 20], abs=1.0)


async def test_workers_that_ask_at_once_each_get_their_own_place(limits):
    limit = Limit("ncbi", every=1.0, patience=100.0)
    waits = await asyncio.gather(*(ask(limits[number % 2], f"job{number}", limit) for number in range(12)))
    assert sorted(waits) == pytest.approx(range(12), abs=0.9)
    assert len({round(wait) for wait in waits}) == 12


async def test_who_has_to_wait_long_finds_the_same_place_again(limits):
    limit = Limit("slow", every=0.5, patience=0.1)
    assert await ask(limits[0], "first", limit) == 0
    wait = await ask(limits[0], "second", limit)
    assert wait == pytest.approx(0.5, abs=0.2)
    assert await ask(limits[1], "third", limit) == pytest.approx(1.0, abs=0.3)
    assert await ask(limits[1], "second", limit) <= wait
    await asyncio.sleep(wait)
    assert await ask(limits[1], "second", limit) == 0


async def test_limits_of_two_providers_are_apart(limits):
    for name in ("arxiv", "ncbi"):
        assert await ask(limits[0], "job", Limit(name, every=60)) == 0


@pytest.mark.stack
@pytest.mark.xdist_group("stack")
async def test_name_that_is_no_key_is_refused(settings):
    bus = await NatsBus.connect(settings, "test")
    with pytest.raises(Defect):
        await NatsLimits(bus).take(Limit("no key", every=1), "job")
    await bus.close()


def test_place_that_nobody_came_back_for_is_forgotten():
    limit = Limit("slow", every=100.0, patience=1.0)
    queue, _ = Queue().take(limit, "first", 0.0)
    queue, wait = queue.take(limit, "second", 0.0)
    assert wait == 100
    assert set(queue.places) == {"second"}
    later, _ = queue.take(limit, "third", 100_000.0)
    assert later.places == {}


def test_rest_gives_a_burst_and_no_more():
    limit = Limit("slow", every=10.0, burst=3, patience=1000.0)
    queue, waits, now = Queue(), [], time.time()
    for number in range(5):
        queue, wait = queue.take(limit, str(number), now)
        waits.append(wait)
    assert waits == pytest.approx([0, 0, 0, 10, 20])
