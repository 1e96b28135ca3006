"""What a JATS article says about itself: title, authors, place, date, ids, licence, subjects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fetcher.jats.inline import name_text, text_of
from fetcher.jats.tree import href_of, lang_of
from fetcher.licences import licence_id
from fetcher.prose import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fetcher.markup import Element

_LANGUAGES = {"eng": "en", "por": "pt", "spa": "es", "fre": "fr", "fra": "fr", "ger": "de", "deu": "de", "ita": "it",
              "chi": "zh", "zho": "zh", "jpn": "ja", "rus": "ru", "ara": "ar", "kor": "ko"}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def title_of(meta: Element) -> str:
    """The article's title with its subtitles; the first subject heading where there is none."""
    group = meta.find("title-group")
    group = meta if group is None else group
    title = (_first_text(group, "article-title") or _first_text(group, "alt-title")).rstrip("*†‡§¶ ")
    for subtitle in group.findall("subtitle"):
        title = join_title(title, text_of(subtitle))
    return title.rstrip("*†‡§¶ ")


def join_title(title: str, subtitle: str) -> str:
    """`Title: subtitle`, or without the colon where the title already ends in punctuation."""
    if not title or not subtitle:
        return title or subtitle
    return f"{title} {subtitle}" if title[-1] in ":?!.…—–" else f"{title}: {subtitle}"


def authors_of(meta: Element) -> list[str]:
    """Names of the article's own authors, in order; editors, reviewers and members of collectives are left out."""
    contributors = [contrib for group in meta.findall("contrib-group") for contrib in _contributors(group)]
    authors = [contrib for contrib in contributors if _role(contrib) == "author"]
    if not authors:
        authors = [contrib for contrib in contributors if not _role(contrib)]
    names = [name for contrib in authors for name in _names(contrib)]
    return list(dict.fromkeys(name for name in names if name))


def _contributors(group: Element) -> list[Element]:
    told: list[Element] = group.findall("contrib")
    if told:
        return told
    return [child for child in group if child.tag in ("name", "collab", "string-name")]


def _role(contrib: Element) -> str:
    declared = (contrib.get("contrib-type") or "").strip().lower()
    if declared:
        return "author" if declared in ("author", "authors", "corresp-author", "first-author") else declared
    group = (contrib.getparent().get("content-type") or "").lower()
    if "editor" in group or "reviewer" in group or "section" in group:
        return "editor"
    return "author" if "author" in group else ""


def _names(contrib: Element) -> Iterator[str]:
    if contrib.tag in ("name", "string-name"):
        yield name_text(contrib)
        return
    choices = contrib.find("name-alternatives")
    if choices is not None:
        yield name_text(_best_name(choices))
    people = [child for child in contrib if child.tag in ("name", "string-name")]
    if people:
        yield name_text(_best_name(people))
    for child in [contrib] if contrib.tag == "collab" else contrib:
        if child.tag in ("collab", "collab-alternatives"):
            yield _collective(child)
        elif child.tag == "anonymous":
            yield "Anonymous"


def _best_name(choices: Iterable[Element]) -> Element:
    western = [name for name in choices if name.get("name-style") == "western" or lang_of(name) == "en"]
    return (western or list(choices))[0]


def _collective(collab: Element) -> str:
    if collab.tag == "collab-alternatives":
        collab = collab[0]
    parts = [collab.text or ""]
    for child in collab:
        if child.tag not in ("contrib-group", "xref", "fn", "contrib-id", "role", "aff", "address", "email"):
            parts.append(text_of(child))
        parts.append(child.tail or "")
    return re.sub(r"^(for|on behalf of) (the )?", "", clean("".join(parts)).strip(" ,;*†‡"), flags=re.IGNORECASE)


def journal_of(front: Element) -> str:
    """The journal's full title."""
    meta = front.find("journal-meta")
    if meta is None:
        return ""
    for tag in ("journal-title", "journal-subtitle", "abbrev-journal-title", "journal-id"):
        found = next(meta.iter(tag), None)
        if found is not None and (text := text_of(found)):
            return text
    return ""


def published_of(meta: Element) -> str:
    """The day the article came out, as far as known, in ISO 8601."""
    dated = [(_rank(date), iso) for date in meta.iter("pub-date") if (iso := _iso(date)) and _rank(date) < 9]
    dated += [
        (8, iso)
        for event in ("pub", "online", "accepted")
        for date in meta.iterfind(f"history/date[@date-type='{event}']")
        if (iso := _iso(date))
    ]
    if not dated:
        year = meta.find(".//copyright-year")
        return text_of(year)[:4] if year is not None else ""
    return min(dated, key=lambda item: item[0])[1]


def _rank(date: Element) -> int:
    """Lower is nearer to the day that readers first had the article in their hands."""
    kind = (date.get("pub-type") or date.get("date-type") or "").lower()
    medium = (date.get("publication-format") or "").lower()
    if kind in ("epub", "epub-ppub", "pub", "publication", "epreprint"):
        return 1 if medium == "print" else 0
    if kind in ("ppub", ""):
        return 2
    if kind in ("collection", "issue", "publication-year"):
        return 3
    if kind in ("pmc-release", "open-access", "epub-original", "nihms-submitted"):
        return 5
    return 9


def _iso(date: Element) -> str:
    declared = (date.get("iso-8601-date") or "").strip()[:10]
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", declared):
        return declared
    year = re.search(r"\d{4}", _first_text(date, "year"))
    if year is None:
        return ""
    month = _month(_first_text(date, "month"))
    day = _first_text(date, "day")
    if not month:
        return year[0]
    return f"{year[0]}-{month:02d}" + (f"-{int(day):02d}" if day.isdecimal() and 1 <= int(day) <= 31 else "")


def _month(text: str) -> int:
    if text.isdecimal():
        return int(text) if 1 <= int(text) <= 12 else 0
    short = text[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def ids_of(meta: Element) -> dict[str, str]:
    """`doi`, `pmid`, `pmcid` and `arxiv` as far as stated."""
    found: dict[str, str] = {}
    for identifier in sorted(meta.findall("article-id"), key=lambda item: item.get("specific-use") is not None):
        kind, text = identifier.get("pub-id-type", ""), text_of(identifier)
        if kind == "doi":
            found.setdefault("doi", re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text, flags=re.IGNORECASE))
        elif kind in ("pmc", "pmcid"):
            if digits := re.search(r"\d+", text):
                found.setdefault("pmcid", f"PMC{digits[0]}")
        elif kind == "pmid" and text.isdecimal():
            found.setdefault("pmid", text)
        elif kind == "arxiv":
            found.setdefault("arxiv", text.removeprefix("arXiv:"))
    return found


def licence_of(meta: Element) -> tuple[str, str]:
    """The licence's id and the words it is stated in."""
    permissions = meta.find("permissions")
    scope = meta if permissions is None else permissions
    licences = list(scope.iter("license", "license_ref", "licence"))
    words = " ".join(dict.fromkeys(text_of(item) for item in licences))
    statements = [text_of(item) for item in scope.iter("copyright-statement")]
    links = [
        link
        for item in licences
        for part in item.iter("license", "ext-link", "uri", "license_ref")
        if (link := href_of(part) or (part.text or "").strip())
    ]
    kinds = [(item.get("license-type") or "").replace("creative-commons-", "creative commons ") for item in licences]
    return licence_id(*links, *kinds, words, *statements), clean(words) or clean(" ".join(statements))


def language_of(article: Element) -> str:
    """ISO 639-1 language that the article states, or empty."""
    declared = lang_of(article)
    return _LANGUAGES.get(declared, declared)


def subjects_of(meta: Element) -> list[str]:
    """Subject headings and keywords, without doubles."""
    kinds = {
        "NatureArticleTypeID",
        "hwp-journal-coll",
        "TrialID",
        "TrialRegistry",
        "author-type",
        "leader",
        "SubjectPath",
    }
    subjects = [
        text_of(subject)
        for group in meta.findall("article-categories/subj-group")
        if group.get("subj-group-type") not in kinds
        for subject in group.iter("subject")
    ]
    for group in _own_keywords(meta):
        subjects += [text_of(keyword) for keyword in group.iter("kwd")]
        subjects += [
            text_of(part)
            for part in group.iter("compound-kwd-part")
            if part.get("content-type") in (None, "term", "text")
        ]
    return [subject for subject in dict.fromkeys(subjects) if subject]


def _own_keywords(meta: Element) -> list[Element]:
    """The groups of keywords in the article's language, or all where none says its language."""
    groups = meta.findall("kwd-group")
    article = meta.getparent().getparent() if meta.getparent() is not None else None
    language = language_of(article) if article is not None else ""
    own = [group for group in groups if language_of(group) in (language, "")]
    return own or groups[:1]


def _first_text(scope: Element, tag: str) -> str:
    found = scope.find(tag)
    return text_of(found) if found is not None else ""
