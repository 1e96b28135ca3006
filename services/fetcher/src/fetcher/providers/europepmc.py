"""Europe PMC: search by identifier, full text as JATS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fetcher.jats.notices import notice
from fetcher.licences import licence_id
from fetcher.providers.found import Card, Found

if TYPE_CHECKING:
    from artifacts.paper import Notice

    from fetcher.client import Client


def full_text(client: Client, pmcid: str) -> Found | None:
    """The article's JATS; None where Europe PMC has none to give."""
    answer = client.ask(f"{client.settings.europepmc_url}/{pmcid}/fullTextXML")
    if answer.status != 200 or b"<body" not in answer.content:
        return None
    return Found(answer.content, Card(pmcid=pmcid, url=f"https://europepmc.org/article/PMC/{pmcid}"))


def look_up(client: Client, query: str) -> tuple[Card, list[str]] | None:
    """What is known about the one paper that the query finds, and addresses of open PDFs of it."""
    parameters = {"query": query, "resultType": "core", "format": "json", "pageSize": "1"}
    answer = client.ask(f"{client.settings.europepmc_url}/search", parameters)
    try:
        results = json.loads(answer.content)["resultList"]["result"]
    except (ValueError, KeyError, TypeError):
        return None
    return (_card(results[0]), _open_pdfs(results[0])) if results else None


def _card(record: dict[str, Any]) -> Card:
    journal = record.get("journalInfo", {}).get("journal", {}).get("title", "")
    people = record.get("authorList", {}).get("author", [])
    names = [_name(person) for person in people]
    return Card(
        title=str(record.get("title", "")).rstrip("."),
        authors=tuple(name for name in names if name),
        journal=str(journal),
        published=str(record.get("firstPublicationDate") or record.get("pubYear") or ""),
        doi=str(record.get("doi", "")),
        pmid=str(record.get("pmid", "")),
        pmcid=str(record.get("pmcid", "")),
        licence=licence_id(str(record.get("license", "")).replace("cc ", "CC-")),
        notices=_notices(record),
    )


def _name(person: dict[str, Any]) -> str:
    if person.get("collectiveName"):
        return str(person["collectiveName"])
    return " ".join(str(person[key]) for key in ("firstName", "lastName") if person.get(key))


def _notices(record: dict[str, Any]) -> tuple[Notice, ...]:
    kinds = {str(kind).lower() for kind in record.get("pubTypeList", {}).get("pubType", [])}
    found = []
    if "retracted publication" in kinds:
        found.append(notice("retracted"))
    if "preprint" in kinds or record.get("source") == "PPR":
        found.append(notice("preprint"))
    return tuple(found)


def _open_pdfs(record: dict[str, Any]) -> list[str]:
    links = record.get("fullTextUrlList", {}).get("fullTextUrl", [])
    return [
        str(link["url"])
        for link in links
        if link.get("documentStyle") == "pdf" and link.get("availabilityCode") in ("OA", "F")
    ]
