"""Blobs: bytes under their digest in an S3 bucket. Written once, never changed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from chassis.errors import Transient

if TYPE_CHECKING:
    from minio import Minio

    from chassis.settings import ChassisSettings


class Blobs(Protocol):
    """A store of bytes by key. Keys of artifacts are `sha256/<digest>`, of the memo `memo/<key>`."""

    def put(self, key: str, path: Path) -> None:
        """Store a file's bytes; storing a key again changes nothing that matters."""
        ...

    def put_bytes(self, key: str, data: bytes) -> None: ...
    def get(self, key: str, path: Path) -> None:
        """Write the bytes to a file. Raises KeyError."""
        ...

    def get_bytes(self, key: str, start: int = 0, length: int = 0) -> bytes:
        """The bytes, or `length` of them from `start`. Raises KeyError."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes under the key; None: nothing is there."""
        ...

    def remove(self, key: str) -> None:
        """Forget what is under the key, if anything is."""
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
        with self._errors(""):
            if not self._client.bucket_exists(self._bucket):
                self._client.make_bucket(self._bucket)

    def put(self, key: str, path: Path) -> None:
        with self._errors(key):
            self._client.fput_object(self._bucket, key, str(path))

    def put_bytes(self, key: str, data: bytes) -> None:
        with self._errors(key):
            self._client.put_object(self._bucket, key, BytesIO(data), len(data))

    def get(self, key: str, path: Path) -> None:
        with self._errors(key):
            self._client.fget_object(self._bucket, key, str(path))

    def get_bytes(self, key: str, start: int = 0, length: int = 0) -> bytes:
        with self._errors(key):
            answer = self._client.get_object(self._bucket, key, offset=start, length=length)
            try:
                return bytes(answer.read())
            finally:
                answer.close()
                answer.release_conn()

    def size(self, key: str) -> int | None:
        try:
            with self._errors(key):
                return int(self._client.stat_object(self._bucket, key).size or 0)
        except KeyError:
            return None

    def remove(self, key: str) -> None:
        with self._errors(key):
            self._client.remove_object(self._bucket, key)

    def upload_url(self, key: str, valid: timedelta) -> str:
        """An address to which anybody may PUT the bytes of this key for so long."""
        return str(self._client.presigned_put_object(self._bucket, key, expires=valid))

    def _errors(self, key: str) -> _S3Errors:
        return _S3Errors(key)


class _S3Errors:
    """Turns the client's errors into ours: a missing key is a KeyError, everything else may pass."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None or not isinstance(error, Exception):
            return
        if getattr(error, "code", "") in ("NoSuchKey", "NoSuchBucket", "NotFound"):
            raise KeyError(self._key) from error
        raise Transient("unavailable.store", "The artifact store did not answer; trying again.", repr(error)) from error
