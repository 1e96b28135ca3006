"""Settings of the scripter."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once when the service is built."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_SCRIPTER_", frozen=True)

    writer: Literal["", "extractive", "gemini"] = ""
    """Who writes where the user does not say; empty: the best that is usable within the job's budget."""
    least_similarity: float = Field(default=0.5, ge=0, le=1)
    """Share of what a sentence says that its passages must say too."""
    most_strange: int = Field(default=3, ge=1)
    """With so many words of which its passages know nothing a sentence fails."""
    prompt_tokens: int = Field(default=8_000, ge=2_000, le=200_000)
    """Tokens that a model is given at most; of a long paper the best passages."""
    answer_tokens: int = Field(default=8_192, ge=1_024, le=65_536)
    """Tokens that a model may answer with, its thoughts included; twice as many after an answer that broke off."""
    rounds: int = Field(default=2, ge=0, le=4)
    """How often sentences that fail are written again."""
