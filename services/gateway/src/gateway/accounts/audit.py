"""The audit log: who did what, and from where."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

address: ContextVar[str] = ContextVar("address", default="")
"""Where the current request comes from."""


def note(
    connection: Connection[DictRow],
    action: str,
    user_id: str | None,
    actor_id: str | None,
    subject: str = "",
    **details: Any,
) -> None:
    """Write down, in the transaction of the act itself, what `actor_id` did to `user_id` or to a thing of theirs."""
    connection.execute(
        "INSERT INTO audit (user_id, actor_id, action, subject, address, details) VALUES (%s, %s, %s, %s, %s, %s)",
        (user_id, actor_id, action, subject, address.get(), Jsonb(details)),
    )


def listed(
    connection: Connection[DictRow],
    user_id: str | None,
    before: int | None = None,
    *,
    limit: int = 50,
    action: str = "",
) -> tuple[list[DictRow], int | None]:
    """What was done by or to a user (None: to all), the newest first; and where the next page begins."""
    rows = connection.execute(
        "SELECT * FROM audit WHERE (%(user)s::text IS NULL OR user_id = %(user)s OR actor_id = %(user)s)"
        " AND (%(before)s::bigint IS NULL OR id < %(before)s) AND starts_with(action, %(action)s)"
        " ORDER BY id DESC LIMIT %(limit)s",
        {"user": user_id, "before": before, "action": action, "limit": limit + 1},
    ).fetchall()
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None
