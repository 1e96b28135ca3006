"""The event stream, and what the gateway does when things go wrong."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import psycopg
import pytest
from chassis.blobs import key_of
from chassis.errors import RateLimited, SourceError
from gateway.service import _cancelled
from httpx_sse import connect_sse

from chassis import events

pytestmark = [pytest.mark.stack]


def test_event_stream_begins_with_a_snapshot_and_ends_with_done(running):
    job_id = running.submit()
    running.state(job_id, "running")
    told = []
    with running.client() as client, connect_sse(client, "GET", f"{running.api}/jobs/{job_id}/events") as feed:
        for event in feed.iter_sse():
            told.append(event)
            if len(told) == 1:

                async def progress(bus):
                    await bus.progress(*events.progress(job_id, "fetch", None, 0.5, "page 3", "w"))

                running.on_bus(progress)
                running.finish(job_id)
            if event.event == "done":
                break
    names = [event.event for event in told]
    assert names[0] == "snapshot"
    assert {"progress", "artifact", "stage"} <= set(names)
    assert json.loads(told[-1].data)["state"] == "done"
    numbers = [int(event.id.split(".")[0]) for event in told if event.id]
    assert numbers[0] > 0
    assert max(numbers) == numbers[-1]
    artifacts = {json.loads(event.data)["artifact"] for event in told if event.event == "artifact"}
    assert {"paper", "script", "scene.1.brief", "scene.2.narration"} <= artifacts


def test_watching_an_ended_job_begins_with_its_end(running):
    job_id = running.submit()
    running.finish(job_id)
    with running.client() as client, connect_sse(client, "GET", f"{running.api}/jobs/{job_id}/events") as feed:
        first = next(feed.iter_sse())
    assert (first.event, json.loads(first.data)["state"]) == ("snapshot", "done")
    assert int(first.id) == json.loads(first.data)["seq"]


def test_failure_and_cancellation_are_told(running):
    job_id = running.submit()
    running.state(job_id, "running")
    error = SourceError("source.encrypted", "The PDF has a password.", "secret detail")
    with running.client() as client, connect_sse(client, "GET", f"{running.api}/jobs/{job_id}/events") as feed:
        told = ((event.event, json.loads(event.data)) for event in feed.iter_sse())
        assert next(told)[0] == "snapshot"
        running.on_bus(lambda bus: bus.announce([events.failed(job_id, "fetch", None, error, 1)]))
        failure = next(data for name, data in told if name == "failed")
        assert (failure["stage"], failure["code"]) == ("fetch", "source.encrypted")
        assert "detail" not in failure
        running.http.post(f"{running.api}/jobs/{job_id}/cancel")
        assert "cancelled" in (name for name, _ in told)


def test_watcher_of_one_replica_hears_what_another_folded(running, start):
    second = start()
    second.wait()
    job_id = running.submit()
    feeds = [f"{gateway.api}/jobs/{job_id}/events" for gateway in (running, second)]
    with (
        running.client() as client,
        connect_sse(client, "GET", feeds[0]) as here,
        connect_sse(client, "GET", feeds[1]) as there,
    ):
        running.finish(job_id)
        for feed in (here, there):
            told, names = set(), []
            for event in feed.iter_sse():
                data = json.loads(event.data)
                names.append(event.event)
                told |= {row["artifact"] for row in data["artifacts"]} if event.event == "snapshot" else set()
                told |= {data["artifact"]} if event.event == "artifact" else set()
                if event.event == "done":
                    break
            assert names[0] == "snapshot"
            assert {"source", "paper", "script", "scene.1.narration", "scene.2.narration"} <= told
    assert second.end() == 0


def tables(stack, *names):
    with psycopg.connect(stack.postgres_url) as connection:
        return [connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall() for name in names]


def test_replay_from_zero_gives_the_same_rows(running, stack):
    job_id = running.submit()
    running.finish(job_id)
    error = SourceError("source.x", "No.", "")
    running.on_bus(lambda bus: bus.announce([events.failed(job_id, "narrate", 2, error, 1)]))
    running.until(lambda: any(row[0] == job_id for row in tables(stack, "failures")[0]))
    states = "(SELECT job_id, state, title, error, seq, cancelled_seq, deliberate_seq FROM states) AS rows"
    running.until(lambda: running.job(job_id)["title"])
    before = tables(stack, "artifacts", "failures", states)
    replayed = subprocess.run(
        [sys.executable, "-m", "gateway", "replay"], env={**os.environ, **stack.environment()}, timeout=30, check=True
    )
    assert replayed.returncode == 0
    running.until(lambda: tables(stack, "artifacts", "failures", states) == before, 25)


def test_reconciler_restores_what_the_stream_has_lost_and_kicks_what_stands_still(running, start):
    lost, still = running.submit(), running.submit()
    for job_id in (lost, still):
        running.state(job_id, "running")

    async def lose(bus):
        await bus.stream.purge_stream("EVENTS", subject=f"job.{lost}.>")

    def causes(job_id):
        entries = running.on_bus(lambda bus: bus.manifest(job_id)).entries
        return {name: entry.cause for name, entry in entries.items()}

    running.on_bus(lose)
    assert causes(lost) == {}
    start(HIDDENHILL_QUIET_SECONDS="1", HIDDENHILL_RECONCILE_EVERY="0.5")
    running.until(lambda: causes(still).get("source") == "kicked")
    running.until(lambda: set(causes(lost)) == {"source", "options", "approval"})


def test_message_that_kills_its_worker_fails_its_job(running):
    job_id = running.submit()
    running.state(job_id, "running")

    async def die(bus):
        offers = await bus.offers(running.rules[0], ack_wait=0.3, max_attempts=1)
        while (delivery := await offers.next()) and delivery.event.job_id != job_id:
            await delivery.ack()
        assert delivery is not None
        await asyncio.sleep(1.0)
        await offers.next()  # the server looks at what was not acknowledged when it is asked

    running.on_bus(die)
    assert running.state(job_id, "failed")["error"]["code"] == "internal.worker-died"


def test_crash_between_commit_and_publish_loses_nothing(running, stack, start):
    first = start()
    first.wait()
    running.process.send_signal(signal.SIGSTOP)  # so that nobody else publishes for it
    try:
        pid = stack.kill("nats", signal.SIGSTOP)
        try:
            job_id = first.submit()
            assert first.job(job_id)["state"] == "queued"
            first.end(signal.SIGKILL)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert running.on_bus(lambda bus: bus.manifest(job_id)).entries == {}
        second = start()
        second.wait()
        running.until(lambda: len(running.on_bus(lambda bus: bus.manifest(job_id)).entries) == 3)
        second.end()
    finally:
        running.process.send_signal(signal.SIGCONT)
    running.state(job_id, "running")


@pytest.mark.parametrize("server", ["nats", "postgres", "s3"])
def test_job_goes_on_after_a_server_was_killed(running, stack, server):
    before = running.submit()
    running.state(before, "running")
    with running.client() as client, connect_sse(client, "GET", f"{running.api}/jobs/{before}/events") as feed:
        told = feed.iter_sse()
        assert next(told).event == "snapshot"
        stack.kill(server)
        running.until(lambda: submits(running), 20)
        running.until(running.is_ready, 20)
        running.finish(before)
        assert "done" in (event.event for event in told)
    assert running.begun(running.submit())["state"] == "running"


def submits(running):
    """Whether a job is accepted; while a server is away the refusal says when to come back."""
    answer = running.http.post(f"{running.api}/jobs", json={"reference": "x"}, timeout=30)
    assert answer.status_code in (201, 503), answer.text
    assert answer.status_code == 201 or "retry-after" in answer.headers
    return answer.status_code == 201


def test_sigterm_says_goodbye_and_ends_in_time(running, start):
    job_id = running.submit()
    second = start()
    second.wait()
    with second.client() as client, connect_sse(client, "GET", f"{second.api}/jobs/{job_id}/events") as feed:
        told = feed.iter_sse()
        assert next(told).event == "snapshot"
        began = time.monotonic()
        second.process.send_signal(signal.SIGTERM)
        assert "bye" in [event.event for event in told]
    assert second.process.wait(5) == 0
    assert time.monotonic() - began < 3


def test_job_that_waits_for_a_limit_says_so(running):
    job_id = running.submit()
    running.begun(job_id)
    with running.client() as client, connect_sse(client, "GET", f"{running.api}/jobs/{job_id}/events") as feed:
        told = ((event.event, json.loads(event.data)) for event in feed.iter_sse())
        assert next(told)[0] == "snapshot"
        error = RateLimited("rate-limited.shared", "NCBI is busy.", retry_after=90, waits_for="NCBI")
        running.on_bus(lambda bus: bus.progress(*events.waiting(job_id, "fetch", None, error, "w")))
        waits = next(data for name, data in told if name == "job")
    assert waits["waits_for"] == "NCBI"
    found = running.job(job_id)
    assert (found["waits_for"], found["waits_until"]) == ("NCBI", waits["waits_until"])
    assert datetime.fromisoformat(found["waits_until"]) > datetime.now(UTC)


def test_deleted_job_takes_its_own_bytes_along_and_leaves_shared_ones(running, start):
    gone, stays = running.submit("10.1000/1"), running.submit("10.1000/2")
    own, shared = {"paper": {"title": gone}}, {"script": {"shared": True}}
    digests = running.made(gone, own | shared, {"source": "x"})
    running.made(stays, shared, {"source": "x"})
    for job_id in (gone, stays):
        running.until(lambda job_id=job_id: "script" in {row["artifact"] for row in running.job(job_id)["artifacts"]})
    assert running.blobs.size(key_of(digests["paper"]))
    running.http.delete(f"{running.api}/jobs/{gone}").raise_for_status()
    start(HIDDENHILL_GARBAGE_AFTER="0")
    running.until(lambda: running.blobs.size(key_of(digests["paper"])) is None, 20)
    assert running.blobs.size(key_of(digests["script"])) is not None
    source = next(row["digest"] for row in running.job(stays)["artifacts"] if row["artifact"] == "source")
    assert running.blobs.size(key_of(source)) is not None


async def test_part_that_swallows_a_cancellation_is_ended_all_the_same():
    async def deaf():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(60)

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        (end,) = await _cancelled([task])
    assert isinstance(end, asyncio.CancelledError)
