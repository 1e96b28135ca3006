"""Blobs: bytes under their digest in an S3 bucket. Written once, never changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from chassis.errors import Transient

if TYPE_CHECKING:
    from minio import Minio

    from chassis.settings import ChassisSettings

_ABSENT = ("NoSuchKey", "NoSuchBucket", "InvalidRange")


@dataclass(frozen=True)
class Stored:
    """Something in the store: its bytes, and when they were written."""

    key: str
    size: int
    written_at: datetime


class Blobs(Protocol):
    """A store of bytes by key.

    Keys of artifacts are `sha256/<digest>`, of the memo `memo/<key>`, of a job's spans `traces/<job>/<name>`.
    """

    def put(self, key: str, path: Path) -> None:
        """Store a file's bytes; storing a key again changes nothing that matters."""
        ...

    def put_bytes(self, key: str, data: bytes) -> None: ...
    def get(self, key: str, path: Path) -> None:
        """Write the bytes to a file. Raises KeyError."""
        ...

    def get_bytes(self, key: str, start: int = 0, length: int = 0) -> bytes:
        """The bytes, or `length` of them from `start`. Raises KeyError, also where they end before `start`."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes under the key; None: nothing is there."""
        ...

    def remove(self, key: str) -> None:
        """Forget what is under the key, if anything is."""
        ...

    def keys(self, prefix: str) -> list[str]:
        """All keys that begin so, in order; for prefixes that few have."""
        ...


def key_of(digest: str) -> str:
    """Key of an artifact's bytes."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise KeyError(digest)
    return f"sha256/{digest}"


def put_once(blobs: Blobs, digest: str, path: Path) -> None:
    """Store an artifact's bytes unless the store has them, all of them: a store that was killed may hold a stump."""
    key = key_of(digest)
    if blobs.size(key) != path.stat().st_size:
        blobs.put(key, path)


class S3Blobs:
    """Blobs in any S3-compatible store."""

    def __init__(self, settings: ChassisSettings) -> None:
        from minio import Minio  # noqa: PLC0415 - a third of a second, not needed to run on a folder

        self._bucket = settings.s3_bucket
        self._client: Minio = Minio(
            settings.s3_endpoint,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
            secure=settings.s3_secure,
            region=settings.s3_region,
        )

    def ensure_bucket(self) -> None:
        """Make the bucket where it is missing."""
        with _translated(""):
            if not self._client.bucket_exists(self._bucket):
                self._client.make_bucket(self._bucket)

    def put(self, key: str, path: Path) -> None:
        with _translated(key):
            self._client.fput_object(self._bucket, key, str(path))

    def put_bytes(self, key: str, data: bytes) -> None:
        with _translated(key):
            self._client.put_object(self._bucket, key, BytesIO(data), len(data))

    def get(self, key: str, path: Path) -> None:
        with _translated(key):
            self._client.fget_object(self._bucket, key, str(path))

    def get_bytes(self, key: str, start: int = 0, length: int = 0) -> bytes:
        with _translated(key):
            answer = self._client.get_object(self._bucket, key, offset=start, length=length)
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()

    def size(self, key: str) -> int | None:
        try:
            with _translated(key):
                return int(self._client.stat_object(self._bucket, key).size or 0)
        except KeyError:
            return None

    def remove(self, key: str) -> None:
        with _translated(key):
            self._client.remove_object(self._bucket, key)

    def keys(self, prefix: str) -> list[str]:
        with _translated(prefix):
            found = self._client.list_objects(self._bucket, prefix=prefix, recursive=True)
            return sorted(str(each.object_name) for each in found)

    def stored(self, prefix: str) -> Iterator[Stored]:
        """All whose keys begin so, page by page."""
        with _translated(prefix):
            for each in self._client.list_objects(self._bucket, prefix=prefix, recursive=True):
                if each.object_name and each.last_modified:
                    yield Stored(each.object_name, each.size or 0, each.last_modified)

    def upload_url(self, key: str, valid: timedelta) -> str:
        """An address to which anybody may PUT the bytes of this key for so long."""
        return str(self._client.presigned_put_object(self._bucket, key, expires=valid))


@contextlib.contextmanager
def _translated(key: str) -> Iterator[None]:
    """Turns the client's errors into ours: what is not there is a KeyError, everything else may pass."""
    try:
        yield
    except Exception as error:
        # Where a server calls its XML text/xml, as rclone does, the client reads no code: all it has is the status.
        if getattr(error, "code", "") in _ABSENT or getattr(error, "_code", 0) in (404, 416):
            raise KeyError(key) from error
        raise Transient("unavailable.store", "The artifact store did not answer; trying again.", repr(error)) from error
