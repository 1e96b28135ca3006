"""The front page: one field for a paper, and the videos so far."""

from __future__ import annotations

from typing import Any

from artifacts.request import Reference
from chassis.errors import Error, UsageError
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.context import caller, gateway, public, visitor
from gateway.jobs import listing, quotas
from gateway.jobs.sources import keep_reference
from gateway.jobs.uploads import keep_upload
from gateway.pages import wishes
from gateway.pages.listed import cards
from gateway.problems import status_of

pages = Blueprint("home", __name__)
_SHOWN = 8


@pages.get("/")
@public
def home() -> str:
    """The field and the newest videos; for visitors, what this is."""
    return _home({}) if visitor() else render_template("landing.html")


@pages.post("/new")
def new() -> BaseResponse | tuple[str, int]:
    """Start a job from the plain form; the page's script uses the API instead."""
    try:
        job_id = _submit()
    except Error as error:
        return _home(request.form, error.message), status_of(error)
    return redirect(url_for("videos.show", job_id=job_id), 303)


def _submit() -> str:
    at, options, file = gateway(), wishes.chosen(request.form), request.files.get("file")
    reference = request.form.get("reference", "").strip()
    if file is not None and file.filename:
        source, name = keep_upload(at.blobs, file)
    elif 0 < len(reference) <= 2000:
        source, name = keep_reference(at.blobs, Reference(reference=reference))
    else:
        raise UsageError("usage.no-source", "Type the paper's DOI, PMID, arXiv id or link, or choose its file.")
    return at.desk.submit(caller(), source, name, options)[0]


def _left(quota: quotas.Quota) -> str:
    """What is left of today's videos; empty: nothing."""
    is_left = quota.jobs_used < quota.jobs and quota.minutes_used < quota.minutes
    return f"{quota.jobs - quota.jobs_used} of {quota.jobs} left today" if is_left else ""


def _used_up(quota: quotas.Quota) -> str:
    """What of the day is used up, and when the next begins."""
    what = f"{quota.jobs} videos" if quota.jobs_used >= quota.jobs else f"{quota.minutes:g} minutes"
    return f"Today’s {what} are used up: a new video starts on {quota.resets_at.day} {quota.resets_at:%B}, 0:00 UTC"


def _home(form: Any, wrong: str = "") -> str:
    at, who = gateway(), caller()
    rows, following = at.desk.page(who, listing.Query.model_validate({"limit": _SHOWN}))
    with at.database.connection() as connection:
        quota = quotas.quota_of(connection, who.user_id, who.quota, at.settings)
    offered = wishes.choices(at.pricing.providers(who)["providers"])
    paid = offered["writers"] or offered["speakers"] or offered["films"]
    return render_template(
        "home.html",
        jobs=cards(rows),
        more=following,
        left=_left(quota),
        used_up=_used_up(quota),
        form=form,
        wrong=wrong,
        limit=at.settings.upload_limit,
        money=quota.money,
        paid=bool(paid),
        whole=at.pricing.estimate(who, wishes.widest(form, offered["films"])) if paid else None,
        **offered,
    )
