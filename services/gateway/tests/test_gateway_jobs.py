"""The gateway's process against real servers: jobs from submit to the event in the stream, and what clients see."""

import asyncio
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import psycopg
import pytest
from chassis.blobs import S3Blobs, key_of
from chassis.bus import NatsBus
from chassis.errors import SourceError
from chassis.events import Blob
from chassis.settings import ChassisSettings
from chassis.stage import Rule
from cli.stack import Stack
from httpx_sse import connect_sse

from chassis import events

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]
RULES = (
    Rule("fetch", "Reading", "1", "fetcher", ("source",), ("paper",), False, ("paper",)),
    Rule(
        "script",
        "Writing",
        "1",
        "scripter",
        ("paper", "options"),
        ("script", "scene.*.brief"),
        False,
        ("script", "scene.*.brief"),
    ),
    Rule(
        "narrate",
        "Speaking",
        "1",
        "narrator",
        ("scene.*.brief",),
        ("scene.*.narration",),
        True,
        ("scene.*.narration",),
    ),
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("home"), services=()) as servers:
        yield servers


@pytest.fixture(scope="module")
def settings(stack):
    return ChassisSettings(
        nats_url=stack.nats_url,
        s3_endpoint=stack.s3_endpoint,
        s3_access_key=stack.s3_access_key,
        s3_secret_key=stack.s3_secret_key,
        s3_bucket=stack.environment()["HIDDENHILL_S3_BUCKET"],
    )


@pytest.fixture(scope="module")
def blobs(settings):
    store = S3Blobs(settings)
    store.ensure_bucket()
    return store


def on_bus(settings, act):
    async def run():
        bus = await NatsBus.connect(settings, "test")
        try:
            return await act(bus)
        finally:
            await bus.client.close()

    return asyncio.run(run())


class Running:
    """A gateway's process."""

    def __init__(self, stack, log, **env):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        listen = {"HIDDENHILL_GATEWAY_LISTEN": f"127.0.0.1:{port}"}
        self.url = f"http://127.0.0.1:{port}"
        self.api = f"{self.url}/api/v1"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway"], env={**os.environ, **stack.environment(), **listen, **env}, stderr=log
        )

    def wait(self):
        def answers():
            assert self.process.poll() is None, "the gateway ended"
            try:
                return httpx.get(f"{self.url}/readyz").status_code == 200
            except httpx.TransportError:
                return False

        until(answers, 20)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(10)


@pytest.fixture(scope="module")
def running(stack, settings, tmp_path_factory):
    async def publish(bus):
        for rule in RULES:
            await bus._publish_rule(rule)

    on_bus(settings, publish)
    with (tmp_path_factory.mktemp("log") / "gateway.log").open("w") as log:
        gateway = Running(stack, log)
        try:
            gateway.wait()
            yield gateway
        finally:
            gateway.end()


def until(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return found


def submit(running, reference="10.1000/182"):
    answer = httpx.post(f"{running.api}/jobs", json={"reference": reference, "options": {"seconds": 30}})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def job(running, job_id):
    return httpx.get(f"{running.api}/jobs/{job_id}").raise_for_status().json()


def state(running, job_id, wanted):
    return until(lambda: (found := job(running, job_id))["state"] == wanted and found)


def made(settings, blobs, job_id, values, inputs, scenes=()):
    """Announce artifacts as a stage would; `values` by name; returns their digests."""
    batch, digests = [], {}
    for name, value in values.items():
        data = json.dumps(value).encode()
        digests[name] = hashlib.sha256(data).hexdigest()
        blobs.put_bytes(key_of(digests[name]), data)
        blob = Blob(name, digests[name], len(data), "application/json")
        batch.append(events.ready(job_id, blob, cause="made", inputs=inputs, stage="x", scenes=scenes))
    on_bus(settings, lambda bus: bus.announce(batch))
    return digests


def brief(scene):
    evidence = [{"id": "p1", "text": "Ten of them died."}, {"id": "p2", "text": "Two lived."}]
    return {
        "scene": scene,
        "role": "hook",
        "headline": "Ten died",
        "sentences": [
            {"text": "Ten died.", "evidence": evidence[:1]},
            {"text": "Two lived.", "evidence": evidence[1:]},
        ],
        "visual": {"kind": "title"},
        "span": {"start": 0, "end": 1},
    }


def digests_of(running, job_id):
    return {row["artifact"]: row["digest"] for row in job(running, job_id)["artifacts"]}


def finish(running, settings, blobs, job_id):
    """Play all stages."""
    state(running, job_id, "running")
    first = digests_of(running, job_id)
    paper = made(settings, blobs, job_id, {"paper": {"title": "On Hills"}}, {"source": first["source"]})
    inputs = paper | {"options": first["options"]}
    script = {"script": {}, "scene.1.brief": brief(1), "scene.2.brief": brief(2)}
    briefs = made(settings, blobs, job_id, script, inputs, scenes=(1, 2))
    for scene in (1, 2):
        name = f"scene.{scene}.brief"
        made(settings, blobs, job_id, {f"scene.{scene}.narration": {"scene": scene}}, {name: briefs[name]})
    return state(running, job_id, "done")


def test_submitted_reference_reaches_the_stream_as_two_artifacts(running, settings):
    job_id = submit(running)
    found = state(running, job_id, "running")
    manifest = on_bus(settings, lambda bus: bus.manifest(job_id))
    assert set(manifest.entries) == {"source", "options"}
    assert {entry.cause for entry in manifest.entries.values()} == {"submitted"}
    assert [stage["name"] for stage in found["stages"]] == ["fetch", "script", "narrate"]
    assert [stage["state"] for stage in found["stages"]] == ["running", "waiting", "waiting"]


def test_uploaded_file_is_kept_byte_for_byte_under_its_name(running):
    data = b"%PDF-1.7 " + os.urandom(3_000_000)
    form = {"options": json.dumps({"seconds": 45})}
    answer = httpx.post(f"{running.api}/jobs", files={"file": ("../a b.pdf", data)}, data=form)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == answer.json()["url"]
    found = state(running, answer.json()["id"], "running")
    assert (found["source"], found["options"]["seconds"]) == ("a b.pdf", 45)
    kept = httpx.get(f"{running.api}/jobs/{found['id']}/artifacts/source")
    assert (kept.content == data, kept.headers["content-type"]) == (True, "application/pdf")


def test_ranges_and_etags_are_honoured(running):
    data = bytes(range(256)) * 10
    answer = httpx.post(f"{running.api}/jobs", files={"file": ("x.bin", data)})
    url = f"{running.api}/jobs/{answer.json()['id']}/artifacts/source"
    state(running, answer.json()["id"], "running")
    part = httpx.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, data[100:200])
    assert part.headers["content-range"] == "bytes 100-199/2560"
    assert httpx.get(url, headers={"Range": "bytes=-10"}).content == data[-10:]
    assert httpx.get(url, headers={"Range": "bytes=2550-"}).content == data[2550:]
    assert httpx.get(url, headers={"Range": "bytes=9999-"}).status_code == 416
    assert httpx.get(url, headers={"If-None-Match": part.headers["etag"]}).status_code == 304
    assert httpx.head(url).headers["content-length"] == "2560"
    assert "attachment" in httpx.get(url, params={"download": "1"}).headers["content-disposition"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reference": ""}, 422, "usage.invalid"),
        ({"reference": "x", "options": {"seconds": 5}}, 422, "usage.invalid"),
        ({"reference": "x", "options": [1]}, 422, "usage.invalid"),
        ([], 422, "usage.json"),
        ({}, 422, "usage.invalid"),
    ],
)
def test_request_that_makes_no_sense_is_refused_with_a_code(running, body, status, code):
    answer = httpx.post(f"{running.api}/jobs", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_unknown_things_are_not_found(running):
    for path in ("/jobs/nope", "/jobs/nope/artifacts/video", "/jobs/nope/events", "/elsewhere"):
        answer = httpx.get(f"{running.api}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "usage.not-found")


def test_foreign_page_and_rebound_name_are_refused(running):
    foreign = httpx.post(f"{running.api}/jobs/x/cancel", headers={"Origin": "https://evil.example"})
    rebound = httpx.get(f"{running.api}/jobs", headers={"Host": "evil.example"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "usage.origin")
    assert (rebound.status_code, rebound.json()["code"]) == (403, "usage.host")
    assert httpx.get(f"{running.api}/jobs", headers={"Origin": running.url}).status_code == 200


def test_jobs_are_listed_newest_first_page_by_page(running):
    mine = [submit(running, f"doi {number}") for number in range(3)]
    first = httpx.get(f"{running.api}/jobs", params={"limit": 2}).json()
    second = httpx.get(f"{running.api}/jobs", params={"limit": 2, "cursor": first["next"]}).json()
    assert [row["id"] for row in (first["jobs"] + second["jobs"])[:3]] == mine[::-1]


def test_finished_job_is_done_and_has_its_papers_title(running, settings, blobs):
    job_id = submit(running)
    found = finish(running, settings, blobs, job_id)
    assert [(stage["done"], stage["total"]) for stage in found["stages"]] == [(1, 1), (1, 1), (2, 2)]
    until(lambda: job(running, job_id)["title"] == "On Hills")
    answer = httpx.post(f"{running.api}/jobs/{job_id}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "usage.nothing-to-do")


def test_edit_announces_exactly_one_artifact_and_keeps_evidence(running, settings, blobs):
    job_id = submit(running)
    finish(running, settings, blobs, job_id)
    before = on_bus(settings, lambda bus: bus.manifest(job_id)).entries
    answer = httpx.patch(f"{running.api}/jobs/{job_id}/scenes/2", json={"text": "Ten died. Nobody knew why."})
    assert answer.status_code == 202, answer.text
    state(running, job_id, "running")
    after = on_bus(settings, lambda bus: bus.manifest(job_id)).entries
    assert [name for name in after if after[name] != before[name]] == ["scene.2.brief"]
    assert after["scene.2.brief"].cause == "edited"
    said = json.loads(blobs.get_bytes(key_of(after["scene.2.brief"].digest)))["sentences"]
    assert [(row["text"], row["edited"], [e["id"] for e in row["evidence"]]) for row in said] == [
        ("Ten died.", False, ["p1"]),
        ("Nobody knew why.", True, ["p1", "p2"]),
    ]
    assert httpx.patch(f"{running.api}/jobs/{job_id}/scenes/7", json={"text": "x"}).status_code == 404
    assert httpx.patch(f"{running.api}/jobs/{job_id}/scenes/2", json={"text": " "}).status_code == 422


def test_failed_job_says_why_and_retry_takes_it_up_again(running, settings):
    job_id = submit(running)
    state(running, job_id, "running")
    error = SourceError("source.encrypted", "The PDF has a password.", "secret detail")
    on_bus(settings, lambda bus: bus.announce([events.failed(job_id, "fetch", None, error, 1)]))
    found = state(running, job_id, "failed")
    assert found["error"]["code"] == "source.encrypted"
    assert "secret" not in json.dumps(found)
    assert httpx.post(f"{running.api}/jobs/{job_id}/retry").status_code == 202
    state(running, job_id, "running")
    assert on_bus(settings, lambda bus: bus.manifest(job_id)).entries["source"].cause == "kicked"


def test_cancelled_job_is_cancelled_and_can_be_retried(running):
    job_id = submit(running)
    state(running, job_id, "running")
    assert httpx.post(f"{running.api}/jobs/{job_id}/cancel").status_code == 202
    state(running, job_id, "cancelled")
    assert httpx.post(f"{running.api}/jobs/{job_id}/retry").status_code == 202
    state(running, job_id, "running")


def test_event_stream_begins_with_a_snapshot_and_ends_with_done(running, settings, blobs):
    job_id = submit(running)
    state(running, job_id, "running")
    told = []
    with httpx.Client(timeout=20) as client, connect_sse(client, "GET", f"{running.api}/jobs/{job_id}/events") as feed:
        for event in feed.iter_sse():
            told.append(event)
            if len(told) == 1:

                async def progress(bus):
                    await bus.progress(*events.progress(job_id, "fetch", None, 0.5, "page 3", "w"))

                on_bus(settings, progress)
                finish(running, settings, blobs, job_id)
            if event.event == "done":
                break
    names = [event.event for event in told]
    assert names[0] == "snapshot"
    assert {"progress", "artifact", "stage"} <= set(names)
    assert json.loads(told[-1].data)["state"] == "done"
    numbers = [int(event.id) for event in told if event.id]
    assert numbers[0] > 0
    assert max(numbers) == numbers[-1]
    artifacts = {json.loads(event.data)["artifact"] for event in told if event.event == "artifact"}
    assert {"paper", "script", "scene.1.brief", "scene.2.narration"} <= artifacts


def test_watching_an_ended_job_begins_with_its_end(running, settings, blobs):
    job_id = submit(running)
    finish(running, settings, blobs, job_id)
    with httpx.Client(timeout=20) as client, connect_sse(client, "GET", f"{running.api}/jobs/{job_id}/events") as feed:
        first = next(feed.iter_sse())
    assert (first.event, json.loads(first.data)["state"]) == ("snapshot", "done")
    assert int(first.id) == json.loads(first.data)["seq"]


def tables(stack, *names):
    with psycopg.connect(stack.postgres_url) as connection:
        return [connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3").fetchall() for name in names]


def test_replay_from_zero_gives_the_same_rows(stack, running, settings, blobs):
    job_id = submit(running)
    finish(running, settings, blobs, job_id)
    error = SourceError("source.x", "No.", "")
    on_bus(settings, lambda bus: bus.announce([events.failed(job_id, "narrate", 2, error, 1)]))
    until(lambda: any(row[0] == job_id for row in tables(stack, "failures")[0]))
    jobs = "(SELECT id, state, title, error, seq, cancelled_seq, deliberate_seq FROM jobs) AS rows"
    until(lambda: job(running, job_id)["title"])
    before = tables(stack, "artifacts", "failures", jobs)
    with psycopg.connect(stack.postgres_url) as connection:
        connection.execute("DELETE FROM artifacts")
        connection.execute("DELETE FROM failures")
        connection.execute(
            "UPDATE jobs SET state = 'queued', title = '', error = NULL, seq = 0, cancelled_seq = 0, deliberate_seq = 0"
        )

    async def again(bus):
        await bus.stream.delete_consumer("EVENTS", "ledger")

    on_bus(settings, again)
    until(lambda: tables(stack, "artifacts", "failures", jobs) == before, 25)


def test_reconciler_restores_what_the_stream_has_lost_and_kicks_what_stands_still(stack, settings, running, tmp_path):
    lost, still = submit(running), submit(running)
    for job_id in (lost, still):
        state(running, job_id, "running")

    async def lose(bus):
        await bus.stream.purge_stream("EVENTS", subject=f"job.{lost}.>")

    on_bus(settings, lose)
    with (tmp_path / "log").open("w") as log:
        second = Running(stack, log, HIDDENHILL_QUIET_SECONDS="1", HIDDENHILL_RECONCILE_EVERY="0.5")
        try:
            causes = lambda job_id: {  # noqa: E731
                name: entry.cause for name, entry in on_bus(settings, lambda bus: bus.manifest(job_id)).entries.items()
            }
            until(lambda: causes(still).get("source") == "kicked")
            until(lambda: set(causes(lost)) == {"source", "options"})
        finally:
            assert second.end() == 0


def test_message_that_kills_its_worker_fails_its_job(running, settings):
    job_id = submit(running)
    state(running, job_id, "running")

    async def die(bus):
        offers = await bus.offers(RULES[0], ack_wait=0.3, max_attempts=1)
        for _ in range(100):
            delivery = await offers.next()
            if delivery is None or delivery.event.job_id == job_id:
                break
            await delivery.ack()
        await asyncio.sleep(1.0)
        await offers.next()  # the server looks at what was not acknowledged when it is asked

    on_bus(settings, die)
    assert state(running, job_id, "failed")["error"]["code"] == "internal.worker-died"


def test_crash_between_commit_and_publish_loses_nothing(stack, settings, tmp_path):
    """A gateway that cannot reach the bus accepts a job and is killed; the next one publishes it."""
    with (tmp_path / "log").open("w") as log:
        first = Running(stack, log)
        first.wait()
        pid = stack.kill("nats", signal.SIGSTOP)
        try:
            job_id = submit(first)
            assert job(first, job_id)["state"] == "queued"
            first.end(signal.SIGKILL)
        finally:
            os.kill(pid, signal.SIGCONT)
        second = Running(stack, log)
        try:
            second.wait()
            state(second, job_id, "running")
            assert set(on_bus(settings, lambda bus: bus.manifest(job_id)).entries) == {"source", "options"}
        finally:
            second.end()


def test_sigterm_says_goodbye_and_ends_in_time(stack, running, tmp_path):
    job_id = submit(running)
    with (tmp_path / "log").open("w") as log:
        second = Running(stack, log)
        second.wait()
        with (
            httpx.Client(timeout=20) as client,
            connect_sse(client, "GET", f"{second.api}/jobs/{job_id}/events") as feed,
        ):
            told = feed.iter_sse()
            assert next(told).event == "snapshot"
            second.process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            assert "bye" in [event.event for event in told]
        assert second.process.wait(5) == 0
        assert time.monotonic() - began < 3
