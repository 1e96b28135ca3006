"""Settings of the captioner."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class CaptionerSettings(BaseSettings):
    """How the finished video sounds. Every variable is prefixed HIDDENHILL_CAPTIONER_."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_CAPTIONER_", frozen=True)

    loudness: float = Field(-14.0, ge=-30, le=-10)
    """Integrated, in LUFS."""
    true_peak: float = Field(-1.0, ge=-9, le=0)
    """At most, in dBTP."""
    audio_bitrate: int = Field(160, ge=64, le=320)
    """kbit/s of AAC."""
