"""The logs of a whole stack while a job is made: one format, every line of a run with its job, and nothing private."""

import json
import time
from pathlib import Path

import httpx
import pytest
from cli.rest import Rest
from cli.stack import Stack
from standins.running import process

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]
SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "nightingale" / "nightingale.xml"
PAPER, TITLE = "Quellwasserhaus", "Flussmundart"
"""Words that stand in the paper and nowhere else."""
GEMINI_KEY, RUNWAY_KEY = "gemini-Zaunkoenig-4711", "key_Haubentaucher4711"
SERVERS = {"nats", "postgres", "s3"}
ENDS = ("done", "failed", "cancelled")


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    """The sample paper with words of its own in its title and text."""
    text = SAMPLE.read_text()
    assert "Disease, not the enemy" in text
    text = text.replace("Disease, not the enemy", f"{TITLE}: disease, not the enemy")
    path = tmp_path_factory.mktemp("paper") / "paper.xml"
    path.write_text(text.replace("Scutari", PAPER))
    return path


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with process("gemini") as gemini, process("runway") as runway:
        env = {
            "HIDDENHILL_GEMINI_API_KEY": GEMINI_KEY,
            "HIDDENHILL_GEMINI_URL": gemini.url,
            "HIDDENHILL_GEMINI_REQUESTS_A_MINUTE": "6000",
            "HIDDENHILL_RUNWAY_API_KEY": RUNWAY_KEY,
            "HIDDENHILL_RUNWAY_URL": runway.url,
            "HIDDENHILL_RUNWAY_POLL_SECONDS": "0.2",
            "HIDDENHILL_RUNWAY_REQUESTS_A_MINUTE": "6000",
            "HIDDENHILL_MONEY_A_DAY": "100",
            "HIDDENHILL_METRICS_LISTEN": "127.0.0.1:0",
        }
        with Stack(tmp_path_factory.mktemp("logs"), env=env) as running:
            yield running


@pytest.fixture(scope="module")
def job(stack, paper):
    """A job with both providers, done; and the trace it belongs to."""
    options = {"seconds": 60, "writer": "gemini", "speech": "gemini", "footage": True, "budget": 10}
    with Rest(stack.gateway_url, stack.token) as client:
        job_id = str(client.submit(paper, options)["id"])
        while (found := client.job(job_id))["state"] not in ENDS:
            time.sleep(0.2)
    assert found["state"] == "done", found["failures"]
    url = f"{stack.gateway_url}/api/v1/jobs/{job_id}/artifacts/paper"
    answer = httpx.get(url, headers={"Authorization": f"Bearer {stack.token}"}, follow_redirects=True)
    assert PAPER in answer.text
    assert TITLE in answer.text
    return found


@pytest.fixture(scope="module")
def logs(stack, job):
    """Text of each log, by process."""
    return {path.stem: path.read_text() for path in (stack.home / "logs").glob("*.log")}


@pytest.fixture(scope="module")
def lines(logs):
    """Every line of our own processes."""
    ours = {name: text for name, text in logs.items() if name not in SERVERS}
    return [json.loads(line) | {"process": name} for name, text in ours.items() for line in text.splitlines()]


def test_no_key_and_no_word_of_the_paper_stands_in_any_log(logs, stack):
    assert len(logs) >= 9
    environment = stack.environment()
    secrets = {environment[f"HIDDENHILL_{name}"] for name in ("S3_SECRET_KEY", "SECRET_KEY", "LOCAL_TOKEN")}
    secrets |= {environment["HIDDENHILL_POSTGRES_URL"], environment["HIDDENHILL_NATS_URL"]}
    private = secrets | {GEMINI_KEY, RUNWAY_KEY, PAPER, TITLE}
    assert [(name, word) for name, text in logs.items() for word in private if word in text] == []


def test_every_line_has_one_format(lines):
    assert lines
    assert all({"time", "level", "logger", "message", "service"} <= set(line) for line in lines)
    assert {line["level"] for line in lines} <= {"info", "warning", "error", "critical"}
    assert not [line for line in lines if "color_message" in line]
    assert {line["service"] for line in lines} == {line["process"] for line in lines}


def test_every_run_is_told_with_its_job_stage_and_trace(lines, job):
    runs = [line for line in lines if line["message"] == "made"]
    assert {line["stage"] for line in runs} >= {stage["name"] for stage in job["stages"]}
    assert {line["job"] for line in runs} == {job["id"]}
    assert len({line["trace_id"] for line in runs}) == 1
    of_the_trace = [line for line in lines if line.get("trace_id") == runs[0]["trace_id"] and "stage" in line]
    assert all(line["job"] == job["id"] for line in of_the_trace)


def test_metrics_of_the_job_are_told_by_who_did_it(lines, job):
    ports = {line["service"]: line["metrics_port"] for line in lines if line.get("metrics_port")}
    read = {name: httpx.get(f"http://127.0.0.1:{port}/metrics").text for name, port in ports.items()}
    assert set(read) >= {"gateway", "fetcher", "scripter", "narrator", "captioner", "renderer"}
    frames = next(line for line in read["renderer"].splitlines() if line.startswith("hiddenhill_encode_frames_total"))
    assert float(frames.split()[-1]) >= 10 * 30
    assert 'hiddenhill_provider_calls_total{model="' in read["scripter"]
    assert 'provider="runway"' in read["renderer"]
    assert 'hiddenhill_job_duration_seconds_count{state="done"} 1.0' in read["gateway"]
    private = (GEMINI_KEY, RUNWAY_KEY, PAPER, TITLE, job["id"])
    assert [(name, word) for name, text in read.items() for word in private if word in text] == []
