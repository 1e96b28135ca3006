"""Spans of jobs are kept in the store, whatever goes to a collector; and nothing that works is harmed by it."""

import json

import pytest
from chassis.errors import Transient
from chassis.spans import JOB, Keeper, OfJob, otlp_json, prefix, sampler
from chassis.testing import MemoryBlobs, until
from chassis.timeline import timeline_of
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator


class Process:
    """A process that traces: what it exports, and what it keeps."""

    def __init__(self, blobs=None, ratio=1.0):
        self.blobs = blobs or MemoryBlobs()
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(sampler=sampler(ratio, keeps=True))
        self.keeper = Keeper(self.blobs, "worker-1")
        for processor in (OfJob(), self.keeper, BatchSpanProcessor(self.exporter)):
            self.provider.add_span_processor(processor)
        self.tracer = self.provider.get_tracer("test")

    def work(self, job="job1", **more):
        with self.tracer.start_as_current_span("process", attributes={JOB: job}, **more) as span:
            with self.tracer.start_as_current_span("fetch inputs"):
                pass
            return span.get_span_context()

    def kept(self, job="job1"):
        self.provider.force_flush()
        files = [json.loads(self.blobs.get_bytes(key)) for key in self.blobs.keys(prefix(job))]
        return [span for file in files for span in file["resourceSpans"][0]["scopeSpans"][0]["spans"]]


def test_spans_of_a_job_and_what_is_below_them_are_kept_and_others_are_not():
    process = Process()
    context = process.work()
    with process.tracer.start_as_current_span("GET /healthz"):
        pass
    kept = {span["name"]: span for span in process.kept()}
    assert set(kept) == {"process", "fetch inputs"}
    assert kept["process"]["traceId"] == f"{context.trace_id:032x}"
    assert kept["fetch inputs"]["parentSpanId"] == kept["process"]["spanId"] == f"{context.span_id:016x}"
    assert all(key.startswith("traces/job1/worker-1-") for key in process.blobs.kept)


def test_messages_that_were_left_are_not_kept_but_exported():
    process = Process()
    with process.tracer.start_as_current_span("process", attributes={JOB: "job1", "hiddenhill.outcome": "left"}):
        pass
    assert not process.kept()
    assert len(process.exporter.get_finished_spans()) == 1


def test_spans_are_written_by_themselves_a_moment_after_they_ended():
    process = Process()
    process.work()
    until(lambda: process.blobs.kept, 5)


def test_share_of_nothing_is_kept_whole_and_exported_not_at_all():
    process = Process(ratio=0.0)
    process.work()
    assert len(process.kept()) == 2
    assert not process.exporter.get_finished_spans()


@pytest.mark.parametrize("flags", ["00", "01"])
def test_decision_of_the_one_who_began_the_trace_is_respected(flags):
    process = Process(ratio=1.0 if flags == "00" else 0.0)
    row = {"traceparent": f"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{flags}"}
    context = process.work(context=TraceContextTextMapPropagator().extract(row))
    assert f"{context.trace_id:032x}" == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert f"{context.trace_flags:02x}" == flags
    assert len(process.kept()) == 2
    assert len(process.exporter.get_finished_spans()) == (2 if flags == "01" else 0)


class Away(MemoryBlobs):
    """A store that does not answer for a while."""

    def __init__(self):
        super().__init__()
        self.away = True

    def put_bytes(self, key, data):
        if self.away:
            raise Transient("unavailable.store", "The artifact store did not answer; trying again.")
        super().put_bytes(key, data)


def test_store_that_is_away_harms_nothing_and_gets_the_spans_when_it_is_back():
    process = Process(Away())
    process.work()
    process.provider.force_flush()
    assert not process.blobs.kept
    process.blobs.away = False
    assert len(process.kept()) == 2


def test_what_is_kept_is_bounded_while_the_store_is_away_and_for_one_job():
    process = Process(Away())
    for number in range(4_000):
        process.work(f"job{number}")
    assert process.keeper._count == 5_000
    endless = Process()
    for _ in range(4_000):
        endless.work()
        if endless.keeper._count > 3_000:
            endless.keeper.write()
    assert len(endless.kept()) == 5_000


def test_process_that_starts_again_under_its_name_overwrites_nothing():
    blobs = MemoryBlobs()
    for _ in range(2):
        process = Process(blobs)
        process.work()
        process.provider.shutdown()
    assert len(blobs.keys("traces/job1/")) == 2


def test_stack_traces_are_left_out_and_the_code_of_an_error_is_told():
    process = Process()
    with process.tracer.start_as_current_span("process", kind=SpanKind.CONSUMER, attributes={JOB: "job1"}) as span:
        try:
            int("a strange place")
        except ValueError as error:
            span.record_exception(error)
    kept = json.dumps(process.kept())
    assert "a strange place" in kept
    assert "Traceback" not in kept


def test_timeline_of_files_that_cannot_be_read_is_empty():
    for files in ([], [b""], [b"{}"], [b"[1]"], [b"\xff"]):
        assert timeline_of("job1", files).lanes == []


def test_no_span_is_current_outside_of_work():
    Process().work()
    assert not trace.get_current_span().get_span_context().is_valid
    assert otlp_json([]) == b"{}"
