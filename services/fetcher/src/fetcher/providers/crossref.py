"""Crossref: what is registered for a DOI."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chassis.errors import SourceError

from fetcher.jats.notices import notice
from fetcher.licences import licence_id
from fetcher.prose import clean
from fetcher.providers.found import Card

if TYPE_CHECKING:
    from artifacts.paper import NoticeKind

    from fetcher.client import Client

_UPDATES: dict[str, NoticeKind] = {
    "retraction": "retracted",
    "withdrawal": "retracted",
    "removal": "retracted",
    "correction": "corrected",
    "erratum": "corrected",
    "corrigendum": "corrected",
    "expression_of_concern": "concern",
}


def look_up(client: Client, doi: str) -> tuple[Card, list[str]] | None:
    """What is registered, and addresses of the full text (XML before PDF); None for a DOI of another agency.

    Raises:
        SourceError: `source.not-found` when no such DOI is registered anywhere.
    """
    mail = {"mailto": client.settings.contact_email} if client.settings.contact_email else None
    answer = client.ask(f"{client.settings.crossref_url}/works/{quote(doi, safe='/')}", mail)
    if answer.status == 404:
        agency = client.ask(f"{client.settings.crossref_url}/works/{quote(doi, safe='/')}/agency", mail)
        if agency.status == 404:
            raise SourceError(
                "source.not-found", f"No paper is registered under the DOI {doi}; please check it.", answer.text[:200]
            )
        return None
    try:
        message = json.loads(answer.content)["message"]
    except (ValueError, KeyError, TypeError):
        return None
    return _card(message, doi), _links(message)


def _card(message: dict[str, Any], doi: str) -> Card:
    title = _plain(" ".join(message.get("title") or []))
    parts = (message.get("issued", {}).get("date-parts") or [[]])[0]
    licences = [str(item.get("URL", "")) for item in message.get("license", [])]
    updates = [_UPDATES.get(str(update.get("type", ""))) for update in message.get("updated-by", [])]
    kinds = [kind for kind in updates if kind]
    if message.get("type") == "posted-content":
        kinds.append("preprint")
    return Card(
        title=title,
        authors=tuple(name for person in message.get("author", []) if (name := _name(person))),
        journal=_plain(" ".join((message.get("container-title") or [])[:1])),
        published="-".join(f"{part:02d}" for part in parts if isinstance(part, int)),
        doi=doi,
        url=f"https://doi.org/{doi}",
        licence=licence_id(*licences),
        notices=tuple(notice(kind) for kind in dict.fromkeys(kinds)),
    )


def _name(person: dict[str, Any]) -> str:
    return clean(" ".join(str(person[key]) for key in ("given", "family", "suffix", "name") if person.get(key)))


def _links(message: dict[str, Any]) -> list[str]:
    links = [link for link in message.get("link", []) if link.get("URL")]
    order = {"application/xml": 0, "text/xml": 0, "application/pdf": 1, "unspecified": 2}
    known = [link for link in links if link.get("content-type") in order]
    return [str(link["URL"]) for link in sorted(known, key=lambda link: order[link["content-type"]])]


def _plain(text: str) -> str:
    return clean(re.sub(r"<[^>]+>", "", text))
