"""The `make` command and its kin: submit, show progress, write the video and its sidecars."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chassis.errors import Fatal, UsageError

from cli.client import Client
from cli.downloads import download
from cli.estimates import told
from cli.gateway import Address, gateway, submit
from cli.progress import Bars
from cli.reading import local_file

Hear = Callable[[str, dict[str, Any]], None]
SIDECARS = {"srt": ".srt", "vtt": ".vtt", "thumbnail": ".jpg", "transcript": ".json"}


def make(source: str, output: Path | None, options: dict[str, Any], address: Address, *, quiet: bool) -> dict[str, Any]:
    """Make a video; returns what was made: `job`, `title`, `video`, and the path of each sidecar.

    Where something may be paid for, the estimate is said first, and is in what is returned as `estimate`.
    """
    file = local_file(source)
    target = target_of(output, file.stem if file else source)
    with gateway(address) as client:
        estimate = told(client, options, quiet=quiet)
        job = submit(client, file or source, options)
        result = _finish(client, job["id"], target, quiet=quiet)
        return result | {"estimate": estimate} if estimate else result


def again(
    job_id: str, output: Path | None, act: Callable[[Client], None], address: Address, *, quiet: bool
) -> dict[str, Any]:
    """Set a job going again. It is waited for when a file is wanted, or when the stack ends with this command."""
    target = target_of(output, "") if output else None
    with gateway(address) as client:
        act(client)
        if target is None and not client.started_here:
            return {"job": job_id}
        return _finish(client, job_id, target, quiet=quiet)


def _finish(client: Client, job_id: str, target: Path | None, *, quiet: bool) -> dict[str, Any]:
    try:
        job = follow(client, job_id, quiet=quiet)
    except KeyboardInterrupt:
        client.cancel(job_id)
        raise
    if target and job["state"] == "review":
        raise Fatal("usage.review", f"The script waits to be looked at; `hiddenhill approve {job_id}` has it made.")
    result = {"job": job_id, "title": job.get("title") or ""}
    return result | (write_video(client, job_id, target) if target else {})


def follow(client: Client, job_id: str, *, quiet: bool, hear: Hear | None = None) -> dict[str, Any]:
    """Show a job's progress until it ends or waits for its script to be approved; returns it.

    Raises the error of the stage that failed.
    """
    kind, data = "", dict[str, Any]()
    with Bars(quiet=quiet) as bars:
        for event, data in client.watch(job_id):
            if hear:
                hear(event, data)
            if event == "stage":
                bars.stage(data)
            elif event == "progress":
                bars.progress(data)
            elif event in ("snapshot", "job"):
                bars.snapshot(data.get("stages") or [])
            kind = data["state"] if event in ("snapshot", "job") else event
            if kind in ("done", "failed", "cancelled", "review", "deleted"):
                break
    if kind == "deleted":
        raise Fatal("usage.not-found", "The job was deleted.")
    job = client.job(job_id)
    if kind == "failed":
        error = job.get("error") or data
        raise Fatal(error.get("code", "internal.failed"), error.get("message", "A stage failed."))
    if kind == "cancelled":
        raise Fatal("cancelled", "The job was cancelled; `hiddenhill retry` takes it up again.")
    return job


def write_video(client: Client, job_id: str, target: Path) -> dict[str, str]:
    """Write the video and its sidecars; returns the paths by artifact."""
    paths = {"video": target} | {name: target.with_suffix(suffix) for name, suffix in SIDECARS.items()}
    for artifact, path in paths.items():
        download(client, job_id, artifact, path)
    return {artifact: str(path) for artifact, path in paths.items()}


def target_of(output: Path | None, name: str) -> Path:
    """Where the video goes; checked before anything is spent."""
    if output is None:
        stem = re.sub(r"[^A-Za-z0-9]+", "-", name.removeprefix("https://").removeprefix("http://")).strip("-")[:80]
        output = Path(f"{stem or 'video'}.mp4")
    target = output if output.suffix == ".mp4" else output.with_name(f"{output.name}.mp4")
    if not target.parent.is_dir():
        raise UsageError("usage.output", f"There is no folder {target.parent}; make it first.")
    return target
