"""Settings of every service, read from the environment once, in `__main__`."""

import re
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from chassis.errors import UsageError

S = TypeVar("S", bound=BaseSettings)
KEYS_SECRET = 32
"""Characters of a secret at least."""


class ChassisSettings(BaseSettings):
    """Where the servers are and how a worker behaves. Every variable is prefixed HIDDENHILL_."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_", frozen=True, hide_input_in_errors=True)

    nats_url: str = "nats://127.0.0.1:4222"
    s3_endpoint: str = "127.0.0.1:9000"
    s3_bucket: str = "hiddenhill"
    s3_access_key: str
    s3_secret_key: str = Field(repr=False)
    s3_region: str = "us-east-1"
    s3_secure: bool = False
    stream_replicas: int = Field(default=1, ge=1)
    stream_max_age_days: int = Field(default=30, ge=1)
    grpc_listen: str = "127.0.0.1:0"
    """Address of the internal gRPC port; port 0 takes a free one."""
    grpc_reflection: bool = False
    stages: str = ""
    """Which of its service's stages a worker works for, separated by commas; empty: all."""
    slots: int = Field(default=0, ge=0)
    """Runs at a time, for each stage of the worker; 0: as the stage declares."""
    ack_wait: float = Field(default=15.0, gt=0)
    """Seconds without a heartbeat after which a run is given to another worker."""
    max_attempts: int = Field(default=8, ge=1)
    """Deliveries of one trigger before the stage is failed."""
    grace: float = Field(default=120.0, ge=0)
    """Seconds that running work gets to end after SIGTERM."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = "INFO"
    keys_secret: SecretStr = SecretStr("")
    """Seals users' own keys of providers; empty: users can have none. Commas part secrets, of which the first seals."""
    sentry_dsn: SecretStr = SecretStr("")
    """Sentry project to which defects are reported; empty: none."""
    metrics_listen: str = ""
    """Host and port on which Prometheus reads the process' metrics; empty: none are kept. Port 0 takes a free one."""
    otlp_endpoint: str = ""
    """gRPC address of an OpenTelemetry collector; empty: spans are not exported."""
    trace_ratio: float = Field(default=1.0, ge=0, le=1)
    """Share of jobs whose spans go to the collector; what a caller's own trace says of it is respected."""
    keep_traces: bool = True
    """Whether the spans of all jobs are kept in the store, for their timelines."""

    @field_validator("keys_secret")
    @classmethod
    def _long(cls, secret: SecretStr) -> SecretStr:
        parts = [part.strip() for part in secret.get_secret_value().split(",")]
        if any(len(part) < KEYS_SECRET for part in parts if part):
            raise ValueError(f"each secret should have at least {KEYS_SECRET} characters")
        return secret


def read_settings(kind: type[S]) -> S:
    """The settings as the environment has them. Raises UsageError that names each variable which is wrong."""
    prefix = kind.model_config.get("env_prefix", "")
    try:
        return kind()
    except SettingsError as error:
        found = re.search(r'field "(\w+)"', str(error))
        name = f"{prefix}{found[1] if found else ''}".upper()
        raise UsageError("usage.settings", f"Settings in the environment are wrong. {name}: no valid JSON.") from None
    except ValidationError as error:
        wrong = [f"{prefix}{'.'.join(map(str, each['loc']))}".upper() + f": {each['msg']}" for each in error.errors()]
        raise UsageError("usage.settings", "Settings in the environment are wrong. " + "; ".join(wrong) + ".") from None
