"""Structured logs: one JSON object a line on stderr, with the trace and job they belong to. See docs/metrics.md."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from opentelemetry import trace

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "color_message"}
_CHATTY = ("pdfminer", "httpx", "httpcore", "urllib3", "nats", "google_genai", "uvicorn", "runwayml")
"""Libraries of whose everyday doings nobody wants to hear."""
_bound: ContextVar[dict[str, Any]] = ContextVar("bound", default={})  # noqa: B039 - never changed, only replaced


@contextlib.contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """Put fields, such as the job, on every line that is logged within; what is None is left out."""
    token = _bound.set(_bound.get() | {key: value for key, value in fields.items() if value is not None})
    try:
        yield
    finally:
        _bound.reset(token)


def fields() -> dict[str, Any]:
    """What is bound right now."""
    return _bound.get()


class JsonFormatter(logging.Formatter):
    """A record with its extra fields as one JSON object."""

    def __init__(self, service: str = "") -> None:
        super().__init__()
        self._service = {"service": service} if service else {}

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **self._service,
        }
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            line |= {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
        line |= _bound.get()
        line |= {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


def set_up(level: str, service: str = "") -> None:
    """Send all logs of this process to stderr as JSON: also warnings, and what ends a thread or the process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(service))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    sys.excepthook = _died
    threading.excepthook = lambda ended: _died(ended.exc_type, ended.exc_value, ended.exc_traceback)


def _died(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, (KeyboardInterrupt, SystemExit)):
        logging.getLogger(__name__).critical("died", exc_info=(kind, error, traceback))
