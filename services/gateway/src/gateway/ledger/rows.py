"""Reading jobs' rows."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from psycopg import Connection
from psycopg.rows import DictRow

from gateway.ledger.projection import JobRows

CHANNEL = "ledger"
"""PostgreSQL tells every replica on this channel which job has changed."""
REPLICA = uuid.uuid4().hex
"""Name of this process, among those that tell each other what has changed."""
JOBS = """
SELECT jobs.*, coalesce(state, 'queued') AS state, coalesce(title, '') AS title, error, coalesce(seq, 0) AS seq,
    coalesce(allowed, states.budget, 0) AS budget, coalesce(calls, '[]') AS calls,
    coalesce(cancelled_seq, 0) AS cancelled_seq, coalesce(deliberate_seq, 0) AS deliberate_seq,
    coalesce(updated_at, created_at) AS updated_at, now() AS read_at
FROM jobs LEFT JOIN states ON states.job_id = jobs.id
"""
"""A job with what the ledger says of it."""


def read_jobs(connection: Connection[DictRow], job_ids: Sequence[str]) -> dict[str, JobRows]:
    """All rows of jobs, by id; without those that are not there."""
    ids = list(job_ids)
    queries = (
        f"{JOBS} WHERE jobs.id = ANY(%s)",
        "SELECT * FROM artifacts WHERE job_id = ANY(%s)",
        "SELECT * FROM failures WHERE job_id = ANY(%s)",
        "SELECT DISTINCT job_id FROM outbox WHERE job_id = ANY(%s) AND revives",
    )
    with connection.pipeline():  # one journey for all
        jobs, *found = [connection.execute(query, (ids,)) for query in queries]
        artifacts, failures, waiting = (_by_job(each.fetchall()) for each in found)
        return {
            job["id"]: JobRows(job, artifacts[job["id"]], failures[job["id"]], pending=job["id"] in waiting)
            for job in jobs.fetchall()
        }


def _by_job(rows: Sequence[DictRow]) -> defaultdict[str, list[DictRow]]:
    found: defaultdict[str, list[DictRow]] = defaultdict(list)
    for row in rows:
        found[row["job_id"]].append(row)
    return found


def snapshot(connection: Connection[DictRow], *job_ids: str) -> dict[str, JobRows]:
    """All rows of jobs as of one moment, by id."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return read_jobs(connection, job_ids)


def tell(connection: Connection[DictRow], *job_ids: str, by: str = "") -> None:
    """Have all replicas told, once the transaction is committed, that the jobs have changed; `by` is who knows it."""
    connection.execute(
        "SELECT pg_notify(%s, id || ' ' || coalesce(user_id, '') || ' ' || %s) FROM jobs WHERE id = ANY(%s)",
        (CHANNEL, by, list(job_ids)),
    )
