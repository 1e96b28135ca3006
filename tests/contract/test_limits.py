"""Limits of providers: in one process, and shared by all over the message server."""

import asyncio
import contextlib
import sys
import threading

import pytest
from chassis.errors import Defect, RateLimited, Transient
from chassis.gate import FAILURES
from chassis.limits import Limit, LocalLimits
from chassis.shared_limits import BUCKET, NatsLimits
from chassis.worker import connect

from .conftest import REAL


@pytest.fixture(params=["local", pytest.param("nats", marks=REAL)])
async def limits(request):
    """Two workers' sight of the same limits."""
    if request.param == "local":
        alone = LocalLimits()
        yield alone, alone
        return
    settings = request.getfixturevalue("settings")
    buses = [await connect(settings, "test") for _ in range(2)]
    yield tuple(NatsLimits(bus) for bus in buses)
    await buses[0].stream.delete_key_value(BUCKET)
    for bus in buses:
        await bus.close()


async def call(limits, holder, limit, body=lambda: None):
    """Seconds until the holder may make a call; 0: he made it, in a thread as stages do."""
    taker = limits.taker(holder)

    def work():
        with taker.calling(limit):
            body()

    try:
        await asyncio.to_thread(work)
    except RateLimited as error:
        return error.retry_after
    return 0.0


async def test_requests_of_all_workers_share_one_limit(limits):
    limit = Limit("ncbi", every=10.0, burst=2, patience=0.0)
    waits = [await call(limits[number % 2], f"job{number}", limit) for number in range(4)]
    assert waits == pytest.approx([0, 0, 10, 20], abs=1.0)


async def test_workers_that_ask_at_once_each_get_their_own_hour(limits):
    limit = Limit("ncbi", every=10.0, patience=0.0)
    waits = await asyncio.gather(*(call(limits[number % 2], f"job{number}", limit) for number in range(12)))
    assert sorted(waits) == pytest.approx(range(0, 120, 10), abs=5)


async def test_who_has_to_wait_long_finds_the_same_hour_again(limits):
    limit = Limit("slow", every=0.5, patience=0.1)
    assert await call(limits[0], "first", limit) == 0
    wait = await call(limits[0], "second", limit)
    assert wait == pytest.approx(0.5, abs=0.2)
    assert await call(limits[1], "third", limit) == pytest.approx(1.0, abs=0.3)
    assert await call(limits[1], "second", limit) <= wait
    await asyncio.sleep(wait)
    assert await call(limits[1], "second", limit) == 0


async def test_limits_of_two_providers_are_apart(limits):
    for name in ("arxiv", "ncbi"):
        assert await call(limits[0], "job", Limit(name, every=60)) == 0


async def test_no_more_calls_are_on_their_way_than_all_workers_may_have(limits):
    limit = Limit("films", every=0.001, burst=50, patience=10.0, at_once=3)
    inside, seen, lock = set(), [], threading.Lock()

    def body(name):
        with lock:
            inside.add(name)
            seen.append(len(inside))
        threading.Event().wait(0.05)
        with lock:
            inside.discard(name)

    many = (call(limits[number % 2], f"job{number}", limit, lambda n=number: body(n)) for number in range(10))
    assert await asyncio.gather(*many) == [0.0] * 10
    assert max(seen) == 3


async def test_killed_worker_comes_again_to_its_own_place_and_others_wait(limits):
    limit = Limit("films", every=0.001, burst=50, patience=0.0, at_once=1)
    killed, over = threading.Event(), threading.Event()
    work = asyncio.create_task(call(limits[0], "job1", limit, lambda: (killed.set(), over.wait(10))))
    await asyncio.to_thread(killed.wait, 5)
    assert await call(limits[1], "job2", limit) > 0
    assert await call(limits[1], "job1", limit) == 0
    over.set()
    await work
    assert await call(limits[1], "job2", limit) == 0


async def test_pause_that_a_provider_asks_one_worker_for_holds_for_all(limits):
    limit = Limit("speech", every=0.001, burst=50, patience=0.0)

    def refused():
        raise RateLimited("rate-limited.speech", "Later.", retry_after=40.0)

    assert await call(limits[0], "job1", limit, refused) == 40
    assert await call(limits[1], "job2", limit) == pytest.approx(40, abs=2)


async def test_provider_that_fails_all_workers_is_tried_again_by_one(limits):
    limit = Limit("speech", every=0.001, burst=50, patience=0.0)

    def fail():
        raise ConnectionResetError

    for number in range(FAILURES):
        with contextlib.suppress(ConnectionResetError):
            await call(limits[number % 2], f"job{number}", limit, fail)
    assert await call(limits[0], "next", limit) == pytest.approx(10, abs=2)


@pytest.mark.stack
async def test_name_that_is_no_key_is_refused(settings):
    bus = await connect(settings, "test")
    with pytest.raises(Defect):
        await call(NatsLimits(bus), "job", Limit("no key", every=1))
    await bus.close()


@pytest.mark.stack
async def test_state_of_another_version_is_forgotten(settings):
    bus = await connect(settings, "test")
    bucket = await bus._bucket(BUCKET)
    await bucket.put("old", b"[1e12, {}]")
    assert await call(NatsLimits(bus), "job", Limit("old", every=1, patience=0.0)) == 0
    await bus.stream.delete_key_value(BUCKET)
    await bus.close()


@pytest.mark.stack
async def test_answer_is_not_lost_when_the_server_goes_away_during_the_call(settings, monkeypatch):
    monkeypatch.setattr("chassis.shared_limits.ANSWER", 0.5)
    bus = await connect(settings, "test")
    loop, answers = asyncio.get_running_loop(), []

    def body():
        asyncio.run_coroutine_threadsafe(bus.client.close(), loop).result(5)
        answers.append("paid")

    assert await call(NatsLimits(bus), "job", Limit("gone", every=1), body) == 0
    assert answers == ["paid"]
    with pytest.raises(Transient):
        await call(NatsLimits(bus), "job", Limit("gone", every=1))


HOLDER = """
import asyncio, sys, time
from chassis.worker import connect
from chassis.limits import Limit
from chassis.settings import ChassisSettings
from chassis.shared_limits import NatsLimits

async def main():
    settings = ChassisSettings(nats_url=sys.argv[1], s3_access_key="none", s3_secret_key="none")
    taker = NatsLimits(await connect(settings, "holder")).taker("job1")

    def hold():
        with taker.calling(Limit("films", every=0.001, burst=50, at_once=1)):
            print("inside", flush=True)
            time.sleep(60)

    await asyncio.to_thread(hold)

asyncio.run(main())
"""


@pytest.mark.stack
async def test_place_of_a_killed_process_waits_for_its_own_job(settings):
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, settings.nats_url, stdout=asyncio.subprocess.PIPE
    )
    assert await asyncio.wait_for(holder.stdout.readline(), 20) == b"inside\n"
    holder.kill()
    await holder.wait()
    bus = await connect(settings, "test")
    limits, limit = NatsLimits(bus), Limit("films", every=0.001, burst=50, patience=0.0, at_once=1)
    assert await call(limits, "job2", limit) > 0
    assert await call(limits, "job1", limit) == 0
    assert await call(limits, "job2", limit) == 0
    await bus.stream.delete_key_value(BUCKET)
    await bus.close()
