"""What a gateway is given to begin with: a local user with a token, and an access code."""

from __future__ import annotations

from gateway.accounts.secrets import digest_of
from gateway.database import Database
from gateway.settings import GatewaySettings

LOCAL = "local"
"""Id of the user that a stack on one machine has; its token is the stack's own."""


def bootstrap(database: Database, settings: GatewaySettings) -> None:
    """See that the users and codes are there that the settings name; repeating it changes nothing."""
    with database.connection() as connection:
        if settings.local_token:
            connection.execute(
                "INSERT INTO users (id, email, name, role, verified_at) VALUES (%s, 'local@localhost', 'This machine',"
                " 'admin', now()) ON CONFLICT DO NOTHING",
                (LOCAL,),
            )
            connection.execute("DELETE FROM tokens WHERE id = %s", (LOCAL,))
            connection.execute(
                "INSERT INTO tokens (digest, id, user_id, name) VALUES (%s, %s, %s, 'the command on this machine')",
                (digest_of(settings.local_token.get_secret_value()), LOCAL, LOCAL),
            )
        for code, role, uses in ((settings.access_code, "user", 1_000_000), (settings.admin_code, "admin", 1)):
            if code:
                connection.execute(
                    "INSERT INTO access_codes (code, note, role, uses_left) VALUES (%s, 'from the settings', %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    (code.get_secret_value(), role, uses),
                )
