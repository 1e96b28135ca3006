"""What comes with SubmitJob: the wish, and the file in chunks, refused as soon as it is known to be of no use."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

from artifacts.request import Options, Reference
from chassis.blobs import Blobs
from chassis.errors import UsageError
from chassis.events import Blob
from hiddenhill.v1 import job_service_pb2 as pb
from pydantic import BaseModel, Field, ValidationError

from gateway.jobs.sources import keep_file, keep_reference, sniff
from gateway.problems import invalid

_BEGINNING = 1024
"""Bytes by which a file is known."""


class Wished(BaseModel):
    """How the video is to be, as a request has it."""

    options: Options

    @classmethod
    def read(cls, options: pb.JobOptions, **more: Any) -> Self:
        """Reads the message; what is unset takes its default. Raises UsageError."""
        wished = {field.name: value for field, value in options.ListFields()}
        try:
            return cls.model_validate({"options": wished, **more})
        except ValidationError as error:
            raise invalid(error) from error


class Wish(Wished):
    """The header of a submit."""

    reference: str = Field(max_length=2000)
    file_name: str = Field(max_length=1000)
    idempotency_key: str = Field(max_length=200, pattern=r"^[\x20-\x7e]*$")

    @classmethod
    def of(cls, header: pb.SubmitJobHeader) -> Self:
        """Reads the message. Raises UsageError."""
        more = {name: getattr(header, name) for name in ("reference", "file_name", "idempotency_key")}
        return cls.read(header.options, **more)


async def receive(parts: AsyncIterator[pb.SubmitJobRequest], blobs: Blobs, limit: int) -> tuple[Wish, tuple[Blob, str]]:
    """The wish, and the source with its name, put into the store. Raises UsageError, SourceError."""
    first = await anext(parts, None)
    if first is None or first.WhichOneof("part") != "header":
        raise UsageError("usage.no-header", "Send the header first, then the chunks of the file.")
    wish = Wish.of(first.header)
    if wish.reference:
        if await anext(parts, None) is not None:
            raise UsageError("usage.invalid", "Give a reference or a file, not both.")
        return wish, await asyncio.to_thread(keep_reference, blobs, Reference(reference=wish.reference))
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "source"
        await _write(parts, path, limit)
        return wish, await asyncio.to_thread(keep_file, blobs, path, wish.file_name)


async def _write(parts: AsyncIterator[pb.SubmitJobRequest], path: Path, limit: int) -> None:
    size, beginning = 0, b""
    with path.open("wb") as file:
        async for part in parts:
            if part.WhichOneof("part") != "chunk":
                raise UsageError("usage.invalid", "Send one header, and after it chunks alone.")
            size += len(part.chunk)
            if size > limit:
                raise UsageError("usage.too-large", f"The file is too large; at most {limit} bytes are taken.")
            if len(beginning) < _BEGINNING:
                beginning += part.chunk[:_BEGINNING]
                if len(beginning) >= _BEGINNING:
                    sniff(beginning)
            await asyncio.to_thread(file.write, part.chunk)
