"""A whole stack that sends its spans to a collector in this process, and buys from stand-ins."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as pb
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as pb_grpc
from standins.gemini import writer
from standins.gemini.vendor import Gemini
from standins.running import process, threaded
from standins.studio import Studio
from standins.studio import studio as opened

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "nightingale" / "nightingale.xml"
VIEWS = tuple(f"A slow view of a quiet {place} with soft morning light on the hills." for place in ("valley", "river"))
KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


@dataclass(frozen=True)
class Seen:
    """A span as a collector gets it."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    attributes: dict[str, Any]
    events: tuple[str, ...]
    is_error: bool

    @property
    def job(self):
        return self.attributes.get("hiddenhill.job")


class Collector(pb_grpc.TraceServiceServicer):
    """OpenTelemetry's trace service, which keeps what it gets."""

    def __init__(self):
        self._spans: list[Seen] = []
        self._lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(4))
        pb_grpc.add_TraceServiceServicer_to_server(self, self._server)
        self.address = f"http://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def Export(self, request, context):  # noqa: N802 - the protocol's name
        found = [
            _seen(span, dict(_facts(group.resource.attributes))["service.name"])
            for group in request.resource_spans
            for scope in group.scope_spans
            for span in scope.spans
        ]
        with self._lock:
            self._spans += found
        return pb.ExportTraceServiceResponse()

    def spans(self, job_id: str = "") -> list[Seen]:
        """What has come so far, of one job or at all."""
        with self._lock:
            return [span for span in self._spans if job_id in ("", span.job)]

    def settled(self, job_id: str) -> list[Seen]:
        """The job's spans, once none has come for longer than a batch waits (5 s)."""
        count, since = -1, time.monotonic()
        while time.monotonic() - since < 6:
            found = self.spans(job_id)
            if len(found) != count:
                count, since = len(found), time.monotonic()
            time.sleep(0.2)
        return found

    def stop(self):
        self._server.stop(None)


def _facts(attributes):
    return [(each.key, getattr(each.value, each.value.WhichOneof("value"))) for each in attributes]


def _seen(span, service):
    return Seen(
        service=service,
        name=span.name,
        kind=KINDS[span.kind],
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        links=tuple(link.span_id.hex() for link in span.links),
        attributes=dict(_facts(span.attributes)),
        events=tuple(event.name for event in span.events),
        is_error=span.status.code == 2,
    )


@dataclass(frozen=True)
class Traced(Studio):
    """A studio with the collector that it tells."""

    collector: Collector


def _filmed(asked):
    """The stand-in's own script, with descriptions of films that the scripter takes."""
    views = itertools.cycle(VIEWS)
    return re.sub(r'"footage":\s*"[^"]+"', lambda _: f'"footage": {json.dumps(next(views))}', writer.script(asked))


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    collector = Collector()
    env = {"HIDDENHILL_OTLP_ENDPOINT": collector.address, "HIDDENHILL_GARBAGE_AFTER": "1"}
    home = tmp_path_factory.mktemp("studio")
    with (
        threaded(Gemini(reply=_filmed)) as gemini,
        process("runway") as runway,
        opened(home, SAMPLE, gemini, runway, env) as found,
    ):
        yield Traced(**vars(found), collector=collector)
    collector.stop()
