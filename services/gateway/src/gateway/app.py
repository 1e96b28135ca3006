"""The Flask application: everything that is answered at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, redirect, request, url_for
from flask_cors import CORS
from flask_openapi3 import Info, OpenAPI
from itsdangerous import BadSignature
from opentelemetry import propagate
from opentelemetry.trace import SpanKind, StatusCode
from pydantic import ValidationError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from chassis import telemetry
from gateway.accounts import audit, protection
from gateway.accounts.callers import COOKIE, Callers
from gateway.api import account as me
from gateway.api import admin, artifacts, jobs, paying
from gateway.api.models import SECURITY, Problem, ScriptEdit, Submit, schemas_of
from gateway.api.parsing import Json
from gateway.context import Gateway, callers, public, visitor
from gateway.context import gateway as current
from gateway.measuring import measure
from gateway.pages import account, errors, frame, home, listed, profile, reference, shared
from gateway.pages import admin as administration
from gateway.pages import jobs as videos
from gateway.problems import invalid, not_found, not_logged_in, response_of
from gateway.settings import GatewaySettings

_API = "/api/"
_FOREIGN: Any = {
    "allow_headers": ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Range"],
    "expose_headers": ["Content-Disposition", "Content-Range", "ETag", "Location", "Retry-After"],
    "max_age": 600,
}
"""What pages of allowed origins may send and read; cookies they may not."""
_INFO = Info(title="Hidden Hill", version="1", description="A scientific paper in, a short vertical video out.")
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
}


def create_app(gateway: Gateway) -> Flask:
    """The application on these servers."""
    app = OpenAPI(
        "gateway",
        info=_INFO,
        security_schemes=SECURITY,
        doc_ui=False,
        validation_error_callback=_refused,
        static_folder=None,
    )
    app.json = Json(app)
    app.url_map.merge_slashes = False  # such an address is not there, rather than elsewhere
    app.config.update(_configuration(gateway.settings))
    app.extensions["gateway"] = gateway
    app.extensions["callers"] = Callers(gateway.database, lambda cookie: unsigned(app, cookie))
    app.register_error_handler(Exception, errors.answer)
    app.before_request(_identify)
    protection.limit(app, gateway)
    app.before_request(_admit)
    protection.protect(app)
    app.after_request(_secured)
    if gateway.settings.origins:
        CORS(app, resources={f"{_API}*": {"origins": sorted(gateway.settings.origins)}}, **_FOREIGN)
    for blueprint in (jobs.api, artifacts.api, paying.api, me.api, admin.api):
        app.register_api(blueprint)
    frame.register(app)
    for part in (home, listed, videos, shared, account, profile, administration, reference):
        app.register_blueprint(part.pages)
    for model in (Problem, ScriptEdit, Submit):
        app.components_schemas |= schemas_of(model)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    if gateway.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=gateway.settings.trusted_proxies)  # type: ignore[method-assign]
    _trace(app)
    measure(app)
    return app


def _configuration(settings: GatewaySettings) -> dict[str, Any]:
    return {
        "MAX_CONTENT_LENGTH": settings.upload_limit,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "SECRET_KEY_FALLBACKS": [key.get_secret_value() for key in settings.previous_secret_keys],
        "SESSION_COOKIE_NAME": cookie_name(https=settings.is_https),
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": settings.session_days * 86400,
    }


def cookie_name(*, https: bool) -> str:
    """The session cookie's name; over https the prefix binds it to this host."""
    return f"__Host-{COOKIE}" if https else COOKIE


def unsigned(app: Flask, cookie: str) -> Mapping[str, Any] | None:
    """What a session cookie holds, or None where we did not sign it."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    try:
        return serializer.loads(cookie, max_age=int(app.permanent_session_lifetime.total_seconds()))  # type: ignore[no-any-return]
    except BadSignature:
        return None


def _identify() -> None:
    """Find out who asks."""
    audit.address.set(request.remote_addr or "")
    cookie = request.cookies.get(cookie_name(https=current().settings.is_https))
    g.caller = callers().of(cookie, request.headers.get("Authorization"))


def _admit() -> BaseResponse | None:
    """Send those away who would have to log in, or to be somebody else."""
    found, view = visitor(), current_view()
    if view is None or getattr(view, "is_public", False) or request.method == "OPTIONS":
        return None
    if found is None and not request.path.startswith(_API):
        return redirect(url_for("account.login", next=request.full_path))
    if found is None:
        raise not_logged_in()
    if getattr(view, "is_for_admins", False) and not found.is_admin:
        raise not_found("page at this address")
    return None


def current_view() -> Any:
    """The function that will answer the request; None: there is none."""
    return current_app.view_functions.get(request.endpoint or "")


def _secured(answer: Response) -> Response:
    for name, value in _SECURITY_HEADERS.items():
        answer.headers.setdefault(name, value)
    if current().settings.is_https:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return answer


def _refused(error: ValidationError) -> Response:
    return response_of(invalid(error))


def _trace(app: Flask) -> None:
    """Make every request a span that continues the caller's trace."""
    serve = app.full_dispatch_request

    def traced() -> Response:
        template = request.url_rule.rule if request.url_rule else "unknown"
        caller = propagate.extract({key.lower(): value for key, value in request.headers.items()})
        facts = {
            "http.request.method": request.method,
            "http.route": template,
            "url.path": request.path,
            "url.scheme": request.scheme,
            "server.address": request.host.partition(":")[0],
        }
        with telemetry.spanned(f"{request.method} {template}", facts, kind=SpanKind.SERVER, parent=caller) as span:
            answer = serve()
            span.set_attribute("http.response.status_code", answer.status_code)
            if answer.status_code >= 500:
                span.set_attribute("error.type", str(answer.status_code))
                span.set_status(StatusCode.ERROR)
            return answer

    app.full_dispatch_request = traced  # type: ignore[method-assign]


@public
def healthz() -> Response:
    """Whether the process answers."""
    return jsonify(status="ok")


@public
def readyz() -> tuple[Response, int]:
    """Whether the servers behind it answer."""
    servers = current().health.servers()
    return jsonify(servers), 200 if all(servers.values()) else 503
