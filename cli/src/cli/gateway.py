"""The gateway's REST and event API as a Python client, on a running stack or one started for the command."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
from artifacts.request import Reference
from chassis.errors import Fatal, Transient
from httpx_sse import connect_sse

from cli.stack import Stack, default_home, local_token, running

_RECONNECT = 30.0
"""Seconds without the gateway after which a watcher gives up."""


@contextlib.contextmanager
def gateway() -> Iterator[Client]:
    """The gateway named by HIDDENHILL_GATEWAY (with the token HIDDENHILL_TOKEN), or the one running on this home.

    Where there is none, one is started for as long as this.
    `started_here` on the client says whether it ends with the command.
    """
    named = os.environ.get("HIDDENHILL_GATEWAY")
    if named:
        with Client(named, os.environ.get("HIDDENHILL_TOKEN", "")) as client:
            yield client
    elif known := running(default_home()):
        with Client(known["gateway_url"], local_token(default_home())) as client:
            yield client
    else:
        with Stack(default_home()) as stack, Client(stack.gateway_url, stack.token, started_here=True) as client:
            yield client


class Client:
    """One gateway. Every method raises errors of chassis' tree, with the gateway's code and sentence."""

    def __init__(self, url: str, token: str, *, started_here: bool = False) -> None:
        self.url = url
        self.started_here = started_here
        self._http = httpx.Client(
            base_url=f"{url}/api/v1",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(30, read=60),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def submit(self, source: str | Path, options: dict[str, Any]) -> dict[str, Any]:
        """Start a job on a file or a reference; returns the job."""
        if isinstance(source, Path):
            with source.open("rb") as file:
                form = {"options": json.dumps(options)}
                return self._call("POST", "/jobs", files={"file": (source.name, file)}, data=form)
        body = {"reference": Reference(reference=source).reference, "options": options}
        return self._call("POST", "/jobs", json=body)

    def job(self, job_id: str) -> dict[str, Any]:
        return self._call("GET", f"/jobs/{job_id}")

    def jobs(self, state: str = "") -> list[dict[str, Any]]:
        """All jobs, newest first."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            query = {key: value for key, value in (("state", state), ("cursor", cursor)) if value}
            page = self._call("GET", "/jobs", params=query)
            found += page["jobs"]
            cursor = page.get("next")
            if not cursor:
                return found

    def retry(self, job_id: str) -> None:
        self._call("POST", f"/jobs/{job_id}/retry")

    def cancel(self, job_id: str) -> None:
        self._call("POST", f"/jobs/{job_id}/cancel")

    def edit(self, job_id: str, scene: int, changes: dict[str, str]) -> None:
        self._call("PATCH", f"/jobs/{job_id}/scenes/{scene}", json=changes)

    def download(self, job_id: str, artifact: str, path: Path) -> None:
        """Write an artifact's bytes to a file, whole or not at all."""
        part = path.with_name(f".{path.name}.part")
        try:
            with self._http.stream("GET", f"/jobs/{job_id}/artifacts/{artifact}") as answer, part.open("wb") as file:
                if answer.is_error:
                    answer.read()
                    _raise(answer)
                for chunk in answer.iter_bytes():
                    file.write(chunk)
        except httpx.TransportError as error:
            raise Transient("unavailable.gateway", "The gateway broke off a download; try again.") from error
        part.replace(path)

    def watch(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The job's events, a snapshot first; a broken connection is taken up again where it broke."""
        last, heard = "", time.monotonic()
        while True:
            with contextlib.suppress(httpx.TransportError):
                headers = {"Last-Event-ID": last} if last else {}
                timeout = httpx.Timeout(10, read=45)
                with connect_sse(
                    self._http, "GET", f"/jobs/{job_id}/events", headers=headers, timeout=timeout
                ) as source:
                    if source.response.is_error:
                        source.response.read()
                        _raise(source.response)
                    for event in source.iter_sse():
                        last, heard = event.id or last, time.monotonic()
                        if event.event != "bye":
                            yield event.event, json.loads(event.data) if event.data else {}
            if time.monotonic() - heard > _RECONNECT:
                raise Transient("unavailable.gateway", "The gateway has gone away; the job goes on when it is back.")
            time.sleep(0.5)

    def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, path, **more)
        except httpx.TransportError as error:
            raise Transient(
                "unavailable.gateway", f"The gateway at {self.url} does not answer.", repr(error)
            ) from error
        if answer.is_error:
            _raise(answer)
        return answer.json() if answer.content else {}


def _raise(answer: httpx.Response) -> None:
    """Turn problem+json into the error that it tells of."""
    try:
        problem = answer.json()
        code, message = problem["code"], problem.get("detail") or problem["title"]
    except (ValueError, KeyError, TypeError):
        code, message = "internal.gateway", f"The gateway answered {answer.status_code}."
    kind = Transient if answer.status_code in (429, 503) else Fatal
    raise kind(code, message)
