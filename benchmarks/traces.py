"""What traces cost: the same job on two stacks side by side, in turns, one of which keeps spans."""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from chassis.spans import JOB, Keeper, OfJob
from chassis.testing import MemoryBlobs
from cli.rest import Rest
from cli.stack import Stack
from opentelemetry.sdk.trace import TracerProvider

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "nightingale" / "nightingale.xml"
TURNS, SPANS = 4, 4_000


def main() -> None:
    """Print seconds of jobs with and without spans kept, and microseconds of a span."""
    with ExitStack() as running:
        clients = {kept: running.enter_context(_client(running, kept=kept)) for kept in (True, False)}
        for client in clients.values():
            _made(client)  # warm
        took: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(TURNS):
            for kept in (True, False) if turn % 2 else (False, True):
                took[kept].append(_made(clients[kept]))
    for kept, name in ((True, "spans kept"), (False, "no spans kept")):
        each = ", ".join(f"{seconds:.2f}" for seconds in took[kept])
        print(f"job of 20 s, {name}: median {statistics.median(took[kept]):.2f} s ({each})")
    print(f"a span of a job: {_span(keeps=True):.0f} us with its keeping, {_span(keeps=False):.0f} us without")


def _client(running: ExitStack, *, kept: bool) -> Rest:
    home = Path(running.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
    stack = running.enter_context(Stack(home, env={"HIDDENHILL_KEEP_TRACES": str(kept)}))
    return Rest(stack.gateway_url, stack.token)


def _made(client: Rest) -> float:
    """Seconds from the request to the end of the job."""
    began = time.monotonic()
    job_id = client.submit(SAMPLE, {"seconds": 20})["id"]
    for kind, job in client.watch(job_id):
        if kind in ("done", "failed") or (kind in ("snapshot", "job") and job["state"] == "done"):
            break
    assert client.job(job_id)["state"] == "done"
    return time.monotonic() - began


def _span(*, keeps: bool) -> float:
    """Microseconds of processor time for a span with the attributes of a run."""
    provider, facts = TracerProvider(), {f"messaging.fact.{number}": "x" * 20 for number in range(12)} | {JOB: "job1"}
    provider.add_span_processor(OfJob())
    keeper = Keeper(MemoryBlobs(), "bench") if keeps else None
    if keeper:
        provider.add_span_processor(keeper)
    tracer, began = provider.get_tracer("bench"), time.process_time()
    for _ in range(SPANS):
        with tracer.start_as_current_span("process", attributes=facts):
            pass
    if keeper:
        keeper.write()
    return (time.process_time() - began) / SPANS * 1e6


if __name__ == "__main__":
    main()
