"""Errors as pages, for people; programs get problem+json."""

from __future__ import annotations

import json

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from gateway.problems import response_of

_PROGRAMS = ("/api/", "/healthz", "/readyz", "/static/")
_WORDS = {
    400: ("This request made no sense", "Go back, reload the page and try once more."),
    403: ("This is not allowed", "Reload the page and try once more; if you were logged out, log in again."),
    404: (
        "There is nothing here",
        "Check the address. What was here may be deleted, or somebody else’s.",
    ),
    405: ("This address is not for that", "Go to the front page and try from there."),
    413: ("That is too large", "Choose a smaller file: the paper itself, without its supplements."),
    422: ("Something in the form is wrong", "Go back and correct it."),
    429: ("That was a lot at once", "Wait a minute, then try again."),
    500: ("That was our fault", "Nothing of yours is lost. Try again; if it happens once more, tell the operator."),
    503: ("A part of the service is not answering", "Nothing of yours is lost. Try again in a moment."),
}


def answer(exception: Exception) -> Response:
    """The answer to any exception: a page where a browser asked for one."""
    found = response_of(exception)
    if request.path.startswith(_PROGRAMS) or not request.accept_mimetypes.accept_html:
        return found
    problem = json.loads(found.get_data())
    title, advice = _WORDS.get(found.status_code, (problem["title"], "Go to the front page and try from there."))
    detail = "" if isinstance(exception, HTTPException) else problem["detail"]
    page = render_template("error.html", status=found.status_code, title=title, detail=detail, advice=advice)
    found.set_data(page)
    found.content_type = "text/html; charset=utf-8"
    return found
