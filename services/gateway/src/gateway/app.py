"""The Flask application: everything that is answered at once."""

from __future__ import annotations

from flask import Flask, Response, jsonify, request
from opentelemetry import propagate
from opentelemetry.trace import SpanKind

from chassis import telemetry
from gateway import downloads, edits, jobs
from gateway.handlers import Gateway
from gateway.handlers import gateway as current
from gateway.problems import response_of


def create_app(gateway: Gateway) -> Flask:
    """The application on these servers."""
    app = Flask("gateway", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = gateway.settings.upload_limit
    app.extensions["gateway"] = gateway
    app.register_error_handler(Exception, response_of)
    for blueprint in (jobs.blueprint, downloads.blueprint, edits.blueprint):
        app.register_blueprint(blueprint, url_prefix="/api/v1")
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    serve = app.full_dispatch_request

    def traced() -> Response:
        template = request.url_rule.rule if request.url_rule else "unknown"
        caller = propagate.extract({key.lower(): value for key, value in request.headers.items()})
        name = f"{request.method} {template}"
        with telemetry.tracer.start_as_current_span(name, context=caller, kind=SpanKind.SERVER) as span:
            answer = serve()
            span.set_attribute("http.response.status_code", answer.status_code)
            return answer

    app.full_dispatch_request = traced  # type: ignore[method-assign]
    return app


def healthz() -> Response:
    """Whether the process answers."""
    return jsonify(status="ok")


def readyz() -> tuple[Response, int]:
    """Whether the servers behind it answer."""
    servers = {"bus": current().bus_is_up(), "database": True, "store": True}
    try:
        with current().database.connection(timeout=2) as connection:
            connection.execute("SELECT 1")
    except Exception:  # noqa: BLE001 - the answer is the outcome
        servers["database"] = False
    try:
        current().blobs.size("ready")
    except Exception:  # noqa: BLE001 - as above
        servers["store"] = False
    return jsonify(servers), 200 if all(servers.values()) else 503
