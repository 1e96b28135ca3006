"""Reading a job's rows."""

from __future__ import annotations

from psycopg import Connection
from psycopg.rows import DictRow

from gateway.projection import JobRows

CHANNEL = "ledger"
"""PostgreSQL tells every replica on this channel which job has changed."""


def read_job(connection: Connection[DictRow], job_id: str, *, lock: bool = False) -> JobRows | None:
    """All rows of a job, or None; with `lock` nobody else changes its state before this transaction ends."""
    if lock:
        connection.execute("SELECT 1 FROM jobs WHERE id = %s FOR UPDATE", (job_id,))
    job = connection.execute("SELECT * FROM jobs WHERE id = %s", (job_id,)).fetchone()
    if job is None:
        return None
    artifacts = connection.execute("SELECT * FROM artifacts WHERE job_id = %s", (job_id,)).fetchall()
    failures = connection.execute("SELECT * FROM failures WHERE job_id = %s", (job_id,)).fetchall()
    pending = connection.execute("SELECT 1 FROM outbox WHERE job_id = %s AND revives LIMIT 1", (job_id,)).fetchone()
    return JobRows(job, artifacts, failures, pending=pending is not None)


def snapshot(connection: Connection[DictRow], job_id: str) -> JobRows | None:
    """All rows of a job as of one moment, or None."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return read_job(connection, job_id)


def tell(connection: Connection[DictRow], job_id: str) -> None:
    """Have all replicas told, once the transaction is committed, that the job has changed."""
    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, job_id))
