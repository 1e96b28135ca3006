"""A finished film on its way from the vendor's store: which addresses are asked, how much is taken, what is a film."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import httpx
from chassis.errors import Fatal, Transient
from vendors.settings import RunwaySettings

from renderer.film import Broken, facts

MOST_BYTES, MOST_SECONDS = 200_000_000, 300.0
_CHUNK = 1 << 18
_PORTS = {"https": 443, "http": 80}


class Unfit(Fatal):
    """What lies at the address cannot be had, or is no film."""

    def __init__(self, detail: str) -> None:
        super().__init__("provider.runway.output", "What Runway made is no film that can be shown.", detail)


def film(address: str, settings: RunwaySettings, alive: Callable[[], None]) -> bytes:
    """The film at the address, checked to be one.

    Raises:
        Unfit: the address has expired or leads astray, or what is there is no film.
        Transient: the connection broke, or was too slow.
    """
    data = _read(address, settings, alive)
    try:
        facts(BytesIO(data))
    except Broken as error:
        raise Unfit(f"{len(data)} bytes: {error}") from error
    return data


def _read(address: str, settings: RunwaySettings, alive: Callable[[], None]) -> bytes:
    pinned, host = _pinned(address, local=_is_local(settings.url))
    over, content = time.monotonic() + MOST_SECONDS, bytearray()
    identity = {"headers": {"Host": host}, "extensions": {"sni_hostname": pinned[1]}}
    authorities = httpx.create_ssl_context()  # those of SSL_CERT_FILE where it is set
    try:
        with (
            httpx.Client(
                timeout=settings.seconds, verify=authorities, trust_env=False, follow_redirects=False
            ) as client,
            client.stream("GET", pinned[0], **identity) as answer,  # type: ignore[arg-type]
        ):
            _check(answer)
            for chunk in answer.iter_bytes(_CHUNK):
                content += chunk
                if len(content) > MOST_BYTES:
                    raise Unfit(f"more than {MOST_BYTES} bytes")
                if time.monotonic() > over:
                    raise _later(f"not there after {MOST_SECONDS} s")
                alive()
    except httpx.TransportError as error:
        raise _later(repr(error)) from None
    return bytes(content)


def _check(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in (408, 425, 429) or status >= 500:
        raise _later(f"HTTP {status}")
    if status != 200:  # a redirect too: the vendor named the host, and no other is asked
        raise Unfit(f"HTTP {status}")


def _later(detail: str) -> Transient:
    return Transient("unavailable.runway", "The film can't be fetched from Runway right now; trying again.", detail)


def _pinned(address: str, *, local: bool) -> tuple[tuple[httpx.URL, str], str]:
    """The URL with its host replaced by the very address that was checked, that host, and the Host header."""
    try:
        whole, parts = httpx.URL(address), urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except (ValueError, httpx.InvalidURL) as error:
        raise Unfit(f"address: {error}") from None
    host = whole.host
    if not host or port is None or (parts.scheme != "https" and not local):
        raise Unfit(f"address with scheme {parts.scheme[:20]!r}")
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise _later(f"{host[:200]}: {error}") from None
    if not local and not all(_is_public(each) for each in found):
        raise Unfit(f"{host[:200]} is no public host")
    return (whole.copy_with(host=found[0], port=port), host), whole.netloc.decode()


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return _is_public(str(inner)) if inner else ip.is_global and not ip.is_multicast and not ip.is_reserved


def _is_local(url: str) -> bool:
    """Whether the operator's own setting leads to this machine or its network: then films may lie there too."""
    host = urlsplit(url).hostname
    if not host:
        return False
    try:
        return not all(_is_public(str(entry[4][0])) for entry in socket.getaddrinfo(host, None))
    except (OSError, ValueError):
        return False
