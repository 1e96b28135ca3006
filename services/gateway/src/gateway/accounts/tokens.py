"""Tokens for programs. A token is shown once, when it is made."""

from __future__ import annotations

from datetime import UTC, datetime

from chassis.errors import UsageError
from psycopg import Connection
from psycopg.rows import DictRow
from ulid import ULID

from gateway.accounts import audit
from gateway.accounts.callers import Caller
from gateway.accounts.guests import turn_out
from gateway.accounts.secrets import PREFIX, digest_of, new_secret
from gateway.problems import not_found

MOST = 50
"""Tokens that a user may have at a time."""


def make(
    connection: Connection[DictRow], caller: Caller, name: str, expires_at: datetime | None
) -> tuple[DictRow, str]:
    """A new token; returns its row and the token itself. Raises UsageError."""
    if not caller.verified:
        raise UsageError("usage.unverified", "Confirm your e-mail address first; the link is in the mail we sent.")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise UsageError("usage.invalid", "expires_at: this moment has passed; choose a later one.")
    connection.execute("SELECT 1 FROM users WHERE id = %s FOR UPDATE", (caller.user_id,))
    if len(listed(connection, caller.user_id)) >= MOST:
        raise UsageError("usage.tokens", f"You have {MOST} tokens, which is the most; revoke one that is not needed.")
    secret = new_secret(PREFIX)
    row = connection.execute(
        "INSERT INTO tokens (digest, id, user_id, name, expires_at) VALUES (%s, %s, %s, %s, %s)"
        " RETURNING id, name, created_at, used_at, expires_at",
        (digest_of(secret), str(ULID()).lower(), caller.user_id, name, expires_at),
    ).fetchone()
    assert row is not None
    audit.note(connection, "token.make", caller.user_id, caller.user_id, row["id"])
    return row, secret


def listed(connection: Connection[DictRow], user_id: str) -> list[DictRow]:
    """The user's tokens, the newest first; without those that ran out."""
    return connection.execute(
        "SELECT id, name, created_at, used_at, expires_at FROM tokens"
        " WHERE user_id = %s AND (expires_at IS NULL OR expires_at > now()) ORDER BY id DESC",
        (user_id,),
    ).fetchall()


def revoke(connection: Connection[DictRow], user_id: str, token_id: str) -> None:
    """End a token at once, its streams included. Raises UsageError: the user has no such token."""
    found = connection.execute("DELETE FROM tokens WHERE user_id = %s AND id = %s", (user_id, token_id))
    if not found.rowcount:
        raise not_found(f"token {token_id}")
    turn_out(connection, user_id)
    audit.note(connection, "token.revoke", user_id, user_id, token_id)
