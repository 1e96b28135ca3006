"""What the commands ask of a gateway, whichever way it is spoken to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

RECONNECT = 30.0
"""Seconds without the gateway after which a watcher gives up."""


@dataclass(frozen=True)
class Bytes:
    """An artifact on its way: its digest and size, and its bytes from where they were asked for."""

    digest: str
    size: int
    chunks: Iterator[bytes]


class Client(Protocol):
    """One gateway. Every method raises errors of chassis' tree, with the gateway's code and sentence.

    Jobs, stages, artifacts and failures are dicts with the keys that the REST interface documents.
    """

    url: str
    started_here: bool
    """Whether the gateway ends with the command."""

    def submit(self, source: str | Path, options: dict[str, Any], key: str = "") -> dict[str, Any]:
        """Start a job on a file or a reference; returns the job. The same key answers the same job."""
        ...

    def job(self, job_id: str) -> dict[str, Any]: ...
    def jobs(self, state: str = "") -> list[dict[str, Any]]:
        """All jobs, newest first."""
        ...

    def retry(self, job_id: str) -> None: ...
    def cancel(self, job_id: str) -> None: ...
    def approve(self, job_id: str) -> None: ...
    def edit(self, job_id: str, scene: int, changes: dict[str, Any]) -> None: ...
    def budget(self, job_id: str, dollars: float) -> None:
        """Change what the job may cost; it goes on where it failed for want of money."""
        ...

    def estimate(self, options: dict[str, Any]) -> dict[str, Any]:
        """What a job with these options is likely to cost."""
        ...

    def trace(self, job_id: str) -> dict[str, Any]:
        """How the job's time was spent: a `chassis.timeline.Timeline`."""
        ...

    def delete(self, job_id: str) -> None: ...
    def read(self, job_id: str, artifact: str, offset: int = 0) -> AbstractContextManager[Bytes]:
        """The artifact's bytes from an offset before its end; Transient where the connection breaks."""
        ...

    def watch(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The job's events, a snapshot first; a broken connection is taken up again where it broke."""
        ...
