"""What a reader must know about the standing of a JATS article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from artifacts.paper import Notice, NoticeKind

if TYPE_CHECKING:
    from fetcher.markup import Element

SENTENCES: dict[NoticeKind, str] = {
    "retracted": "This paper has been retracted: its findings should not be relied on.",
    "retraction": "This is a retraction notice: it withdraws an earlier paper.",
    "corrected": "This paper has been corrected since it came out; the correction may change what is said here.",
    "correction": "This is a correction of an earlier paper, not a study of its own.",
    "concern": "The journal has published an expression of concern about this work.",
    "preprint": "This is a preprint: it has not been peer-reviewed.",
    "editorial": "This is an editorial: it gives opinions and reports no new study.",
    "letter": "This is a letter to the journal, not a full study.",
    "review": "This is a review: it sums up the work of others.",
    "commentary": "This is a commentary on the work of others, not a study of its own.",
    "digest": "This is a plain-language digest of a study, not the study itself.",
}
_BY_TYPE: list[tuple[str, NoticeKind]] = [
    (r"retracted.*|withdrawn.*", "retracted"),
    (r".*retraction.*|withdrawal.*", "retraction"),
    (r"correction|corrected-article|erratum|corrigendum|addendum", "correction"),
    (r".*concern.*", "concern"),
    (r".*preprint.*", "preprint"),
    (r"editorial|introduction", "editorial"),
    (r"letter|reply|correspondence", "letter"),
    (r"(systematic-|mini-)?review(-article)?|meta-analysis", "review"),
    (r"article-commentary|commentary|discussion|opinion|viewpoint|perspective|news", "commentary"),
    (r"digest|plain-language-summary", "digest"),
]
_OF_OTHERS: list[tuple[str, NoticeKind]] = [
    (r"retraction(-forward|-notice)?|retracted(-by)?|withdrawal", "retracted"),
    (r"correction(-forward|-notice)?|corrected(-by)?|erratum|corrigendum(-forward)?", "corrected"),
    (r"(expression-of-)?concern(-forward)?|object-of-concern", "concern"),
]
_TITLES: list[tuple[str, NoticeKind]] = [
    (r"\W*(retracted|withdrawn)( article)?\W", "retracted"),
    (r"retraction( note)?( to)?\s*:|retraction of ", "retraction"),
    (r"((author|publisher) )?(correction|corrigendum|erratum)( to)?\s*:", "correction"),
    (r"expression of concern", "concern"),
]
_PREPRINT_SERVERS = re.compile(
    r"(bio|med|chem|earth|psy|agri|soc|eco|eng)?a?r?xiv|research square|preprints(\.org)?|ssrn.*|authorea",
    re.IGNORECASE,
)


def notice(kind: NoticeKind) -> Notice:
    """The notice of that kind."""
    return Notice(kind=kind, text=SENTENCES[kind])


def notices_of(article: Element, meta: Element, title: str, journal: str) -> list[Notice]:
    """Notices from the article's type, its links to notices about it, its title and where it appeared."""
    kinds: list[NoticeKind] = []
    declared = (article.get("article-type") or "").strip().lower().replace(" ", "-")
    kinds += [kind for pattern, kind in _BY_TYPE if re.fullmatch(pattern, declared)][:1]
    kinds += [kind for pattern, kind in _TITLES if re.match(pattern, title, re.IGNORECASE)][:1]
    if not {"retraction", "correction", "concern"} & set(kinds):
        for related in meta.iter("related-article", "related-object"):
            relation = (related.get("related-article-type") or related.get("document-type") or "").strip().lower()
            kinds += [kind for pattern, kind in _OF_OTHERS if re.fullmatch(pattern, relation)][:1]
    if _PREPRINT_SERVERS.fullmatch(journal.strip()):
        kinds.append("preprint")
    return [notice(kind) for kind in dict.fromkeys(kinds)]
