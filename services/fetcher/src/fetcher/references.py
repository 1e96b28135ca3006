"""What a user's reference refers to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from chassis.errors import SourceError

Kind = Literal["pmid", "pmcid", "doi", "arxiv", "url"]

_PMCID = re.compile(r"(?:pmcid:?\s*)?(PMC\d{1,9})(?:\.\d+)?", re.IGNORECASE)
_PMID = re.compile(r"(?:(?:pubmed|pmid):?\s*)?(\d{1,8})", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:?\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV_ID = r"(\d{4}\.\d{4,5}(?:v\d+)?|[a-z][a-z.-]*(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?)"
_ARXIV = re.compile(rf"(?:arxiv:\s*)?{_ARXIV_ID}", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Target:
    """A kind of identifier, and it in its canonical form."""

    kind: Kind
    value: str


def parse(reference: str) -> Target:
    """Recognise a PMID, PMCID, DOI, arXiv id or web address.

    Raises:
        SourceError: `source.unknown-reference`.
    """
    text = reference.strip().strip("<>\"'“”").strip()
    if _ADDRESS.fullmatch(text):
        return _address(text if "://" in text else f"https://{text}")
    for kind, pattern in (("pmcid", _PMCID), ("doi", _DOI), ("arxiv", _ARXIV), ("pmid", _PMID)):
        if found := pattern.fullmatch(text):
            return _canonical(kind, found[1])  # type: ignore[arg-type]
    bare = text.split("/")[0].lower()
    if re.fullmatch(r"(?:[\w-]+\.)+[a-z]{2,}", bare) and not text.startswith("10."):
        return _address(f"https://{text}")
    raise SourceError(
        "source.unknown-reference",
        "This is no DOI, PubMed or PMC id, arXiv id or web address; please check it or upload the paper's file.",
        reference[:300],
    )


def _canonical(kind: Kind, value: str) -> Target:
    if kind == "doi":
        value = (
            unquote(value).rstrip(".,;)]}\"'")
            if value.count("(") < value.count(")")
            else unquote(value).rstrip(".,;]}\"'")
        )
        if found := _ARXIV_DOI.fullmatch(value):
            return Target("arxiv", found[1])
        return Target("doi", value)
    return Target(kind, value.upper() if kind == "pmcid" else value)


def _address(url: str) -> Target:
    """The identifier that a link to a literature site stands for, else the link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return Target("url", url)
    host, path = (parts.hostname or "").lower().removeprefix("www."), unquote(parts.path)
    patterns: list[tuple[bool, str, Kind]] = [
        (host in ("doi.org", "dx.doi.org"), r"/(10\.\d{4,9}/.+)", "doi"),
        (host.endswith("ncbi.nlm.nih.gov"), r"/(?:pmc/)?articles/(PMC\d+)(?:\.\d+)?(?:/.*)?", "pmcid"),
        (host == "pubmed.ncbi.nlm.nih.gov", r"/(\d{1,8})/?.*", "pmid"),
        (host == "ncbi.nlm.nih.gov", r"/pubmed/(\d{1,8})/?.*", "pmid"),
        (host.endswith("europepmc.org"), r"/(?:article|abstract)/MED/(\d{1,8})/?", "pmid"),
        (host.endswith("europepmc.org"), r"/(?:article/PMC|articles)/(PMC\d+).*", "pmcid"),
        (host.endswith("arxiv.org"), rf"/(?:abs|pdf|html)/{_ARXIV_ID}(?:\.pdf)?/?", "arxiv"),
        (host.endswith(("biorxiv.org", "medrxiv.org")), r"/content/(10\.\d{4,9}/[\d.]+\d)(?:v\d+)?.*", "doi"),
    ]
    for matches, pattern, kind in patterns:
        if matches and (found := re.fullmatch(pattern, path, re.IGNORECASE)):
            return _canonical(kind, found[1])
    return Target("url", url)
