"""An artifact's bytes, whole or in ranges; and uploads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from chassis.blobs import Blobs, key_of
from chassis.errors import Defect
from flask import Response, jsonify, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from chassis import names
from gateway.api.models import COMMON, SECURED, ArtifactPath, problem
from gateway.context import caller, gateway
from gateway.jobs import uploads

api = APIBlueprint(
    "artifacts",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="Artifacts", description="The bytes that jobs start from and make.")],
    abp_security=SECURED,
    abp_responses=COMMON,
)
_CHUNK = 1 << 20
_BYTES: Any = {"description": "The bytes.", "content": {"*/*": {"schema": {}}}}


class Upload(BaseModel):
    """Where to put a large file."""

    upload: str = Field(description="The id that `POST /jobs` takes.")
    url: str = Field(description="PUT the file here.")
    expires_at: datetime


class Wish(BaseModel):
    """How the bytes are wanted."""

    download: bool = Field(default=False, description="As a file with a name of its own.")
    digest: str | None = Field(None, max_length=64, description="The artifact's digest: the answer may be kept.")


@api.get(
    "/jobs/<job_id>/artifacts/<artifact>",
    responses={200: _BYTES, 206: _BYTES, 304: {"description": "You have it."}, 416: problem("No such range.")},
)
def download(path: ArtifactPath, query: Wish) -> Response:
    """The artifact as it is now; ranges and ETags are understood."""
    at = gateway()
    row = at.desk.artifact(caller(), path.job_id, path.artifact)
    title = at.desk.rows(caller(), path.job_id).job["title"] if query.download else ""
    return serve(at.blobs, row, digest=query.digest or "", attachment=file_name(row, title) if query.download else "")


@api.post("/uploads", responses={201: Upload})
def upload() -> Response:
    """An address to put a large file to, past the gateway; then `POST /jobs` with its id."""
    at = gateway()
    name, url = uploads.open_upload(at.blobs, caller())
    answer = jsonify(upload=name, url=url, expires_at=(datetime.now(UTC) + uploads.VALID).isoformat())
    answer.status_code = 201
    return answer


def file_name(row: Mapping[str, Any], title: str) -> str:
    """Name of the artifact as a file: the paper's title in plain letters, and what it is."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")
    name = names.file_name(row["artifact"], row["media_type"])
    return f"{stem}-{name}" if stem else name


def serve(blobs: Blobs, row: Mapping[str, Any], *, digest: str = "", attachment: str = "") -> Response:
    """Answer the bytes of an artifact's row; with its `digest` they may be kept forever."""
    key, size = key_of(row["digest"]), row["size"]
    if request.method != "HEAD" and blobs.size(key) is None:
        message = "The bytes of this artifact are not in the store; retry the job, and they are made again."
        raise Defect("internal.lost", message, key)
    answer = Response(content_type=row["media_type"], direct_passthrough=True)
    answer.set_etag(row["digest"])
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if digest == row["digest"]:
        answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    if attachment:
        answer.headers.set("Content-Disposition", "attachment", filename=attachment)
    return _with_bytes(answer, blobs, key, size)


def _with_bytes(answer: Response, blobs: Blobs, key: str, size: int) -> Response:
    """Fill in the range that was asked for, or say that the client has it."""
    etag = answer.get_etag()[0] or ""
    if request.if_none_match.contains(etag):
        answer.status_code = 304
        return answer
    start, end = 0, size
    wanted = request.range
    if wanted and wanted.units == "bytes" and (not request.if_range.etag or request.if_range.etag == etag):
        part = wanted.range_for_length(size)
        if part is None and len(wanted.ranges) == 1:
            raise RequestedRangeNotSatisfiable(size)
        if part is not None:
            start, end = part
            answer.status_code = 206
            answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    answer.content_length = end - start
    answer.response = _chunks(blobs, key, start, end)
    return answer


def _chunks(blobs: Blobs, key: str, start: int, end: int) -> Iterator[bytes]:
    for position in range(start, end, _CHUNK):
        yield blobs.get_bytes(key, position, min(_CHUNK, end - position))
