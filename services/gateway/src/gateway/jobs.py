"""Jobs: submit, list, show, retry, cancel."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any, cast

from artifacts.request import Options, Reference
from chassis.blobs import key_of, put_once
from chassis.errors import UsageError
from chassis.events import Blob
from chassis.folder import canonical_json
from chassis.manifest import frontier
from flask import Blueprint, Response, jsonify, request
from psycopg.types.json import Jsonb
from pydantic import ValidationError
from ulid import ULID
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from chassis import events, telemetry
from gateway import outbox
from gateway.handlers import Gateway, gateway, rows_of
from gateway.problems import invalid
from gateway.projection import job_json, summary_json

blueprint = Blueprint("jobs", __name__)
STATES = ("queued", "running", "done", "failed", "cancelled")
_PAGE = 50
_MAGIC = (
    (b"%PDF", "application/pdf"),
    (b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"<", "application/xml"),
    (b"\xef\xbb\xbf<", "application/xml"),
)


@blueprint.post("/jobs")
def submit() -> Response:
    """Start a job on a reference or an uploaded file."""
    at = gateway()
    if request.mimetype == "multipart/form-data":
        options = _options(_json(request.form.get("options") or "{}"))
        upload = request.files.get("file")
        if upload is None:
            raise UsageError("usage.no-file", "The form has no file; send the paper as the field `file`.")
        source, name = _keep_upload(at, upload)
    elif request.mimetype == "application/json":
        body = _object(_json(request.get_data(cache=False)))
        options = _options(body.get("options") or {})
        source, name = _keep_reference(at, body)
    else:
        raise UnsupportedMediaType("Send JSON with a `reference`, or a form with a `file`.")
    wish = canonical_json(options.model_dump(mode="json"))
    return _accept(at, source, name, options, _keep_bytes(at, "options", wish))


def _accept(at: Gateway, source: Blob, name: str, options: Options, wish: Blob) -> Response:
    """Write the job and its first events down, in one transaction."""
    job_id = str(ULID()).lower()
    batch = [events.ready(job_id, blob, cause="submitted", stage="submit") for blob in (source, wish)]
    traceparent = telemetry.inject({}).get("traceparent", "")
    with at.database.connection() as connection:
        connection.execute(
            "INSERT INTO jobs (id, source_name, options, traceparent) VALUES (%s, %s, %s, %s)",
            (job_id, name, Jsonb(options.model_dump(mode="json")), traceparent),
        )
        outbox.write(connection, job_id, batch, {"source": 0, "options": 0})
    at.outbox.wake()
    answer = _show(job_id, 201)
    answer.headers["Location"] = f"/api/v1/jobs/{job_id}"
    return answer


@blueprint.get("/jobs")
def index() -> Response:
    """Jobs, newest first, a page at a time."""
    state, cursor = request.args.get("state") or None, (request.args.get("cursor") or "").lower() or None
    if state is not None and state not in STATES:
        raise UsageError("usage.invalid", f"state: is one of {', '.join(STATES)}.")
    limit = max(1, min(200, request.args.get("limit", _PAGE, int)))
    with gateway().database.connection() as connection:
        rows = connection.execute(
            "SELECT * FROM jobs WHERE (%(state)s::text IS NULL OR state = %(state)s)"
            " AND (%(cursor)s::text IS NULL OR id < %(cursor)s) ORDER BY id DESC LIMIT %(limit)s",
            {"state": state, "cursor": cursor, "limit": limit + 1},
        ).fetchall()
    following = rows[limit - 1]["id"] if len(rows) > limit else None
    return jsonify(jobs=[summary_json(row) for row in rows[:limit]], next=following)


@blueprint.get("/jobs/<job_id>")
def show(job_id: str) -> Response:
    """One job, whole."""
    return _show(job_id, 200)


@blueprint.post("/jobs/<job_id>/retry")
def retry(job_id: str) -> Response:
    """Set a job that failed, was cancelled or stands still going again."""
    at, rows = gateway(), rows_of(job_id)
    manifest = rows.manifest()
    wanted = [artifact for _, _, artifact in frontier(at.rulebook.rules, manifest)]
    if not wanted:
        raise UsageError("usage.nothing-to-do", "There is nothing to retry: the job has all that can be made.")
    with at.database.connection() as connection:
        outbox.write(connection, job_id, events.kick(job_id, manifest, wanted))
    at.outbox.wake()
    return _show(job_id, 202)


@blueprint.post("/jobs/<job_id>/cancel")
def cancel(job_id: str) -> Response:
    """Stop a job; `retry` takes it up again."""
    at, rows = gateway(), rows_of(job_id)
    if rows.job["state"] == "done":
        raise UsageError("usage.nothing-to-do", "The job is done; there is nothing to cancel.")
    with at.database.connection() as connection:
        outbox.write(connection, job_id, [events.cancelled(job_id, "by the user")], revives=False)
    at.outbox.wake()
    return _show(job_id, 202)


def _show(job_id: str, status: int) -> Response:
    answer = jsonify(job_json(rows_of(job_id), gateway().rulebook.rules))
    answer.status_code = status
    return answer


def _json(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError("usage.json", "The request is no valid JSON.") from error


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UsageError("usage.json", "The request is not a JSON object.")
    return cast("dict[str, Any]", value)


def _options(value: Any) -> Options:
    try:
        return Options.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from error


def _keep_reference(at: Gateway, body: dict[str, Any]) -> tuple[Blob, str]:
    try:
        reference = Reference.model_validate({"reference": body.get("reference")})
    except ValidationError as error:
        raise invalid(error) from error
    return _keep_bytes(at, "source", canonical_json(reference.model_dump(mode="json"))), reference.reference


def _keep_bytes(at: Gateway, artifact: str, data: bytes) -> Blob:
    """Put an artifact's JSON into the store."""
    digest = hashlib.sha256(data).hexdigest()
    at.blobs.put_bytes(key_of(digest), data)
    return Blob(artifact, digest, len(data), "application/json")


def _keep_upload(at: Gateway, upload: FileStorage) -> tuple[Blob, str]:
    """Put an uploaded file into the store; the fetcher says whether it is of use."""
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "source"
        upload.save(path)
        size = path.stat().st_size
        if not size:
            raise UsageError("usage.empty", "The file is empty; choose the paper's PDF, DOCX or XML.")
        with path.open("rb") as file:
            start = file.read(512).lstrip()
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        kind = next((kind for magic, kind in _MAGIC if start.startswith(magic)), "application/octet-stream")
        put_once(at.blobs, digest, path)
    name = os.path.basename((upload.filename or "").replace("\\", "/"))[:200] or "upload"  # noqa: PTH119 - no path of ours
    return Blob("source", digest, size, kind), name.replace("\x00", "")
