"""Jobs: submit, list, show, retry, cancel, approve, edit, share, delete."""

from __future__ import annotations

import json
from typing import Any

from artifacts.request import Options, Reference
from chassis.errors import UsageError
from chassis.timeline import Timeline
from flask import Response, jsonify, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ValidationError
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response as BaseResponse

from gateway.api.models import (
    COMMON,
    SECURED,
    BudgetChange,
    Job,
    JobPage,
    JobPath,
    ScenePath,
    ScriptEdit,
    Submit,
    problem,
)
from gateway.context import caller, gateway
from gateway.jobs import quotas
from gateway.jobs.edits import Edit
from gateway.jobs.listing import Query
from gateway.jobs.sources import keep_reference
from gateway.jobs.uploads import keep_upload, take_upload
from gateway.ledger.projection import job_json, summary_json
from gateway.problems import invalid

api = APIBlueprint(
    "jobs",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="Jobs", description="A paper in, a video out.")],
    abp_security=SECURED,
    abp_responses=COMMON,
)
_NOTHING: Any = {409: problem("The job is not in a state for this.")}
_KEY: Any = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key within a day answers the job that it started before.",
}
_SUBMIT: Any = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Submit"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                    "options": {"type": "string", "description": "The options as JSON."},
                },
            }
        },
    },
}


@api.post(
    "/jobs",
    responses={
        200: Job,
        201: Job,
        409: problem("The key was used for another request."),
        413: problem("The file is too large."),
        415: problem("Neither JSON nor a form."),
    },
    openapi_extensions={"requestBody": _SUBMIT, "parameters": [_KEY]},
)
def submit() -> Response:
    """Start a job on a reference or a file.

    Send JSON, or a form with a `file` and, as JSON, `options`. A job over the day's quota waits: `waits_until` says how
    long.
    """
    at, who = gateway(), caller()
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 200:
        raise UsageError("usage.invalid", "Idempotency-Key: at most 200 characters.")
    if request.mimetype == "multipart/form-data":
        options = _options(request.form.get("options") or "{}")
        upload = request.files.get("file")
        if upload is None:
            raise UsageError("usage.no-file", "The form has no file; send the paper as the field `file`.")
        source, name = keep_upload(at.blobs, upload)
    elif request.mimetype == "application/json":
        body = _body()
        options = body.options
        if body.upload:
            source, name = take_upload(at.blobs, who, body.upload, body.name, at.settings.upload_limit)
        else:
            source, name = keep_reference(at.blobs, Reference(reference=body.reference or ""))
    else:
        raise UnsupportedMediaType("Send JSON with a `reference`, or a form with a `file`.")
    job_id, is_new = at.desk.submit(who, source, name, options, key)
    answer = _show(job_id, 201 if is_new else 200)
    answer.headers["Location"] = f"/api/v1/jobs/{job_id}"
    _count_down(answer)
    return answer


@api.get("/jobs", responses={200: JobPage})
def index(query: Query) -> BaseResponse:
    """Your jobs, newest first, a page at a time."""
    rows, following = gateway().desk.page(caller(), query)
    return _tagged(jsonify(jobs=[summary_json(row, row["thumbnail"] or "") for row in rows], next=following))


@api.get("/jobs/<job_id>", responses={200: Job})
def show(path: JobPath) -> BaseResponse:
    """One job, whole."""
    return _tagged(_show(path.job_id, 200))


@api.get("/jobs/<job_id>/trace", responses={200: Timeline})
def trace(path: JobPath) -> BaseResponse:
    """How the job's time was spent: which step worked when, what it waited for, and the critical path.

    What is being done is not in here before it has ended, and a second or two have passed.
    """
    return _tagged(jsonify(gateway().desk.timeline(caller(), path.job_id).model_dump(mode="json")))


@api.post("/jobs/<job_id>/retry", responses={202: Job, **_NOTHING})
def retry(path: JobPath) -> Response:
    """Set a job that failed, was cancelled or stands still going again, from where it stopped."""
    gateway().desk.retry(caller(), path.job_id)
    return _show(path.job_id, 202)


@api.post("/jobs/<job_id>/cancel", responses={202: Job, **_NOTHING})
def cancel(path: JobPath) -> Response:
    """Stop a job; `retry` takes it up again."""
    gateway().desk.cancel(caller(), path.job_id)
    return _show(path.job_id, 202)


@api.post("/jobs/<job_id>/approve", responses={202: Job, **_NOTHING})
def approve(path: JobPath) -> Response:
    """Have the video made of a job whose script was to be looked at first."""
    gateway().desk.approve(caller(), path.job_id)
    return _show(path.job_id, 202)


@api.post("/jobs/<job_id>/budget", responses={202: Job})
def change_budget(path: JobPath, body: BudgetChange) -> Response:
    """Change what a job may cost; one that failed for want of money goes on where that is more."""
    gateway().desk.budget(caller(), path.job_id, body.dollars)
    return _show(path.job_id, 202)


@api.patch("/jobs/<job_id>/scenes/<int:scene>", responses={202: Job})
def edit(path: ScenePath, body: Edit) -> Response:
    """Change what a scene says or shows as its headline; only what depends on it is made again."""
    gateway().desk.edit(caller(), path.job_id, {path.scene: body})
    return _show(path.job_id, 202)


@api.patch("/jobs/<job_id>/script", responses={202: Job})
def edit_script(path: JobPath, body: ScriptEdit) -> Response:
    """Change several scenes at once."""
    gateway().desk.edit(caller(), path.job_id, body.scenes)
    return _show(path.job_id, 202)


@api.put("/jobs/<job_id>/share", responses={200: Job})
def share(path: JobPath) -> Response:
    """Make a public link to the video: /s/ and the job's `share`."""
    gateway().desk.share(caller(), path.job_id, shared=True)
    return _show(path.job_id, 200)


@api.delete("/jobs/<job_id>/share", responses={200: Job})
def unshare(path: JobPath) -> Response:
    """Take the public link back."""
    gateway().desk.share(caller(), path.job_id, shared=False)
    return _show(path.job_id, 200)


@api.delete("/jobs/<job_id>", responses={204: None})
def delete(path: JobPath) -> Response:
    """Delete a job and all that it made."""
    gateway().desk.delete(caller(), path.job_id)
    return Response(status=204)


def _show(job_id: str, status: int) -> Response:
    at = gateway()
    answer = jsonify(job_json(at.desk.rows(caller(), job_id), at.desk.rulebook.rules))
    answer.status_code = status
    return answer


def _tagged(answer: Response) -> BaseResponse:
    """With an ETag; 304 where the client has it."""
    answer.add_etag()
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


def _count_down(answer: Response) -> None:
    """Say in headers what is left of the day's quota."""
    at, who = gateway(), caller()
    with at.database.connection() as connection:
        quota = quotas.quota_of(connection, who.user_id, who.quota, at.settings)
    answer.headers["X-Quota-Jobs"] = f"{max(0, quota.jobs - quota.jobs_used)}/{quota.jobs}"
    answer.headers["X-Quota-Minutes"] = f"{max(0.0, quota.minutes - quota.minutes_used):.1f}/{quota.minutes:g}"
    answer.headers["X-Quota-Reset"] = quota.resets_at.isoformat()


def _body() -> Submit:
    try:
        body = Submit.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        raise invalid(error) from error
    if (body.reference is None) == (body.upload is None):
        raise UsageError("usage.invalid", "Give a `reference` or an `upload`.")
    return body


def _options(text: str) -> Options:
    try:
        return Options.model_validate(json.loads(text))
    except ValidationError as error:
        raise invalid(error) from error
    except (ValueError, RecursionError) as error:
        raise UsageError("usage.json", "options: no valid JSON.") from error
