"""Settings of the paid providers. Without a key a provider is not used."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class TokenPrice(BaseModel):
    """Dollars for a million tokens."""

    model_config = ConfigDict(frozen=True)

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class GeminiSettings(BaseSettings):
    """Gemini: scripts and speech. Every variable is prefixed HIDDENHILL_GEMINI_."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_GEMINI_", frozen=True, hide_input_in_errors=True)

    api_key: SecretStr = SecretStr("")
    url: str = ""
    """Address of the interface; empty: the vendor's."""
    text_model: str = "gemini-3.8-flash"
    text_price: TokenPrice = TokenPrice(input=0.50, output=3.00)
    speech_model: str = "gemini-3.8-flash-tts"
    speech_price: TokenPrice = TokenPrice(input=0.50, output=10.00)
    voice: str = "Kore"
    """Who speaks, where the user does not say."""
    requests_a_minute: int = Field(60, ge=1)
    """Of all workers together, for each model."""
    at_once: int = Field(8, ge=1)
    """Calls on their way at a time, of all workers together, for each model."""
    seconds: float = Field(120.0, gt=0)
    """Until a call that is not answered is given up."""


class RunwaySettings(BaseSettings):
    """Runway: moving pictures. Every variable is prefixed HIDDENHILL_RUNWAY_."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_RUNWAY_", frozen=True, hide_input_in_errors=True)

    api_key: SecretStr = SecretStr("")
    url: str = ""
    """Address of the interface; empty: the vendor's."""
    text_model: str = "gen4.5"
    """For films from words alone."""
    text_price: float = Field(0.12, ge=0)
    """Dollars for a second of film."""
    image_model: str = "gen4.5"
    """For films that begin with a figure of the paper; one with another price makes estimates as wrong as that."""
    image_price: float = Field(0.12, ge=0)
    clip_seconds: int = Field(5, ge=2, le=10)
    """Length of one film."""
    leave: float = Field(0.05, ge=0)
    """Dollars of a job's budget that films leave for what is spoken."""
    requests_a_minute: int = Field(60, ge=1)
    """Of all workers together."""
    at_once: int = Field(64, ge=1)
    """Films in the making at a time, of all workers together."""
    task_seconds: float = Field(1800.0, gt=0)
    """Until a film that does not come is given up."""
    poll_seconds: float = Field(5.0, gt=0)
    """Between two looks at a film in the making."""
    seconds: float = Field(60.0, gt=0)
    """Until a call that is not answered is given up."""
