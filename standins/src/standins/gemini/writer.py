"""The default script writer: sentences of the prompt's own passages, lightly reworded, each citing its passage."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from standins.gemini.asked import Asked

TEXT = {"text", "sentence", "line", "spoken", "narration", "say", "content"}
CITES = {
    "passages", "passage", "evidence", "citations", "cites", "passage_ids", "passageids", "sources", "source", "ids",
    "id", "passage_id", "refs", "references", "cited",
}  # fmt: skip
COUNTED = {"scene", "number", "index", "position", "order"}
PICTURES = {"footage", "shot", "prompt", "visual", "picture", "image", "video", "clip"}
PLACES = (
    "Slow morning light moves over quiet hills",
    "Clear water runs over smooth stones in a shallow stream",
    "A wide field of grass moves in the wind below heavy clouds",
    "Dust floats slowly through a calm room with a wooden table",
    "Small waves roll onto a grey beach",
    "A long road leads through a dry valley",
    "Snow falls slowly on a dark forest",
)
MOVES = (
    "while thin mist drifts between the trees",
    "under soft green leaves",
    "in warm evening light",
    "as shadows of clouds cross the ground",
    "while the sun rises behind low clouds",
    "with soft lights far in the distance",
    "while small birds cross the pale morning air",
    "as the wind slowly moves the long grass",
    "below a wide and quiet evening with clouds",
    "with a thin line of smoke far behind",
    "while slow rain begins to fall",
)
"""What films show: places, light and movement, as a model describes them that does what it is asked."""
ROLES = ["hook", "question", "method", "results", "results", "results", "caveat", "takeaway"]
WORDS_A_SECOND = 2.4
_BOUNDARY = re.compile(r"(?<=[.!?])[\"”’)]?\s+(?=[\"“(¿¡]?[A-ZÀ-ÞΑ-Ω0-9])|(?<=[。！？])")
_ABBREVIATED = re.compile(r"(?:\b(?:al|vs|cf|Fig|Figs|Tab|Dr|Mr|Mrs|St|No|ca|approx|[A-Z])|e\.g|i\.e)\.$")
_SWAPS = (
    (r"^(?:However|Moreover|Furthermore|In addition|Additionally|Therefore|Thus|Hence|Taken together|Here),?\s+", ""),
    (r"^(?:In this (?:study|paper|work)|In the present study),?\s+", ""),
    (r"\s*\[[\d,;\s–-]+\]", ""),
    (r"\s*\([^()]*\b(?:et al\.|Fig|Table|Supplementary)[^()]*\)", ""),
    (r"\b[Ww]e (?=[a-z])", "the researchers "),
    (r"\bapproximately\b", "about"),
    (r"\butili[sz]ed\b", "used"),
    (r"\bdemonstrated\b", "showed"),
    (r"\bprior to\b", "before"),
    (r"\bin order to\b", "to"),
)


@dataclass(frozen=True)
class Cited:
    """A sentence and the passage that it is from."""

    text: str
    passage: str


def script(asked: Asked) -> str:
    """JSON that fits the asked schema; plain sentences with ids in brackets where there is no schema."""
    supply = _endless(_sentences(asked))
    if asked.schema is None:
        chosen = [next(supply) for _ in range(3)]
        return " ".join(f"{one.text} [{one.passage}]" if one.passage else one.text for one in chosen)
    return json.dumps(_Filler(asked, supply).fill(asked.schema, ""), ensure_ascii=False)


def split(text: str) -> list[str]:
    """The sentences of a passage."""
    found: list[str] = []
    for piece in _BOUNDARY.split(text):
        if found and _ABBREVIATED.search(found[-1]):
            found[-1] += f" {piece}"
        elif piece.strip():
            found.append(piece.strip())
    return found


def reword(sentence: str) -> str:
    """The sentence with stock phrases swapped; its numbers, names and direction stay."""
    for pattern, replacement in _SWAPS:
        sentence = re.sub(pattern, replacement, sentence)
    return sentence[:1].upper() + sentence[1:]


def _sentences(asked: Asked) -> list[Cited]:
    """What can be said, best first; what the prompt quotes outside of its passages was refused before."""
    passages = [one for one in asked.passages if not one.id.startswith(("fig", "tab"))] or asked.passages
    ranked = sorted(passages, key=lambda one: not one.id.startswith(("abs", "sum")))
    outside = asked.everything
    for one in passages:
        outside = outside.replace(one.text, " ")
    found = [
        Cited(said, one.id)
        for one in ranked
        for said in map(reword, split(one.text))
        if _sayable(said) and said not in outside
    ]
    return found or [Cited(" ".join(one.text.split()[:20]), one.id) for one in ranked] or [Cited("It is so.", "")]


def _sayable(sentence: str) -> bool:
    if any(character >= "\u3040" for character in sentence):
        return 8 <= len(sentence) <= 90
    return 5 <= len(sentence.split()) <= 30 and sentence[-1] in ".!?"


def _endless(sentences: list[Cited]) -> Iterator[Cited]:
    while True:
        yield from sentences


class _Filler:
    """Walks a schema and fills it; arrays before the rest, so that headlines follow from the sentences."""

    def __init__(self, asked: Asked, supply: Iterator[Cited]) -> None:
        self._root = asked.schema or {}
        self._supply = supply
        said = asked.everything
        for passage in asked.passages:
            said = said.replace(passage.text, " ")
        seconds = _number(said, r"(\d+)[\s-]*(?:s|sec|seconds?)\b", 60)
        self._scenes = _number(said, r"(\d+)\s+scenes?\b", max(round(seconds / 9), 3))
        self._sentences = max(round(seconds * WORDS_A_SECOND / self._scenes / 18), 1)
        self._scene, self._of = 1, 1
        self._taste = zlib.crc32(asked.everything.encode())  # the same for the same commission
        self._last: Cited | None = None

    def fill(self, schema: dict[str, Any], name: str) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        match _kind(schema):
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema, name)
            case "integer" | "number":
                counted = self._scene if name.lower() in COUNTED else 1
                return max(min(counted, schema.get("maximum", counted)), schema.get("minimum", counted))
            case "boolean":
                return False
            case "null":
                return None
            case _:
                return self._string(schema, name)

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        properties = {key: self._resolved(value) for key, value in schema.get("properties", {}).items()}
        if _is_sentence(properties):
            self._last = next(self._supply)
        needed = set(schema.get("required", properties))
        wanted = [key for key in properties if key in needed or key.lower() in TEXT | CITES]
        ordered = sorted(wanted, key=lambda key: _kind(properties[key]) != "array")
        filled = {key: self.fill(properties[key], key) for key in ordered}
        return {key: filled[key] for key in wanted}

    def _array(self, schema: dict[str, Any], name: str) -> list[Any]:
        items = self._resolved(schema.get("items", {"type": "string"}))
        if "properties" not in items:
            return [self.fill(items, name)] if name.lower() in CITES or schema.get("minItems", 0) else []
        of_scenes = not _is_sentence(items["properties"])
        count = self._scenes if of_scenes else self._sentences
        count = min(max(count, schema.get("minItems", 0)), schema.get("maxItems", count))
        made = []
        for number in range(1, count + 1):
            if of_scenes:
                self._scene, self._of = number, count
            made.append(self._object(items))
        return made

    def _string(self, schema: dict[str, Any], name: str) -> str:
        cited = self._last = self._last or next(self._supply)
        key = name.lower()
        if choices := schema.get("enum"):
            return str(cited.passage if cited.passage in choices else self._choice(choices))
        if key in CITES:
            return cited.passage
        words = cited.text.rstrip(".!?。").split()
        said = cited.text if key in TEXT else " ".join(words[:5])
        if key in PICTURES:
            at = self._taste + self._scene
            said = f"{PLACES[at % len(PLACES)]} {MOVES[at % len(MOVES)]}"
        return said[: schema.get("maxLength", len(said))]

    def _choice(self, choices: list[Any]) -> Any:
        if self._scene == self._of > 1 and "takeaway" in choices:
            return "takeaway"
        role = ROLES[(self._scene - 1) * len(ROLES) // self._of]
        return role if role in choices else choices[0]

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while True:
            if "$ref" in schema:
                target: Any = self._root
                for step in schema["$ref"].removeprefix("#/").split("/"):
                    target = target[step]
                schema = target
            elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                schema = next((one for one in options if one.get("type") != "null"), options[0])
            else:
                return schema


def _kind(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind
    return str(kind).lower()


def _is_sentence(properties: dict[str, Any]) -> bool:
    names = {key.lower() for key in properties}
    return bool(names & TEXT and names & CITES)


def _number(text: str, pattern: str, default: int) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found and int(found[1]) else default
