"""What all pages share: the templates' context, and the files beside them."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, redirect, request, send_from_directory, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as BaseResponse

from gateway.context import public, visitor

pages = Blueprint("frame", __name__, template_folder="templates")
_STATIC = Path(__file__).parent / "static"
_FONTS = "fonts/"
"""Their names hold their versions: style sheets ask for them without ours."""
_YEAR = 31_536_000
_ROBOTS = "User-agent: *\nAllow: /$\nAllow: /static/\nDisallow: /\n"


def register(app: Flask) -> None:
    """Give templates what they all use."""
    app.jinja_env.globals.update(asset=asset, csrf_token=generate_csrf)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=_day, clock=_clock)
    app.context_processor(_context)
    app.after_request(_fresh)
    app.register_blueprint(pages)


def asset(name: str) -> str:
    """Address of a static file; it changes with the file's content, so that browsers may keep it."""
    return url_for("frame.static_file", name=name, v=_version(name))


def _fresh(answer: Response) -> Response:
    """Have browsers ask again before they show a page that they have."""
    if answer.mimetype == "text/html":
        answer.headers.setdefault("Cache-Control", "private, no-cache")
    return answer


@pages.get("/static/<path:name>")
@public
def static_file(name: str) -> Response:
    """A style sheet, script, font or picture."""
    answer = send_from_directory(_STATIC, name, etag=True)
    answer.headers["Cache-Control"] = "public, no-cache"
    if name.startswith(_FONTS) or request.args.get("v") == _version(name):
        answer.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return answer


@pages.get("/favicon.ico")
@public
def favicon() -> BaseResponse:
    """For those that ask for it by its old name."""
    return redirect(asset("hill.svg"))


@pages.get("/robots.txt")
@public
def robots() -> Response:
    """Nothing but the front page is for search engines."""
    return Response(_ROBOTS, content_type="text/plain; charset=utf-8")


@cache
def _version(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]


def _day(moment: str | date) -> str:
    """A date as people write it, `21 Nov 2026`, of one that may be ISO 8601."""
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{found.day} {found:%b %Y}"


def _clock(seconds: float) -> str:
    """A time in a video, such as `1:07`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _context() -> dict[str, Any]:
    return {"who": visitor()}
