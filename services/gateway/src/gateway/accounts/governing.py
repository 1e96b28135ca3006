"""What administrators do: users, access codes, and the jobs of everyone that gave up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from chassis.errors import UsageError
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from gateway.accounts import audit, sessions
from gateway.accounts.bootstrap import LOCAL
from gateway.accounts.callers import Caller
from gateway.accounts.guests import turn_out
from gateway.jobs.listing import pattern
from gateway.problems import not_found

_USERS = """
SELECT id, email, name, role, quota, created_at, seen_at, verified_at, blocked_at,
    (SELECT count(*) FROM jobs WHERE jobs.user_id = users.id) AS jobs
FROM users
WHERE (%(id)s::text IS NULL OR id = %(id)s)
    AND (%(text)s::text IS NULL OR email ILIKE %(text)s OR name ILIKE %(text)s)
    AND (%(blocked)s::boolean IS NULL OR (blocked_at IS NOT NULL) = %(blocked)s)
    AND (%(cursor)s::text IS NULL OR id < %(cursor)s)
ORDER BY id DESC LIMIT %(limit)s
"""
_FAILURES = """
SELECT failures.*, jobs.user_id, users.email, states.title, jobs.source_name
FROM failures JOIN jobs ON jobs.id = failures.job_id JOIN states ON states.job_id = jobs.id
LEFT JOIN users ON users.id = jobs.user_id
WHERE state = 'failed' AND failures.seq > cancelled_seq
    AND (%(code)s::text IS NULL OR starts_with(code, %(code)s))
    AND (%(before)s::bigint IS NULL OR failures.seq < %(before)s)
ORDER BY failures.seq DESC LIMIT %(limit)s
"""
KILLER = "internal.worker-died"
"""Code of the failure of a message that killed its worker at each delivery."""


@dataclass(frozen=True)
class Steward(Caller):
    """An administrator who acts on the jobs of others."""

    def sees(self, owner: str | None) -> bool:  # noqa: ARG002 - of everyone
        return True


def steward(caller: Caller) -> Steward:
    """The administrator as one who sees the jobs of everyone."""
    return Steward(**{field.name: getattr(caller, field.name) for field in fields(caller)})


def users(
    connection: Connection[DictRow],
    *,
    user_id: str | None = None,
    text: str | None = None,
    blocked: bool | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> tuple[list[DictRow], str | None]:
    """Users, the newest first, and the next page's cursor."""
    values = {"id": user_id, "text": pattern(text), "blocked": blocked, "cursor": cursor, "limit": limit + 1}
    rows = connection.execute(_USERS, values).fetchall()
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None


def user(connection: Connection[DictRow], user_id: str) -> DictRow:
    """One user. Raises UsageError where there is none."""
    found = users(connection, user_id=user_id)[0]
    if not found:
        raise not_found(f"user {user_id}")
    return found[0]


def block(connection: Connection[DictRow], admin: Caller, user_id: str, *, blocked: bool) -> None:
    """Shut a user out at once, or let them in again; their jobs go on. Raises UsageError."""
    _check(connection, admin, user_id)
    moment = "coalesce(blocked_at, now())" if blocked else "NULL"
    connection.execute(f"UPDATE users SET blocked_at = {moment} WHERE id = %s".encode(), (user_id,))  # noqa: S608 - ours
    if blocked:
        sessions.end_all(connection, user_id)
        turn_out(connection, user_id)
    audit.note(connection, "user.block" if blocked else "user.unblock", user_id, admin.user_id)


def give_role(connection: Connection[DictRow], admin: Caller, user_id: str, role: str) -> None:
    """Make a user an administrator, or no longer one. Raises UsageError."""
    _check(connection, admin, user_id)
    connection.execute("UPDATE users SET role = %s WHERE id = %s", (role, user_id))
    audit.note(connection, "user.role", user_id, admin.user_id, role=role)


def give_quota(connection: Connection[DictRow], admin: Caller, user_id: str, quota: Mapping[str, Any]) -> None:
    """Set what a user may have made in a day; what is None is as the settings say. Raises UsageError."""
    user(connection, user_id)
    own = {name: value for name, value in quota.items() if value is not None}
    connection.execute("UPDATE users SET quota = %s WHERE id = %s", (Jsonb(own), user_id))
    audit.note(connection, "user.quota", user_id, admin.user_id, **own)


def codes(connection: Connection[DictRow]) -> list[DictRow]:
    """All access codes, the newest first."""
    return connection.execute("SELECT * FROM access_codes ORDER BY created_at DESC, code").fetchall()


def make_code(
    connection: Connection[DictRow], admin: Caller, *, note: str, role: str, uses: int, expires_at: datetime | None
) -> DictRow:
    """A new access code, random."""
    row = connection.execute(
        "INSERT INTO access_codes (code, note, role, uses_left, expires_at) VALUES (%s, %s, %s, %s, %s) RETURNING *",
        (secrets.token_hex(8), note, role, uses, expires_at),
    ).fetchone()
    assert row is not None
    audit.note(connection, "code.make", None, admin.user_id, note, role=role, uses=uses)
    return row


def withdraw_code(connection: Connection[DictRow], admin: Caller, code: str) -> None:
    """Nobody can register with the code any more. Raises UsageError where there is none.

    It stays as used up: one from the settings would come back with the next start.
    """
    found = connection.execute(
        "UPDATE access_codes SET uses_left = 0, expires_at = least(expires_at, now()) WHERE code = %s RETURNING note",
        (code,),
    ).fetchone()
    if found is None:
        raise not_found("access code of this kind")
    audit.note(connection, "code.withdraw", None, admin.user_id, found["note"])


def failures(
    connection: Connection[DictRow], *, code: str | None = None, before: int | None = None, limit: int = 50
) -> tuple[list[DictRow], int | None]:
    """Failures that stand, of everyone's jobs, the newest first; and where the next page begins."""
    rows = connection.execute(_FAILURES, {"code": code, "before": before, "limit": limit + 1}).fetchall()
    return rows[:limit], rows[limit - 1]["seq"] if len(rows) > limit else None


def emails(connection: Connection[DictRow], user_ids: set[str]) -> dict[str, str]:
    """Addresses of users, by id."""
    found = connection.execute("SELECT id, email FROM users WHERE id = ANY(%s)", (list(user_ids),))
    return {row["id"]: row["email"] for row in found}


def _check(connection: Connection[DictRow], admin: Caller, user_id: str) -> None:
    """Nobody shuts themselves out, and the machine's own user stays."""
    user(connection, user_id)
    if user_id in (admin.user_id, LOCAL):
        raise UsageError("usage.own-account", "This cannot be done to your own account or to this machine's own user.")
