"""PostgreSQL: the pool, and the schema's migrations."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

Database = ConnectionPool[Connection[DictRow]]
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 4_101_962_001
"""Key of the advisory lock under which one replica migrates while the others wait; it ends with its connection."""
_LOCK_SECONDS, _PAUSE = 2, 4.0
"""For which a migration waits for a table, since whoever asks for the table after it waits behind it; and for which
it then lets all the others go first."""


def open_pool(url: str) -> Database:
    """A pool of connections whose rows are dicts; each `with pool.connection()` is one transaction."""
    options: dict[str, Any] = {"row_factory": dict_row, "connect_timeout": 5}
    return ConnectionPool(
        url,
        min_size=2,
        max_size=12,
        timeout=5,
        open=True,
        kwargs=options,
        check=ConnectionPool.check_connection,
        connection_class=Connection[DictRow],
    )


def migrate(url: str) -> None:
    """Bring the schema up to date.

    Raises psycopg.OperationalError while the server is away or a table is in use for long: try again.
    """
    from yoyo import default_migration_table, read_migrations  # noqa: PLC0415 - not needed once started
    from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend  # noqa: PLC0415 - as above
    from yoyo.connections import parse_uri  # noqa: PLC0415 - as above

    class Backend(PostgresqlPsycopgBackend):  # type: ignore[misc] # it has no types
        def init_connection(self, connection: Connection[Any]) -> None:  # each migration gets a connection of its own
            super().init_connection(connection)
            connection.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'".encode())

    with psycopg.connect(url, autocommit=True, connect_timeout=5) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", (_MIGRATING,))
        scheme, _, rest = url.partition("://")
        backend = Backend(parse_uri(f"{scheme.partition('+')[0]}+psycopg://{rest}"), default_migration_table)
        try:
            backend.init_database()
            backend.apply_migrations(backend.to_apply(read_migrations(str(_MIGRATIONS))))
        except psycopg.errors.LockNotAvailable:
            time.sleep(_PAUSE)
            raise
        finally:
            backend.connection.close()
