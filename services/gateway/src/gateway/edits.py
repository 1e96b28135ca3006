"""Edits: a person changes what a scene says, and only what depends on it is made again."""

from __future__ import annotations

import hashlib
import re

from artifacts.script import Brief, Evidence, Sentence
from chassis.blobs import key_of
from chassis.errors import Defect, UsageError
from chassis.events import Blob
from chassis.folder import canonical_json
from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chassis import events
from gateway import outbox
from gateway.handlers import gateway, rows_of
from gateway.problems import invalid, not_found
from gateway.projection import job_json

blueprint = Blueprint("edits", __name__)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9À-Þ])")


class Edit(BaseModel):
    """What may be changed in a scene."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: str | None = Field(None, min_length=1, max_length=2000)
    headline: str | None = Field(None, max_length=120)


@blueprint.patch("/jobs/<job_id>/scenes/<int:scene>")
def edit(job_id: str, scene: int) -> Response:
    """Change a scene's text or headline."""
    at, rows = gateway(), rows_of(job_id)
    try:
        change = Edit.model_validate_json(request.get_data(cache=False))
    except ValidationError as error:
        raise invalid(error) from error
    if change.text is None and change.headline is None:
        raise UsageError("usage.invalid", "Give a `text` or a `headline`.")
    manifest = rows.manifest()
    name = f"scene.{scene}.brief"
    entry = manifest.entries.get(name)
    if entry is None or scene not in manifest.scenes:
        raise not_found(f"scene {scene} in job {job_id}")
    data = canonical_json(changed(_brief(at.blobs.get_bytes(key_of(entry.digest))), change).model_dump(mode="json"))
    blob = Blob(name, hashlib.sha256(data).hexdigest(), len(data), entry.media_type)
    if blob.digest != entry.digest:
        at.blobs.put_bytes(key_of(blob.digest), data)
        outgoing = events.again(job_id, entry, cause="edited", blob=blob)
        with at.database.connection() as connection:
            outbox.write(connection, job_id, [outgoing], {name: entry.seq})
        at.outbox.wake()
    answer = jsonify(job_json(rows_of(job_id), at.rulebook.rules))
    answer.status_code = 202
    return answer


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


def _brief(data: bytes) -> Brief:
    try:
        return Brief.model_validate_json(data)
    except ValidationError as error:
        raise Defect("internal.brief", "The scene could not be read; nothing was changed.", str(error)) from error
