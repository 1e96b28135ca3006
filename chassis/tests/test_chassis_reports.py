"""What Sentry is told: a local server takes the envelopes."""

import asyncio
import gzip
import json
import logging
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sentry_sdk
from chassis.errors import SourceError, Transient, UsageError
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, MemoryBus, make_ready, work_off
from pydantic import SecretStr

from chassis import reports

TEXT = "Ten of a hundred soldiers died of cholera"
ENVELOPES = []


class Taking(BaseHTTPRequestHandler):
    """Sentry's door."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        ENVELOPES.append(body.decode())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def dsn():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://public@127.0.0.1:{server.server_port}/1"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture(scope="module")
def reporting(dsn):
    """This process reports, until the module's tests are over."""
    root = logging.getLogger()
    before = list(root.handlers)
    reports.set_up(SecretStr(dsn), "testing")
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
    sentry_sdk.get_client().close()
    sentry_sdk.init()


@pytest.fixture
def told(reporting):
    """The events that have come since the test began."""
    ENVELOPES.clear()

    def events():
        sentry_sdk.flush(5)
        items = [line for envelope in ENVELOPES for line in envelope.splitlines()]
        return [event for line in items if "exception" in (event := json.loads(line))]

    return events


async def run_of(run):
    bus, blobs = MemoryBus(), MemoryBlobs()
    await make_ready(bus, blobs, "job1", {"script": b"{}"}, scenes=(1, 2))
    await make_ready(bus, blobs, "job1", {"scene.2.brief": b"{}"})
    stage = Stage(
        name="render", title="Drawing", version="1", needs=("scene.*.brief",), makes=("scene.*.segment",), run=run
    )
    await work_off(stage, bus, blobs)


async def test_unexpected_exception_is_reported_with_its_run_and_without_the_papers_text(told):
    def run(folder):
        sentence = TEXT
        raise ValueError(f"cannot split {sentence!r}")

    await run_of(run)
    [event] = await asyncio.to_thread(told)
    tags = event["tags"]
    assert (tags["service"], tags["job"], tags["stage"], tags["scene"]) == ("testing", "job1", "render", "2")
    assert tags["code"] == "internal.defect"
    assert [each["type"] for each in event["exception"]["values"]] == ["ValueError", "Defect"]
    frames = event["exception"]["values"][0]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "run"
    assert not any("vars" in frame for frame in frames)
    assert TEXT not in "".join(ENVELOPES)
    assert not {"breadcrumbs", "request", "user", "extra", "server_name", "modules"} & set(event)


async def test_what_a_stage_does_not_declare_is_a_defect_that_is_reported(told):
    await run_of(lambda folder: None)
    [event] = await asyncio.to_thread(told)
    assert event["tags"]["code"] == "internal.outputs"
    assert event["exception"]["values"][0]["value"].startswith("A step broke on our side")


async def test_unusable_papers_and_absent_servers_are_not_reported(told):
    tries = []

    def run(folder):
        tries.append(1)
        raise Transient("unavailable.x", "No.") if len(tries) == 1 else SourceError("source.encrypted", "Locked.")

    await run_of(run)
    assert len(tries) == 2
    assert await asyncio.to_thread(told) == []


def test_thread_that_dies_is_reported(told):
    logging.getLogger("chassis.logs").critical("died", exc_info=RuntimeError(TEXT))
    [event] = told()
    assert event["exception"]["values"][0]["type"] == "RuntimeError"
    assert TEXT not in "".join(ENVELOPES)


def test_address_that_is_none_is_refused_and_not_repeated():
    with pytest.raises(UsageError, match="HIDDENHILL_SENTRY_DSN") as refused:
        reports.set_up(SecretStr("sesame"), "testing")
    assert "sesame" not in str(refused.value)


def test_nothing_of_sentry_is_loaded_without_an_address():
    code = "import sys; from pydantic import SecretStr; from chassis import reports, worker;"
    code += "reports.set_up(SecretStr(''), 'x'); print([name for name in sys.modules if 'sentry' in name])"
    env = {name: value for name, value in os.environ.items() if not name.startswith("SENTRY_")}
    found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
