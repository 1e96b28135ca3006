"""The ASGI application: the guard at the door, the event streams, and Flask for everything else."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from chassis.errors import Error, UsageError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.accounts.callers import Caller, Callers
from gateway.accounts.guests import Guests
from gateway.accounts.limits import Requests
from gateway.ledger.hub import Hub
from gateway.ledger.watching import Watcher
from gateway.measuring import UNKNOWN, answered, streaming
from gateway.problems import body_of, error_of, not_found, not_logged_in, status_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = dict[str, str]

_EVENTS = re.compile(r"/api/v1(?:/jobs/([A-Za-z0-9_-]{1,64}))?/events")
_ROUTES = ("/api/v1/events", "/api/v1/jobs/<job_id>/events")
_PROBES = ("/healthz", "/readyz")
Abort = Callable[[], object]
ABORT = "abort"
"""Where a request's state has what breaks its connection: ASGI has no word for it, and a client that does not read
holds a connection that is only closed."""


class Connection(HttpToolsProtocol):
    """uvicorn's, which lets the application break it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"][ABORT] = self.transport.abort


@dataclass(frozen=True)
class Gate:
    """Dispatches requests; refuses those that a foreign page could have sent.

    Args:
        hub: who knows what changes.
        guests: who knows who may go on listening.
        callers: who knows who asks.
        requests: who counts how often.
        cookie: name of the session cookie.
        rest: the application for all other paths.
        hosts: names under which the gateway may be asked for.
        origins: other sites whose pages may use the API.
    """

    hub: Hub
    guests: Guests
    callers: Callers
    requests: Requests
    cookie: str
    rest: Application
    hosts: frozenset[str]
    origins: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        began, route = time.perf_counter(), UNKNOWN
        try:
            if scope["path"] not in _PROBES:
                self._check(headers)
            if (found := _EVENTS.fullmatch(scope["path"])) and scope["method"] == "GET":
                route = _ROUTES[found[1] is not None]
                if headers.get("origin", "").lower() in self.origins:
                    send = _readable_for(headers["origin"], send)
                await self._stream(found[1], headers, receive, send, scope["state"][ABORT])
                return
        except Exception as exception:  # noqa: BLE001 - every error gets its answer
            error = error_of(exception)
            answered(scope["method"], route, status_of(error), time.perf_counter() - began)
            await _refuse(send, error)
            return
        await self.rest(scope, receive, send)

    def _check(self, headers: Headers) -> None:
        """Refuse a rebound name (the Host is not ours) and a foreign page (the Origin is not this Host)."""
        host = headers.get("host", "")
        if _hostname(f"//{host}") not in self.hosts:
            raise UsageError("usage.host", "This name is not the gateway's; add it to HIDDENHILL_ALLOWED_HOSTS.")
        origin = headers.get("origin")
        if origin is None or urlsplit(origin).netloc.lower() == host.lower() or origin.lower() in self.origins:
            return
        raise UsageError("usage.origin", "Pages of other sites may not use the gateway.")

    async def _caller(self, headers: Headers) -> Caller:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            morsel = None
        cookie = morsel.value if morsel else None
        return await asyncio.to_thread(self._admitted, cookie, headers.get("authorization"))

    def _admitted(self, cookie: str | None, authorization: str | None) -> Caller:
        caller = self.callers.of(cookie, authorization)
        if caller is None:
            raise not_logged_in()
        self.requests.count(caller)
        return caller

    async def _stream(self, job_id: str | None, headers: Headers, receive: Receive, send: Send, abort: Abort) -> None:
        caller = await self._caller(headers)
        watcher: Watcher | None
        if job_id:
            after, part = _place(headers.get("last-event-id", ""))
            watcher = await self.hub.watch(job_id, after, caller.sees, part)
        else:
            watcher = await self.hub.watch_all(caller.user_id)
        if watcher is None:
            raise not_found(f"job {job_id}")
        watcher.drop = abort
        pour = asyncio.create_task(_pour(watcher, send, abort))
        self.guests.enter(caller, watcher, watcher.end)
        try:
            with streaming():
                while (await receive())["type"] != "http.disconnect":
                    pass
        finally:
            self.guests.leave(caller, watcher)
            self.hub.leave(job_id or caller.user_id, watcher)
            pour.cancel()


async def _pour(watcher: Watcher, send: Send, abort: Abort) -> None:
    """Send what the watcher is told, to its end; broken off, the connection is too."""
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        body = b"retry: 2000\n"  # belongs to the event that follows
        while not (watcher.ended and not watcher.waiting):
            told = await watcher.told()
            body += b"".join([each.encoded for each in told]) or b": ping\n\n"
            await send({"type": "http.response.body", "body": body, "more_body": True})
            body = b""
        await send({"type": "http.response.body", "body": b""})
    except BaseException:
        abort()
        raise


def _place(last: str) -> tuple[int, int]:
    """The sequence that a Last-Event-ID names, and how many of the events that follow from it were seen; 0: all."""
    found = re.fullmatch(r"([0-9]{1,18})(?:\.([0-9]{1,4}))?", last)
    return (int(found[1]), int(found[2] or 0)) if found else (0, 0)


_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


def _readable_for(origin: str, send: Send) -> Send:
    """Answer such that pages of another origin may read it."""
    allowed = [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"origin")]

    async def answer(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *allowed]}
        await send(message)

    return answer


def _hostname(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


async def _refuse(send: Send, error: Error) -> None:
    status = status_of(error)
    headers = [(b"content-type", b"application/problem+json")]
    if wait := getattr(error, "retry_after", None) or (2 if status == 503 else 0):
        headers.append((b"retry-after", b"%d" % math.ceil(wait)))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body_of(error, status)})
