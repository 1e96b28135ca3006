"""NCBI: PubMed Central's full text (E-utilities), its id converter, and its open bucket of media."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from chassis.errors import SourceError

from fetcher.markup import Element, parse_xml
from fetcher.providers.found import Card, Found

if TYPE_CHECKING:
    from fetcher.client import Client

_NO_TEXT = b"does not allow downloading of the full text"


def full_text(client: Client, pmcid: str) -> Found | None:
    """The article's JATS from PubMed Central; None where it has none to give."""
    parameters = {"db": "pmc", "id": pmcid.removeprefix("PMC"), "retmode": "xml", **_identity(client)}
    answer = client.ask(f"{client.settings.ncbi_url}/efetch.fcgi", parameters)
    if (
        answer.status != 200
        or _NO_TEXT in answer.content
        or b"<body" not in answer.content
        or b"<article" not in answer.content
    ):
        return None
    return Found(answer.content, Card(pmcid=pmcid, url=f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/"))


def convert(client: Client, identifier: str) -> dict[str, str]:
    """The `pmcid`, `pmid` and `doi` that belong to any one of them, as far as known."""
    parameters = {"ids": identifier, "format": "json", "tool": "hiddenhill", "email": client.settings.contact_email}
    answer = client.ask(client.settings.idconv_url, {key: value for key, value in parameters.items() if value})
    try:
        record = json.loads(answer.content)["records"][0]
    except (ValueError, KeyError, IndexError, TypeError):
        return {}
    if record.get("status") == "error" or not isinstance(record, dict):
        return {}
    return {key: str(record[key]) for key in ("pmcid", "pmid", "doi") if record.get(key)}


def pubmed_card(client: Client, pmid: str) -> Card:
    """What PubMed says about a paper.

    Raises:
        SourceError: `source.not-found`.
    """
    parameters = {"db": "pubmed", "id": pmid, "retmode": "xml", **_identity(client)}
    answer = client.ask(f"{client.settings.ncbi_url}/efetch.fcgi", parameters)
    try:
        record = next(parse_xml(answer.content).iter("PubmedArticle"), None) if answer.status == 200 else None
    except SourceError:
        record = None
    if record is None:
        raise SourceError(
            "source.not-found", f"PubMed knows no paper with the id {pmid}; please check it.", answer.text[:300]
        )
    ids = {
        node.get("IdType"): (node.text or "").strip() for node in record.iterfind("PubmedData/ArticleIdList/ArticleId")
    }
    title = record.find("MedlineCitation/Article/ArticleTitle")
    return Card(
        title=" ".join("".join(title.itertext()).split()).rstrip(".") if title is not None else "",
        doi=ids.get("doi", ""),
        pmid=pmid,
        pmcid=ids.get("pmc", "").partition(".")[0],
    )


def media(client: Client, pmcid: str, wanted: dict[str, str], most: int) -> dict[str, bytes]:
    """The bytes of pictures by figure id, from the open bucket; `wanted` are the names that the article gives them."""
    bucket = client.settings.pmc_bucket_url.rstrip("/")
    listing = client.ask(f"{bucket}/", {"list-type": "2", "prefix": f"{pmcid}."})
    try:
        root: Element = parse_xml(listing.content)
    except SourceError:
        return {}
    keys = [key.text or "" for key in root.iter("Key")]
    newest = max((int(key.split("/")[0].rpartition(".")[2]) for key in keys if _versioned(key)), default=0)
    names = {PurePosixPath(key).name: key for key in keys if key.startswith(f"{pmcid}.{newest}/")}
    found = {}
    for figure, name in list(wanted.items())[:most]:
        key = next((names[candidate] for candidate in _candidates(name) if candidate in names), None)
        if key is None:
            continue
        answer = client.ask(f"{bucket}/{quote(key)}", most=20_000_000)
        if answer.status == 200:
            found[figure] = answer.content
    return found


def _versioned(key: str) -> bool:
    folder, _, rest = key.partition("/")
    return bool(rest) and folder.rpartition(".")[2].isdecimal()


def _candidates(name: str) -> list[str]:
    plain = PurePosixPath(name).name
    stem = plain.rsplit(".", 1)[0]
    return [
        plain,
        *(f"{base}.{suffix}" for base in (plain, stem, f"{stem}_lrg") for suffix in ("jpg", "jpeg", "png", "gif")),
    ]


def _identity(client: Client) -> dict[str, str]:
    stated = {"tool": "hiddenhill", "email": client.settings.contact_email, "api_key": client.settings.ncbi_api_key}
    return {key: value for key, value in stated.items() if value}
