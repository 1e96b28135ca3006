"""10,000 event streams on one gateway, each on a job of its own, beside a plain threaded Flask endpoint.

Events go their real ways: progress over core NATS; artifacts through JetStream, the ledger, PostgreSQL and the hub.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import uvloop
from chassis.bus import NatsBus
from chassis.events import Blob
from chassis.stage import Rule
from cli.stack import Stack
from cli.stack.homes import free_port

from chassis import events

STREAMS = int(os.environ.get("STREAMS", "10000"))
RATE = 2000
"""Events a second, of all kinds."""
STATES, ENDS = 200, 400
"""Of these, artifacts in the first half; ends of jobs in the second."""
SECONDS = 30.0
"""The first half; the second lasts until every job has ended."""
PLAIN = (1000, 2000, 4000)
PLAIN_SECONDS = 10.0
BEARABLE = 1.0
"""Seconds of p99 beyond which an endpoint no longer bears its streams."""
GENERATORS = 2
RULES = (
    Rule("fetch", "Read", "1", "fetcher", ("source",), ("paper", "figure.*"), per_scene=False, firm=("paper",)),
    Rule("script", "Write", "1", "scripter", ("paper",), ("script",), per_scene=False, firm=("script",)),
)
DIGEST = "0" * 64


def main() -> None:
    """Print the table."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as home, Stack(Path(home), services=()) as stack:
        print(
            f"{'':24}{'streams':>8}{'events/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'kB/stream':>11}{'lost':>6}"
        )
        measure_gateway(stack)
        for count in PLAIN:
            if measure_plain(stack, count) > BEARABLE:
                break


def measure_gateway(stack: Stack) -> None:
    port = free_port()
    prepare(stack)
    with started(stack, port) as process:
        make_jobs(stack)
        time.sleep(2)
        before = process.memory_info().rss
        with listening(port, "/api/v1/jobs/bench-{}/events", stack.token, STREAMS) as clients:
            time.sleep(1)
            holding = process.memory_info().rss
            stored = uvloop.run(play(stack))
            time.sleep(2)
            after, found = process.memory_info().rss, results(clients)
    size = max(holding, after) - before
    lost = STREAMS - found["ended_once"]
    seconds = SECONDS + STREAMS / ENDS
    row("message server, stored", STREAMS, len(stored) / seconds, stored, 0, None)
    for name in ("progress", "artifact", "done"):
        late = found["late"][name]
        row(f"gateway, {name}", STREAMS, len(late) / seconds, late, size, lost if name == "done" else None)
    late = [value for each in found["late"].values() for value in each]
    row("gateway, all events", STREAMS, len(late) / seconds, late, size, lost)


def measure_plain(stack: Stack, count: int) -> float:
    """Returns the p99."""
    argv = [sys.executable, "-m", "benchmarks.streams_flask", stack.nats_url]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        process, port = psutil.Process(server.pid), int(server.stdout.readline())
        before = process.memory_info().rss
        rate = RATE * count / STREAMS
        with listening(port, "/jobs/bench-{}/events", "-", count) as clients:
            uvloop.run(only_progress(stack, count, rate))
            time.sleep(1)
            size, found = process.memory_info().rss - before, results(clients)
        server.kill()
    late = found["late"]["progress"]
    row("plain Flask, progress", count, len(late) / PLAIN_SECONDS, late, size, int(rate * PLAIN_SECONDS) - len(late))
    return percentile(late, 0.99)


def row(title: str, streams: int, rate: float, late: list[float], size: int, lost: int | None) -> None:
    p50, p99, most = (1000 * percentile(late, part) for part in (0.5, 0.99, 1))
    figures = f"{streams:8}{rate:10.0f}{p50:9.1f}{p99:9.1f}{most:9.1f}{size / streams / 1000:11.1f}"
    print(f"{title:24}{figures}{'' if lost is None else lost:>6}", flush=True)


def percentile(values: list[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")


def prepare(stack: Stack) -> None:
    """Have the rules of two stages in the stream's record."""

    async def publish() -> None:
        bus = await NatsBus.connect(stack.settings, "benchmark")
        for rule in RULES:
            await bus._publish_rule(rule)  # noqa: SLF001 - as a stage does that begins to work
        await bus.close()

    asyncio.run(publish())


@contextlib.contextmanager
def started(stack: Stack, port: int) -> Iterator[psutil.Process]:
    """One gateway."""
    env = {**os.environ, **stack.environment(), "HIDDENHILL_GATEWAY_LISTEN": f"127.0.0.1:{port}"}
    env |= {"HIDDENHILL_LOG_LEVEL": "WARNING"}
    with subprocess.Popen([sys.executable, "-m", "gateway"], env=env) as gateway:
        try:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                        break
                time.sleep(0.1)
            yield psutil.Process(gateway.pid)
        finally:
            gateway.send_signal(signal.SIGTERM)


def make_jobs(stack: Stack) -> None:
    """A job for every stream, begun: its source and its paper are there."""
    with psycopg.connect(stack.postgres_url) as connection:
        count = (STREAMS,)
        connection.execute(
            "INSERT INTO jobs (id, user_id, source_name) SELECT 'bench-' || n,"
            " (SELECT user_id FROM tokens LIMIT 1), 'paper' FROM generate_series(0, %s - 1) AS n",
            count,
        )
        connection.execute(
            "INSERT INTO states (job_id, state) SELECT 'bench-' || n, 'running' FROM generate_series(0, %s - 1) AS n",
            count,
        )
        for name, inputs in (("source", {}), ("paper", {"source": DIGEST})):
            connection.execute(
                "INSERT INTO artifacts SELECT 'bench-' || n, %s, 0, %s, 1, 'application/json', %s, '{}', 'made',"
                " 'fetch', '1', 1, now() FROM generate_series(0, %s - 1) AS n",
                (name, DIGEST, json.dumps(inputs), STREAMS),
            )
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")


@contextlib.contextmanager
def listening(port: int, path: str, token: str, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """The load generator's processes, once all their streams have begun."""
    share = -(-count // GENERATORS)
    base = [sys.executable, "-m", "benchmarks.streams_clients", "127.0.0.1", str(port), path, token]
    argvs = [[*base, str(first), str(min(first + share, count))] for first in range(0, count, share)]
    clients = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for argv in argvs]
    try:
        for client in clients:
            assert client.stdout is not None
            refused = json.loads(client.stdout.readline())["refused"]
            if refused:
                print(f"{refused} streams were refused")
        yield clients
    finally:
        for client in clients:
            client.kill()
            client.communicate()


def results(clients: list[subprocess.Popen[str]]) -> dict[str, Any]:
    """What all processes measured."""
    found = [json.loads(client.communicate("end\n")[0]) for client in clients]
    late = {name: [value for each in found for value in each["late"][name]] for name in found[0]["late"]}
    return {"late": late, "ended_once": sum(each["ended_once"] for each in found)}


async def play(stack: Stack) -> list[float]:
    """Both halves: progress and artifacts, then progress and the end of every job.

    Returns how long the message server took to store each: what no gateway can do anything about.
    """
    bus = await NatsBus.connect(stack.settings, "benchmark")
    order = random.sample(range(STREAMS), STREAMS)
    pending: set[asyncio.Task[None]] = set()
    stored: list[float] = []

    async def publish(ready: events.Outgoing) -> None:
        began = time.monotonic()
        await bus.stream.publish(ready.subject, ready.payload, timeout=30)
        stored.append(time.monotonic() - began)

    def announce(number: int, artifact: str, inputs: dict[str, str]) -> None:
        blob = Blob(artifact, DIGEST, 1, "application/json")
        ready = events.ready(f"bench-{number}", blob, cause="made", inputs=inputs, stage="x")
        task = asyncio.create_task(publish(ready))
        pending.add(task)
        task.add_done_callback(pending.discard)

    states = round(SECONDS * STATES)
    async for count in paced(RATE, SECONDS):
        if count % (RATE // STATES) == 0 and states:
            states -= 1
            announce(order[states % STREAMS], f"figure.{states // STREAMS + 1}", {"source": DIGEST})
        else:
            await progress(bus, random.randrange(STREAMS))
    async for count in paced(RATE, STREAMS / ENDS):
        if count % (RATE // ENDS) == 0 and order:
            announce(order.pop(), "script", {"paper": DIGEST})
        elif order:
            await progress(bus, random.choice(order))
    for number in order:
        announce(number, "script", {"paper": DIGEST})
    await asyncio.gather(*pending)
    await bus.close()
    return stored


async def only_progress(stack: Stack, count: int, rate: float) -> None:
    bus = await NatsBus.connect(stack.settings, "benchmark")
    async for _ in paced(rate, PLAIN_SECONDS):
        await progress(bus, random.randrange(count))
    await bus.close()


async def progress(bus: NatsBus, number: int) -> None:
    """Said of a job, with the hour as its note."""
    await bus.progress(*events.progress(f"bench-{number}", "fetch", None, random.random(), str(time.time()), "w"))


async def paced(rate: float, seconds: float) -> Any:
    """Counts at a rate."""
    began = time.monotonic()
    for count in range(int(rate * seconds)):
        ahead = began + count / rate - time.monotonic()
        if ahead > 0.002:
            await asyncio.sleep(ahead)
        elif count % 20 == 0:
            await asyncio.sleep(0)
        yield count


if __name__ == "__main__":
    main()
