"""`python -m gateway reseal`: users' own keys of providers are sealed with the first of HIDDENHILL_KEYS_SECRET.

After it, and not before, the former secret may be taken out. Gateways and workers may run.
"""

from __future__ import annotations

from chassis.settings import read_settings

from gateway.accounts.keyring import Keyring
from gateway.database import open_pool
from gateway.settings import GatewaySettings


def main() -> int:
    """Seal all anew, and say how many there are; returns the exit code: 1 where some cannot be opened. Raises Error."""
    settings = read_settings(GatewaySettings)
    with open_pool(settings.postgres_url) as database:
        sealed, unread = Keyring(database, settings.keys_secret).seal_anew()
    print(f"keys sealed with the first secret: {sealed}; sealed with none of the secrets: {unread}")  # noqa: T201 - as above
    return 1 if unread else 0
