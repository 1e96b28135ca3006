"""Settings of the narrator."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class NarratorSettings(BaseSettings):
    """How the voice sounds where the user does not say. Every variable is prefixed HIDDENHILL_NARRATOR_."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_NARRATOR_", frozen=True)

    english_voice: str = "en-us+f4"
    """espeak voice and variant for English."""
    pace: int = Field(174, ge=80, le=450)
    """espeak's own measure of words a minute; with pauses it comes to about 85 % of that."""
    pitch: int = Field(46, ge=0, le=99)
    pitch_range: int = Field(58, ge=0, le=99)
    """How much the voice moves; 50 is espeak's default."""
    piper_voice: str = ""
    """Path of a Piper voice (.onnx, with its .onnx.json beside it); it speaks its language where Gemini does not."""
