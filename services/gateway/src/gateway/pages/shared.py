"""What a public link shows: the video, its captions, and what each sentence rests on. Nothing else of the job."""

from __future__ import annotations

import re
from typing import Any

from artifacts.transcript import Transcript
from chassis.blobs import key_of
from flask import Blueprint, Response, make_response, render_template, request, url_for
from pydantic import ValidationError

from gateway.api.artifacts import file_name, serve
from gateway.context import gateway, public
from gateway.problems import not_found

pages = Blueprint("shared", __name__, url_prefix="/s")
_LINK = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SHOWN = ("video", "thumbnail", "vtt")
_ROWS = """
SELECT artifacts.*, coalesce(title, '') AS title FROM jobs JOIN artifacts ON artifacts.job_id = jobs.id
LEFT JOIN states ON states.job_id = jobs.id WHERE share = %s AND artifact = ANY(%s)
"""


@pages.get("/<share>")
@public
def show(share: str) -> Response:
    """The page behind a public link."""
    rows = _rows(share, [*_SHOWN, "transcript"])
    if "video" not in rows:
        raise not_found("video behind this link yet: it is still being made. Come back in a few minutes")
    transcript = _transcript(rows.get("transcript"))
    title = transcript.paper.title if transcript else rows["video"]["title"]
    base = gateway().settings.base_url
    answer = make_response(
        render_template(
            "shared.html",
            share=share,
            title=title or "A paper in a minute",
            transcript=transcript,
            has=rows,
            address=base + request.path,
            picture=base + url_for("shared.part", share=share, name="thumbnail") if "thumbnail" in rows else "",
            film=base + url_for("shared.part", share=share, name="video"),
        )
    )
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@pages.get("/<share>/<any(video, thumbnail, vtt):name>")
@public
def part(share: str, name: str) -> Response:
    """The bytes of the video, its thumbnail or its captions."""
    row = _rows(share, [name]).get(name)
    if row is None:
        raise not_found(f"{name} behind this link yet")
    attachment = file_name(row, row["title"]) if "download" in request.args else ""
    answer = serve(gateway().blobs, row, attachment=attachment)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # previews elsewhere show the thumbnail
    return answer


def _rows(share: str, names: list[str]) -> dict[str, Any]:
    """Rows of what is shared, by artifact. Raises UsageError where the link is not, or no longer, one of ours."""
    if not _LINK.fullmatch(share):
        raise _gone()
    with gateway().database.connection() as connection:
        if connection.execute("SELECT 1 FROM jobs WHERE share = %s", (share,)).fetchone() is None:
            raise _gone()
        return {row["artifact"]: row for row in connection.execute(_ROWS, (share, names))}


def _gone() -> Exception:
    return not_found("video behind this link: it was taken back, or copied in part. Ask for a new link")


def _transcript(row: Any) -> Transcript | None:
    if row is None:
        return None
    try:
        return Transcript.model_validate_json(gateway().blobs.get_bytes(key_of(row["digest"])))
    except ValidationError:
        return None
