"""Gemini's answers and errors as they stand on the wire."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from standins.exchange import Answer, Price, json_answer
from standins.gemini.asked import AUDIO_TOKENS_A_SECOND, Asked, text_tokens
from standins.gemini.models import Model
from standins.gemini.speech import RATE, Spoken

SERVICE = "generativelanguage.googleapis.com"
STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 402: "FAILED_PRECONDITION", 403: "PERMISSION_DENIED",
    404: "NOT_FOUND", 408: "DEADLINE_EXCEEDED", 429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 500: "INTERNAL",
    501: "UNIMPLEMENTED", 502: "UNAVAILABLE", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
MESSAGES = {
    400: "Request contains an invalid argument.",
    401: "Request had invalid authentication credentials.",
    402: "Billing is not enabled for this project, or its prepaid balance is used up.",
    403: "The caller does not have permission",
    429: "You exceeded your current quota, please check your plan and billing details.",
    500: "An internal error has occurred. Please retry.",
    503: "The model is overloaded. Please try again later.",
    504: "The request timed out. Please try again.",
}
REASONS = {401: "ACCESS_TOKEN_TYPE_UNSUPPORTED", 403: "SERVICE_DISABLED", 429: "RATE_LIMIT_EXCEEDED"}
RATED = ("HATE_SPEECH", "DANGEROUS_CONTENT", "HARASSMENT", "SEXUALLY_EXPLICIT")
CHUNK = 60
"""Characters in one event of a stream."""


def error(status: int, message: str = "", headers: dict[str, str] | None = None, reason: str = "") -> Answer:
    """An error in google.rpc.Status form; a Retry-After is told in the details too, as the vendor does."""
    message = message or MESSAGES.get(status, f"The request failed with {status}.")
    details: list[dict[str, Any]] = []
    if reason := reason or REASONS.get(status, ""):
        details.append(
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": reason,
                "domain": "googleapis.com",
                "metadata": {"service": SERVICE},
            }
        )
    wait = (headers or {}).get("Retry-After", "")
    if wait.replace(".", "").isdigit():
        details.append({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{wait}s"})
    content = {"code": status, "message": message, "status": STATUSES.get(status, "UNKNOWN"), "details": details}
    return json_answer(status, {"error": content}, headers=headers or {})


def unknown_model(name: str) -> Answer:
    """The refusal of a model that there is not."""
    return error(
        404,
        f"models/{name} is not found for API version v1beta, or is not supported for generateContent. "
        "Call ListModels to see the list of available models and their supported methods.",
    )


def blocked(asked: Asked, model: Model, reason: str) -> Answer:
    """A prompt that was refused: no candidates; what was read is charged."""
    usage = _usage(asked, 0, "TEXT", 0)
    feedback = {"blockReason": reason, "safetyRatings": _ratings(high="DANGEROUS_CONTENT")}
    content: dict[str, Any] = {"promptFeedback": feedback}
    content |= {"usageMetadata": usage, "modelVersion": model.name, "responseId": _response_id(asked)}
    return json_answer(200, content, price=_price(model, asked.tokens, 0, 0), note={"block": reason})


def text_parts(text: str) -> list[dict[str, Any]]:
    """One part, or none for an empty text."""
    return [{"text": text}] if text else []


def sound_parts(spoken: Spoken, mime: str) -> list[dict[str, Any]]:
    """Speech as inline data: raw PCM, or the same in a WAV file where the MIME type says so."""
    content = spoken.wav() if "wav" in mime else spoken.pcm
    mime = mime.replace("{rate}", str(RATE))
    return [{"inlineData": {"mimeType": mime, "data": base64.b64encode(content).decode()}}]


def generated(asked: Asked, model: Model, parts: list[dict[str, Any]], finish: str, thoughts: int = 0) -> Answer:
    """One candidate with its usage; charged as generated, whatever the finish reason."""
    tokens = sum(text_tokens(part.get("text", "")) + _sound_tokens(part) for part in parts)
    candidate: dict[str, Any] = {"finishReason": finish, "index": 0}
    if parts:
        candidate["content"] = {"parts": parts, "role": "model"}
    if finish == "SAFETY":
        candidate["safetyRatings"] = _ratings(high="DANGEROUS_CONTENT")
    if finish == "RECITATION":
        candidate["citationMetadata"] = {"citationSources": [{"startIndex": 0, "endIndex": 120, "uri": ""}]}
    usage = _usage(asked, tokens, model.modality, thoughts)
    content = {
        "candidates": [candidate], "usageMetadata": usage, "modelVersion": model.name,
        "responseId": _response_id(asked),
    }  # fmt: skip
    return json_answer(200, content, price=_price(model, asked.tokens, tokens, thoughts), note={"finish": finish})


def empty(asked: Asked, model: Model) -> Answer:
    """No candidate and no reason, as it happens now and then."""
    content = {"usageMetadata": _usage(asked, 0, "TEXT", 0), "modelVersion": model.name}
    return json_answer(200, content, price=_price(model, asked.tokens, 0, 0), note={"finish": ""})


def _usage(asked: Asked, tokens: int, modality: str, thoughts: int) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "promptTokenCount": asked.tokens,
        "totalTokenCount": asked.tokens + tokens + thoughts,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": asked.tokens}],
    }
    if tokens:
        usage["candidatesTokenCount"] = tokens
        usage["candidatesTokensDetails"] = [{"modality": modality, "tokenCount": tokens}]
    return usage | ({"thoughtsTokenCount": thoughts} if thoughts else {})


def _price(model: Model, tokens_in: int, tokens_out: int, thoughts: int) -> Price:
    usage = {"tokens_in": tokens_in, "tokens_out": tokens_out, "thoughts": thoughts}
    return Price(usd=model.dollars(tokens_in, tokens_out + thoughts), usage=usage)


def _sound_tokens(part: dict[str, Any]) -> int:
    data = part.get("inlineData", {}).get("data", "")
    return -(-len(data) * 3 // 4 // 2 * AUDIO_TOKENS_A_SECOND // RATE) if data else 0


def _ratings(high: str = "") -> list[dict[str, Any]]:
    return [
        {"category": f"HARM_CATEGORY_{name}", "probability": "HIGH" if name == high else "NEGLIGIBLE"}
        | ({"blocked": True} if name == high else {})
        for name in RATED
    ]


def _response_id(asked: Asked) -> str:
    return hashlib.sha256(f"{asked.request.number}{asked.prompt}".encode()).hexdigest()[:22]
