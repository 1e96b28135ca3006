"""What stands before every view: limits of requests, and the proof that a form is from one of our own pages."""

from __future__ import annotations

import time

from chassis.errors import UsageError
from flask import Flask, Response, current_app, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError, CSRFProtect
from limits import RateLimitItem

from gateway.accounts.bootstrap import LOCAL
from gateway.accounts.counters import SCHEME
from gateway.accounts.limits import TooMany, too_many
from gateway.context import Gateway, visitor

_FREE = frozenset({"healthz", "readyz", "frame.static_file"})
"""Endpoints that may be asked for without limit."""
_FORM_LIMIT = 1 << 17
"""Bytes of a form that anybody may send, who has not logged in."""


def limit(app: Flask, gateway: Gateway) -> None:
    """Limit the requests of each user or, without login, of each address."""
    app.config |= {"RATELIMIT_STORAGE_URI": f"{SCHEME}://", "RATELIMIT_STORAGE_OPTIONS": {"database": gateway.database}}
    Limiter(
        _who,
        app=app,
        application_limits=[f"{gateway.settings.requests_a_minute} per minute"],
        application_limits_exempt_when=_is_free,
        headers_enabled=True,
        on_breach=_refuse,
    )


def protect(app: Flask) -> None:
    """Have forms and scripts of our pages prove where they come from.

    A request with an Authorization header is not answered by its cookie, and no foreign page can send one unnoticed.
    """
    app.config |= {"WTF_CSRF_CHECK_DEFAULT": False, "WTF_CSRF_TIME_LIMIT": None, "WTF_CSRF_SSL_STRICT": False}
    csrf = CSRFProtect(app)

    def check() -> None:
        if request.authorization is not None or "Authorization" in request.headers:
            return
        if visitor() is None:
            request.max_content_length = _FORM_LIMIT
        if getattr(current_app.view_functions.get(request.endpoint or ""), "changes_nothing", False):
            return
        try:
            csrf.protect()
        except CSRFError as error:
            message = (
                "Reload the page and try again. Scripts send the page's csrf-token in the header X-CSRFToken;"
                " programs send a token of yours as `Authorization: Bearer …`."
            )
            raise UsageError("usage.csrf", message, str(error)) from error

    app.before_request(check)


def _who() -> str:
    found = visitor()
    return f"user:{found.user_id}" if found else f"address:{get_remote_address()}"


def _is_free() -> bool:
    """The machine's own token is not limited: whoever has it has the machine."""
    found = visitor()
    return request.endpoint in _FREE or (found is not None and found.token_id == LOCAL)


def _refuse(breached: RequestLimit) -> Response | None:
    item: RateLimitItem = breached.limit
    seconds = max(1.0, breached.reset_at - time.time())
    raise TooMany("usage.rate", too_many(item, seconds), seconds)
