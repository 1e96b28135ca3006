"""Metrics: what processes count and measure, and the port on which Prometheus reads it.

Nothing is kept until `serve` was called: instruments without a provider do nothing.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Iterator

from opentelemetry import metrics
from opentelemetry.metrics import Counter

from chassis.errors import Abandoned, Error, RateLimited, Transient, UsageError

meter = metrics.get_meter("hiddenhill")
_MOMENTS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BUCKETS = {
    "hiddenhill_stage_duration_seconds": (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800),
    "hiddenhill_job_duration_seconds": (10, 20, 30, 45, 60, 90, 120, 180, 240, 300, 450, 600, 900, 1800, 3600, 7200),
    "hiddenhill_provider_seconds": (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600, 1800),
    "hiddenhill_http_request_duration_seconds": _MOMENTS,
    "hiddenhill_rpc_duration_seconds": (*_MOMENTS, 60, 300, 1800),
}
"""Upper bounds of each histogram, in seconds."""
DONE = "done"

_stage_seconds = meter.create_histogram("hiddenhill_stage_duration_seconds", "s", "How long runs of stages took.")
_attempts = meter.create_counter("hiddenhill_stage_attempts_total", "", "Runs of stages that ended, however.")
_calls = meter.create_counter("hiddenhill_provider_calls_total", "", "Calls to paid providers that ended, however.")
_call_seconds = meter.create_histogram("hiddenhill_provider_seconds", "s", "How long calls to paid providers took.")
_dollars = meter.create_counter("hiddenhill_provider_dollars_total", "", "Dollars that providers charged.")
_rpc_seconds = meter.create_histogram("hiddenhill_rpc_duration_seconds", "s", "How long gRPC calls took.")


def serve(service: str, listen: str) -> int:
    """Keep metrics from now on, and let Prometheus read them; returns the port, 0 where `listen` is empty.

    Args:
        service: name of the process' service.
        listen: host and port; port 0 takes a free one.

    Raises:
        UsageError: nobody can listen there.
    """
    if not listen:
        return 0
    from opentelemetry.exporter.prometheus import PrometheusMetricReader  # noqa: PLC0415 - only where it is wanted
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415 - as above
    from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View  # noqa: PLC0415 - as above
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
    from prometheus_client import (  # noqa: PLC0415 - as above
        CollectorRegistry,
        PlatformCollector,
        ProcessCollector,
        start_http_server,
    )

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    resource = Resource.create({"service.name": service, "service.namespace": "hiddenhill"})
    views = [
        View(instrument_name=name, aggregation=ExplicitBucketHistogramAggregation([*map(float, bounds)]))
        for name, bounds in BUCKETS.items()
    ]
    reader = PrometheusMetricReader(scope_info_enabled=False, registry=registry)
    host, _, port = listen.rpartition(":")
    try:
        server, _ = start_http_server(int(port), host.strip("[]") or "0.0.0.0", registry)  # noqa: S104 - as asked for
    except (OSError, ValueError) as error:
        raise UsageError("usage.settings", f"HIDDENHILL_METRICS_LISTEN: {listen}: {error}.") from error
    metrics.set_meter_provider(MeterProvider([reader], resource, views=views))
    return server.server_port


def attempt(stage: str, outcome: str, code: str = "", seconds: float | None = None) -> None:
    """Count a run of a stage that ended so; `seconds` is how long it took, where it was begun."""
    _attempts.add(1, {"stage": stage, "outcome": outcome, "code": code})
    if seconds is not None:
        _stage_seconds.record(seconds, {"stage": stage, "outcome": outcome})


@functools.cache
def _counter(name: str) -> Counter:
    return meter.create_counter(f"hiddenhill_{name}_total", "", "As the stage counts it.")


def count(name: str, amount: float) -> None:
    """Add to what a stage counts itself: `frames` is hiddenhill_frames_total."""
    _counter(name).add(amount)


@contextlib.contextmanager
def call(provider: str, model: str, *, unmade: type[Error]) -> Iterator[None]:
    """Measure a call to a provider; the error that leaves the block says how it ended, `unmade` that none was made."""
    began, outcome = time.perf_counter(), DONE
    try:
        yield
    except BaseException as error:
        outcome = "" if isinstance(error, (unmade, Abandoned)) else _ending(error)
        raise
    finally:
        if outcome:
            _calls.add(1, {"provider": provider, "model": model, "outcome": outcome})
            _call_seconds.record(time.perf_counter() - began, {"provider": provider, "model": model})


def paid(provider: str, model: str, dollars: float) -> None:
    """Count what a call cost."""
    _dollars.add(dollars, {"provider": provider, "model": model})


def rpc(method: str, code: str, seconds: float) -> None:
    """Measure a gRPC call that was answered."""
    _rpc_seconds.record(seconds, {"method": method, "code": code})


def _ending(error: BaseException) -> str:
    """How a call to a provider ended that raised this."""
    if isinstance(error, RateLimited):
        return "limited"
    if isinstance(error, (ConnectionError, TimeoutError)):
        return "lost"
    return "failed" if isinstance(error, Transient) else "refused"
