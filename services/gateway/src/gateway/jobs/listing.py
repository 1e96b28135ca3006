"""A user's jobs in pages, with search and filters."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from psycopg import Connection
from psycopg.rows import DictRow
from pydantic import BaseModel, BeforeValidator, Field

from gateway.ledger.rows import JOBS

State = Literal["queued", "running", "review", "done", "failed", "cancelled"]

_PAGE = f"""
SELECT found.*, thumbnail.digest AS thumbnail FROM ({JOBS}) AS found
LEFT JOIN artifacts AS thumbnail ON thumbnail.job_id = found.id AND thumbnail.artifact = 'thumbnail'
WHERE (%(user)s::text IS NULL OR user_id = %(user)s)
    AND (%(state)s::text IS NULL OR state = %(state)s)
    AND (%(cursor)s::text IS NULL OR id < %(cursor)s)
    AND (%(text)s::text IS NULL OR title ILIKE %(text)s OR source_name ILIKE %(text)s)
    AND (%(source)s::text IS NULL OR source_name ILIKE %(source)s)
    AND (%(since)s::date IS NULL OR created_at >= %(since)s)
    AND (%(until)s::date IS NULL OR created_at < %(until)s::date + 1)
ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 - made of constants


def _written_out(value: Any) -> Any:
    """Dates come as 2026-11-21: a bare number is no moment. Raises ValueError."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError("a date such as 2026-11-21")
    return value


Day = Annotated[date, BeforeValidator(_written_out)]


class Query(BaseModel):
    """Which jobs, and how many at a time; newest first."""

    state: State | None = None
    text: str | None = Field(None, max_length=200, description="Words of the title or of the source.")
    source: str | None = Field(None, max_length=200, description="Words of the source: a reference or a file's name.")
    since: Day | None = Field(None, description="First day of creation, UTC.")
    until: Day | None = Field(None, description="Last day of creation, UTC.")
    cursor: str | None = Field(None, max_length=64, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=200)


def page(connection: Connection[DictRow], user_id: str | None, query: Query) -> tuple[list[DictRow], str | None]:
    """Rows of a user's jobs (None: everyone's), and the cursor of the next page, if there is one."""
    values = {
        "user": user_id,
        "state": query.state,
        "cursor": (query.cursor or "").lower() or None,
        "text": pattern(query.text),
        "source": pattern(query.source),
        "since": query.since,
        "until": query.until,
        "limit": query.limit + 1,
    }
    rows = connection.execute(_PAGE, values).fetchall()
    return rows[: query.limit], rows[query.limit - 1]["id"] if len(rows) > query.limit else None


def pattern(text: str | None) -> str | None:
    """What LIKE matches: the text anywhere, its wildcards taken by the letter."""
    plain = (text or "").replace("\x00", "").strip()
    escaped = plain.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%" if plain else None
