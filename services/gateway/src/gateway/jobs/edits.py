"""Edits: a person changes what a scene says, and only what depends on it is made again."""

from __future__ import annotations

import re
from typing import Self

from artifacts.script import Brief, Evidence, Sentence
from chassis.errors import Defect
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9À-Þ])")


class Edit(BaseModel):
    """What may be changed in a scene."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "anyOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in ("text", "headline")]
        },
    )

    text: str | None = Field(None, min_length=1, max_length=2000, json_schema_extra={"pattern": r"\S"})
    headline: str | None = Field(None, max_length=120)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.headline is None:
            raise ValueError("give a `text` or a `headline`")
        return self


def changed(brief: Brief, change: Edit) -> Brief:
    """The brief with the edit; a sentence that stays as it was keeps its own evidence, others share the scene's."""
    update: dict[str, object] = {}
    if change.headline is not None:
        update["headline"] = change.headline
    if change.text is not None:
        known = {sentence.text: sentence for sentence in brief.sentences}
        evidence = _union(brief.sentences)
        update["sentences"] = [
            known.get(text) or Sentence(text=text, evidence=evidence, edited=True) for text in sentences(change.text)
        ]
    return brief.model_copy(update=update)


def sentences(text: str) -> list[str]:
    """The text's sentences."""
    plain = " ".join(text.split())
    found, start = [], 0
    for gap in _SENTENCE_END.finditer(plain):
        found.append(plain[start : gap.end()].strip())
        start = gap.end()
    return [*found, plain[start:]]


def _union(old: list[Sentence]) -> list[Evidence]:
    return list({piece.id: piece for sentence in old for piece in sentence.evidence}.values())


def read_brief(data: bytes) -> Brief:
    """The brief that these bytes are. Raises Defect."""
    try:
        return Brief.model_validate_json(data)
    except ValidationError as error:
        raise Defect("internal.brief", "The scene could not be read; nothing was changed.", str(error)) from error
