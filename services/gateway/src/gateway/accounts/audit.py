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
