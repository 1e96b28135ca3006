"""Settings of every service, read from the environment once, in `__main__`."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class ChassisSettings(BaseSettings):
    """Where the servers are and how a worker behaves. Every variable is prefixed HIDDENHILL_."""

    model_config = SettingsConfigDict(env_prefix="HIDDENHILL_", frozen=True)

    nats_url: str = "nats://127.0.0.1:4222"
    s3_endpoint: str = "127.0.0.1:9000"
    s3_bucket: str = "hiddenhill"
    s3_access_key: str
    s3_secret_key: str
    s3_region: str = "us-east-1"
    s3_secure: bool = False
    stream_replicas: int = 1
    stream_max_age_days: int = 30
    grpc_listen: str = "127.0.0.1:0"
    """Address of the internal gRPC port; port 0 takes a free one."""
    grpc_reflection: bool = False
    slots: int = 0
    """Runs at a time, for each stage of the worker; 0: as the stage declares."""
    ack_wait: float = 15.0
    """Seconds without a heartbeat after which a run is given to another worker."""
    max_attempts: int = 8
    """Deliveries of one trigger before the stage is failed."""
    grace: float = 120.0
    """Seconds that running work gets to end after SIGTERM."""
    log_level: str = "INFO"
    otlp_endpoint: str = ""
    """gRPC address of an OpenTelemetry collector; empty: spans are not exported."""
