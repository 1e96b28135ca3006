"""Event streams: nothing lost, nothing told twice, whatever breaks in between."""

import asyncio
import contextlib
import json
import signal
import socket
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import httpx
import psutil
import psycopg
import pytest
from chassis.errors import SourceError
from gateway.ledger.replay import replay
from gateway.settings import GatewaySettings
from httpx_sse import connect_sse

from chassis import events

pytestmark = [pytest.mark.stack]
KEPT = ("artifact", "stage", "done", "failed", "cancelled")


@contextlib.contextmanager
def feed(gateway, job_id="", last=""):
    """The events of a job, or of all jobs, as (name, id, data)."""
    path = f"{gateway.api}/jobs/{job_id}/events" if job_id else f"{gateway.api}/events"
    headers = {"Last-Event-ID": last} if last else {}
    with gateway.client() as client, connect_sse(client, "GET", path, headers=headers) as source:
        assert source.response.status_code == 200
        yield ((event.event, event.id, json.loads(event.data)) for event in source.iter_sse())


def kept(told):
    return [(name, data) for name, _, data in told if name in KEPT]


def until_done(told):
    seen = []
    for each in told:
        seen.append(each)
        if each[0] == "done":
            return seen
    pytest.fail("the stream ended before the job")


def test_client_cut_off_after_any_event_sees_each_once(running):
    job_id = running.submit()
    first = running.begun(job_id)["seq"]
    running.finish(job_id)
    with feed(running, job_id, str(first)) as told:
        whole = until_done(told)
    assert whole[0][0] == "snapshot"
    assert whole[0][1] == str(first)
    names = [name for name, _, _ in whole]
    assert {"artifact", "stage", "done"} <= set(names)
    places = [place for _, place, _ in whole]
    assert len(set(places[1:])) == len(places) - 1
    assert [int(place.split(".")[0]) for place in places] == sorted(int(place.split(".")[0]) for place in places)
    for count in range(1, len(whole)):
        with feed(running, job_id, whole[count - 1][1]) as told:
            rest = until_done(told)
        assert rest[0][0] == "snapshot"
        assert rest[0][2]["state"] == "done"
        assert kept(whole[:count]) + kept(rest) == kept(whole)


def test_client_that_is_killed_again_and_again_sees_each_state_once(running):
    job_id = running.submit()
    last = str(running.begun(job_id)["seq"])
    seen = []
    with ThreadPoolExecutor() as pool, feed(running, job_id, last) as calm:
        assert next(calm)[0] == "snapshot"
        playing = pool.submit(running.finish, job_id)
        while not seen or seen[-1][0] != "done":
            with feed(running, job_id, last) as told:
                assert next(told)[0] == "snapshot"
                seen.append(next(told))
            last = seen[-1][1]
        whole = until_done(calm)
        playing.result()
    assert once(seen) == once(whole)
    stages = [kept_stages(told) for told in (seen, whole)]  # one that waits is replaced by a newer one
    assert {name: states[-1] for name, states in stages[0].items()} == {
        name: states[-1] for name, states in stages[1].items()
    }
    assert all(len(states) == len(set(states)) for states in stages[0].values())


def once(told):
    return [(name, data) for name, _, data in told if name in ("artifact", "failed", "done")]


def kept_stages(told):
    found = defaultdict(list)
    for name, _, data in told:
        if name == "stage":
            found[data["name"]].append(json.dumps(data))
    return found


def test_failure_and_what_follows_it_are_told_once_to_who_comes_back(running):
    job_id = running.submit()
    start = running.begun(job_id)["seq"]
    error = SourceError("source.encrypted", "The PDF has a password.", "")
    with feed(running, job_id) as told:
        assert next(told)[0] == "snapshot"
        running.on_bus(lambda bus: bus.announce([events.failed(job_id, "fetch", None, error, 1)]))
        seen = []
        while not seen or seen[-1][0] != "failed":
            seen.append(next(told))
    running.http.post(f"{running.api}/jobs/{job_id}/retry")
    running.state(job_id, "running")
    with feed(running, job_id, seen[-1][1]) as told:
        running.finish(job_id)
        rest = until_done(told)
    assert "failed" not in [name for name, _, _ in rest]
    with feed(running, job_id, str(start)) as told:
        assert [name for name, _, _ in until_done(told)].count("failed") == 1


def test_stream_of_all_my_jobs_tells_of_each(running):
    old = running.submit()
    running.begun(old)
    with feed(running) as told:
        name, _, data = next(told)
        assert name == "snapshot"
        assert old in [job["id"] for job in data["jobs"]]
        new = running.submit()
        running.finish(old)
        running.finish(new)
        ended, seen = set(), []
        for name, _, data in told:
            seen.append((name, data.get("job") or data.get("id"), data))
            if name == "done":
                ended.add(data["id"])
            if ended == {old, new}:
                break
    for job_id in (old, new):
        made = [data["artifact"] for name, job, data in seen if name == "artifact" and job == job_id]
        assert len(made) == len(set(made))
        assert {"paper", "script", "scene.1.narration", "scene.2.narration"} <= set(made)
        assert any(name == "stage" and job == job_id for name, job, _ in seen)


def test_stream_of_a_deleted_job_says_so_and_ends(running):
    job_id = running.submit()
    running.begun(job_id)
    with feed(running, job_id) as told:
        assert next(told)[0] == "snapshot"
        running.http.delete(f"{running.api}/jobs/{job_id}").raise_for_status()
        assert [name for name, _, _ in told][-1] == "deleted"
    assert running.http.get(f"{running.api}/jobs/{job_id}/events").status_code == 404


def test_sigterm_moves_clients_to_the_other_gateway_without_loss(running, start):
    second = start()
    second.wait()
    job_id = running.submit()
    begin = running.begun(job_id)
    with feed(second, job_id) as told:
        assert next(told)[0] == "snapshot"
        digest = next(row["digest"] for row in begin["artifacts"] if row["artifact"] == "source")
        running.made(job_id, {"paper": {"title": "On Hills"}}, {"source": digest})
        seen = []
        while not seen or seen[-1][0] != "artifact":
            seen.append(next(told))
        second.process.send_signal(signal.SIGTERM)
        seen += list(told)
    assert seen[-1][0] == "bye"
    last = [place for _, place, _ in seen if place][-1]
    with feed(running, job_id, last) as told:
        running.finish(job_id)
        seen += until_done(told)
    made = [data["artifact"] for name, _, data in seen if name == "artifact"]
    with feed(running, job_id, str(begin["seq"])) as told:
        assert {data["artifact"] for name, _, data in until_done(told) if name == "artifact"} <= set(made)
    assert [name for name, _, _ in seen].count("done") == 1


def test_frozen_client_costs_nobody_anything_and_is_dropped(stack, start):
    gateway = start(HIDDENHILL_STREAM_PATIENCE="3")
    gateway.wait()
    job_id = gateway.submit()
    gateway.begun(job_id)
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as frozen:
        frozen.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asked = f"GET /api/v1/jobs/{job_id}/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: "
        frozen.sendall(f"{asked}{gateway.login['Authorization']}\r\n\r\n".encode())
        assert frozen.recv(15) == b"HTTP/1.1 200 OK"
        process = psutil.Process(gateway.process.pid)
        connections = open_sockets(process, int(port))
        before = process.memory_info().rss

        async def flood(bus):
            note = "x" * 2000
            for number in range(20_000):
                await bus.progress(*events.progress(job_id, "fetch", None, number / 20_000, note, "w"))
            await bus.client.flush()

        with feed(gateway, job_id) as told:
            assert next(told)[0] == "snapshot"
            gateway.on_bus(flood)
            began = time.monotonic()
            last = next(data for name, _, data in told if name == "progress" and data["fraction"] > 0.999)
            assert last["fraction"] == pytest.approx(0.9999, abs=1e-3)
            assert time.monotonic() - began < 5
        assert process.memory_info().rss - before < 60_000_000
        gateway.until(lambda: open_sockets(process, int(port)) < connections, 12)


def open_sockets(process, port):
    found = process.net_connections("tcp")
    return sum(each.laddr.port == port and each.status == psutil.CONN_ESTABLISHED for each in found)


def test_two_replicas_give_the_same_answers(running, start):
    second = start()
    second.wait()
    job_id = running.submit()
    running.finish(job_id)
    running.until(lambda: running.job(job_id)["title"])
    for path in (f"/jobs/{job_id}", "/jobs", f"/jobs/{job_id}/artifacts/script"):
        answers = [gateway.http.get(gateway.api + path) for gateway in (running, second)]
        assert answers[0].content == answers[1].content
        assert {answer.status_code for answer in answers} == {200}


def test_stream_that_was_made_anew_is_folded_after_the_old_one(running, stack, settings):
    job_id = running.submit()
    before = running.begun(job_id)
    with feed(running, job_id) as told:
        assert next(told)[0] == "snapshot"

        async def lose(bus):
            await bus.stream.delete_stream("EVENTS")

        running.on_bus(lose)
        running.until(lambda: place(stack)[1] >= before["seq"], 20)
        running.finish(job_id)
        seen = until_done(told)
    assert all(int(place.split(".")[0]) > before["seq"] for _, place, _ in seen if place)
    after = running.submit()
    running.begun(after)
    assert place(stack)[1] > 0


def place(stack):
    with psycopg.connect(stack.postgres_url) as connection:
        return connection.execute("SELECT stream, base, seq FROM place").fetchone()


def test_stream_that_lost_its_end_is_folded_on(running, stack):
    job_id = running.submit()
    running.begun(job_id)
    stack.kill("nats", signal.SIGSTOP)
    with psycopg.connect(stack.postgres_url) as connection:  # as if the ledger had seen more than the server kept
        connection.execute("UPDATE place SET seq = seq + 500")
    stack.kill("nats", signal.SIGKILL)
    running.until(lambda: place(stack)[1] >= 500, 20)
    assert running.finish(job_id)["state"] == "done"


def test_watching_asks_for_a_login(running):
    for path in ("/events", "/jobs/01abc/events"):
        assert httpx.get(running.api + path).status_code == 401
    assert running.http.get(f"{running.api}/jobs/none/events").status_code == 404


def test_wiped_ledger_folded_anew_gives_the_same_jobs(running, stack):
    job_id = running.submit()
    running.finish(job_id)
    wanted = running.until(lambda: (found := running.job(job_id))["title"] and found)
    env = {name.removeprefix("HIDDENHILL_").lower(): value for name, value in stack.environment().items()}
    asyncio.run(asyncio.to_thread(replay, GatewaySettings(**env)))
    changing = ("updated_at",)
    running.until(
        lambda: (
            {key: value for key, value in running.job(job_id).items() if key not in changing}
            == {key: value for key, value in wanted.items() if key not in changing}
        ),
        20,
    )
