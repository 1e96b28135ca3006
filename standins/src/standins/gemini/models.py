"""The models that the stand-in knows, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

METHODS = ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"]


@dataclass(frozen=True)
class Model:
    """A model: what it answers with, its limits in tokens, its prices in dollars for a million tokens."""

    name: str
    modality: Literal["TEXT", "AUDIO"]
    takes: int
    gives: int
    dollars_in: float
    dollars_out: float

    def view(self) -> dict[str, Any]:
        return {
            "name": f"models/{self.name}",
            "version": "001",
            "displayName": self.name.replace("-", " ").title(),
            "description": f"Stand-in for {self.name}",
            "inputTokenLimit": self.takes,
            "outputTokenLimit": self.gives,
            "supportedGenerationMethods": METHODS[:2] if self.modality == "AUDIO" else METHODS,
            "temperature": 1,
            "topP": 0.95,
            "topK": 64,
            "maxTemperature": 2,
        }

    def dollars(self, tokens_in: int, tokens_out: int) -> float:
        return round((tokens_in * self.dollars_in + tokens_out * self.dollars_out) / 1e6, 9)


MODELS = {
    model.name: model
    for model in (
        Model("gemini-3.8-flash", "TEXT", 1_048_576, 65_536, 0.50, 3.00),
        Model("gemini-3.8-flash-lite", "TEXT", 1_048_576, 65_536, 0.10, 0.40),
        Model("gemini-3.8-pro", "TEXT", 1_048_576, 65_536, 2.00, 12.00),
        Model("gemini-2.5-flash", "TEXT", 1_048_576, 65_536, 0.30, 2.50),
        Model("gemini-3.8-flash-tts", "AUDIO", 8_192, 16_384, 0.50, 10.00),
        Model("gemini-2.5-flash-preview-tts", "AUDIO", 8_192, 16_384, 0.50, 10.00),
    )
}
