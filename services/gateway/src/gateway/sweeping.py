"""`python -m gateway sweep [--dry-run]`: what nothing names any more leaves the store.

These are bytes of artifacts that no job has, uploads that were never submitted, spans of jobs that are gone (each a day
after it was written), and providers' answers older than HIDDENHILL_KEEP_ANSWERS_DAYS. Gateways and workers may run.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator

from chassis.blobs import S3Blobs, Stored
from chassis.bus import NatsBus
from chassis.errors import Transient
from chassis.settings import read_settings
from psycopg import Connection
from psycopg.rows import DictRow

from gateway.database import Database, open_pool
from gateway.jobs import retention
from gateway.jobs.retention import Found
from gateway.ledger.fold import find
from gateway.settings import GatewaySettings

_PATIENCE = 60.0
"""Seconds to wait until the ledger has folded what is in the stream."""


def main(argv: list[str]) -> int:
    """Sweep once, and say what was found; returns the exit code. Raises Error."""
    parser = argparse.ArgumentParser(prog="python -m gateway sweep", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="only say what would leave the store")
    args = parser.parse_args(argv)
    sweep(read_settings(GatewaySettings), dry=args.dry_run)
    return 0


def sweep(settings: GatewaySettings, *, dry: bool) -> None:
    """Sweep once. Raises Transient: the ledger is being folded, and does not know all artifacts."""
    blobs, (stream, last) = S3Blobs(settings), asyncio.run(_extent(settings))
    with open_pool(settings.postgres_url) as database:
        _await_ledger(database, stream, last)
        with database.connection() as connection:
            for line in _swept(connection, blobs, settings.keep_answers_days, dry=dry):
                print(line)  # noqa: T201 - its output


def _await_ledger(database: Database, stream: str, last: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while (place := find(database)).stream != stream or place.seq < last:
        if time.monotonic() > deadline:
            raise Transient("unavailable.ledger", "The ledger is behind the stream; sweep when it has caught up.")
        time.sleep(0.5)


def _swept(connection: Connection[DictRow], blobs: S3Blobs, answer_days: int, *, dry: bool) -> Iterator[str]:
    """A line for each kind of thing."""
    for title, found in _found(connection, blobs, answer_days).items():
        if dry:
            total = _counted(found)
        elif title == _ARTIFACTS:
            total = retention.discard(connection, found)
        else:
            total = retention.remove(blobs, found)
        yield f"{title}: {total.count} ({total.size} bytes)"


_ARTIFACTS = "artifacts that no job has"


def _found(connection: Connection[DictRow], blobs: S3Blobs, answer_days: int) -> dict[str, Iterator[Stored]]:
    found = {
        _ARTIFACTS: retention.orphans(connection, blobs),
        "uploads that were not submitted": retention.old_uploads(blobs),
        "spans of jobs that are gone": retention.old_traces(connection, blobs),
    }
    return found | ({"answers of providers": retention.old_answers(blobs, answer_days)} if answer_days else {})


def _counted(found: Iterator[Stored]) -> Found:
    total = Found()
    for stored in found:
        total.add(stored)
    return total


async def _extent(settings: GatewaySettings) -> tuple[str, int]:
    bus = await NatsBus.connect(settings, "sweep")
    try:
        return await bus.extent()
    finally:
        await bus.close()
