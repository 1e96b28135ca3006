"""The headings of a structured abstract, and where they run in its text."""

import re

_PARTS = (
    r"background(?: and (?:aims?|objectives?|purpose))?|context|introduction|rationale|objectives?"
    r"|aims?(?: of the study)?|purpose|hypothesis|study design|design(?:,? setting,?(?: and)? participants)?|setting"
    r"|(?:patients?|subjects?|participants?|materials?)(?: and|,) methods|methods?(?: and (?:results|findings"
    r"|materials))?|methodology(?:/principal findings)?|methodology and principal findings|main outcome measures?"
    r"|interventions?|measurements?(?: and main results)?|(?:main |principal )?(?:results|findings)"
    r"|conclusions?(?:/significance| and (?:relevance|significance))?|conclusions?,? and .{3,20}|interpretation"
    r"|significance|discussion"
    r"|importance|limitations?|trial registration|funding|hintergrund|ziel|methoden|ergebnisse"
    r"|schlussfolgerung(?:en)?|objetivos?|m[ée]todos?|resultados?|conclus(?:ão|ões|iones|ión)|m[ée]thodes?"
    r"|r[ée]sultats?"
)
PART = re.compile(rf"^(?P<heading>{_PARTS})\s*(?P<end>[.:—–|-]|$)\s*", re.IGNORECASE)
INLINE = re.compile(rf"(?:(?<=^)|(?<=[.;] ))(?P<heading>{_PARTS})\s*[:—]\s+(?=\S)", re.IGNORECASE)


def as_heading(text: str) -> str:
    """`BACKGROUND` and `background` as `Background`; mixed case stays."""
    return text.capitalize() if text.isupper() or text[0].islower() else text


def split_parts(text: str) -> list[tuple[str, str]]:
    """Heading and text of each part of `Background: ... Methods: ...`; one part without heading where none runs in."""
    marks = list(INLINE.finditer(text))
    if not marks or (marks[0].start() and len(marks) == 1):
        return [("", text)]
    parts = [("", text[: marks[0].start()].strip())]
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        parts.append((as_heading(mark["heading"]), text[mark.end() : after.start() if after else None].strip()))
    return [part for part in parts if part[1]]
