"""What Prometheus reads of a process that runs stages and calls providers."""

import json
import socket
import subprocess
import sys
import urllib.request

import pytest
from chassis.errors import RateLimited, SourceError, Transient, UsageError
from chassis.folder import JobFolder
from chassis.limits import LocalLimits
from chassis.purse import Answer, BudgetSpent, Purchase, Purse
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, MemoryBus, make_ready, work_off
from hiddenhill.v1.events_pb2 import Costs
from prometheus_client.parser import text_string_to_metric_families

from chassis import metrics


@pytest.fixture(scope="module")
def port():
    """The port of this process' metrics: there is one set of them for the whole process."""
    return metrics.serve("testing", "127.0.0.1:0")


@pytest.fixture
def read(port):
    """What has come to a sample since the test began."""

    def scrape():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            families = list(text_string_to_metric_families(answer.read().decode()))
        return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}

    before = scrape()

    def since(name, **labels):
        key = (name, tuple(sorted(labels.items())))
        return round(scrape().get(key, 0.0) - before.get(key, 0.0), 6)

    return since


def stage(name, run):
    return Stage(name=name, title="Testing", version="1", needs=("source",), makes=("paper",), run=run)


async def worked(name, run):
    bus, blobs = MemoryBus(), MemoryBlobs()
    await make_ready(bus, blobs, "job1", {"source": b"{}"})
    await work_off(stage(name, run), bus, blobs)


async def test_run_is_counted_and_measured_by_its_stage(read):
    def run(folder):
        folder.count("encode_frames", 90)
        folder.count("encode_frames", 30)
        folder.count("encode_seconds", 0.5)
        folder.write("paper", b"{}")

    await worked("made", run)
    assert read("hiddenhill_stage_attempts_total", stage="made", outcome="done", code="") == 1
    assert read("hiddenhill_stage_duration_seconds_count", stage="made", outcome="done") == 1
    assert read("hiddenhill_stage_duration_seconds_bucket", stage="made", outcome="done", le="1800.0") == 1
    assert read("hiddenhill_encode_frames_total") == 120
    assert read("hiddenhill_encode_seconds_total") == 0.5


async def test_failed_run_is_counted_by_its_code(read):
    def run(folder):
        raise SourceError("source.encrypted", "It is locked; open it.")

    await worked("locked", run)
    assert read("hiddenhill_stage_attempts_total", stage="locked", outcome="failed", code="source.encrypted") == 1
    assert read("hiddenhill_stage_duration_seconds_count", stage="locked", outcome="failed") == 1


async def test_run_that_is_tried_again_counts_as_two(read):
    tries = []

    def run(folder):
        tries.append(1)
        if len(tries) == 1:
            raise Transient("unavailable.x", "Not now.")
        folder.write("paper", b"{}")

    await worked("again", run)
    assert read("hiddenhill_stage_attempts_total", stage="again", outcome="retried", code="unavailable.x") == 1
    assert read("hiddenhill_stage_attempts_total", stage="again", outcome="done", code="") == 1


async def test_wait_for_a_provider_is_no_failure(read):
    tries = []

    def run(folder):
        tries.append(1)
        if len(tries) == 1:
            raise RateLimited("rate-limited.x", "Wait.", retry_after=0.1)
        folder.write("paper", b"{}")

    await worked("waiting", run)
    assert read("hiddenhill_stage_attempts_total", stage="waiting", outcome="waits", code="rate-limited.x") == 1
    assert read("hiddenhill_stage_attempts_total", stage="waiting", outcome="done", code="") == 1


def purse(budget=1.0):
    costs = Costs(job_id="job1", budget=budget)
    return Purse(MemoryBlobs(), lambda change: change(costs), "x", None, LocalLimits().taker("job1"))


def wish(question="why"):
    return Purchase("acme", "acme-1", {"question": question}, 0.2)


def test_call_is_counted_with_what_it_cost_and_a_known_answer_is_no_call(read):
    mine = purse()
    for _ in range(3):
        assert mine.buy(wish(), lambda: Answer(b"because", 0.125)) == b"because"
    assert read("hiddenhill_provider_calls_total", provider="acme", model="acme-1", outcome="done") == 1
    assert read("hiddenhill_provider_seconds_count", provider="acme", model="acme-1") == 1
    assert read("hiddenhill_provider_dollars_total", provider="acme", model="acme-1") == 0.125


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RateLimited("rate-limited.x", "Wait.", retry_after=1), "limited"),
        (TimeoutError("gone"), "lost"),
        (Transient("unavailable.x", "Not now."), "failed"),
        (SourceError("source.refused", "No."), "refused"),
    ],
)
def test_call_that_fails_says_how(read, error, outcome):
    def call():
        raise error

    with pytest.raises(type(error)):
        purse().buy(wish(outcome), call)
    assert read("hiddenhill_provider_calls_total", provider="acme", model="acme-1", outcome=outcome) == 1
    assert read("hiddenhill_provider_dollars_total", provider="acme", model="acme-1") == 0


def test_call_that_the_budget_forbids_was_not_made(read):
    with pytest.raises(BudgetSpent):
        purse(0.1).buy(wish(), lambda: Answer(b"", 0.2))
    assert read("hiddenhill_provider_seconds_count", provider="acme", model="acme-1") == 0


def test_every_histogram_has_buckets_of_its_own():
    assert all(tuple(sorted(set(bounds))) == bounds for bounds in metrics.BUCKETS.values())


def test_folder_without_anybody_who_counts_takes_counts(tmp_path):
    JobFolder(tmp_path, {}).count("encode_frames", 3)


def test_taken_port_is_said_and_none_is_served_where_none_is_wanted():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="HIDDENHILL_METRICS_LISTEN"):
            metrics.serve("testing", f"127.0.0.1:{taken.getsockname()[1]}")
    assert metrics.serve("testing", "") == 0


def test_process_that_serves_none_loads_no_exporter():
    code = "import sys, json; from chassis import metrics; metrics.serve('x', ''); metrics.attempt('x', 'done');"
    code += "print(json.dumps([name for name in sys.modules if 'prometheus' in name or 'sdk.metrics' in name]))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []
