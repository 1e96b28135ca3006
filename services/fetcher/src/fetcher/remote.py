"""From a reference to a paper: asks the services in turn, full text before PDF, and says why when there is none."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from artifacts.paper import Paper, Passage
from chassis.errors import SourceError, Transient

from fetcher import references
from fetcher.client import Client
from fetcher.licences import allows_reuse
from fetcher.pictures import with_picture
from fetcher.providers import arxiv, biorxiv, crossref, europepmc, ncbi, web
from fetcher.providers.found import Card, Found
from fetcher.sandbox import read_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from chassis.limits import Calling

    from fetcher.references import Target
    from fetcher.settings import Settings


def fetch_paper(
    reference: str,
    folder: Path,
    out: Path,
    settings: Settings,
    note: Callable[[str], None],
    within: Calling | None = None,
) -> Paper:
    """Find, fetch and read the paper that the reference names; pictures are put into `out`.

    Args:
        reference: identifier or address, as the user gave it.
        folder: for work in progress.
        out: an empty folder for the paper's pictures.
        settings: limits and addresses.
        note: is told what is going on; what it raises ends the work.
        within: a place for one request within a service's limit; without it, this process has its own limits.

    Raises:
        SourceError: there is no such paper, or none that may be read.
        RateLimited: a service is asked as often as it allows.
        Transient: a service does not answer.
    """
    target = references.parse(reference)
    with Client(settings, note, within) as client:
        found = _find(client, target)
        file = folder / "fetched"
        file.write_bytes(found.content)
        reading = read_apart(file, out, settings, lambda: note("reading the paper"))
        paper = completed(reading.paper, found.card)
        if reading.pictures and paper.pmcid and allows_reuse(paper.licence):
            paper = _with_pictures(client, paper, reading.pictures, out)
    return paper


def _find(client: Client, target: Target) -> Found:
    if target.kind == "arxiv":
        return arxiv.paper(client, target.value)
    if target.kind == "pmcid":
        return _by_pmcid(client, target.value)
    if target.kind == "pmid":
        return _by_pmid(client, target.value)
    if target.kind == "doi":
        return _by_doi(client, target.value)
    return web.paper(client, target.value)


def _by_pmcid(client: Client, pmcid: str) -> Found:
    found = _full_text(client, pmcid)
    if found is not None:
        return found
    known = europepmc.look_up(client, f"PMCID:{pmcid}")
    if known is None:
        raise SourceError("source.not-found", f"PubMed Central knows no paper {pmcid}; please check the id.")
    return _open_pdf(client, known[1], known[0]) or _closed(known[0].title or pmcid)


def _by_pmid(client: Client, pmid: str) -> Found:
    ids = ncbi.convert(client, pmid)
    card = (
        Card(pmcid=ids["pmcid"], doi=ids.get("doi", ""), pmid=pmid)
        if "pmcid" in ids
        else ncbi.pubmed_card(client, pmid)
    )
    if card.pmcid and (found := _full_text(client, card.pmcid)):
        return Found(found.content, replace(card, title="", url=found.card.url))
    if card.doi:
        return _by_doi(client, card.doi, in_pmc=False)
    return _closed(card.title or f"PubMed {pmid}")


def _by_doi(client: Client, doi: str, *, in_pmc: bool = True) -> Found:
    # While any service is silent, nobody can say that there is no open copy.
    silent: list[Transient] = []
    if doi.startswith(biorxiv.PREFIXES):
        with _noting(silent):
            if preprint := biorxiv.paper(client, doi):
                return preprint
    pmcid, registered, known = "", None, None
    if in_pmc:
        with _noting(silent):
            pmcid = ncbi.convert(client, doi).get("pmcid", "")
    with _noting(silent):
        registered = crossref.look_up(client, doi)
    card, links = registered or (Card(doi=doi), [])
    with _noting(silent):
        if pmcid and (found := _full_text(client, pmcid)):
            return Found(found.content, Card(doi=doi, pmcid=pmcid, url=found.card.url, notices=card.notices))
    with _noting(silent):
        known = europepmc.look_up(client, f'DOI:"{doi}"')
    if found := _open_pdf(client, [*(known[1] if known else []), *(links if card.licence else [])], card):
        return found
    with contextlib.suppress(SourceError), _noting(silent):
        found = web.paper(client, f"{client.settings.doi_url}/{doi}")
        return Found(found.content, card if registered else found.card)
    if silent:
        raise silent[-1]
    return _closed(card.title or doi)


@contextlib.contextmanager
def _noting(silent: list[Transient]) -> Iterator[None]:
    """Go on without a service that does not answer."""
    try:
        yield
    except Transient as error:
        silent.append(error)


def _full_text(client: Client, pmcid: str) -> Found | None:
    """JATS from PubMed Central, else from Europe PMC; one of them not answering leaves the other."""
    try:
        found = ncbi.full_text(client, pmcid)
    except Transient:
        return europepmc.full_text(client, pmcid) or _again(pmcid)
    return found or europepmc.full_text(client, pmcid)


def _again(pmcid: str) -> Found:
    raise Transient(
        "unavailable.provider", "PubMed Central does not answer right now; please try again in a few minutes.", pmcid
    )


def _open_pdf(client: Client, links: list[str], card: Card) -> Found | None:
    for link in links[:3]:
        with contextlib.suppress(SourceError, Transient):
            answer = client.open(link)
            if web.is_paper(answer):
                return Found(answer.content, card)
    return None


def _closed(title: str) -> Found:
    raise SourceError(
        "source.not-open-access",
        f"No open copy of “{title[:120]}” was found; if you have the paper as PDF, DOCX or XML, please upload it.",
    )


def completed(paper: Paper, card: Card) -> Paper:
    """The paper with what a service knows: it fills gaps, and for a PDF it overrides what was guessed from the page."""
    better = paper.source == "pdf"
    update: dict[str, object] = {}
    for name in ("title", "journal", "published", "doi", "pmid", "pmcid", "arxiv", "url", "licence"):
        told = getattr(card, name)
        if told and (better or not getattr(paper, name)):
            update[name] = told
    if card.authors and (better or not paper.authors):
        update["authors"] = list(card.authors)
    if card.subjects and not paper.subjects:
        update["subjects"] = list(card.subjects)
    if card.abstract and not paper.abstract:
        update["abstract"] = card.abstract
        update["passages"] = [Passage(id="abs.1", text=card.abstract, kind="abstract"), *paper.passages]
    known = {notice.kind for notice in paper.notices}
    update["notices"] = paper.notices + [notice for notice in card.notices if notice.kind not in known]
    return paper.model_copy(update=update)


def _with_pictures(client: Client, paper: Paper, wanted: dict[str, str], out: Path) -> Paper:
    """The paper with the pictures of its figures, save of those that state a licence that forbids it."""
    free = {figure.id for figure in paper.figures if not figure.licence or allows_reuse(figure.licence)}
    names = {figure: name for figure, name in wanted.items() if figure in free}
    try:
        pictures = ncbi.media(client, paper.pmcid, names, client.settings.most_pictures)
    except (Transient, SourceError) as error:
        return paper.model_copy(update={"warnings": [*paper.warnings, f"pictures: {error}"]})
    figures = [with_picture(figure, pictures.get(figure.id), out) for figure in paper.figures]
    return paper.model_copy(update={"figures": figures})
