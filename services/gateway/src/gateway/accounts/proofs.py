"""Links in mails that prove that somebody reads mail at an address; each serves once."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from chassis.errors import UsageError
from psycopg import Connection
from psycopg.rows import DictRow

from gateway.accounts.secrets import digest_of, new_secret

Purpose = Literal["verify", "reset", "change"]
VALID = {"verify": timedelta(hours=24), "reset": timedelta(hours=1), "change": timedelta(hours=24)}


def issue(connection: Connection[DictRow], user_id: str, purpose: Purpose, email: str) -> str:
    """A secret for a link; earlier ones for the same purpose no longer serve."""
    secret = new_secret()
    withdraw(connection, user_id, purpose)
    connection.execute(
        "INSERT INTO proofs (digest, user_id, purpose, email, expires_at) VALUES (%s, %s, %s, %s, now() + %s)",
        (digest_of(secret), user_id, purpose, email, VALID[purpose]),
    )
    return secret


def look(connection: Connection[DictRow], secret: str, *purposes: Purpose) -> DictRow:
    """What the link stands for, with its user; locked until the transaction ends. Raises UsageError: nothing."""
    row = connection.execute(
        "SELECT proofs.user_id, proofs.purpose, proofs.email AS proven, users.email, users.password FROM proofs"
        " JOIN users ON users.id = user_id"
        " WHERE digest = %s AND purpose = ANY(%s) AND expires_at > now() AND blocked_at IS NULL FOR UPDATE OF proofs",
        (digest_of(secret), list(purposes)),
    ).fetchone()
    if row is None:
        raise UsageError("usage.link", "This link is too old or was used before; have a new one sent.")
    return row


def withdraw(connection: Connection[DictRow], user_id: str, *purposes: Purpose) -> None:
    """Links of the user for these purposes no longer serve."""
    connection.execute("DELETE FROM proofs WHERE user_id = %s AND purpose = ANY(%s)", (user_id, list(purposes)))
