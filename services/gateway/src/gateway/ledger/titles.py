"""Titles: each job gets its paper's, which is in the store and not in the event."""

from __future__ import annotations

import asyncio
import json
import logging

from chassis.blobs import Blobs, key_of
from chassis.errors import Transient

from gateway.database import Database
from gateway.ledger.rows import tell

log = logging.getLogger(__name__)
LOOK_EVERY = 10.0
"""Seconds until papers are found that another replica left untitled."""
_UNTITLED = """
SELECT states.job_id, artifacts.digest FROM states LEFT JOIN artifacts
    ON artifacts.job_id = states.job_id AND artifact = 'paper'
WHERE untitled LIMIT 100
"""
_TITLED = """
UPDATE states SET title = %(title)s, untitled = false WHERE job_id = %(job)s AND untitled AND NOT EXISTS (
    SELECT 1 FROM artifacts WHERE artifacts.job_id = %(job)s AND artifact = 'paper' AND digest <> %(digest)s
)
"""


class Titles:
    """Reads the papers of jobs that have none, when told by `papers` that there are some, and now and then."""

    def __init__(self, database: Database, blobs: Blobs, papers: asyncio.Event) -> None:
        self._database = database
        self._blobs = blobs
        self._papers = papers

    async def run(self) -> None:
        """Give titles until cancelled."""
        while True:
            self._papers.clear()
            try:
                await asyncio.to_thread(self.look)
            except Exception as error:  # noqa: BLE001 - the loop that runs things: the next look sees it again
                log.warning("no titles", extra={"error": repr(error)})
                await asyncio.sleep(0.5)
            try:
                await asyncio.wait_for(self._papers.wait(), LOOK_EVERY)
            except TimeoutError:
                continue

    def look(self) -> None:
        """Give titles to all that have none. Raises Transient: the store is away."""
        with self._database.connection() as connection:
            rows = connection.execute(_UNTITLED).fetchall()
        for row in rows:
            title = self._title(row["job_id"], row["digest"])
            with self._database.connection() as connection:
                connection.execute(_TITLED, {"title": title, "job": row["job_id"], "digest": row["digest"]})
                tell(connection, row["job_id"])

    def _title(self, job_id: str, digest: str | None) -> str:
        try:
            paper = json.loads(self._blobs.get_bytes(key_of(digest or "")))
        except Transient:
            raise
        except (KeyError, ValueError) as error:
            log.warning("no title", extra={"job": job_id, "error": repr(error)})
            return ""
        return str(paper.get("title") or "") if isinstance(paper, dict) else ""
