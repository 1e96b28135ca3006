"""What the commands do that use a gateway piece by piece: submit, watch, download."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chassis.errors import UsageError

from chassis import names
from cli.downloads import download
from cli.estimates import told
from cli.gateway import Address, gateway
from cli.gateway import submit as submit_to
from cli.making import follow, target_of, write_video
from cli.reading import local_file

Say = Callable[[str], None]


def submit(source: str, options: dict[str, Any], key: str, address: Address, *, quiet: bool) -> dict[str, Any]:
    """Start a job; returns it, with the `estimate` where something may be paid for.

    It is waited for only where the stack ends with this command.
    """
    file = local_file(source)
    with gateway(address) as client:
        estimate = told(client, options, quiet=quiet)
        job = submit_to(client, file or source, options, key)
        if client.started_here:
            job = follow(client, job["id"], quiet=quiet)
        return job | {"estimate": estimate} if estimate else job


def watch(job_id: str, address: Address, say: Say | None) -> dict[str, Any]:
    """Show a job's progress until it ends or waits for a person; returns it. `say` takes each event as JSON instead."""

    def hear(kind: str, data: dict[str, Any]) -> None:
        if say:
            say(json.dumps({"event": kind, "data": data}, ensure_ascii=False))

    with gateway(address) as client:
        return follow(client, job_id, quiet=say is not None, hear=hear)


def fetch(job_id: str, artifacts: tuple[str, ...], output: Path | None, address: Address) -> dict[str, str]:
    """Write artifacts to files; none named: the video and its sidecars. Returns the paths by artifact."""
    if len(artifacts) > 1 and output:
        raise UsageError("usage.output", "One file cannot take several artifacts: leave -o away, or name one.")
    with gateway(address) as client:
        job = client.job(job_id)
        if not artifacts:
            return write_video(client, job_id, target_of(output, job["title"] or job_id))
        known = {found["artifact"]: found["media_type"] for found in job["artifacts"]}
        paths = {}
        for artifact in artifacts:
            if artifact not in known:
                raise UsageError("usage.not-found", f"There is no artifact {artifact} in job {job_id}.")
            paths[artifact] = output or Path(names.file_name(artifact, known[artifact]))
            download(client, job_id, artifact, paths[artifact])
        return {artifact: str(path) for artifact, path in paths.items()}
