"""Reports of what broke on our side, to Sentry: where it broke and in which run, and nothing of what it broke on."""

from __future__ import annotations

import atexit
import logging
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from pydantic import SecretStr

from chassis import logs
from chassis.errors import Defect, UsageError, classify

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

_TOLD = frozenset({"exception", "tags", "level", "platform", "timestamp", "event_id", "release", "environment"})
_OURS = "chassis."
"""Modules whose exceptions speak in sentences of ours; others may quote what they were given."""
_PATIENCE = 2.0
"""Seconds that a process that ends waits for its reports."""


def set_up(dsn: SecretStr, service: str) -> None:
    """Report from now on; nothing is loaded where the DSN is empty.

    Raises:
        UsageError: the DSN is none, or Sentry's SDK is not installed.
    """
    if not dsn.get_secret_value():
        return
    try:
        import sentry_sdk  # noqa: PLC0415 - an extra, and only where it is wanted
        from sentry_sdk.utils import BadDsn  # noqa: PLC0415 - as above
    except ImportError as error:
        message = "HIDDENHILL_SENTRY_DSN is set, and sentry-sdk is not installed: add hiddenhill-chassis[sentry]."
        raise UsageError("usage.settings", message) from error
    try:
        sentry_sdk.init(
            dsn.get_secret_value(),
            release=version("hiddenhill-chassis"),
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            before_send=_without_input,
        )
    except BadDsn as error:
        message = "Settings in the environment are wrong. HIDDENHILL_SENTRY_DSN: no address of a Sentry project."
        raise UsageError("usage.settings", message) from error
    atexit.register(sentry_sdk.flush, _PATIENCE)
    logging.getLogger().addHandler(Reporter(service))


class Reporter(logging.Handler):
    """Reports the errors that are logged with their exception, if they are defects or were not expected at all."""

    def __init__(self, service: str) -> None:
        super().__init__(logging.ERROR)
        self._service = service

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not _is_defect(error, getattr(record, "code", "")):
            return
        import sentry_sdk  # noqa: PLC0415 - as above

        with sentry_sdk.new_scope() as scope:
            scope.clear()
            scope.set_tags(self._tags(record))
            scope.capture_exception(error)

    def _tags(self, record: logging.LogRecord) -> dict[str, str]:
        facts: dict[str, Any] = {"service": self._service, **logs.fields()}
        facts |= {name: getattr(record, name) for name in ("job", "stage", "scene", "code") if hasattr(record, name)}
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            facts["trace_id"] = f"{context.trace_id:032x}"
        return {name: str(value) for name, value in facts.items() if value is not None}


def _is_defect(error: BaseException, code: str) -> bool:
    """Whether it is our own fault; the code says so where somebody has looked at the exception already."""
    return code.startswith("internal.") if code else isinstance(classify(error), Defect)


def _without_input(event: Event, _: Hint) -> Event:
    """Only what cannot hold a paper's text: places in our code, types, tags, and our own sentences."""
    found: Any = {name: value for name, value in event.items() if name in _TOLD}
    for each in found.get("exception", {}).get("values", []):
        if not str(each.get("module", "")).startswith(_OURS):
            each["value"] = ""
    return found  # type: ignore[no-any-return]
