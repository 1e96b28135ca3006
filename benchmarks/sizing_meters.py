"""What processes and servers have used: processor time, memory, messages, rows."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from typing import Self

import httpx
import psutil
import psycopg
from psycopg import sql

_EVERY = 0.1
"""Seconds between two looks at memory."""


class Meter:
    """Processor time and memory of a process and all below it, looked at while this is a context."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.peak = 0
        """Bytes: the proportional share of what is resident, shared pages counted once."""
        self._ended = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._looking.join()

    def seconds(self) -> float:
        """Processor time since the process began, with that of what it started and awaited."""
        total = 0.0
        for each in self._all():
            with contextlib.suppress(psutil.Error):
                total += sum(each.cpu_times()[:4])
        return total

    def _all(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return [self._process, *self._process.children(recursive=True)]
        return []

    def _look(self) -> None:
        while not self._ended.wait(_EVERY):
            total = 0
            for each in self._all():
                with contextlib.suppress(psutil.Error):
                    total += each.memory_full_info().pss
            self.peak = max(self.peak, total)


class Servers:
    """What bus and database count."""

    def __init__(self, monitoring: int, postgres_url: str) -> None:
        self._monitoring, self._postgres = f"http://127.0.0.1:{monitoring}", postgres_url

    def counts(self) -> Counter[str]:
        """Messages and bytes of the bus and of the stream; transactions, rows and bytes of the database."""
        found: Counter[str] = Counter()
        bus = httpx.get(f"{self._monitoring}/varz", trust_env=False).json()
        found["bus messages"] = bus["in_msgs"] + bus["out_msgs"]
        streams = httpx.get(f"{self._monitoring}/jsz?streams=1", trust_env=False).json()["account_details"]
        for stream in (each for account in streams for each in account["stream_detail"] if each["name"] == "EVENTS"):
            found["events"], found["event bytes"] = stream["state"]["messages"], stream["state"]["bytes"]
        with psycopg.connect(self._postgres, autocommit=True) as connection:
            row = connection.execute(
                "SELECT xact_commit, tup_inserted + tup_updated + tup_deleted,"
                " pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"
                " FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
            assert row is not None
            found["transactions"], found["row writes"], found["WAL bytes"] = map(int, row)
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                asked = sql.SQL("SELECT count(*), coalesce(sum(pg_column_size(t.*)), 0) FROM {} AS t")
                rows = connection.execute(asked.format(sql.Identifier(table))).fetchone()
                assert rows is not None
                found["rows"] += int(rows[0])
                found["row bytes"] += int(rows[1])
        return found

    def connections(self) -> int:
        """Open connections of the database, this one left out."""
        with psycopg.connect(self._postgres) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        assert row is not None
        return int(row[0])
