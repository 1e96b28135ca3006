"""The runner over the bus and the store in memory: what becomes of one message."""

import asyncio
import contextlib
import threading
import time

import pytest
from chassis.blobs import key_of
from chassis.errors import RateLimited, SourceError, Transient
from chassis.manifest import Leave, decide
from chassis.runner import Runner
from chassis.stage import Stage, rule_of
from chassis.testing import MemoryBlobs, MemoryBus, MemoryDelivery, make_ready, work_off
from hiddenhill.v1.events_pb2 import Failed, Ready

from chassis import events, runner

JOB = "job1"


@pytest.fixture
def bus():
    return MemoryBus()


@pytest.fixture
def blobs():
    return MemoryBlobs()


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch):
    monkeypatch.setattr(runner.random, "uniform", lambda _low, _high: 0.01)


def stage_of(run, needs=("source",), makes=("paper",), **more):
    return Stage(name="fetch", title="Reading", version="7", needs=needs, makes=makes, run=run, **more)


def shout(folder):
    folder.write("paper", folder.path("source").read_bytes().upper())


def told(bus, kind):
    found = [events.read_event(message).body for message in bus.streams["EVENTS"]]
    return [body for body in found if isinstance(body, kind)]


def made(bus):
    return [body.artifact for body in told(bus, Ready) if body.stage]


async def started(stage, bus, blobs, **more):
    """A runner at work and its task."""
    settings = {"slots": 0, "ack_wait": 15, "max_attempts": 8} | more
    working = Runner(stage, "testing", bus, blobs, **settings)
    return working, asyncio.create_task(working.run())


async def waited(event):
    assert await asyncio.to_thread(event.wait, 5)


async def test_stage_makes_its_output_from_its_inputs_and_says_what_it_was_made_from(bus, blobs):
    digests = await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(stage_of(shout), bus, blobs)
    manifest = await bus.manifest(JOB)
    paper = manifest.entries["paper"]
    assert blobs.get_bytes(key_of(paper.digest)) == b"HILLS"
    assert (paper.inputs, paper.stage, paper.stage_version, paper.size) == (digests, "fetch", "7", 5)
    assert manifest.fresh("paper")
    assert await bus.backlog("fetch") == 0


async def test_redelivered_event_does_not_run_the_stage_twice(bus, blobs):
    runs = []
    stage = stage_of(lambda folder: (runs.append(1), shout(folder)))
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(stage, bus, blobs)
    await make_ready(bus, blobs, JOB, {"source": b"hills"}, cause="kicked")
    await work_off(stage, bus, blobs)
    assert (len(runs), made(bus)) == (1, ["paper"])


async def test_transient_errors_are_tried_again_until_it_succeeds(bus, blobs):
    attempts = []

    def run(folder):
        attempts.append(1)
        if len(attempts) < 4:
            raise Transient("unavailable.x", "Not now.")
        shout(folder)

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(stage_of(run), bus, blobs)
    assert (len(attempts), made(bus), told(bus, Failed)) == (4, ["paper"], [])
    assert told(bus, Ready)[-1].attempt == 4


async def test_provider_that_says_when_to_come_back_is_left_alone_until_then(bus, blobs):
    hours = []

    def run(folder):
        hours.append(asyncio.run(_now()))
        if len(hours) == 1:
            raise RateLimited("rate-limited.x", "Later.", retry_after=0.4)
        shout(folder)

    async def _now():
        return asyncio.get_running_loop().time()

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(stage_of(run), bus, blobs)
    assert hours[1] - hours[0] >= 0.4


async def test_transient_error_that_never_ends_fails_the_stage_once(bus, blobs):
    def run(_):
        raise Transient("unavailable.x", "Not now.")

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(stage_of(run), bus, blobs)
    [failed] = told(bus, Failed)
    assert (failed.code, failed.attempt) == ("unavailable.x", 8)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (
            SourceError("source.encrypted", "The PDF has a password.", "page 1"),
            "source.encrypted",
            "The PDF has a passw",
        ),
        (ZeroDivisionError("secret"), "internal.defect", "Something broke on our side"),
    ],
)
async def test_error_that_trying_again_cannot_help_is_announced_once(bus, blobs, error, code, message):
    runs = []

    def run(_):
        runs.append(1)
        raise error

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(stage_of(run), bus, blobs)
    [failed] = told(bus, Failed)
    assert (failed.stage, failed.scene, failed.code, failed.attempt, len(runs)) == ("fetch", 0, code, 1, 1)
    assert failed.message.startswith(message)
    assert "secret" not in failed.message
    assert "page 1" in failed.detail or "secret" in failed.detail
    assert (made(bus), await bus.backlog("fetch")) == ([], 0)


async def test_detail_of_any_length_can_be_announced(bus, blobs):
    def run(_):
        raise SourceError("source.x", "No.", "x" * 5_000_000)

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(stage_of(run), bus, blobs)
    [failed] = told(bus, Failed)
    assert failed.ByteSize() < 100_000


@pytest.mark.parametrize("wrote", [(), ("paper", "video"), ("video",)])
async def test_stage_that_does_not_make_what_it_declares_is_a_defect_and_announces_nothing(bus, blobs, wrote):
    def run(folder):
        for name in wrote:
            folder.write(name, b"x")

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await work_off(stage_of(run), bus, blobs)
    [failed] = told(bus, Failed)
    assert (failed.code, made(bus)) == ("internal.outputs", [])


async def test_family_of_outputs_may_be_empty_and_is_announced_with_the_rest(bus, blobs):
    def run(folder):
        shout(folder)
        for number in range(1, len(folder.path("source").read_bytes())):
            folder.write(f"figure.{number}", b"png", "image/png")

    stage = stage_of(run, makes=("paper", "figure.*"))
    for job, source in (("none", b"a"), ("two", b"abc")):
        await make_ready(bus, blobs, job, {"source": source})
    await work_off(stage, bus, blobs)
    assert made(bus) == ["paper", "paper", "figure.1", "figure.2"]


async def test_edit_during_the_run_makes_it_end_and_the_new_input_is_used(bus, blobs):
    begun, edited = threading.Event(), threading.Event()

    def run(folder):
        source = folder.path("source").read_bytes()
        if source == b"old":
            begun.set()
            assert edited.wait(5)
        shout(folder)

    await make_ready(bus, blobs, JOB, {"source": b"old"})
    working, task = await started(stage_of(run), bus, blobs)
    await waited(begun)
    await make_ready(bus, blobs, JOB, {"source": b"new"}, cause="edited")
    edited.set()
    await settled(bus)
    working.stop()
    await task
    papers = [body.digest for body in told(bus, Ready) if body.artifact == "paper"]
    assert blobs.get_bytes(key_of(papers[-1])) == b"NEW"
    assert (await bus.manifest(JOB)).fresh("paper")
    assert not told(bus, Failed)


async def settled(bus):
    async with asyncio.timeout(10):
        while await bus.backlog("fetch"):
            await bus.streams["EVENTS"].news.wait()


async def test_heartbeat_keeps_a_long_run_and_stops_it_when_an_edit_overtook_it(bus, blobs):
    begun, reasons = threading.Event(), []

    def run(folder):
        if folder.path("source").read_bytes() != b"old":
            return shout(folder)
        begun.set()
        try:
            for _ in range(500):
                folder.progress(0.5, "page 3")
                threading.Event().wait(0.01)
        except Exception as error:
            reasons.append(error.message)
            raise
        raise AssertionError("nobody said stop")

    await make_ready(bus, blobs, JOB, {"source": b"old"})
    working, task = await started(stage_of(run), bus, blobs, ack_wait=0.6, max_attempts=3)
    await waited(begun)
    await asyncio.sleep(1)
    another = await bus.offers(working.rule, ack_wait=0.6, max_attempts=3)
    assert another.take() is None
    assert not reasons
    await make_ready(bus, blobs, JOB, {"source": b"new"}, cause="edited")
    await settled(bus)
    working.stop()
    await task
    assert (reasons, made(bus)) == (["overtaken by an edit"], ["paper"])
    assert blobs.get_bytes(key_of((await bus.manifest(JOB)).entries["paper"].digest)) == b"NEW"
    assert ("progress.job1.fetch", 0.5, "page 3") in [(at, body.fraction, body.note) for at, body in bus.told]


async def test_cancelled_job_ends_its_run_at_once_and_nothing_is_said(bus, blobs):
    begun = threading.Event()

    def run(folder):
        begun.set()
        for _ in range(500):
            folder.progress(0.1)
            threading.Event().wait(0.01)

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    working, task = await started(stage_of(run), bus, blobs)
    await waited(begun)
    await bus.announce([events.cancelled(JOB, "by the user")])
    working.abandon("cancelled", "another")
    await asyncio.sleep(0.05)
    assert await bus.backlog("fetch") == 1
    working.abandon("cancelled", JOB)
    await asyncio.wait_for(settled(bus), 1)
    working.stop()
    await task
    assert (made(bus), told(bus, Failed)) == ([], [])


async def test_job_cancelled_before_is_not_begun(bus, blobs):
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    await bus.announce([events.cancelled(JOB, "by the user")])
    await work_off(stage_of(lambda _: pytest.fail("it ran")), bus, blobs)
    assert (made(bus), told(bus, Failed)) == ([], [])


async def test_worker_that_lost_its_message_does_not_announce_over_another(bus, blobs):
    both = threading.Barrier(2)

    def run(folder):
        both.wait(5)
        shout(folder)

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    stage = stage_of(run)
    offers = await bus.offers(rule_of(stage, "testing"), ack_wait=0.0, max_attempts=5)
    first, second = await offers.next(), await offers.next()
    one = Runner(stage, "testing", bus, blobs, slots=1, ack_wait=15, max_attempts=8)
    await asyncio.gather(one.handle(first), one.handle(second))
    assert (made(bus), told(bus, Failed)) == (["paper"], [])


async def test_stop_lets_the_run_in_hand_end_and_takes_nothing_new(bus, blobs):
    begun, go = threading.Event(), threading.Event()

    def run(folder):
        begun.set()
        assert go.wait(5)
        shout(folder)

    await make_ready(bus, blobs, "first", {"source": b"hills"})
    working, task = await started(stage_of(run), bus, blobs)
    await waited(begun)
    await make_ready(bus, blobs, "second", {"source": b"hills"})
    working.stop()
    go.set()
    await asyncio.wait_for(task, 5)
    assert set((await bus.manifest("first")).entries) == {"source", "paper"}
    assert set((await bus.manifest("second")).entries) == {"source"}
    assert await bus.backlog("fetch") == 1


async def test_worker_that_waits_for_work_stops_at_once(bus, blobs):
    working, task = await started(stage_of(shout), bus, blobs)
    await asyncio.sleep(0.02)
    working.stop()
    await asyncio.wait_for(task, 0.5)


async def test_message_that_comes_with_the_stop_is_given_back(bus, blobs):
    working, task = await started(stage_of(shout), bus, blobs)
    await asyncio.sleep(0.02)
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    working.stop()
    await asyncio.wait_for(task, 0.5)
    await asyncio.wait_for(work_off(stage_of(shout), bus, blobs), 1)
    assert made(bus) == ["paper"]


async def test_run_that_outlasts_the_grace_goes_to_another_worker_at_once(bus, blobs):
    begun = threading.Event()

    def run(folder):
        begun.set()
        for _ in range(500):
            folder.progress(0.1)
            threading.Event().wait(0.01)

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    working, task = await started(stage_of(run), bus, blobs)
    await waited(begun)
    working.stop()
    working.abandon("shutdown")
    await asyncio.wait_for(task, 1)
    await asyncio.wait_for(work_off(stage_of(shout), bus, blobs), 2)
    assert (made(bus), told(bus, Ready)[-1].attempt) == (["paper"], 2)


async def test_stage_of_a_scene_runs_once_for_each_and_sees_its_own(bus, blobs):
    script = {"script": b"{}", "scene.1.brief": b"one", "scene.2.brief": b"two"}
    await make_ready(bus, blobs, JOB, script, scenes=[1, 2])

    def run(folder):
        folder.write("scene.*.narration", folder.path("scene.*.brief").read_bytes() + b"!")

    await work_off(stage_of(run, needs=("scene.*.brief",), makes=("scene.*.narration",)), bus, blobs)
    entries = (await bus.manifest(JOB)).entries
    said = {n: blobs.get_bytes(key_of(entries[f"scene.{n}.narration"].digest)) for n in (1, 2)}
    assert said == {1: b"one!", 2: b"two!"}
    assert set(entries["scene.1.narration"].inputs) == {"scene.1.brief"}


async def test_failure_of_a_scene_names_it(bus, blobs):
    await make_ready(bus, blobs, JOB, {"script": b"{}", "scene.2.brief": b"two"}, scenes=[1, 2])

    def run(_):
        raise SourceError("source.x", "No.")

    await work_off(stage_of(run, needs=("scene.*.brief",), makes=("scene.*.narration",)), bus, blobs)
    assert [failed.scene for failed in told(bus, Failed)] == [2]


async def test_stage_that_opens_scenes_says_which_there_are(bus, blobs):
    def run(folder):
        folder.write("script", b"{}")
        for number in (1, 3):
            folder.write(f"scene.{number}.brief", b"{}")

    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    stage = stage_of(run, makes=("script", "scene.*.brief"))
    await work_off(stage, bus, blobs)
    manifest = await bus.manifest(JOB)
    assert (manifest.scenes, manifest.entries["scene.1.brief"].scenes) == ((1, 3), ())
    assert decide(rule_of(stage, "x"), manifest, None, manifest.seq("script")) == Leave("done")


async def test_input_that_the_store_has_lost_fails_the_stage(bus, blobs):
    await make_ready(bus, blobs, JOB, {"source": b"hills"})
    blobs.kept.clear()
    await work_off(stage_of(shout), bus, blobs)
    assert [failed.code for failed in told(bus, Failed)] == ["internal.lost"]


class Deaf(MemoryBus):
    """Asked for a manifest, it swallows a cancellation that comes meanwhile, as `asyncio.wait_for` may."""

    async def manifest(self, job_id):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.05)
        return await super().manifest(job_id)


async def test_message_that_was_given_back_is_kept_alive_by_nobody(blobs, monkeypatch):
    alive = []
    keep_alive = MemoryDelivery.alive

    async def heard(delivery):
        alive.append(delivery.attempt)
        await keep_alive(delivery)

    monkeypatch.setattr(MemoryDelivery, "alive", heard)
    bus, tries = Deaf(), []

    def fail_once(folder):
        tries.append(folder)
        if len(tries) == 1:
            raise Transient("unavailable.store", "Try again.")
        time.sleep(0.8)
        shout(folder)

    await make_ready(bus, blobs, JOB, {"source": b"x"})
    working, task = await started(stage_of(fail_once), bus, blobs, ack_wait=0.3)
    async with asyncio.timeout(10):
        while "paper" not in made(bus):  # noqa: ASYNC110 - the stream tells nobody
            await asyncio.sleep(0.05)
    working.stop()
    await task
    assert len(tries) == 2
    assert alive.count(1) <= 2, "the first attempt was over before its second sign of life"
