"""What the gateway tells of requests and of open event streams. Routes are templates: no label holds an id."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from chassis.metrics import meter
from flask import Flask, Response, request

UNKNOWN = "unknown"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_seconds = meter.create_histogram(
    "hiddenhill_http_request_duration_seconds", "s", "How long it took until requests were answered."
)
_streams = meter.create_up_down_counter("hiddenhill_sse_streams", "", "Streams of server-sent events that are open.")


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Measure a request."""
    method = method if method in _METHODS else "other"
    _seconds.record(seconds, {"method": method, "route": route, "status": str(status)})


def measure(app: Flask) -> None:
    """Measure every request that the application answers, up to the head of its answer."""
    serve = app.full_dispatch_request

    def measured() -> Response:
        began = time.perf_counter()
        answer = serve()
        route = request.url_rule.rule if request.url_rule else UNKNOWN
        answered(request.method, route, answer.status_code, time.perf_counter() - began)
        return answer

    app.full_dispatch_request = measured  # type: ignore[method-assign]


@contextlib.contextmanager
def streaming() -> Iterator[None]:
    """Count a stream while it is open."""
    _streams.add(1)
    try:
        yield
    finally:
        _streams.add(-1)
