"""Gemini behind the server: what it recognises, checks, says and charges."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from standins.exchange import Answer, Ledger, Request, json_answer
from standins.faults import Fault, Faults
from standins.gemini import wire, writer
from standins.gemini.asked import Asked, asked, content_tokens
from standins.gemini.models import MODELS, Model
from standins.gemini.speech import Spoken, speak, transcript

Reply = Callable[[Asked], str]
"""Gives the text of an answer."""
_PATH = re.compile(r"^/v1(?:beta|alpha)?/models(?:/([^/:]+))?(?::(\w+))?$")
METHODS = {"generateContent", "streamGenerateContent", "countTokens"}


@dataclass(frozen=True)
class Settings:
    """How the stand-in behaves where nothing goes wrong."""

    latency: float = 0.0
    """Seconds that a generation takes."""
    thoughts: int = 0
    """Thinking tokens of each text generation."""
    audio_mime: str = "audio/L16;codec=pcm;rate={rate}"
    """With `wav` in it the sound comes as a WAV file."""
    refused_keys: tuple[str, ...] = ("invalid", "wrong", "revoked")
    """A key that holds one of these is refused."""


@dataclass
class Canned:
    """A text to answer with instead of the writer's, for requests whose body has `body` in it."""

    text: str
    body: str = ""
    times: int = 1


@dataclass
class Gemini:
    """The stand-in for Gemini."""

    reply: Reply = writer.script
    settings: Settings = field(default_factory=Settings)
    name: str = "gemini"
    faults: Faults = field(default_factory=Faults)
    ledger: Ledger = field(default_factory=Ledger)
    canned: list[Canned] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    """Everything that was said, in order, with its word times."""

    def recognise(self, request: Request) -> None:
        found = _PATH.match(request.path)
        if not found:
            return
        request.model = found[1] or ""
        if request.method == "POST" and found[2] in METHODS:
            request.operation = found[2]
        elif request.method == "GET" and not found[2]:
            request.operation = "models.get" if found[1] else "models.list"

    def answer(self, request: Request, fault: Fault | None) -> Answer:
        refusal = self._refusal(request)
        if refusal:
            return refusal
        if request.operation == "models.list":
            return json_answer(200, {"models": [model.view() for model in MODELS.values()]})
        model = MODELS[request.model]
        if request.operation == "models.get":
            return json_answer(200, model.view())
        body = request.json()
        if not isinstance(body, dict) or not isinstance(body.get("contents", []), list):
            return wire.error(400, "Invalid JSON payload received.")
        if request.operation == "countTokens":
            return _counted(body, request)
        if not body.get("contents"):
            return wire.error(400, "* GenerateContentRequest.contents: contents is not specified")
        time.sleep(self.settings.latency)
        made = self._generated(asked(request, body), model, fault)
        return _streamed(made) if request.operation == "streamGenerateContent" and made.status == 200 else made

    def refuse(self, status: int, message: str, headers: dict[str, str]) -> Answer:
        return wire.error(status, message, headers)

    def settle(self) -> None:
        """Nothing: a generation costs what it cost when it was answered."""

    def views(self) -> dict[str, Any]:
        return {
            "speech": [spoken.view() for spoken in self.spoken],
            "prices": {name: {"in": one.dollars_in, "out": one.dollars_out} for name, one in MODELS.items()},
            "settings": vars(self.settings),
            "replies": [vars(one) for one in self.canned],
        }

    def change(self, name: str, value: Any) -> None:
        if name == "replies":
            self.canned.append(Canned(**value))
        elif name == "settings" and set(value) <= {one.name for one in fields(Settings)}:
            self.settings = replace(self.settings, **value)
        else:
            raise ValueError(name)

    def reset(self) -> None:
        self.canned.clear()
        self.spoken.clear()

    def _refusal(self, request: Request) -> Answer | None:
        key = request.headers.get("x-goog-api-key") or request.query.get("key", "")
        if not key:
            return wire.error(403, "Method doesn't allow unregistered callers (callers without established identity).")
        if any(part in key for part in self.settings.refused_keys):
            return wire.error(400, "API key not valid. Please pass a valid API key.", reason="API_KEY_INVALID")
        if not request.operation:
            return wire.error(404, "Requested entity was not found.")
        if request.model not in MODELS and request.operation != "models.list":
            return wire.unknown_model(request.model)
        return None

    def _generated(self, asked: Asked, model: Model, fault: Fault | None) -> Answer:
        modalities = asked.config.get("responseModalities") or ["TEXT"]
        if modalities != [model.modality]:
            combination = ", ".join(modalities)
            return wire.error(
                400,
                f"The requested combination of response modalities ({combination}) is not supported by the model.",
            )
        if asked.tokens > model.takes:
            sentence = f"The input token count ({asked.tokens}) exceeds the maximum number of tokens allowed"
            return wire.error(400, f"{sentence} ({model.takes}).")
        kind = fault.kind if fault else ""
        if fault and kind == "block":
            return wire.blocked(asked, model, fault.reason)
        if kind == "empty":
            return wire.empty(asked, model)
        finish = fault.reason if fault and kind == "finish" else "STOP"
        if finish not in ("STOP", "MAX_TOKENS"):
            return wire.generated(asked, model, [], finish)
        if model.modality == "AUDIO":
            return wire.generated(asked, model, self._sound(asked, finish), finish)
        return self._text(asked, model, finish, broken=kind == "broken")

    def _text(self, asked: Asked, model: Model, finish: str, *, broken: bool) -> Answer:
        text = self._canned(asked) or self.reply(asked)
        limit = int(asked.config.get("maxOutputTokens") or model.gives)
        kept = int(limit * 4.4)
        if len(text) > kept:
            text, finish = text[:kept], "MAX_TOKENS"
        elif finish == "MAX_TOKENS" or broken:
            text = text[: len(text) * 2 // 3]
        return wire.generated(asked, model, wire.text_parts(text), finish, self.settings.thoughts)

    def _canned(self, asked: Asked) -> str:
        for one in self.canned:
            if one.times and re.search(one.body, asked.request.text):
                one.times -= 1
                return one.text
        return ""

    def _sound(self, asked: Asked, finish: str) -> list[dict[str, Any]]:
        config = asked.config.get("speechConfig") or {}
        voice = config.get("voiceConfig", {}).get("prebuiltVoiceConfig", {}).get("voiceName", "Kore")
        spoken = speak(transcript(asked.prompt), voice, config.get("languageCode", ""))
        if finish == "MAX_TOKENS":
            spoken = replace(spoken, pcm=spoken.pcm[: len(spoken.pcm) // 4 * 2])
        self.spoken.append(spoken)
        return wire.sound_parts(spoken, self.settings.audio_mime)


def _counted(body: dict[str, Any], request: Request) -> Answer:
    whole = body.get("generateContentRequest") or body
    tokens = asked(request, whole).tokens or content_tokens(whole.get("contents", []))
    details = [{"modality": "TEXT", "tokenCount": tokens}]
    return json_answer(200, {"totalTokens": tokens, "promptTokensDetails": details})


def _streamed(answer: Answer) -> Answer:
    """The same answer as server-sent events: text in pieces, finish reason in the last one."""
    content = json.loads(answer.body)
    candidate = (content.get("candidates") or [{}])[0]
    parts = candidate.get("content", {}).get("parts", [])
    text = parts[0].get("text", "") if parts else ""
    pieces = [text[start : start + wire.CHUNK] for start in range(0, len(text), wire.CHUNK)][:-1]
    events = [
        content | {"candidates": [{"content": {"parts": [{"text": piece}], "role": "model"}, "index": 0}]}
        for piece in pieces
    ]
    if pieces:
        rest = text[len(pieces) * wire.CHUNK :]
        content["candidates"] = [candidate | {"content": {"parts": [{"text": rest}], "role": "model"}}]
    body = "".join(f"data: {json.dumps(event, ensure_ascii=False)}\r\n\r\n" for event in [*events, content])
    return replace(answer, body=body.encode(), headers={"Content-Type": "text/event-stream"})
