"""Sessions: where a user is logged in. The cookie has the secret, the table its digest."""

from __future__ import annotations

from psycopg import Connection
from psycopg.rows import DictRow
from ulid import ULID

from gateway.accounts import audit
from gateway.accounts.guests import turn_out
from gateway.accounts.secrets import digest_of, new_secret


def begin(connection: Connection[DictRow], user_id: str, agent: str, days: int) -> str:
    """A new session; returns the secret for its cookie."""
    secret = new_secret()
    connection.execute(
        "INSERT INTO sessions (digest, id, user_id, expires_at, address, agent)"
        " VALUES (%s, %s, %s, now() + make_interval(days => %s), %s, %s)",
        (digest_of(secret), str(ULID()).lower(), user_id, days, audit.address.get(), agent.replace("\x00", "")[:300]),
    )
    connection.execute("UPDATE users SET seen_at = now() WHERE id = %s", (user_id,))
    return secret


def listed(connection: Connection[DictRow], user_id: str) -> list[DictRow]:
    """The user's sessions, the last used first."""
    return connection.execute(
        "SELECT id, created_at, seen_at, expires_at, address, agent FROM sessions"
        " WHERE user_id = %s AND expires_at > now() ORDER BY seen_at DESC, id DESC",
        (user_id,),
    ).fetchall()


def end(connection: Connection[DictRow], user_id: str, session_id: str) -> bool:
    """Log a session out at once, its streams included; False: the user has no such session."""
    found = connection.execute("DELETE FROM sessions WHERE user_id = %s AND id = %s", (user_id, session_id))
    turn_out(connection, user_id)
    return found.rowcount > 0


def end_all(connection: Connection[DictRow], user_id: str, but: str = "") -> int:
    """Log all sessions out but this one; returns how many there were."""
    found = connection.execute("DELETE FROM sessions WHERE user_id = %s AND id <> %s", (user_id, but))
    turn_out(connection, user_id)
    return found.rowcount
