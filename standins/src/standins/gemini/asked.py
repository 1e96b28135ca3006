"""A generateContent request as a reply is made from it."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from standins.exchange import Request

PICTURE_TOKENS = 258
AUDIO_TOKENS_A_SECOND = 25
SCHEMAS = {"responseJsonSchema", "responseSchema"}
_KNOWN = re.compile(r"(?:(?:abs|sum|fig|tab)|s\d+|[a-z]{1,6}\d{0,3})(?:\.\d+)+", re.IGNORECASE)
_TAGGED = re.compile(r"<(\w+)\b[^>]*?\bid\s*=\s*[\"']?([\w.:-]+)[\"']?[^>]*>(.*?)</\1>", re.DOTALL)
_LABELLED = re.compile(rf"^[\s>*\-\[(#]*({_KNOWN.pattern})[\])]?\s*[:|\t\])–—-]*\s+(\S.*)$", re.IGNORECASE)


@dataclass(frozen=True)
class Passage:
    """A passage that the prompt offers as evidence."""

    id: str
    text: str


@dataclass(frozen=True)
class Asked:
    """What a caller asks of a model; `prompt` is all text of all turns, `system` the system instruction's."""

    model: str
    prompt: str
    system: str
    turns: tuple[str, ...]
    config: dict[str, Any]
    """`generationConfig`, as it came over the wire."""
    schema: dict[str, Any] | None
    tokens: int
    request: Request

    @property
    def everything(self) -> str:
        return f"{self.system}\n{self.prompt}"

    @property
    def passages(self) -> list[Passage]:
        return passages_of(self.prompt) or passages_of(self.system)


def text_tokens(text: str) -> int:
    """About what Gemini's tokenizer counts: 4.4 letters a token, 1.5 signs where a sign is a syllable or more."""
    narrow = sum(character < "\u2e80" for character in text)
    return math.ceil(narrow / 4.4 + (len(text) - narrow) / 1.5)


def content_tokens(contents: list[dict[str, Any]]) -> int:
    """Tokens of turns: text, pictures at a flat rate, and one for each role."""
    total = 0
    for content in contents:
        total += 1
        for part in content.get("parts", []):
            total += text_tokens(part.get("text", ""))
            total += PICTURE_TOKENS if "inlineData" in part or "fileData" in part else 0
    return total


def camel(value: Any) -> Any:
    """The value with its keys in camel case; the vendor takes both spellings and the SDK mixes them."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    spelled = {re.sub(r"_([a-z])", lambda found: found[1].upper(), key): one for key, one in value.items()}
    return {key: one if key in SCHEMAS else camel(one) for key, one in spelled.items()}


def asked(request: Request, body: dict[str, Any]) -> Asked:
    """Read the request's body."""
    body = camel(body)
    config = body.get("generationConfig") or {}
    system = body.get("systemInstruction") or {}
    contents = body.get("contents") or []
    turns = tuple(_text(content) for content in contents)
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    instruction = [system] if system else []
    return Asked(
        model=request.model,
        prompt="\n\n".join(turns),
        system=_text(system),
        turns=turns,
        config=config,
        schema=schema,
        tokens=content_tokens(contents) + content_tokens(instruction),
        request=request,
    )


def passages_of(prompt: str) -> list[Passage]:
    """The passages in a prompt: elements with an id, JSON objects with id and text, or labelled lines."""
    tagged = [Passage(found[1], _plain(found[2])) for found in _TAGGED.findall(prompt)]
    if tagged:
        return tagged
    objects = [Passage(str(one["id"]), str(one["text"])) for one in _objects(prompt) if {"id", "text"} <= one.keys()]
    return objects or _labelled(prompt)


def _objects(prompt: str) -> list[dict[str, Any]]:
    decoder, found, place = json.JSONDecoder(), [], 0
    while (place := prompt.find("{", place)) >= 0:
        try:
            value, place = decoder.raw_decode(prompt, place)
        except ValueError:
            place += 1
            continue
        pending: list[Any] = [value]
        while pending:
            one = pending.pop(0)
            if isinstance(one, dict):
                found.append(one)
                pending.extend(one.values())
            elif isinstance(one, list):
                pending.extend(one)
    return found


def _labelled(prompt: str) -> list[Passage]:
    found: list[Passage] = []
    inside = False
    for line in prompt.splitlines():
        label = _LABELLED.match(line)
        if label:
            found.append(Passage(label[1], label[2].strip()))
        elif inside and line.strip():
            found[-1] = Passage(found[-1].id, f"{found[-1].text} {line.strip()}")
        inside = bool(label) or (inside and bool(line.strip()))
    return found


def _plain(markup: str) -> str:
    text = re.sub(r"<[^>]+>", " ", markup)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return " ".join(text.split())


def _text(content: dict[str, Any]) -> str:
    return "\n".join(part["text"] for part in content.get("parts", []) if "text" in part)
