"""Gateways as the commands use them: one Protocol, whichever way it is spoken to, and the choice between the ways."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from chassis.errors import Transient, UsageError

from cli.stack import Stack, default_home, local_token, running

RECONNECT = 30.0
"""Seconds without the gateway after which a watcher gives up."""
_TRIES = 5


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
    def edit(self, job_id: str, scene: int, changes: dict[str, str]) -> None: ...
    def delete(self, job_id: str) -> None: ...
    def read(self, job_id: str, artifact: str, offset: int = 0) -> AbstractContextManager[Bytes]:
        """The artifact's bytes from an offset before its end; Transient where the connection breaks."""
        ...

    def watch(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The job's events, a snapshot first; a broken connection is taken up again where it broke."""
        ...


@dataclass(frozen=True)
class Address:
    """Where a gateway is, and the token for it, which is never shown. Empty: this machine's own."""

    url: str = ""
    token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls) -> Address:
        """What HIDDENHILL_GATEWAY and HIDDENHILL_TOKEN say."""
        return cls(os.environ.get("HIDDENHILL_GATEWAY", ""), os.environ.get("HIDDENHILL_TOKEN", ""))


@contextlib.contextmanager
def gateway(address: Address | None = None) -> Iterator[Client]:
    """The gateway at the address (None: as the environment says), or else the one running on this home.

    Where there is none, one is started for as long as this.
    `started_here` on the client says whether it ends with the command.
    """
    at = address or Address.from_environment()
    known = running(default_home())
    if at.url:
        own = known is not None and at.url.rstrip("/") in (known["gateway_url"], known.get("rpc_url"))
        with _client(at.url, at.token or (local_token(default_home()) if own else "")) as client:
            yield client
    elif known:
        with _client(known["gateway_url"], local_token(default_home())) as client:
            yield client
    else:
        with Stack(default_home()) as stack, _client(stack.gateway_url, stack.token, started_here=True) as client:
            yield client


def submit(client: Client, source: str | Path, options: dict[str, Any], key: str = "") -> dict[str, Any]:
    """Start a job, once, however often the connection breaks; returns the job."""
    key = key or uuid.uuid4().hex
    for tried in range(1, _TRIES):
        try:
            return client.submit(source, options, key)
        except Transient as error:
            wait = error.retry_after or 0.25 * 2**tried
            if wait > 10:
                raise
        time.sleep(wait)
    return client.submit(source, options, key)


@contextlib.contextmanager
def _client(url: str, token: str, *, started_here: bool = False) -> Iterator[Client]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "grpc", "grpcs") or not parts.hostname:
        raise UsageError("usage.url", f"{url} is no gateway's address; give http(s)://… or grpc(s)://host:port.")
    if token and parts.scheme in ("http", "grpc") and not _is_near(parts):
        print(f"warning: the token goes to {parts.hostname} unencrypted; prefer {parts.scheme}s", file=sys.stderr)  # noqa: T201 - said to the person
    if parts.scheme in ("grpc", "grpcs"):
        from cli.rpc import Rpc  # noqa: PLC0415 - gRPC is not loaded to speak REST

        with Rpc(url, token, started_here=started_here) as rpc:
            yield rpc
    else:
        from cli.rest import Rest  # noqa: PLC0415 - nor HTTP to speak gRPC

        with Rest(url, token, started_here=started_here) as rest:
            yield rest


def _is_near(parts: SplitResult) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    return parts.hostname == "localhost"
