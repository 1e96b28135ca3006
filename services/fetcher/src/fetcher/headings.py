"""What a section is for, told by its declared type or its title in the languages papers are written in."""

import re

from artifacts.paper import SectionKind

_BY_TITLE: list[tuple[SectionKind, str]] = [
    ("abstract", r"abstract|resumo|resumen|r[ée]sum[ée]|zusammenfassung|riassunto|摘要|要旨"),
    (
        "summary",
        r"author summary|lay summary|plain[- ]language summary|non[- ]technical summary|significance( statement)?|key ?points"
        r"|editors'? summary|\w+ digest",
    ),
    (
        "results",
        r"results?( (and|&) discussions?)?|findings?|resultados?( e discuss(ão|ões)| y discusi[óo]n)?"
        r"|r[ée]sultats?( et discussion)?|ergebnisse( und diskussion)?|risultati( e discussione)?|结果|結果",
    ),
    (
        "methods",
        r"(materials?|patients?|subjects?|participants?)?( ?(and|&|,) ?)?(experimental )?methods?( (and|&) materials?)?|methodology|materials?"
        r"|experimental( (procedures?|section|methods?|design))?|study design|statistical analys[ie]s|procedures?"
        r"|m[ée]todos?|metodolog[íi]a|materia(l|is|les) [ey] m[ée]todos|percurso metodol[óo]gico"
        r"|m[ée]thodes?|mat[ée]riels? et m[ée]thodes|methoden|material und methoden|methodik|metodi|materiali e metodi|方法",
    ),
    (
        "introduction",
        r"(general )?introduction|background( and .*)?|motivation|objectives?|aims?( and .*)?|introdu[çc][ãa]o|introducci[óo]n"
        r"|einleitung|einf[üu]hrung|introduzione|considera[çc][õo]es iniciais|引言|はじめに",
    ),
    (
        "conclusion",
        r"(general |concluding )?conclusions?( (and|&) .*)?|concluding remarks|summary and conclusions?|conclus(ão|ões)"
        r"|conclusi(ón|ones)|considera[çc][õo]es finais|consideraciones finales|schlussfolgerung(en)?|fazit|conclusioni?|结论|結論",
    ),
    (
        "discussion",
        r"(general )?discussions?( (and|&) .*)?|interpretation|limitations?|discuss(ão|ões)|discusi[óo]n(es)?|diskussion"
        r"|discussione|讨论|考察",
    ),
    ("summary", r"(executive )?summary|in brief|synopsis|sum[áa]rio"),
]
_PATTERNS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _BY_TITLE]
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
        if pattern.fullmatch(title):
            return kind
    for part in re.split(r"[|,;]", declared.lower()):
        if found := _BY_TYPE.get(part.strip()):
            return found
    return inherited
