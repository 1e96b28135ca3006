"""Errors as problem+json (RFC 9457)."""

from __future__ import annotations

import json
import logging
import math
from http import HTTPStatus

import psycopg
import psycopg_pool
from chassis.errors import Error, Fatal, Transient, UsageError, classify
from flask import Response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)
_STATUS = {
    "usage.login": 401,
    "usage.unverified": 403,
    "usage.not-found": 404,
    "usage.rate": 429,
    "usage.locked": 429,
    "usage.csrf": 403,
    "usage.credentials": 403,
    "usage.blocked": 403,
    "usage.link": 404,
    "usage.nothing-to-do": 409,
    "usage.conflict": 409,
    "usage.too-large": 413,
    "usage.range": 416,
    "usage.host": 403,
    "usage.origin": 403,
}
_HTTP_CODES = {
    400: "usage.request",
    404: "usage.not-found",
    405: "usage.method",
    413: "usage.too-large",
    415: "usage.media-type",
    416: "usage.range",
}


def not_logged_in() -> UsageError:
    """The error for somebody we do not know."""
    return UsageError("usage.login", "Log in first, or send a token as `Authorization: Bearer …`.")


def not_found(what: str) -> UsageError:
    """The error for something that is not there."""
    return UsageError("usage.not-found", f"There is no {what}.")


def invalid(error: ValidationError) -> UsageError:
    """A refused request's first fault, as a sentence."""
    fault = error.errors(include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in fault["loc"]) or "request"
    return UsageError("usage.invalid", f"{place}: {fault['msg']}.")


def error_of(error: BaseException) -> Error:
    """Any exception's place in the tree, the database's included."""
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError, psycopg_pool.PoolTimeout)):
        return Transient("unavailable.database", "The database did not answer; try again in a moment.", repr(error))
    if isinstance(error, psycopg.DataError):  # such as NUL, which PostgreSQL's texts cannot hold
        return UsageError("usage.invalid", "There are characters in the request that cannot be kept.", repr(error))
    return classify(error)


def status_of(error: Error) -> int:
    """HTTP status of an error."""
    if error.code in _STATUS:
        return _STATUS[error.code]
    if isinstance(error, Transient):
        return 503
    return 422 if error.code.startswith(("usage.", "source.")) else 500


def body_of(error: Error, status: int) -> bytes:
    """The problem as JSON; the operator's detail stays inside."""
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": error.code,
        "detail": error.message,
    }
    return json.dumps(problem, ensure_ascii=False).encode()


def response_of(exception: Exception) -> Response:
    """Flask's answer to any exception."""
    if isinstance(exception, HTTPException):
        status = exception.code or 500
        code = _HTTP_CODES.get(status, "usage.request" if status < 500 else "internal.defect")
        error: Error = Fatal(code, exception.description or exception.name)
        headers = [pair for pair in exception.get_headers() if pair[0].lower() in ("allow", "content-range")]
    else:
        error, headers = error_of(exception), []
        status = status_of(error)
        if status >= 500:
            log.error("request failed", extra={"code": error.code, "detail": error.detail}, exc_info=exception)
    response = Response(body_of(error, status), status, content_type="application/problem+json")
    response.headers.extend(headers)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    wait = getattr(error, "retry_after", None) or (2 if isinstance(error, Transient) else 0)
    if wait:
        response.headers["Retry-After"] = str(math.ceil(wait))
    return response
