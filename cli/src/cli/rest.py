"""The gateway's REST and event API as a client."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
from artifacts.request import Reference
from chassis.errors import Fatal, RateLimited, Transient
from httpx_sse import connect_sse

from cli.client import RECONNECT, Bytes

_MINUTES_OF_UPLOAD = 10


class Rest:
    """A gateway over HTTP."""

    def __init__(self, url: str, token: str, *, started_here: bool = False) -> None:
        self.url = url.rstrip("/")
        self.started_here = started_here
        self._http = httpx.Client(
            base_url=f"{self.url}/api/v1",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(30, read=60),
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def submit(self, source: str | Path, options: dict[str, Any], key: str = "") -> dict[str, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        if isinstance(source, Path):
            with source.open("rb") as file:
                form = {"options": json.dumps(options)}
                timeout = httpx.Timeout(30, read=60 * _MINUTES_OF_UPLOAD)
                files = {"file": (source.name, file)}
                return self._call("POST", "/jobs", files=files, data=form, headers=headers, timeout=timeout)
        body = {"reference": Reference(reference=source).reference, "options": options}
        return self._call("POST", "/jobs", json=body, headers=headers)

    def job(self, job_id: str) -> dict[str, Any]:
        return self._call("GET", f"/jobs/{job_id}")

    def jobs(self, state: str = "") -> list[dict[str, Any]]:
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

    def approve(self, job_id: str) -> None:
        self._call("POST", f"/jobs/{job_id}/approve")

    def edit(self, job_id: str, scene: int, changes: dict[str, Any]) -> None:
        self._call("PATCH", f"/jobs/{job_id}/scenes/{scene}", json=changes)

    def budget(self, job_id: str, dollars: float) -> None:
        self._call("POST", f"/jobs/{job_id}/budget", json={"dollars": dollars})

    def estimate(self, options: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", "/estimate", json=options)

    def trace(self, job_id: str) -> dict[str, Any]:
        return self._call("GET", f"/jobs/{job_id}/trace")

    def delete(self, job_id: str) -> None:
        self._call("DELETE", f"/jobs/{job_id}")

    def make_admin(self, email: str) -> None:
        """Make a registered user an administrator; for administrators. Raises Fatal: nobody has this address."""
        wanted = email.strip().lower()
        users = self._call("GET", "/admin/users", params={"text": wanted, "limit": 200})["users"]
        found = [user["id"] for user in users if user["email"] == wanted]
        if not found:
            raise Fatal("usage.user", f"Nobody is registered as {wanted}; let them register first.")
        self._call("PATCH", f"/admin/users/{found[0]}", json={"role": "admin"})

    @contextlib.contextmanager
    def read(self, job_id: str, artifact: str, offset: int = 0) -> Iterator[Bytes]:
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        try:
            with self._http.stream("GET", f"/jobs/{job_id}/artifacts/{artifact}", headers=headers) as answer:
                if answer.is_error:
                    answer.read()
                    _raise(answer)
                size = offset + int(answer.headers["content-length"])
                yield Bytes(answer.headers["etag"].strip('"'), size, answer.iter_bytes())
        except httpx.TransportError as error:
            raise Transient("unavailable.gateway", "The gateway broke off a download; try again.") from error

    def watch(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        last, lost = "", 0.0
        while True:
            with contextlib.suppress(httpx.TransportError):
                headers = {"Last-Event-ID": last} if last else {}
                timeout = httpx.Timeout(10, read=45)
                with connect_sse(
                    self._http, "GET", f"/jobs/{job_id}/events", headers=headers, timeout=timeout
                ) as source:
                    if source.response.is_error and source.response.status_code != 503:
                        source.response.read()
                        _raise(source.response)
                    for event in source.iter_sse() if source.response.is_success else ():
                        last, lost = event.id or last, 0.0
                        if event.event != "bye":
                            yield event.event, json.loads(event.data) if event.data else {}
            lost = lost or time.monotonic()
            if time.monotonic() - lost > RECONNECT:
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
    if answer.status_code not in (429, 503):
        raise Fatal(code, message)
    wait = answer.headers.get("Retry-After", "")
    raise RateLimited(code, message, retry_after=float(wait) if wait.isdecimal() else 2.0)
