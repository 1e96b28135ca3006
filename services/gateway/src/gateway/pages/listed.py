"""My videos: a grid with search and filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from psycopg.rows import DictRow
from pydantic import ValidationError

from gateway.context import caller, gateway
from gateway.jobs.listing import Query, State
from gateway.ledger.projection import summary_json
from gateway.problems import invalid

pages = Blueprint("listed", __name__)
_AT_ONCE = 24
_FIELDS = ("text", "state", "source", "since", "until", "cursor")
STATES = {
    "queued": "Waiting",
    "running": "Being made",
    "review": "Script to review",
    "done": "Done",
    "failed": "Failed",
    "cancelled": "Cancelled",
}
assert set(STATES) == set(get_args(State))


@pages.get("/videos")
def videos() -> str:
    """The caller's videos, newest first, a page at a time."""
    asked = {name: value for name in _FIELDS if (value := request.args.get(name, "").strip())}
    wrong = ""
    try:
        query = Query.model_validate(asked | {"limit": _AT_ONCE})
    except ValidationError as error:
        query, wrong = Query.model_validate({"limit": _AT_ONCE}), invalid(error).message
    rows, following = gateway().desk.page(caller(), query)
    return render_template(
        "videos.html",
        jobs=cards(rows),
        asked=asked,
        wrong=wrong,
        states=STATES,
        older=_address(asked | {"cursor": following}) if following else "",
        newest=_address({name: value for name, value in asked.items() if name != "cursor"}) if query.cursor else "",
    )


def _address(asked: dict[str, str]) -> str:
    return f"{url_for('listed.videos')}?{urlencode(asked)}".rstrip("?")


def cards(rows: Iterable[DictRow]) -> list[dict[str, Any]]:
    """What the grid shows of jobs' rows."""
    return [_card(row) for row in rows]


def _card(row: DictRow) -> dict[str, Any]:
    job = summary_json(row, row["thumbnail"] or "")
    return job | {"name": job["title"] or job["source"] or "Untitled", "status": STATES[job["state"]]}
