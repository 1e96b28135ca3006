"""The page of one video: how it is made, what it says, and where that comes from."""

from __future__ import annotations

from flask import Blueprint, render_template

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
