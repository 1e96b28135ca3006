"""`python -m gateway verify [--deep]`: does the store hold all that the database names?

Says which artifacts of which jobs lack their bytes, and fails where one does: after a restore, and before a backup is
trusted. `--deep` reads all bytes and finds those that are not what they were. Gateways and workers may run.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from chassis.blobs import S3Blobs, key_of
from chassis.settings import read_settings
from psycopg import Connection
from psycopg.rows import DictRow

from gateway.database import open_pool
from gateway.settings import GatewaySettings

_SHOWN = 1000
"""Artifacts at most that are named."""
_PREFIX = "sha256/"
_CHUNK = 8 << 20
"""Bytes that are read at a time."""
_AS_OF_NOW = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
_STORED = "CREATE TEMPORARY TABLE stored (digest text PRIMARY KEY, size bigint NOT NULL) ON COMMIT DROP"
_NAMED = "SELECT count(*) AS artifacts, count(DISTINCT digest) AS blobs FROM artifacts"
_MISSING = """
SELECT job_id, artifact, artifacts.digest, artifacts.size FROM artifacts LEFT JOIN stored USING (digest)
WHERE stored.size IS DISTINCT FROM artifacts.size ORDER BY job_id, artifact
"""
_DIGESTS = "SELECT DISTINCT ON (digest) job_id, artifact, digest, size FROM artifacts ORDER BY digest, job_id"


@dataclass(frozen=True)
class Lacking:
    """An artifact whose bytes are not, or not all, in the store, or are others."""

    job_id: str
    artifact: str
    digest: str
    why: str


def main(argv: list[str]) -> int:
    """Verify once, and say what was found; returns the exit code. Raises Error."""
    parser = argparse.ArgumentParser(prog="python -m gateway verify", description=__doc__)
    parser.add_argument("--deep", action="store_true", help="read all bytes and compare their digests")
    args = parser.parse_args(argv)
    return verify(read_settings(GatewaySettings), deep=args.deep)


def verify(settings: GatewaySettings, *, deep: bool) -> int:
    """Compare database and store; returns the exit code. Raises Transient: the store is away."""
    blobs, count, jobs = S3Blobs(settings), 0, set[str]()
    with open_pool(settings.postgres_url) as database, database.connection() as connection:
        connection.execute(_AS_OF_NOW)
        named = connection.execute(_NAMED).fetchone() or {}  # from here on, the database is as it is now
        for lacking in lacks(connection, blobs, deep=deep):
            count, jobs = count + 1, jobs | {lacking.job_id}
            if count <= _SHOWN:
                print(f"{lacking.job_id} {lacking.artifact} {lacking.digest}: {lacking.why}")  # noqa: T201 - its output
    held = f"{named['artifacts']} artifacts with {named['blobs']} blobs"
    print(f"{held}: {count} lack their bytes, in {len(jobs)} jobs")  # noqa: T201 - its output
    return 1 if count else 0


def lacks(connection: Connection[DictRow], blobs: S3Blobs, *, deep: bool = False) -> Iterator[Lacking]:
    """The artifacts of the database whose bytes the store does not hold."""
    connection.execute(_STORED)
    with connection.cursor().copy("COPY stored FROM STDIN") as copy:
        for stored in blobs.stored(_PREFIX):
            copy.write_row((stored.key.removeprefix(_PREFIX), stored.size))
    for row in connection.execute(_MISSING).fetchall():
        size = blobs.size(key_of(row["digest"]))  # perhaps it came after the listing
        if size != row["size"]:
            why = "missing" if size is None else f"{size} bytes of {row['size']}"
            yield Lacking(row["job_id"], row["artifact"], row["digest"], why)
    for row in connection.execute(_DIGESTS).fetchall() if deep else ():
        if _is_damaged(blobs, row["digest"], row["size"]):
            yield Lacking(row["job_id"], row["artifact"], row["digest"], "other bytes")


def _is_damaged(blobs: S3Blobs, digest: str, size: int) -> bool:
    """Whether there are as many bytes as there should be, and others."""
    found, key = hashlib.sha256(), key_of(digest)
    if blobs.size(key) != size:  # that was said
        return False
    for start in range(0, size, _CHUNK):
        found.update(blobs.get_bytes(key, start, min(_CHUNK, size - start)))
    return found.hexdigest() != digest
