"""An artifact's bytes, whole or in ranges."""

from __future__ import annotations

from collections.abc import Iterator

from chassis.blobs import Blobs, key_of
from chassis.errors import Defect
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from chassis import names
from gateway.handlers import gateway
from gateway.problems import not_found

blueprint = Blueprint("downloads", __name__)
_CHUNK = 1 << 20


@blueprint.get("/jobs/<job_id>/artifacts/<artifact>")
def download(job_id: str, artifact: str) -> Response:
    """The artifact as it is now."""
    at = gateway()
    with at.database.connection() as connection:
        row = connection.execute(
            "SELECT digest, size, media_type FROM artifacts WHERE job_id = %s AND artifact = %s", (job_id, artifact)
        ).fetchone()
    if row is None:
        raise not_found(f"artifact {artifact} in job {job_id}")
    key, size = key_of(row["digest"]), row["size"]
    if request.method != "HEAD" and at.blobs.size(key) is None:
        raise Defect("internal.lost", "The bytes of this artifact are not in the store.", key)
    answer = Response(content_type=row["media_type"], direct_passthrough=True)
    answer.set_etag(row["digest"])
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if request.args.get("digest") == row["digest"]:
        answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    if request.args.get("download"):
        answer.headers.set("Content-Disposition", "attachment", filename=names.file_name(artifact, row["media_type"]))
    return _with_bytes(answer, at.blobs, key, size)


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
