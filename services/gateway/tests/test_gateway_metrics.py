"""What Prometheus reads of a gateway that works on real servers."""

import json
import threading
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

pytestmark = [pytest.mark.stack]


def port_of(log):
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return next((line["metrics_port"] for line in reversed(lines) if line["message"] == "metrics"), 0)


@pytest.fixture(scope="module")
def scrape(running):
    """All samples: value by name and labels."""

    def read():
        text = httpx.get(f"http://127.0.0.1:{running.metrics_port}/metrics").raise_for_status().text
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return read


@pytest.fixture(scope="module")
def running(begin_alone):
    return begin_alone(HIDDENHILL_METRICS_LISTEN="127.0.0.1:0")


@pytest.fixture(scope="module")
def begin_alone(stack, settings, tmp_path_factory, gateway_class):
    """Start a gateway whose log is its own."""
    begun = []

    def begin(**env):
        log = tmp_path_factory.mktemp("alone") / "gateway.log"
        gateway = gateway_class(stack, settings, log, **env)
        begun.append(gateway)

        async def publish(bus):
            for rule in gateway.rules:
                await bus.offers(rule, ack_wait=15, max_attempts=3)

        gateway.on_bus(publish)
        gateway.wait()
        gateway.metrics_port = gateway.until(lambda: port_of(log), 5)
        return gateway

    yield begin
    for gateway in begun:
        gateway.end()


def test_metrics_are_not_on_the_public_port(running):
    assert httpx.get(f"{running.url}/metrics").status_code == 404


def test_requests_are_told_by_template_and_never_by_id(running, scrape):
    job_id = running.submit()
    running.job(job_id)
    httpx.request("PROPFIND", f"{running.url}/no/such/place/{job_id}")
    found = [dict(key[1:]) for key in scrape() if key[0] == "hiddenhill_http_request_duration_seconds_count"]
    assert {"method": "POST", "route": "/api/v1/jobs", "status": "201"} in found
    assert {"method": "GET", "route": "/api/v1/jobs/<job_id>", "status": "200"} in found
    assert {"method": "other", "route": "unknown", "status": "404"} in found
    assert not any(job_id in str(key) for key in scrape())


def test_refused_names_and_strangers_at_streams_are_counted_too(running, scrape):
    httpx.get(running.url, headers={"Host": "elsewhere.example"})
    httpx.get(f"{running.api}/jobs/nothing/events")
    found = [dict(key[1:]) for key in scrape() if key[0] == "hiddenhill_http_request_duration_seconds_count"]
    assert {"method": "GET", "route": "unknown", "status": "403"} in found
    assert {"method": "GET", "route": "/api/v1/jobs/<job_id>/events", "status": "401"} in found


def test_open_streams_are_counted_until_they_end(running, scrape):
    job_id = running.submit()
    with running.client() as client, client.stream("GET", f"{running.api}/jobs/{job_id}/events") as stream:
        lines = stream.iter_lines()  # closes the stream when nobody holds it any more
        next(lines)
        running.until(lambda: scrape().get(("hiddenhill_sse_streams",)) == 1, 5)
    running.until(lambda: scrape()[("hiddenhill_sse_streams",)] == 0, 5)


def test_what_waits_is_told_with_its_age(running, scrape):
    job_id = running.submit()
    running.begun(job_id)
    time.sleep(1)
    queue = ("hiddenhill_stage_queue", ("stage", "fetch"))
    jobs = ("hiddenhill_jobs", ("state", "running"))
    running.until(lambda: scrape().get(queue, 0) >= 1 and scrape().get(jobs, 0) >= 1, 15)
    found = scrape()
    assert found[("hiddenhill_stage_queue_age_seconds", ("stage", "fetch"))] >= 1
    assert found[("hiddenhill_stage_queue", ("stage", "narrate"))] == 0
    assert found[("hiddenhill_stage_queue_age_seconds", ("stage", "narrate"))] == 0
    assert found[("hiddenhill_outbox_waiting",)] == 0
    assert found[("hiddenhill_ledger_lag",)] == 0


def test_job_that_was_cancelled_is_measured_as_such(running, scrape):
    job_id = running.submit()
    running.begun(job_id)
    running.http.post(f"{running.api}/jobs/{job_id}/cancel").raise_for_status()
    key = ("hiddenhill_job_duration_seconds_count", ("state", "cancelled"))
    running.until(lambda: scrape().get(key, 0) >= 1, 5)


def test_job_that_ends_is_measured_once_by_all_replicas_together(running, scrape, begin_alone):
    other = begin_alone(HIDDENHILL_METRICS_LISTEN="127.0.0.1:0")
    count = "hiddenhill_job_duration_seconds_count"

    def ended():
        texts = [httpx.get(f"http://127.0.0.1:{each.metrics_port}/metrics").text for each in (running, other)]
        families = [family for text in texts for family in text_string_to_metric_families(text)]
        samples = [sample for family in families for sample in family.samples]
        return sum(s.value for s in samples if s.name == count and s.labels == {"state": "done"})

    before = ended()
    running.finish(running.submit())
    running.until(lambda: ended() == before + 1, 5)
    time.sleep(0.5)
    assert ended() == before + 1


def test_scrapes_are_answered_while_requests_are(running, scrape):
    ended = threading.Event()

    def ask():
        while not ended.is_set():
            running_client.get(f"{running.url}/healthz")

    with httpx.Client() as running_client:
        asking = threading.Thread(target=ask)
        asking.start()
        try:
            took = []
            for _ in range(20):
                began = time.perf_counter()
                scrape()
                took.append(time.perf_counter() - began)
        finally:
            ended.set()
            asking.join()
    assert sorted(took)[10] < 0.5
