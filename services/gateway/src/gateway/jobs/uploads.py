"""Files that come with a form, and large ones that programs put into the store themselves, past the gateway."""

from __future__ import annotations

import re
import tempfile
from datetime import timedelta
from pathlib import Path

from chassis.blobs import S3Blobs
from chassis.errors import UsageError
from chassis.events import Blob
from ulid import ULID
from werkzeug.datastructures import FileStorage

from gateway.accounts.callers import Caller
from gateway.jobs.sources import keep_file
from gateway.problems import not_found

VALID = timedelta(hours=1)


def open_upload(blobs: S3Blobs, caller: Caller) -> tuple[str, str]:
    """A new upload's id, and the address to PUT the bytes to within the hour."""
    upload = str(ULID()).lower()
    return upload, blobs.upload_url(_key(caller, upload), VALID)


def take_upload(blobs: S3Blobs, caller: Caller, upload: str, name: str, limit: int) -> tuple[Blob, str]:
    """Make the uploaded file a source. Raises UsageError: it is not there, or too large."""
    key = _key(caller, upload)
    size = blobs.size(key)
    if size is None:
        raise not_found(f"upload {upload}: put the file to the address that came with this id")
    if size > limit:
        blobs.remove(key)
        raise UsageError("usage.too-large", f"The file has {size} bytes; at most {limit} are taken.")
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "source"
        blobs.get(key, path)
        kept = keep_file(blobs, path, name)
    blobs.remove(key)
    return kept


def keep_upload(blobs: S3Blobs, file: FileStorage) -> tuple[Blob, str]:
    """Make the file of a form a source. Raises SourceError."""
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "source"
        file.save(path)
        return keep_file(blobs, path, file.filename or "")


def _key(caller: Caller, upload: str) -> str:
    if not re.fullmatch(r"[0-9a-z]{26}", upload):
        raise not_found("such upload")
    return f"uploads/{caller.user_id}/{upload}"
