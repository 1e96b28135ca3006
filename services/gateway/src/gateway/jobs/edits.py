"""Edits: a person changes what a scene says, and only what depends on it is made again."""

from __future__ import annotations

import re
from typing import Any, Self

from artifacts.script import Brief, Evidence, Sentence
from chassis.errors import Defect
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9À-Þ])")
_GIVEN: dict[str, Any] = {"text": {"type": "string"}, "headline": {"type": "string"}, "accept": {"const": True}}


class Edit(BaseModel):
    """What may be changed in a scene."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "anyOf": [{"required": [name], "properties": {name: given}} for name, given in _GIVEN.items()]
        },
    )

    text: str | None = Field(None, min_length=1, max_length=2000, json_schema_extra={"pattern": r"\S"})
    headline: str | None = Field(None, max_length=120)
    accept: bool = Field(
        default=False,
        description="Take what the passages do not support as the editor's own words; the video says so.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.headline is None and not self.accept:
            raise ValueError("give a `text` or a `headline`, or `accept` what was changed")
        return self


def changed(brief: Brief, change: Edit) -> Brief:
    """The brief with the edit; a sentence that stays as it was keeps its own evidence, others share the scene's.

    What is accepted is all in the scene that a person wrote.
    """
    update: dict[str, Any] = {}
    if change.headline is not None:
        update["headline"] = change.headline
    if change.text is not None:
        known = {sentence.text: sentence for sentence in brief.sentences}
        evidence = _union(brief.sentences)
        update["sentences"] = [
            known.get(text) or Sentence(text=text, evidence=evidence, edited=True) for text in sentences(change.text)
        ]
    if change.accept:
        said: list[Sentence] = update.get("sentences", brief.sentences)
        update["sentences"] = [each.model_copy(update={"own": each.own or each.edited}) for each in said]
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
        raise Defect("internal.brief", "The scene could not be read; nothing was changed.", error.title) from None
