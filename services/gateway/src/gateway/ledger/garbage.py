"""Garbage: bytes that deleted jobs left in the store are removed once nothing refers to them any more."""

from __future__ import annotations

import asyncio
import logging

from chassis.blobs import Blobs, key_of
from hiddenhill.v1.events_pb2 import Ready
from psycopg import Connection
from psycopg.rows import DictRow

from gateway.database import Database

log = logging.getLogger(__name__)
_AT_ONCE = 100
_OLD = """
SELECT digest FROM garbage WHERE since <= now() - make_interval(secs => %s)
ORDER BY since LIMIT %s FOR UPDATE SKIP LOCKED
"""


class Sweeper:
    """Of several replicas, each sweeps what no other has in hand."""

    def __init__(self, database: Database, blobs: Blobs, after: float) -> None:
        self._database = database
        self._blobs = blobs
        self._after = after

    async def run(self) -> None:
        """Sweep until cancelled; not at once, for a ledger that was restored has first to fold what came since."""
        while True:
            await asyncio.sleep(min(60.0, max(0.5, self._after / 4)))
            try:
                while await asyncio.to_thread(self.sweep):
                    pass
            except Exception as error:  # noqa: BLE001 - the loop that runs things: what is left is swept next time
                log.warning("sweeper stumbled", extra={"error": repr(error)})

    def sweep(self) -> int:
        """Remove the oldest garbage; returns how many digests were looked at.

        A digest that is used again stays: an artifact has it, or an event that is on its way. A stage that finds such
        bytes in the store and announces them while we remove them would be left without: that is why garbage is old
        before it is removed, older than a run is long between looking and announcing.
        """
        with self._database.connection() as connection:
            digests = [row["digest"] for row in connection.execute(_OLD, (self._after, _AT_ONCE)).fetchall()]
            if not digests:
                return 0
            used = connection.execute("SELECT digest FROM artifacts WHERE digest = ANY(%s)", (digests,)).fetchall()
            kept = {row["digest"] for row in used} | coming(connection)
            for digest in digests:
                for key in self._keys(digest) if digest not in kept else ():
                    self._blobs.remove(key)
            connection.execute("DELETE FROM garbage WHERE digest = ANY(%s)", (digests,))
        return len(digests)

    def _keys(self, what: str) -> list[str]:
        """The keys of a digest, or of a prefix such as the one of a job's spans."""
        return self._blobs.keys(what) if what.endswith("/") else [key_of(what)]


def coming(connection: Connection[DictRow]) -> set[str]:
    """Digests that events have which are on their way."""
    rows = connection.execute("SELECT subjects, payloads FROM outbox").fetchall()
    return {digest for row in rows for digest in _digests(row)}


def _digests(row: dict[str, object]) -> list[str]:
    subjects, payloads = row["subjects"], row["payloads"]
    assert isinstance(subjects, list)
    assert isinstance(payloads, list)
    pairs = zip(subjects, payloads, strict=True)
    return [Ready.FromString(bytes(payload)).digest for subject, payload in pairs if ".ready." in subject]
