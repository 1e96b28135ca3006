"""Counters of rate limits in PostgreSQL: all replicas count together."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

import psycopg
import psycopg_pool
from limits.storage import Storage

from gateway.database import Database

SCHEME = "postgresql-counters"
_COUNT = """
INSERT INTO counters AS known (key, count, expires_at)
VALUES (%(key)s, %(amount)s, now() + make_interval(secs => %(expiry)s))
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN known.expires_at > now() THEN known.count ELSE 0 END + EXCLUDED.count,
    expires_at = CASE WHEN known.expires_at > now() THEN known.expires_at ELSE EXCLUDED.expires_at END
RETURNING count, extract(epoch FROM expires_at)::float AS expires
"""
_LOOK = """
SELECT count, extract(epoch FROM expires_at)::float AS expires FROM counters WHERE key = %s AND expires_at > now()
"""
_counted: ContextVar[tuple[str, int, float]] = ContextVar("counted", default=("", 0, 0.0))
"""Key, count and end of what this request counted last: the limiter asks for it again to write the headers."""


class Counters(Storage):
    """The table `counters` as Flask-Limiter's storage."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library's own declaration

    def __init__(self, uri: str | None = None, *, database: Database, wrap_exceptions: bool = False) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._database = database

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return psycopg.Error, psycopg_pool.PoolTimeout

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, in a window of `expiry` seconds that begins with the first; returns the count."""
        values = {"key": key, "amount": amount, "expiry": expiry}
        count, expires = self._row(_COUNT, values)
        _counted.set((key, count, expires))
        return count

    def get(self, key: str) -> int:
        return self._known(key)[0]

    def get_expiry(self, key: str) -> float:
        """End of the window, in seconds of the epoch."""
        return self._known(key)[1]

    def check(self) -> bool:
        return self._row("SELECT 1 AS count, 0.0 AS expires", None)[0] == 1

    def reset(self) -> int | None:
        with self._database.connection() as connection:
            return connection.execute("DELETE FROM counters").rowcount

    def clear(self, key: str) -> None:
        _counted.set(("", 0, 0.0))
        with self._database.connection() as connection:
            connection.execute("DELETE FROM counters WHERE key = %s", (key,))

    def _known(self, key: str) -> tuple[int, float]:
        counted, count, expires = _counted.get()
        return (count, expires) if counted == key else self._row(_LOOK, (key,))

    def _row(self, query: str, values: Any) -> tuple[int, float]:
        with self._database.connection() as connection:
            row = connection.execute(query, values).fetchone()
        return (row["count"], row["expires"]) if row else (0, time.time())
