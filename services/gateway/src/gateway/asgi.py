"""The ASGI application: the guard at the door, the event stream, and Flask for everything else."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from chassis.errors import Error, UsageError

from gateway.hub import Hub, Told
from gateway.problems import body_of, error_of, not_found, status_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_EVENTS = re.compile(r"/api/v1/jobs/([A-Za-z0-9_-]{1,64})/events")
_PROBES = ("/healthz", "/readyz")
PING_EVERY = 15.0


class Gate:
    """Dispatches requests; refuses those that a foreign page could have sent.

    Args:
        hub: who knows what changes.
        rest: the application for all other paths.
        hosts: names under which the gateway may be asked for.
    """

    def __init__(self, hub: Hub, rest: Application, hosts: frozenset[str]) -> None:
        self._hub = hub
        self._rest = rest
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        try:
            if path not in _PROBES:
                self._check(scope)
            if (found := _EVENTS.fullmatch(path)) and scope["method"] == "GET":
                await self._stream(found[1], receive, send)
                return
        except Exception as exception:  # noqa: BLE001 - every error gets its answer
            await _refuse(send, error_of(exception))
            return
        await self._rest(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        """Refuse a rebound name (the Host is not ours) and a foreign page (the Origin is not this Host)."""
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        host = headers.get("host", "")
        if _hostname(f"//{host}") not in self._hosts:
            raise UsageError("usage.host", "This name is not the gateway's; add it to HIDDENHILL_ALLOWED_HOSTS.")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise UsageError("usage.origin", "Pages of other sites may not use the gateway.")

    async def _stream(self, job_id: str, receive: Receive, send: Send) -> None:
        watcher = await self._hub.watch(job_id)
        if watcher is None:
            raise not_found(f"job {job_id}")

        async def lines() -> AsyncIterator[bytes]:
            yield b"retry: 2000\n"  # belongs to the event that follows
            while True:
                told = await watcher.next(PING_EVERY)
                yield _encode(told) if told else b": ping\n\n"
                if (told and told.name == "bye") or self._hub.closing:
                    return

        async def pour() -> None:
            await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
            async for chunk in lines():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

        async def gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        tasks = {asyncio.create_task(pour()), asyncio.create_task(gone())}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.leave(job_id, watcher)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


def _encode(told: Told) -> bytes:
    place = f"id: {told.seq}\n" if told.seq else ""
    return f"{place}event: {told.name}\ndata: {json.dumps(told.data, ensure_ascii=False)}\n\n".encode()


def _hostname(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(send: Send, error: Error) -> None:
    status = status_of(error)
    headers = [(b"content-type", b"application/problem+json")]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body_of(error, status)})
