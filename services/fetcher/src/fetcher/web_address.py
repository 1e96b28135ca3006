"""Which addresses on the network a user's link may lead to."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from chassis.errors import SourceError, Transient

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def public_address(url: str, *, allow_private: bool = False) -> tuple[str, int, str]:
    """Host, port and the one resolved address that a request to the URL may connect to.

    Raises:
        SourceError: `source.bad-link`: it is no web address, or one that lies outside of the public network.
        Transient: the name could not be looked up.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError as error:
        raise _bad(url, str(error)) from error
    if parts.scheme not in _PORTS or not host or port is None:
        raise _bad(url, "scheme or host")
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
            raise Transient(
                "unavailable.name",
                f"The site {host} could not be found; please check the link and this machine's connection.",
                str(error),
            ) from error
        raise Transient(
            "unavailable.name", f"The site {host} could not be looked up; trying again.", str(error)
        ) from error
    except (UnicodeError, OSError) as error:
        raise _bad(url, str(error)) from error
    if not allow_private and not all(is_public(address) for address in found):
        raise _bad(url, f"{host} is {', '.join(found)}")
    return host, port, found[0]


def is_public(address: str) -> bool:
    """Whether the address belongs to the public network, also when it is written as IPv6 around IPv4."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _bad(url: str, detail: str) -> SourceError:
    return SourceError(
        "source.bad-link",
        "This link does not lead to a public web page (http or https); please give the paper's DOI or upload its file.",
        f"{url[:300]}: {detail}",
    )
