"""Settings of the gateway, read from the environment once, in `__main__`."""

from chassis.settings import ChassisSettings


class GatewaySettings(ChassisSettings):
    """Where the database is and where to listen, on top of what every service reads. Prefix HIDDENHILL_."""

    postgres_url: str
    gateway_listen: str = "127.0.0.1:8080"
    allowed_hosts: str = ""
    """Names, separated by commas, under which the gateway may be asked for besides loopback's."""
    upload_limit: int = 100_000_000
    """Bytes of the largest request."""
    quiet_seconds: float = 60.0
    """Seconds without an event or progress after which the reconciler looks at a job."""
    reconcile_every: float = 15.0
    """Seconds between two looks of the reconciler."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.gateway_listen.rpartition(":")
        return host.strip("[]") or "127.0.0.1", int(port)

    @property
    def hosts(self) -> frozenset[str]:
        """Host names a request may name."""
        named = {name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip()}
        return frozenset({"127.0.0.1", "localhost", "::1"} | named)
