"""Logs that a machine reads, and traces that cross the bus."""

import json
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from chassis.errors import Transient
from chassis.logs import JsonFormatter, bound
from chassis.stage import Stage
from chassis.telemetry import consumed, continued, failed, inject
from chassis.testing import MemoryBlobs, MemoryBus, make_ready, work_off
from opentelemetry import context, trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = {"traceparent": f"00-{TRACE}-{SPAN}-01"}


@pytest.fixture
def spans(monkeypatch):
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr("chassis.telemetry.tracer", provider.get_tracer("test"))
    return kept


def line(message="made", exc_info=None, **extra):
    record = logging.getLogger("chassis.runner").makeRecord(
        "chassis.runner", logging.INFO, __file__, 1, message, (), exc_info, extra=extra
    )
    text = JsonFormatter().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_line_is_one_object_with_its_extra_fields():
    told = line(stage="fetch", job="job1", scene=None, path=sys)
    assert (told["level"], told["logger"], told["message"]) == ("info", "chassis.runner", "made")
    assert (told["stage"], told["job"], told["scene"]) == ("fetch", "job1", None)
    assert told["path"].startswith("<module 'sys'")
    assert "trace_id" not in told


def test_exception_and_hostile_text_stay_on_one_line():
    try:
        int("two\nlines")
    except ValueError:
        told = line('a "quoted"\nmessage ä', exc_info=sys.exc_info())
    assert told["message"] == 'a "quoted"\nmessage ä'
    assert told["exception"].endswith("'two\\nlines'")


def test_line_within_a_trace_names_it(spans):
    with consumed("process", "EVENTS fetch", PARENT) as span:
        told = line()
    assert (told["trace_id"], told["span_id"]) == (TRACE, f"{span.get_span_context().span_id:016x}")


def test_set_up_sends_json_to_stderr_at_its_level():
    code = "import logging; from chassis import logs; logs.set_up('warning'); log = logging.getLogger('x')"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}; log.info('no'); log.warning('yes')"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == ""
    assert [json.loads(each)["message"] for each in run.stderr.splitlines()] == ["yes"]


def test_work_is_a_child_of_the_span_that_sent_the_message_and_linked_to_it(spans):
    with consumed("process", "EVENTS fetch", PARENT, **{"hiddenhill.job": "job1"}):
        pass
    [span] = spans.get_finished_spans()
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, SPAN)
    assert [f"{link.context.span_id:016x}" for link in span.links] == [SPAN]
    assert (span.name, span.kind.name) == ("process EVENTS fetch", "CONSUMER")
    assert span.attributes["hiddenhill.job"] == "job1"


def test_what_is_sent_within_a_span_carries_it_and_keeps_the_other_headers(spans):
    with consumed("process", "EVENTS fetch", PARENT) as span:
        headers = inject({"Nats-Batch-Id": "x"})
    assert headers["Nats-Batch-Id"] == "x"
    assert headers["traceparent"] == f"00-{TRACE}-{span.get_span_context().span_id:016x}-01"


@pytest.mark.parametrize("headers", [{}, {"traceparent": "nonsense"}, {"traceparent": "00-0-0-00"}])
def test_message_without_a_sender_begins_a_trace(spans, headers):
    with consumed("process", "EVENTS fetch", headers):
        pass
    [span] = spans.get_finished_spans()
    assert span.parent is None
    assert not span.links


def test_context_is_continued_until_it_is_detached():
    token = continued(PARENT)
    assert f"{trace.get_current_span().get_span_context().trace_id:032x}" == TRACE
    context.detach(token)
    assert not trace.get_current_span().get_span_context().is_valid


def test_failure_is_written_on_the_span(spans):
    with consumed("process", "EVENTS fetch", {}) as span:
        failed(span, Transient("unavailable.x", "Not now."))
    [span] = spans.get_finished_spans()
    assert span.status.status_code.name == "ERROR"
    assert span.events[0].attributes["exception.type"].endswith("Transient")


def test_bound_fields_stand_on_every_line_within_and_on_none_after():
    with bound(job="job1", scene=None), bound(stage="fetch"):
        told = line()
    assert (told["job"], told["stage"]) == ("job1", "fetch")
    assert "scene" not in told
    assert "job" not in line()


def test_what_servers_of_web_pages_add_for_terminals_is_left_out():
    assert "color_message" not in line(color_message="\x1b[32mmade\x1b[0m")


async def test_lines_of_a_stage_and_of_libraries_in_its_threads_have_job_stage_and_trace(spans):
    told = []

    class Kept(logging.Handler):
        def emit(self, record):
            told.append(json.loads(JsonFormatter("fetcher").format(record)))

    def run(folder):
        logging.getLogger("library").warning("in the stage's thread")
        with ThreadPoolExecutor(1) as aside:
            aside.submit(copy_context().run, logging.getLogger("library").warning, "beside it").result()
        folder.write("paper", b"{}")

    bus, blobs, kept = MemoryBus(), MemoryBlobs(), Kept()
    await make_ready(bus, blobs, "job1", {"source": b"{}"})
    logging.getLogger("library").addHandler(kept)
    stage = Stage(name="fetch", title="Reading", version="1", needs=("source",), makes=("paper",), run=run)
    try:
        await work_off(stage, bus, blobs)
    finally:
        logging.getLogger("library").removeHandler(kept)
    assert [each["message"] for each in told] == ["in the stage's thread", "beside it"]
    assert {(each["job"], each["stage"], each["service"]) for each in told} == {("job1", "fetch", "fetcher")}
    assert len({each["trace_id"] for each in told}) == 1


def test_what_kills_a_thread_or_the_process_is_one_line_too():
    code = (
        "import threading, warnings; from chassis import logs; logs.set_up('info', 'x');"
        "warnings.warn('careful'); thread = threading.Thread(target=lambda: 1 / 0);"
        "thread.start(); thread.join(); {}['gone']"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    told = [json.loads(each) for each in run.stderr.splitlines()]
    assert [each["level"] for each in told] == ["warning", "critical", "critical"]
    assert "careful" in told[0]["message"]
    assert told[1]["exception"].endswith("ZeroDivisionError: division by zero")
    assert told[2]["exception"].endswith("KeyError: 'gone'")
