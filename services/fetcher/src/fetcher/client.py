"""HTTP as the fetcher needs it: guarded links, limits on size and time, polite pace, patient retries."""

from __future__ import annotations

import math
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

import httpx
from chassis.errors import RateLimited, SourceError, Transient
from chassis.limits import Calling, Limit, LocalLimits, calling, seconds_of

from fetcher.web_address import public_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from fetcher.settings import Settings

_REDIRECTS = 8
_LONGEST_PAUSE = 8.0
_LATER = {408, 425, 429, 500, 502, 503, 504}
_AGENT = "HiddenHill/0.1 (paper reader{contact})"


@dataclass(frozen=True)
class Answer:
    """`url` is where the last redirect led."""

    url: str
    status: int
    media_type: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


_ALONE = LocalLimits()


def _sit_out(limit: Limit) -> AbstractContextManager[None]:
    """Keep to a limit that nobody shares."""
    return calling(_ALONE.taker(""), replace(limit, patience=math.inf))


class Client:
    """Asks literature services and the web; services' addresses are trusted, links of users and redirects are not.

    Args:
        settings: limits and contact.
        progress: called before every request with a word for the user; what it raises ends the work.
        within: entered for every request to a service that states a limit; waits until it may be made.
    """

    def __init__(
        self,
        settings: Settings,
        progress: Callable[[str], None] | None = None,
        within: Calling | None = None,
    ) -> None:
        self.settings = settings
        self._within = within or _sit_out
        self._progress = progress
        contact = f"; mailto:{settings.contact_email}" if settings.contact_email else ""
        timeout = httpx.Timeout(settings.request_seconds, connect=min(10.0, settings.request_seconds))
        headers = {"User-Agent": _AGENT.format(contact=contact), "Accept-Language": "en"}
        # Authorities are those of SSL_CERT_FILE where it is set; proxies are not taken from the environment.
        authorities = httpx.create_ssl_context()
        self._http = httpx.Client(timeout=timeout, headers=headers, verify=authorities, trust_env=False)
        arxiv = Limit("arxiv", every=3.0, patience=30.0, title="arXiv")
        limits = {
            settings.ncbi_url: Limit("ncbi", every=0.11 if settings.ncbi_api_key else 0.35, title="NCBI"),
            settings.idconv_url: Limit("ncbi-ids", every=0.35, title="NCBI"),
            settings.arxiv_api_url: arxiv,
            settings.arxiv_pdf_url: arxiv,
            settings.crossref_url: Limit("crossref", every=0.1, title="Crossref"),
            settings.biorxiv_url: Limit("biorxiv", every=0.5, title="bioRxiv"),
        }
        self._limits = {host: limit for url, limit in limits.items() if _is_public_name(host := urlsplit(url).netloc)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def ask(self, url: str, parameters: dict[str, str] | None = None, *, most: int = 50_000_000) -> Answer:
        """Ask a literature service at its configured address; 4xx answers are returned, not raised."""
        whole = str(httpx.URL(url, params=parameters)) if parameters else url
        return self._patiently(whole, most, trusted=True)

    def open(self, url: str) -> Answer:
        """Open a link that a user or a third party gave; every hop must be on the public network."""
        return self._patiently(url, self.settings.max_bytes, trusted=False)

    def _patiently(self, url: str, most: int, *, trusted: bool) -> Answer:
        host = urlsplit(url).hostname or url[:80]
        problem = ""
        for attempt in range(self.settings.attempts):
            if self._progress is not None:
                self._progress(f"asking {host}")
            pause = min(0.5 * 2.0**attempt, _LONGEST_PAUSE)
            try:
                answer, wanted = self._follow(url, most, trusted=trusted)
            except httpx.TransportError as error:
                problem = repr(error)
            else:
                if answer.status not in _LATER:
                    return answer
                problem = f"HTTP {answer.status}: {answer.text[:200]}"
                if wanted is not None and wanted > _LONGEST_PAUSE:
                    raise RateLimited(
                        "rate-limited.provider",
                        f"{host} asks to be left alone for a while; trying again later.",
                        problem,
                        retry_after=wanted,
                        waits_for=host,
                    )
                pause = wanted if wanted is not None else pause
            if attempt + 1 < self.settings.attempts:
                time.sleep(pause)
        message = f"{host} does not answer right now; please try again in a few minutes."
        raise Transient("unavailable.provider", message, problem)

    def _follow(self, url: str, most: int, *, trusted: bool) -> tuple[Answer, float | None]:
        """One request and its redirects; a service's redirect elsewhere is followed like a stranger's link."""
        for _ in range(_REDIRECTS):
            limit = self._limits.get(urlsplit(url).netloc)
            with self._within(limit) if limit else nullcontext(), self._request(url, trusted=trusted) as response:
                location = response.headers.get("location")
                if response.is_redirect and location:
                    before, url = url, urljoin(url, location)
                    trusted = trusted and urlsplit(before).netloc == urlsplit(url).netloc
                    continue
                content = self._read(response, most)
                kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
                return Answer(url, response.status_code, kind, content), seconds_of(
                    response.headers.get("retry-after", "")
                )
        raise SourceError(
            "source.bad-link", "This link leads in circles; please give the paper's DOI or upload its file.", url[:300]
        )

    def _request(self, url: str, *, trusted: bool) -> AbstractContextManager[httpx.Response]:
        """Connect: a stranger's host name is replaced by the very address that was checked."""
        if trusted:
            return self._http.stream("GET", url)
        _, port, address = public_address(url, allow_private=self.settings.allow_private_addresses)
        whole = httpx.URL(url)
        pinned = whole.copy_with(host=address, port=port)
        identity = {"Host": whole.netloc.decode()}
        return self._http.stream("GET", pinned, headers=identity, extensions={"sni_hostname": whole.host})

    def _read(self, response: httpx.Response, most: int) -> bytes:
        over = time.monotonic() + 3 * self.settings.request_seconds
        content = bytearray()
        for chunk in response.iter_bytes(65_536):
            content += chunk
            if len(content) > most:
                raise SourceError(
                    "source.too-large",
                    f"What this leads to is larger than {most / 1e6:.0f} MB; please upload a smaller copy.",
                    "",
                )
            if time.monotonic() > over:
                raise httpx.ReadTimeout("too slow")
        return bytes(content)


def _is_public_name(netloc: str) -> bool:
    return not netloc.startswith(("127.", "localhost", "[::1]"))
