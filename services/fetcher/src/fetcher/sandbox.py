"""Starts the reading process, waits for it within limits, and ends it whole."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from artifacts.paper import Paper
from chassis.errors import Error, SourceError

from chassis import errors
from fetcher.child import ANSWER
from fetcher.jats.article import Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fetcher.settings import Settings

_LARGEST_ANSWER = 50_000_000
_LOOK_EVERY = 0.02
_TELL_EVERY = 1.0


def read_apart(source: Path, folder: Path, settings: Settings, tell: Callable[[], None] | None = None) -> Reading:
    """Read an untrusted file in a process of its own; pictures are put into `folder`, which must be empty.

    Args:
        source: the file.
        folder: where the process writes.
        settings: its limits.
        tell: called every second; what it raises ends the process.

    Raises:
        SourceError: the file is no readable paper, or reading it took too much time or memory.
    """
    with (folder / "stderr").open("w+b") as complaints:
        process = _start(source, folder, settings, complaints.fileno())
        try:
            status = _wait(process, settings.reading_seconds, tell)
        finally:
            _end(process)
        complaints.seek(0)
        said = complaints.read(4000).decode("utf-8", "replace")
    (folder / "stderr").unlink()
    answer = folder / ANSWER
    if status != 0 or not answer.is_file():
        raise _died(status, said)
    if answer.stat().st_size > _LARGEST_ANSWER:
        raise _too_complex(f"{answer.stat().st_size} bytes")
    told = json.loads(answer.read_bytes())
    answer.unlink()
    if "error" in told:
        raise _error(told["error"])
    return Reading(Paper.model_validate(told["paper"]), told["pictures"])


def _start(source: Path, folder: Path, settings: Settings, complaints: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-m", "fetcher.child", str(source.resolve()), str(folder.resolve())]
    command += [str(settings.reading_memory_mb), str(settings.reading_seconds)]
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(folder.resolve()),
        "TMPDIR": str(folder.resolve()),
    }
    # Thread pools of numeric libraries reserve address space for every thread.
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=complaints,
        start_new_session=True,
    )


def _wait(process: subprocess.Popen[bytes], seconds: float, tell: Callable[[], None] | None) -> int | None:
    """The exit status, or None when the time is over."""
    start = told = time.monotonic()
    while (status := process.poll()) is None:
        now = time.monotonic()
        if now - start > seconds:
            return None
        if tell is not None and now - told > _TELL_EVERY:
            told = now
            tell()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_EVERY)
    return status


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _died(status: int | None, said: str) -> SourceError:
    if status is None or status in (-signal.SIGXCPU, -signal.SIGKILL):
        return SourceError(
            "source.too-slow",
            "Reading this file takes far longer than any paper should;"
            " please give a simpler copy, such as one printed to PDF again.",
            f"status {status}: {said}",
        )
    if "MemoryError" in said or "bad_alloc" in said or "memory" in said:
        return _too_complex(f"status {status}: {said}")
    return SourceError(
        "source.unreadable",
        "This file is damaged in a way that cannot be read around; please download or save it again.",
        f"status {status}: {said}",
    )


def _too_complex(detail: str) -> SourceError:
    return SourceError(
        "source.too-complex",
        "This file needs far more memory than a paper should;"
        " please give a simpler copy, such as one printed to PDF again.",
        detail,
    )


def _error(told: dict[str, object]) -> Error:
    """The error that the process met; one it could not have met is its own fault."""
    kind = getattr(errors, str(told["kind"]), SourceError)
    arguments = told["arguments"]
    assert isinstance(arguments, list)
    error = kind(*map(str, arguments))
    assert isinstance(error, Error)
    return error
