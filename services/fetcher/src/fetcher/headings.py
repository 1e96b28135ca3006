"""What a section is for, told by its title in the languages papers are written in, or by its declared type."""

import re

from artifacts.paper import SectionKind

_BY_TITLE: list[tuple[SectionKind, tuple[str, ...]]] = [
    ("abstract", ("abstract", "resumo", "resumen", "r[ée]sum[ée]", "zusammenfassung", "riassunto", "摘要", "要旨")),
    (
        "summary",
        (
            "author summary",
            "lay summary",
            "plain[- ]language summary",
            "non[- ]technical summary",
            "significance( statement)?",
            "key ?points",
            "editors'? summary",
            r"\w+ digest",
        ),
    ),
    (
        "results",
        (
            "(main |experimental )?results?( (and|&) discussions?)?",
            "findings?",
            "resultados?( e discuss(ão|ões)| y discusi[óo]n)?",
            "r[ée]sultats?( et discussion)?",
            "ergebnisse( und diskussion)?",
            "risultati( e discussione)?",
            "结果",
            "結果",
        ),
    ),
    (
        "methods",
        (
            "(materials?|patients?|subjects?|participants?)?( ?(and|&|,) ?)?(experimental )?methods?",
            "methods? (and|&) materials?",
            "(data|models?) (and|&) methods?|methods? (and|&) data|methodology|materials?|online methods|star ?methods",
            "experimental( (procedures?|section|methods?|design|setup))?",
            "study design|statistical analys[ie]s|procedures?|data( sources?)?",
            "m[ée]todos?|metodolog[íi]as?|materia(l|is|les) [ey] m[ée]todos|percurso metodol[óo]gico",
            "m[ée]thodes?|mat[ée]riels? et m[ée]thodes",
            "methoden|material und methoden|methodik|metodi|materiali e metodi|方法",
        ),
    ),
    (
        "introduction",
        (
            "(general )?introduction( (and|&) .*)?|background( (and|&) .*)?|motivation|objectives?|aims?( and .*)?",
            "introdu[çc][ãa]o|introducci[óo]n|considera[çc][õo]es iniciais",
            "einleitung|einf[üu]hrung|introduzione|引言|はじめに",
        ),
    ),
    (
        "conclusion",
        (
            "(general |concluding )?conclusions?( (and|&) .*)?|summary and conclusions?",
            "(concluding|final) remarks",
            "conclus(ão|ões)|conclusi(ón|ones)|considera[çc][õo]es finais|consideraciones finales",
            "schlussfolgerung(en)?|fazit|conclusioni?|结论|結論",
        ),
    ),
    (
        "discussion",
        (
            "(general )?discussions?( (and|&) .*)?|interpretation|(strengths and )?limitations?",
            "discuss(ão|ões)|discusi[óo]n(es)?|diskussion|discussione|讨论|考察",
        ),
    ),
    ("summary", ("(executive )?summary", "in brief", "synopsis", "sum[áa]rio")),
]
_PATTERNS = [(kind, re.compile("|".join(titles), re.IGNORECASE)) for kind, titles in _BY_TITLE]
_PLAIN = re.compile(
    r"(?:plain(?:[- ](?:english|language))?|lay|non[- ]technical|author['’]?s?|editors?['’]?s?) (?:abstract|summary)"
    r"|(?:plain[- ]language |lay )?summary for (?:lay|general|patients|the public).*"
    r"|\w+ digest|significance(?: statement)?",
    re.IGNORECASE,
)
_NUMBERING = re.compile(r"^(?:(?:section|chapter)\s+)?(?:[\divxlc]+[.)]|\d+(?:\.\d+)*\.?)\s+", re.IGNORECASE)
_BY_TYPE: dict[str, SectionKind] = {
    "intro": "introduction",
    "introduction": "introduction",
    "background": "introduction",
    "materials": "methods",
    "methods": "methods",
    "subjects": "methods",
    "cases": "results",
    "results": "results",
    "discussion": "discussion",
    "conclusions": "conclusion",
    "conclusion": "conclusion",
}


def kind_of(title: str, declared: str = "", inherited: SectionKind = "other") -> SectionKind:
    """The section's kind by its title, else by its declared type (JATS `sec-type`), else as the section above."""
    title = _NUMBERING.sub("", title).strip(" .:*")
    for kind, pattern in _PATTERNS:
        if title and pattern.fullmatch(title):
            return kind
    for part in re.split(r"[|,;]", declared.lower()):
        if found := _BY_TYPE.get(part.strip()):
            return found
    return inherited


def is_plain_summary(title: str) -> bool:
    """Whether the title announces the paper's own summary for readers outside of its field."""
    return _PLAIN.fullmatch(_NUMBERING.sub("", title).strip(" .:*")) is not None
