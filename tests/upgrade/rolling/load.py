"""Clients that keep asking: they submit jobs, look at pages, and follow the progress of every job they submitted."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
from httpx_sse import connect_sse

ENDS = ("done", "failed", "cancelled")
_AGAIN = 0.25
"""Seconds until a client tries again."""
_GIVES_UP = 60.0
_PATIENCE = 2.0


@dataclass
class Request:
    """One that did not go through at once."""

    what: str
    answers: list[str]
    """A status of 500 and above, or the name of what broke the connection."""
    seconds: float
    """Until it went through."""


@dataclass
class Watch:
    """What the stream of a job's events said, over all its connections."""

    job: str
    first: dict[str, Any] = field(default_factory=dict)
    """The snapshot of the first connection."""
    told: list[tuple[str, str, Any]] = field(default_factory=list)
    """Name, id and data of what followed."""
    connections: int = 0
    byes: int = 0
    """Connections that ended with the word to reconnect."""
    breaks: list[str] = field(default_factory=list)
    """Connections that ended otherwise, before the job did."""
    longest: float = 0.0
    """Seconds between two connections, at most."""

    @property
    def artifacts(self) -> set[tuple[str, int]]:
        """Artifacts, with their sequence, that were told of as events or were there at the beginning."""
        there = {(each["artifact"], each["seq"]) for each in self.first.get("artifacts", ())}
        return there | {(data["artifact"], data["seq"]) for name, _, data in self.told if name == "artifact"}

    @property
    def end(self) -> str:
        return next((name for name, _, _ in reversed(self.told) if name in ENDS), "")


class Load:
    """Steady clients of one gateway, in threads, until closed.

    Args:
        url, token: of the gateway.
        source: the paper of every job.
        options: of every job.
        every: seconds between two jobs at least.
        most: jobs that are under way at a time, so that a slow machine is not given more and more.
    """

    def __init__(self, url: str, token: str, source: Path, options: dict[str, Any], every: float, most: int) -> None:
        self._url, self._token, self._every, self._most = url, token, every, most
        self._source, self._options = source, options
        self._submitting, self._going = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self.accepted: list[str] = []
        self.watches: list[Watch] = []
        self.trouble: list[Request] = []
        self.refused: list[str] = []
        """Answers of 400 to 499, and requests that never went through: nothing that a client could try again."""
        self.answers: Counter[int] = Counter()

    def __enter__(self) -> Self:
        self._submitting.set()
        self._going.set()
        self._start(self._submit)
        self._start(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        self._submitting.clear()
        self._going.clear()
        for thread in self._threads:
            thread.join(_PATIENCE)  # who follows a job that never ends hears nothing of our going

    def drain(self, seconds: float) -> None:
        """Submit nothing more, and wait until all that was accepted has ended."""
        self._submitting.clear()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not all(watch.end for watch in self.watches):
            time.sleep(0.2)
        while time.monotonic() < deadline and not all(self.job(job)["state"] in ENDS for job in self.accepted):
            time.sleep(1.0)

    def await_jobs(self, count: int, seconds: float) -> None:
        """Wait until so many jobs that are submitted from now on have ended, for so many seconds at most."""
        before, deadline = len(self.watches), time.monotonic() + seconds
        while time.monotonic() < deadline and sum(bool(watch.end) for watch in self.watches[before:]) < count:
            time.sleep(0.2)

    def job(self, job_id: str) -> dict[str, Any]:
        """A job as it is now."""
        with self._client() as client:
            return dict(self._ask(client, "GET", f"/api/v1/jobs/{job_id}").json())

    def statuses(self) -> Counter[str]:
        """How often a request was answered so before it went through."""
        return Counter(answer for request in self.trouble for answer in request.answers)

    def _start(self, run: Any, *args: Any) -> None:
        thread = threading.Thread(target=run, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx.Client(base_url=self._url, headers=headers, timeout=30, trust_env=False)

    def _ask(self, client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask as a client does that tries again what may go through a moment later."""
        began, answers = time.monotonic(), list[str]()
        while time.monotonic() - began < _GIVES_UP:
            try:
                answer = client.request(method, path, **more)
            except httpx.TransportError as error:
                answers.append(type(error).__name__)
            else:
                self.answers[answer.status_code] += 1
                if answer.status_code < 500:
                    break
                answers.append(f"{answer.status_code} {answer.text[:200]}")
            time.sleep(_AGAIN)
        else:
            self.refused.append(f"{method} {path}: {answers[-1]}")
            raise TimeoutError(path)
        if answers:
            self.trouble.append(Request(f"{method} {path}", answers, time.monotonic() - began))
        if answer.is_error:
            self.refused.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer

    def _submit(self) -> None:
        with self._client() as client:
            for number in itertools.count(1):
                if not self._submitting.is_set():
                    return
                files = {"file": (self._source.name, self._source.read_bytes())}
                headers = {"Idempotency-Key": f"load-{number}"}
                data = {"options": json.dumps(self._options)}
                answer = self._ask(client, "POST", "/api/v1/jobs", files=files, data=data, headers=headers)
                if answer.is_success:
                    watch = Watch(answer.json()["id"])
                    self.accepted.append(watch.job)
                    self.watches.append(watch)
                    self._start(self._follow, watch)
                self._pause()

    def _pause(self) -> None:
        deadline = time.monotonic() + self._every
        while self._submitting.is_set() and (time.monotonic() < deadline or self._under_way() >= self._most):
            time.sleep(0.1)

    def _under_way(self) -> int:
        return sum(not watch.end for watch in self.watches)

    def _look(self) -> None:
        """Read what people and programs read, four times a second."""
        with self._client() as client:
            for path in itertools.cycle(("/api/v1/jobs", "/", "/api/v1/me", "/api/v1/providers")):
                if not self._going.is_set():
                    return
                self._ask(client, "GET", path)
                time.sleep(0.25)

    def _follow(self, watch: Watch) -> None:
        last, ended = "", time.monotonic()
        with self._client() as client:
            while self._going.is_set() and not watch.end:
                was = watch.byes
                try:
                    headers = {"Last-Event-ID": last} if last else {}
                    with connect_sse(client, "GET", f"/api/v1/jobs/{watch.job}/events", headers=headers) as source:
                        source.response.raise_for_status()
                        watch.connections += 1
                        watch.longest = max(watch.longest, time.monotonic() - ended)
                        for event in source.iter_sse():
                            last = event.id or last
                            self._hear(watch, event.event, event.id, event.data)
                            if watch.end or not self._going.is_set():
                                return
                    how = "closed"
                except (httpx.TransportError, httpx.HTTPStatusError) as error:
                    how = f"{type(error).__name__} {error}"
                if watch.byes == was:
                    watch.breaks.append(how)
                ended = time.monotonic()
                time.sleep(_AGAIN)

    def _hear(self, watch: Watch, name: str, place: str, data: str) -> None:
        if name == "bye":
            watch.byes += 1
        elif name == "snapshot":
            snapshot = json.loads(data)
            watch.first = watch.first or snapshot
            if snapshot["state"] in ENDS and watch.connections == 1:
                watch.told.append((snapshot["state"], place, snapshot))
        else:
            watch.told.append((name, place, json.loads(data) if data else {}))
