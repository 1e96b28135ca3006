"""bioRxiv and medRxiv: a preprint's record and the address of its JATS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from chassis.errors import Error

from fetcher.jats.notices import notice
from fetcher.licences import licence_id
from fetcher.prose import clean
from fetcher.providers.found import Card, Found

if TYPE_CHECKING:
    from fetcher.client import Client

PREFIXES = ("10.1101/", "10.64898/")


def paper(client: Client, doi: str) -> Found | None:
    """The preprint's JATS, else its PDF; None where neither server knows it."""
    for server in ("biorxiv", "medrxiv"):
        record = _record(client, server, doi)
        if record is None:
            continue
        card = _card(record, server, doi)
        for address in _addresses(record, server, doi):
            try:
                answer = client.open(address)
            except Error:
                # One address that does not answer leaves the other.
                continue
            if answer.status == 200 and (b"<article" in answer.content[:5000] or b"%PDF-" in answer.content[:1024]):
                return Found(answer.content, card)
    return None


def _record(client: Client, server: str, doi: str) -> dict[str, Any] | None:
    answer = client.ask(f"{client.settings.biorxiv_url}/details/{server}/{doi}/na/json")
    try:
        records = json.loads(answer.content)["collection"]
    except (ValueError, KeyError, TypeError):
        return None
    return records[-1] if records else None


def _addresses(record: dict[str, Any], server: str, doi: str) -> list[str]:
    version = record.get("version", "1")
    site = f"https://www.{server}.org/"
    stated = str(record.get("jatsxml") or "")
    return [*([urljoin(site, stated)] if stated else []), f"{site}content/{doi}v{version}.full.pdf"]


def _card(record: dict[str, Any], server: str, doi: str) -> Card:
    people = [" ".join(reversed(name.split(", ", 1))) for name in str(record.get("authors", "")).split("; ") if name]
    return Card(
        title=clean(str(record.get("title", ""))),
        authors=tuple(clean(name) for name in people),
        abstract=clean(str(record.get("abstract", ""))),
        journal="bioRxiv" if server == "biorxiv" else "medRxiv",
        published=str(record.get("date", "")),
        doi=doi,
        url=f"https://doi.org/{doi}",
        licence=licence_id(str(record.get("license", "")).replace("_", "-")),
        notices=(notice("preprint"),),
    )
