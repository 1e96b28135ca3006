"""Settings of the scripter."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once when the service is built."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_SCRIPTER_", frozen=True)

    writer: str = "extractive"
    """Which of the writers in `providers/` writes the script."""
    least_similarity: float = Field(default=0.5, ge=0, le=1)
    """Share of what a sentence says that its passages must say too."""
    most_strange: int = Field(default=3, ge=1)
    """With so many words of which its passages know nothing a sentence fails."""
