"""Settings of the gateway, read from the environment once, in `__main__`."""

from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from chassis.settings import ChassisSettings
from pydantic import Field, SecretStr, field_validator, model_validator

_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what links cannot name


class GatewaySettings(ChassisSettings):
    """Where the servers are and what users may do, on top of what every service reads. Prefix HIDDENHILL_."""

    postgres_url: str
    roles: str = "web,ledger"
    """What this process does: `web` answers people and programs, `ledger` keeps the tables up to date and looks after
    jobs. Each role may run in any number of processes; every role must run in one."""
    gateway_listen: str = "127.0.0.1:8080"
    rpc_listen: str = "127.0.0.1:9090"
    """Address of the gRPC interface for programs; port 0 takes a free one."""
    rpc_tls_cert: Path | None = None
    """PEM file of the gRPC interface's certificate chain; none: it speaks without encryption."""
    rpc_tls_key: Path | None = None
    """PEM file of the certificate's key."""
    public_url: str = ""
    """Address under which people reach the gateway; empty: http:// and what it listens on. With https:// cookies are
    sent over https alone."""
    allowed_hosts: str = ""
    """Names, separated by commas, under which the gateway may be asked for besides loopback's and the public URL's."""
    allowed_origins: str = ""
    """Origins, separated by commas, whose pages may use the API with a token (CORS)."""
    trusted_proxies: int = Field(0, ge=0)
    """Proxies in front of the gateway: how many entries of X-Forwarded-For to believe."""
    upload_limit: int = Field(100_000_000, ge=1)
    """Bytes of the largest request."""

    secret_key: SecretStr = Field(min_length=32)
    """Signs cookies."""
    previous_secret_keys: tuple[SecretStr, ...] = ()
    """Keys whose cookies are still taken, while the key is changed. A JSON list."""
    local_token: SecretStr | None = None
    """Token of the user `local`, an administrator: for the command on the same machine."""
    access_code: SecretStr | None = None
    """A code with which anybody may register."""
    admin_code: SecretStr | None = None
    """A code with which one person may register as administrator."""
    session_days: int = Field(30, ge=1)

    smtp_url: SecretStr | None = None
    """smtp://user:password@host:587 (STARTTLS) or smtps://…:465; none: mails are shown on the page /mail and logged."""
    mail_from: str = "Hidden Hill <hiddenhill@localhost>"

    jobs_a_day: int = Field(50, ge=0)
    """Per user; further jobs wait for the next day."""
    minutes_a_day: float = Field(60, ge=0)
    """Of video, per user."""
    money_a_day: float = Field(0, ge=0)
    """In dollars, per user, for paid providers; 0: none."""
    requests_a_minute: int = Field(600, ge=1)
    """Per user or, without login, per address."""

    quiet_seconds: float = 60.0
    """Seconds without an event or progress after which the reconciler looks at a job."""
    reconcile_every: float = 15.0
    """Seconds between two looks of the reconciler."""
    stream_patience: float = Field(60.0, gt=0)
    """Seconds after which a client that does not read its stream of events is given up."""
    trace_days: int = Field(30, ge=1)
    """Days for which a job's timeline is kept after the last thing that happened to it."""
    keep_days: int = Field(0, ge=0)
    """Days after which a job is forgotten that has ended, with all that it made; 0: never."""
    keep_answers_days: int = Field(90, ge=0)
    """Days for which providers' answers are kept, so that equal requests cost nothing; 0: for ever."""
    garbage_after: float = 600.0
    """Seconds until what a deleted job leaves in the store is removed."""

    @field_validator("gateway_listen", "rpc_listen")
    @classmethod
    def _names_a_port(cls, value: str) -> str:
        if not value.rpartition(":")[2].isdecimal():
            raise ValueError("host and port, such as 127.0.0.1:8080")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_a_site(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/")):
            raise ValueError("https:// and a name, such as https://videos.example.org")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(value.get_secret_value() if value else "")
        if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
            raise ValueError("smtp:// or smtps://, and the mail server's name")
        return value or None

    @model_validator(mode="after")
    def _has_both_or_neither(self) -> Self:
        if (self.rpc_tls_cert is None) != (self.rpc_tls_key is None):
            raise ValueError("HIDDENHILL_RPC_TLS_CERT and HIDDENHILL_RPC_TLS_KEY: give both files or neither")
        return self

    @field_validator("roles")
    @classmethod
    def _are_roles(cls, value: str) -> str:
        if not value or not set(value.split(",")) <= {"web", "ledger"}:
            raise ValueError("web, ledger, or both with a comma between")
        return value

    @property
    def duties(self) -> frozenset[str]:
        """The roles of this process."""
        return frozenset(self.roles.split(","))

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.gateway_listen.rpartition(":")
        return host.strip("[]") or "127.0.0.1", int(port)

    @property
    def base_url(self) -> str:
        """Where people reach us, without a slash at the end."""
        host, port = self.address
        here = "127.0.0.1" if host in _ANYWHERE else f"[{host}]" if ":" in host else host
        return (self.public_url or f"http://{here}:{port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def hosts(self) -> frozenset[str]:
        """Host names a request may name."""
        named = {name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip()}
        public = (urlsplit(self.base_url).hostname or "").lower()
        return frozenset({"127.0.0.1", "localhost", "::1", public} | named)

    @property
    def origins(self) -> frozenset[str]:
        """Origins of other sites' pages that may use the API."""
        return frozenset(name.strip().lower() for name in self.allowed_origins.split(",") if name.strip())
