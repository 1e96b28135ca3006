"""The front page: one field for a paper, and the videos so far."""

from __future__ import annotations

from typing import Any

from artifacts.request import Options, Reference
from chassis.errors import Error, UsageError
from flask import Blueprint, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from gateway.context import caller, gateway, public, visitor
from gateway.jobs import listing, quotas
from gateway.jobs.sources import keep_reference
from gateway.jobs.uploads import keep_upload
from gateway.pages.listed import cards
from gateway.problems import invalid, status_of

pages = Blueprint("home", __name__)
_SHOWN = 8
_LENGTHS = (30, 60, 90)
_LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "pt": "Português"}
_BASES = {"en": "en-us"}
"""Names of the voices of languages, where they are not the languages' own."""
_TONES = {"": "Usual voice", "f3": "Higher voice", "m3": "Lower voice"}
_THEMES = {"": "Usual colours", "dusk": "Dusk", "dawn": "Dawn", "paper": "Paper", "night": "Night"}


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
    at, options, file = gateway(), _options(), request.files.get("file")
    reference = request.form.get("reference", "").strip()
    if file is not None and file.filename:
        source, name = keep_upload(at.blobs, file)
    elif 0 < len(reference) <= 2000:
        source, name = keep_reference(at.blobs, Reference(reference=reference))
    else:
        raise UsageError("usage.no-source", "Type the paper's DOI, PMID, arXiv id or link, or choose its file.")
    return at.desk.submit(caller(), source, name, options)[0]


def _options() -> Options:
    form = request.form
    language, tone = form.get("language", "en"), form.get("tone", "")
    wished: dict[str, Any] = {"seconds": form.get("seconds", 60), "language": language, "theme": form.get("theme", "")}
    if tone in _TONES and tone:
        wished["voice"] = f"{_BASES.get(language, language)}+{tone}"
    try:
        return Options(**wished, music="music" in form, review="review" in form)
    except ValidationError as error:
        raise invalid(error) from error


def _cost(quota: quotas.Quota) -> str:
    """What a video costs, and what is left of today's."""
    reset = f"a new video starts on {quota.resets_at.day} {quota.resets_at:%B}, 0:00 UTC"
    if quota.jobs_used >= quota.jobs:
        return f"Today’s {quota.jobs} videos are used up: {reset}"
    if quota.minutes_used >= quota.minutes:
        return f"Today’s {quota.minutes:g} minutes are used up: {reset}"
    return f"Free · {quota.jobs - quota.jobs_used} of {quota.jobs} left today"


def _home(form: Any, wrong: str = "") -> str:
    at, who = gateway(), caller()
    rows, following = at.desk.page(who, listing.Query.model_validate({"limit": _SHOWN}))
    with at.database.connection() as connection:
        quota = quotas.quota_of(connection, who.user_id, who.quota, at.settings)
    choices = {"lengths": _LENGTHS, "languages": _LANGUAGES, "bases": _BASES, "tones": _TONES, "themes": _THEMES}
    return render_template(
        "home.html",
        jobs=cards(rows),
        more=following,
        cost=_cost(quota),
        form=form,
        wrong=wrong,
        limit=at.settings.upload_limit,
        **choices,
    )
