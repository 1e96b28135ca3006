"""What identifies a paper: DOI, journal, date, licence, arXiv number, and the notices about its standing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifacts.paper import Notice

from fetcher.licences import licence_id

if TYPE_CHECKING:
    from fetcher.pdf.layout import Sheet

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`]+", re.IGNORECASE)
_ARXIV = re.compile(
    r"arXiv\s*:\s*(?P<id>\d{4}\.\d{4,5}"
    r"|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?P<version>v\d+)?(?:\s*\[[^\]]*\])?\s*(?P<date>\d{1,2}\s*[A-Z][a-z]{2}\w*\s*\d{4})?",
    re.IGNORECASE,
)
_MONTHS = {
    month: number
    for number, month in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = [
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*{_MONTH},?\s*(?P<year>(?:19|20)\d\d)", re.IGNORECASE),
    re.compile(rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>(?:19|20)\d\d)", re.IGNORECASE),
    re.compile(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"),
    re.compile(rf"{_MONTH},?\s+(?P<year>(?:19|20)\d\d)", re.IGNORECASE),
]
_PUBLISHED = re.compile(
    r"(?:published(?: online)?|first posted|version posted|posted|publication date|available online"
    r"|epub)[:\s]*(?:on|in|online)?[:\s]*",
    re.IGNORECASE,
)
_NOT_PUBLISHED = re.compile(r"received|revised|accepted|submitted|downloaded|accessed|retrieved|printed", re.IGNORECASE)
_CITED_YEAR = re.compile(r"(?:\(|©\s*|copyright\s*(?:©\s*)?|,\s*|\s)((?:19|20)\d\d)\b")
_JOURNALS = re.compile(
    r"\b(?P<name>PLo?S (?:ONE|Biology|Medicine|Genetics|Computational Biology|Pathogens"
    r"|Neglected Tropical Diseases)|eLife|Scientific Reports|Nature Communications|Science Advances"
    r"|(?:International |European |American |British |Canadian )?Journal (?:of"
    r"|for) [A-Z][\w&-]*(?: (?:[A-Z&][\w-]*|and|of|in|the|for))*|BMC [A-Z]\w+(?: [A-Z&]\w*| and)*"
    r"|Frontiers in [A-Z]\w+(?: [A-Z]\w+| and)*|(?:Proceedings|Transactions|Annals"
    r"|Archives) of (?:the )?[^,.;:\d][^,.;:]+|Clinical Science|(?:Nature|Science|Cell)(?= ?(?:[|,(]|vol|\d|$))"
    r"|PNAS|bioRxiv|medRxiv|Metabolites|The Lancet(?: [A-Z]\w+)*|BMJ Open|BMJ|JAMA)\b"
)
_CITATION = re.compile(
    r"^(?P<name>[A-Z][A-Za-z&:. -]{3,60}?)\s*[,·•|]?\s*(?:\d{1,2} [A-Z][a-z]{2,8} )?"
    r"(?:\(?(?:19|20)\d\d\)?|vol(?:ume|\.)?\s*\d+)",
    re.IGNORECASE,
)
_LICENSED = re.compile(
    r"[^.]*(?:creative ?commons|\bCC[ -]BY|\bCC0|licen[sc]e|public domain)[^.]*(?:\.[^.\s][^.]*)*\.?", re.IGNORECASE
)


def doi_of(sheets: list[Sheet], furniture: list[str], metadata: dict[str, str]) -> str:
    """The paper's own DOI: from the heads, the first page or the metadata, never from the references."""
    tops = [line.text for sheet in sheets[:1] for line in sheet.lines]
    second = [line.text for sheet in sheets[1:2] for line in sheet.lines[:12]]
    for text in [*furniture, *metadata.values(), *tops, *second]:
        if found := _DOI.search(text.replace(" ", "") if re.search(r"doi\.org/ ", text) else text):
            return _closed(re.sub(r"[.,;:\]]+$", "", found[0]))
    return ""


def _closed(doi: str) -> str:
    return doi[:-1] if doi.endswith(")") and doi.count("(") < doi.count(")") else doi


def arxiv_of(sheets: list[Sheet]) -> tuple[str, str]:
    """The arXiv number and the date of the stamp at the side of the first page; empty where there is none."""
    for sheet in sheets[:1]:
        for text in (sheet.rotated, *(line.text for line in sheet.lines[:6])):
            if found := _ARXIV.search(text):
                return found["id"], _date_in(found["date"] or text[found.end() : found.end() + 30])
    return "", ""


def _date_in(text: str) -> str:
    for pattern in _DATES:
        if found := pattern.search(text):
            parts = found.groupdict()
            month = _MONTHS.get(parts["month"][:3].lower()) or int(parts["month"])
            if 1 <= month <= 12:
                day = f"-{int(parts['day']):02}" if parts.get("day") and 1 <= int(parts["day"]) <= 31 else ""
                return f"{parts['year']}-{month:02}{day}"
    return ""


def date_of(first: str, furniture: list[str], metadata: dict[str, str]) -> str:
    """The day, month or year of publication as the first pages state it; the file's own date is the last resort."""
    for mark in _PUBLISHED.finditer(first):
        if date := _date_in(first[mark.end() : mark.end() + 28]):
            return date
    for text in furniture:
        if (
            len(text.split()) < 16
            and not _NOT_PUBLISHED.search(text)
            and len(date := _date_in(text)) == len("2014-09-26")
        ):
            return date
    made = re.match(r"D:(\d{4})", metadata.get("CreationDate", ""))
    years: list[str] = [year for text in furniture for year in _CITED_YEAR.findall(" " + text)]
    limit = int(made[1]) + 1 if made else 2100
    near = [year for year in years if limit - 6 <= int(year) <= limit] if made else years
    if near:
        return max(set(near), key=near.count)
    return str(made[1]) if made else ""


def keywords_of(metadata: dict[str, str]) -> list[str]:
    """The keywords that the file itself carries."""
    words = [word.strip(" .") for word in re.split(r"[;,]", metadata.get("Keywords", ""))]
    return [word for word in dict.fromkeys(words) if 1 < len(word) < 60 and not _DOI.search(word)][:20]


def margins(sheets: list[Sheet]) -> list[str]:
    """The lines at the head and foot of the first page, and those that state a copyright or citation."""
    return [
        line.text
        for sheet in sheets[:1]
        for line in sheet.lines
        if line.top < 0.14 * sheet.height
        or line.bottom > 0.88 * sheet.height
        or re.search(r"©|copyright|citation:|cite this", line.text, re.IGNORECASE)
    ]


def journal_of(sheets: list[Sheet], furniture: list[str], title: str) -> str:
    """The journal's name, where heads or the first page's top name it."""
    tops = [line.text for sheet in sheets[:1] for line in sheet.lines if line.top < 0.2 * sheet.height]
    feet = [line.text for sheet in sheets[:1] for line in sheet.lines if line.bottom > 0.85 * sheet.height]
    lines = [text for text in [*tops, *furniture, *feet] if text.strip() and text.strip() not in title]
    for text in lines:
        if found := _JOURNALS.search(text):
            return found["name"]
    for text in lines:
        found = _CITATION.match(text)
        if (
            found
            and 1 <= len(found["name"].split()) <= 8
            and not re.search(r"et al|copyright|©|page|issn|received|docket", found["name"], re.IGNORECASE)
        ):
            return found["name"].strip(" .,")
    return ""


def licence_of(texts: list[str]) -> tuple[str, str]:
    """The licence's id and the words that state it, from the text of the first and last pages."""
    for text in texts:
        for found in _LICENSED.finditer(text):
            if licence := licence_id(found[0]):
                return licence, found[0].strip()[:600]
    return "", ""


def notices_of(title: str, first: str, furniture: list[str], arxiv: str, kind: str) -> list[Notice]:
    """What a reader must know: retracted, a correction, an unreviewed preprint, an editorial."""
    found: list[Notice] = []
    heads = " ".join(furniture)
    if re.match(r"\W*retracted\b", title, re.IGNORECASE) or re.search(
        r"\bRETRACTED(?: ARTICLE)?\b", f"{heads} {first[:1500]}"
    ):
        found.append(Notice(kind="retracted", text="This paper has been retracted."))
    if re.match(r"(retraction|withdrawal)( note)?\b", title, re.IGNORECASE):
        found.append(Notice(kind="retraction", text="This is the notice of a retraction, not a paper of its own."))
    if re.match(r"(correction|corrigendum|erratum)\b", title, re.IGNORECASE):
        found.append(Notice(kind="correction", text="This is a correction to another paper."))
    if re.match(r"(editorial )?expression of concern", title, re.IGNORECASE):
        found.append(Notice(kind="concern", text="The editors have voiced concern about this work."))
    if arxiv or re.search(
        r"biorxiv|medrxiv|not (?:been )?certified by peer review|this preprint|research square|ssrn",
        f"{heads} {first[:3000]}",
        re.IGNORECASE,
    ):
        found.append(Notice(kind="preprint", text="This is a preprint: it has not been peer reviewed."))
    if kind == "editorial":
        found.append(Notice(kind="editorial", text="This is an editorial: an opinion, not a study."))
    return found


def kind_of_article(sheets: list[Sheet]) -> str:
    """The tag above the title, such as `research-article`, `review` or `editorial`."""
    top = [line.text.strip().lower() for sheet in sheets[:1] for line in sheet.lines if line.top < 0.35 * sheet.height]
    for pattern, kind in _KINDS:
        if any(re.fullmatch(pattern, text) for text in top):
            return kind
    return ""


_KINDS = [
    (r"(mini[- ]?|systematic |invited )?review( article| paper)?", "review-article"),
    (r"(guest )?editorial|feature article|opinion|viewpoint|living science", "editorial"),
    (r"letters?( to the editor)?", "letter"),
    (r"commentary|perspective", "article-commentary"),
    (r"case reports?", "case-report"),
    (
        (
            r"((original )?research )?(article|paper)|original (article|paper|research)|full (length )?(article"
            r"|paper)|research"
        ),
        "research-article",
    ),
]
