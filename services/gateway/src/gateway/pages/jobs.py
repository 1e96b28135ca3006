"""The page of one video: how it is made, what it says, and where that comes from."""

from __future__ import annotations

from artifacts.request import Options
from chassis.errors import UsageError
from chassis.events import Blob
from flask import Blueprint, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from chassis import timeline_picture
from gateway.context import caller, gateway
from gateway.ledger.projection import job_json
from gateway.pages.listed import STATES

pages = Blueprint("videos", __name__)
DOWNLOADS = {
    "video": "Video (MP4)",
    "srt": "Subtitles (SRT)",
    "vtt": "Subtitles (WebVTT)",
    "transcript": "Transcript with evidence (JSON)",
    "thumbnail": "Thumbnail (JPEG)",
    "credits": "Credits (text)",
}


@pages.get("/jobs/<job_id>")
def show(job_id: str) -> str:
    """The page; its script fills in what changes."""
    at = gateway()
    job = job_json(at.desk.rows(caller(), job_id), at.desk.rulebook.rules)
    made = {row["artifact"]: row for row in job["artifacts"]}
    return render_template(
        "job.html",
        job=job,
        made=made,
        name=job["title"] or job["source"] or "Untitled",
        status=STATES[job["state"]],
        downloads=DOWNLOADS,
    )


@pages.get("/jobs/<job_id>/timeline")
def timeline(job_id: str) -> str:
    """How the job's time was spent: a picture, and the same in words."""
    at = gateway()
    job = at.desk.rows(caller(), job_id).job
    found = at.desk.timeline(caller(), job_id)
    return render_template(
        "timeline.html",
        job_id=job_id,
        name=job["title"] or job["source_name"] or "Untitled",
        timeline=found,
        words=timeline_picture.summary(found),
        wide=Markup(timeline_picture.picture(found, 800, name="wide")),  # noqa: S704 - it escapes what it is given
        narrow=Markup(timeline_picture.picture(found, 360, name="narrow")),  # noqa: S704 - as above
        told=timeline_picture.told,
        name_of=timeline_picture.lane_name,
        seconds_text=timeline_picture.seconds_text,
    )


@pages.post("/jobs/<job_id>/force")
def force(job_id: str) -> BaseResponse:
    """Make a video of the same paper although it was retracted."""
    at, who = gateway(), caller()
    rows = at.desk.rows(who, job_id)
    source = next((row for row in rows.artifacts if row["artifact"] == "source"), None)
    if source is None or (rows.job["error"] or {}).get("code") != "source.retracted":
        raise UsageError("usage.nothing-to-do", "This video was not refused because its paper was retracted.")
    given = Blob("source", source["digest"], source["size"], source["media_type"])
    options = Options.model_validate({**rows.job["options"], "force": True})
    started, _ = at.desk.submit(who, given, rows.job["source_name"], options)
    return redirect(url_for("videos.show", job_id=started), 303)
