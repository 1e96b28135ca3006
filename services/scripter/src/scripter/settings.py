"""Settings of the scripter."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once when the service is built."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_SCRIPTER_", frozen=True)

    writer: str = "extractive"
    """Which of the writers in `providers/` writes the script."""
