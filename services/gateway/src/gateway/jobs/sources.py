"""What a job starts from: a reference or a file, put into the store."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from artifacts.request import Reference
from chassis.blobs import Blobs, key_of, put_once
from chassis.errors import SourceError
from chassis.events import Blob
from chassis.folder import canonical_json
from pydantic import BaseModel

_MAGIC = (
    (b"%PDF", "application/pdf"),
    (b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"<", "application/xml"),
    (b"\xef\xbb\xbf<", "application/xml"),
    (b"\xff\xfe<", "application/xml"),
    (b"\xfe\xff\x00<", "application/xml"),
    (b"\xd0\xcf\x11\xe0", "application/octet-stream"),  # an old .doc: the fetcher says what to do with it
)
_BEGINNING = 1024
"""Bytes in which a PDF must begin."""


def keep_json(blobs: Blobs, artifact: str, value: BaseModel) -> Blob:
    """Put an artifact's JSON into the store."""
    data = canonical_json(value.model_dump(mode="json"))
    digest = hashlib.sha256(data).hexdigest()
    blobs.put_bytes(key_of(digest), data)
    return Blob(artifact, digest, len(data), "application/json")


def keep_reference(blobs: Blobs, reference: Reference) -> tuple[Blob, str]:
    """The source and its name."""
    return keep_json(blobs, "source", reference), reference.reference


def keep_file(blobs: Blobs, path: Path, name: str) -> tuple[Blob, str]:
    """Put an uploaded file into the store; the fetcher says whether it is a paper.

    Raises:
        SourceError: it is none of the kinds of files that hold papers.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        kind = sniff(file.read(_BEGINNING))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    put_once(blobs, digest, path)
    return Blob("source", digest, size, kind), clean_name(name)


def sniff(beginning: bytes) -> str:
    """The media type by the file's first bytes. Raises SourceError where it can hold no paper."""
    if not beginning:
        raise SourceError("source.empty", "The file is empty; choose the paper's PDF, DOCX or XML.")
    if b"%PDF-" in beginning:
        return "application/pdf"
    start = beginning.lstrip()
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    raise SourceError(
        "source.unknown-type",
        "This is no PDF, DOCX or XML file; choose the paper in one of these forms, or give its DOI.",
        repr(beginning[:16]),
    )


def clean_name(name: str) -> str:
    """A file's name as it may be shown: no folders, no control characters."""
    base = os.path.basename(name.replace("\\", "/"))  # noqa: PTH119 - no path of ours
    return "".join(c for c in base if c.isprintable())[:200] or "upload"
