"""Who a request comes from: a person with a session, or a program with a token."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.accounts.secrets import digest_of
from gateway.database import Database

COOKIE = "hiddenhill"
Unsign = Callable[[str], Mapping[str, Any] | None]
"""Reads the signed cookie; None where it is not ours."""

_PERSON = """
WITH seen AS (UPDATE sessions SET seen_at = now() WHERE digest = %(digest)s AND seen_at < now() - interval '1 minute')
SELECT users.*, sessions.id AS session_id, '' AS token_id FROM sessions JOIN users ON users.id = sessions.user_id
WHERE sessions.digest = %(digest)s AND expires_at > now() AND blocked_at IS NULL
"""
_PROGRAM = """
WITH used AS (
    UPDATE tokens SET used_at = now()
    WHERE digest = %(digest)s AND (used_at IS NULL OR used_at < now() - interval '1 minute')
)
SELECT users.*, '' AS session_id, tokens.id AS token_id FROM tokens JOIN users ON users.id = tokens.user_id
WHERE tokens.digest = %(digest)s AND (expires_at IS NULL OR expires_at > now()) AND blocked_at IS NULL
    AND verified_at IS NOT NULL
"""


@dataclass(frozen=True)
class Caller:
    """A user, and what they came with: one of `session_id` and `token_id` is not empty."""

    user_id: str
    email: str
    name: str
    role: str
    verified: bool
    session_id: str
    token_id: str
    quota: Mapping[str, Any]

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    def sees(self, owner: str | None) -> bool:
        """Whether jobs of this user are theirs."""
        return owner == self.user_id


class Callers:
    """Looks callers up; may be used from any thread."""

    def __init__(self, database: Database, unsign: Unsign) -> None:
        self._database = database
        self._unsign = unsign

    def of(self, cookie: str | None, authorization: str | None) -> Caller | None:
        """The caller with this Authorization header or, where there is none, this signed cookie; None: nobody."""
        if authorization is not None:
            scheme, _, token = authorization.partition(" ")
            return self._find(_PROGRAM, token.strip()) if scheme.lower() == "bearer" else None
        secret = (self._unsign(cookie) or {}).get("sid") if cookie else None
        return self._find(_PERSON, secret) if isinstance(secret, str) else None

    def _find(self, query: str, secret: str) -> Caller | None:
        with self._database.connection() as connection:
            row = connection.execute(query, {"digest": digest_of(secret)}).fetchone()
        if row is None:
            return None
        return Caller(
            user_id=row["id"],
            email=row["email"],
            name=row["name"],
            role=row["role"],
            verified=row["verified_at"] is not None,
            session_id=row["session_id"],
            token_id=row["token_id"],
            quota=row["quota"],
        )
