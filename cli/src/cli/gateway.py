"""Which gateway the commands use, and which way they speak to it."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from chassis.errors import Transient, UsageError

from cli.client import Client
from cli.stack import Stack, default_home, local_token, running

_TRIES = 5


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
