"""What callers do with jobs: one desk behind the REST interface, the gRPC interface and the pages."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from artifacts.request import Approval, Options
from chassis.blobs import Blobs, key_of
from chassis.errors import UsageError
from chassis.events import Blob
from chassis.folder import canonical_json
from chassis.manifest import Entry, frontier
from chassis.timeline import Timeline, timeline_of
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb
from ulid import ULID

from chassis import events, spans, telemetry
from gateway.accounts import audit
from gateway.accounts.callers import Caller
from gateway.database import Database
from gateway.jobs import budgets, listing, losses, quotas
from gateway.jobs.edits import Edit, changed, read_brief
from gateway.jobs.sources import keep_json
from gateway.ledger import outbox
from gateway.ledger.projection import APPROVAL, JobRows
from gateway.ledger.rows import snapshot, tell
from gateway.ledger.rulebook import Rulebook
from gateway.problems import not_found
from gateway.settings import GatewaySettings

_FILES = 2_000
"""Files of spans of a job at most that are read."""


@dataclass(frozen=True)
class Desk:
    """Acts on the jobs of a caller. What is not the caller's is not found. Methods may be called in any thread."""

    settings: GatewaySettings
    database: Database
    blobs: Blobs
    outbox: outbox.Outbox
    rulebook: Rulebook

    def submit(self, caller: Caller, source: Blob, name: str, options: Options, key: str = "") -> tuple[str, bool]:
        """Start a job; returns its id and whether it is new: a key that was used before answers the job of then.

        Raises:
            UsageError: the caller's address is not verified, or the key was used for something else.
        """
        if not caller.verified:
            raise UsageError("usage.unverified", "Confirm your e-mail address first; the link is in the mail we sent.")
        wish = keep_json(self.blobs, "options", options)
        given = [source, wish] if options.review else [source, wish, keep_json(self.blobs, APPROVAL, Approval())]
        asked = hashlib.sha256(f"{source.digest} {wish.digest}".encode()).hexdigest()
        with self.database.connection() as connection:
            if key and (before := _submitted(connection, caller, key, asked)):
                return before, False
            quota = quotas.quota_of(connection, caller.user_id, caller.quota, self.settings)
            waits_until, waits_for = quotas.starts(connection, caller.user_id, quota, options.seconds, options.budget)
            job_id, wished = str(ULID()).lower(), options.model_dump(mode="json")
            traceparent = telemetry.inject({}).get("traceparent", "")
            connection.execute(
                "INSERT INTO jobs (id, user_id, source_name, options, traceparent, waits_until, waits_for)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                (job_id, caller.user_id, name, Jsonb(wished), traceparent, waits_until, waits_for),
            )
            connection.execute("INSERT INTO states (job_id, budget) VALUES (%s, %s)", (job_id, options.budget))
            batch = [events.budget(job_id, options.budget)] if options.budget else []
            batch += [events.ready(job_id, blob, cause="submitted", stage="submit") for blob in given]
            expected = {blob.artifact: 0 for blob in given}
            outbox.write(connection, job_id, batch, expected, not_before=waits_until)
            if key:
                connection.execute(
                    "INSERT INTO submissions (user_id, key, request, job_id) VALUES (%s, %s, %s, %s)",
                    (caller.user_id, key, asked, job_id),
                )
            tell(connection, job_id)
        telemetry.note(job=job_id)
        self.outbox.wake()
        return job_id, True

    def rows(self, caller: Caller, job_id: str) -> JobRows:
        """All rows of the caller's job. Raises UsageError where there is none."""
        with self.database.connection() as connection:
            rows = snapshot(connection, job_id).get(job_id)
        if rows is None or not caller.sees(rows.job["user_id"]):
            raise not_found(f"job {job_id}")
        return rows

    def timeline(self, caller: Caller, job_id: str) -> Timeline:
        """The job's timeline, as far as it is kept. Raises UsageError where there is no such job."""
        self.rows(caller, job_id)
        files = (self._kept(key) for key in self.blobs.keys(spans.prefix(job_id))[:_FILES])
        return timeline_of(job_id, files)

    def _kept(self, key: str) -> bytes:
        try:
            return self.blobs.get_bytes(key)
        except KeyError:  # removed since it was listed
            return b""

    def page(self, caller: Caller, query: listing.Query) -> tuple[list[DictRow], str | None]:
        """Rows of the caller's jobs, and the next page's cursor."""
        with self.database.connection() as connection:
            return listing.page(connection, caller.user_id, query)

    def artifact(self, caller: Caller, job_id: str, artifact: str) -> Mapping[str, Any]:
        """The row of an artifact. Raises UsageError where there is none."""
        with self.database.connection() as connection:
            row = connection.execute(
                "SELECT artifacts.*, jobs.user_id FROM artifacts JOIN jobs ON jobs.id = job_id"
                " WHERE job_id = %s AND artifact = %s",
                (job_id, artifact),
            ).fetchone()
        if row is None or not caller.sees(row["user_id"]):
            raise not_found(f"artifact {artifact} in job {job_id}")
        return row

    def retry(self, caller: Caller, job_id: str) -> None:
        """Set a job going that failed, was cancelled or stands still; what the store has lost is made again.

        Raises:
            UsageError: nothing is to be made, or what the job starts from is lost.
        """
        rows = self.rows(caller, job_id)
        known = rows.manifest()
        manifest, batch = losses.unmade(self.blobs, rows.job, known, losses.lost_of(self.blobs, known))
        wanted = [artifact for _, _, artifact in frontier(self.rulebook.rules, manifest)]
        if not wanted:
            raise UsageError("usage.nothing-to-do", "There is nothing to retry: the job has all that can be made.")
        self._write(caller, "job.retry", rows, [*batch, *events.kick(job_id, manifest, wanted)])

    def budget(self, caller: Caller, job_id: str, dollars: float) -> None:
        """Let a job cost so many dollars in all; one that failed for want of money goes on where these are more.

        Raises:
            UsageError: it has spent more already, or the day's dollars are not enough.
        """
        rows = self.rows(caller, job_id)
        with _joined("budget job", rows), self.database.connection() as connection:
            is_more = budgets.change(connection, job_id, dollars, self.settings)
            batch = [events.budget(job_id, dollars)]
            if is_more and rows.job["state"] == "failed" and (rows.job["error"] or {}).get("code") == budgets.SPENT:
                manifest = rows.manifest()
                wanted = [artifact for _, _, artifact in frontier(self.rulebook.rules, manifest)]
                batch += events.kick(job_id, manifest, wanted)
            outbox.write(connection, job_id, batch, revives=len(batch) > 1)
            audit.note(connection, "job.budget", caller.user_id, caller.user_id, subject=job_id, dollars=dollars)
            tell(connection, job_id)
        self.outbox.wake()

    def cancel(self, caller: Caller, job_id: str) -> None:
        """Stop a job; `retry` takes it up again. Raises UsageError: it is done."""
        rows = self.rows(caller, job_id)
        if rows.job["state"] == "done" and not rows.pending:
            raise UsageError("usage.nothing-to-do", "The job is done; there is nothing to cancel.")
        self._write(caller, "job.cancel", rows, [events.cancelled(job_id, "by the user")], revives=False)

    def approve(self, caller: Caller, job_id: str) -> None:
        """Let a job go on whose script was to be looked at. Raises UsageError: it does not wait for that."""
        rows = self.rows(caller, job_id)
        if rows.job["state"] != "review":
            raise UsageError("usage.nothing-to-do", "This job does not wait for its script to be approved.")
        manifest = rows.manifest()
        blob = keep_json(self.blobs, APPROVAL, Approval())
        approval = events.ready(job_id, blob, cause="submitted", stage="submit")
        # A scene's stage is triggered by its scene's artifacts alone, so these are announced again after the approval.
        approved = replace(manifest, entries={**manifest.entries, APPROVAL: Entry(APPROVAL, 0, blob.digest)})
        wanted = [artifact for _, scene, artifact in frontier(self.rulebook.rules, approved) if scene]
        self._write(caller, "job.approve", rows, [approval, *events.kick(job_id, manifest, wanted)])

    def edit(self, caller: Caller, job_id: str, edits: Mapping[int, Edit]) -> None:
        """Change scenes; only what depends on them is made again. Raises UsageError: there is no such scene."""
        rows = self.rows(caller, job_id)
        manifest = rows.manifest()
        batch = []
        for scene, edit in edits.items():
            entry = manifest.entries.get(f"scene.{scene}.brief")
            if entry is None or scene not in manifest.scenes:
                raise not_found(f"scene {scene} in job {job_id}")
            brief = changed(read_brief(self.blobs.get_bytes(key_of(entry.digest))), edit)
            data = canonical_json(brief.model_dump(mode="json"))
            blob = Blob(entry.artifact, hashlib.sha256(data).hexdigest(), len(data), entry.media_type)
            if blob.digest != entry.digest:
                self.blobs.put_bytes(key_of(blob.digest), data)
                batch.append(events.again(job_id, entry, cause="edited", blob=blob))
        if batch:
            self._write(caller, "job.edit", rows, batch)

    def delete(self, caller: Caller, job_id: str) -> None:
        """Forget a job; what it alone has in the store is removed a little later."""
        self.rows(caller, job_id)
        with self.database.connection() as connection:
            forget(connection, [job_id])
            audit.note(connection, "job.delete", caller.user_id, caller.user_id, subject=job_id)
        self.outbox.wake()

    def share(self, caller: Caller, job_id: str, *, shared: bool) -> None:
        """Make a public link to the job's video, or take it back: the next link is another one."""
        rows = self.rows(caller, job_id)
        link = (rows.job["share"] or secrets.token_urlsafe(16)) if shared else None
        with self.database.connection() as connection:
            connection.execute("UPDATE jobs SET share = %s WHERE id = %s", (link, job_id))
            audit.note(connection, "job.share" if shared else "job.unshare", caller.user_id, caller.user_id, job_id)
            tell(connection, job_id)

    def _write(
        self, caller: Caller, action: str, rows: JobRows, batch: list[events.Outgoing], *, revives: bool = True
    ) -> None:
        """Have events of the job published, within its own trace, whoever asked."""
        job_id = rows.job["id"]
        kind, _, verb = action.partition(".")
        with _joined(f"{verb} {kind}", rows), self.database.connection() as connection:
            connection.execute("UPDATE jobs SET traced = true WHERE id = %s AND NOT traced", (job_id,))
            if revives:
                batch = budgets.take_again(connection, job_id, self.settings) + batch
            outbox.write(connection, job_id, batch, revives=revives)
            audit.note(connection, action, caller.user_id, caller.user_id, subject=job_id)
        self.outbox.wake()


def _joined(name: str, rows: JobRows) -> AbstractContextManager[Any]:
    return telemetry.joined(name, rows.job["traceparent"], rows.job["id"])


def forget(connection: Connection[DictRow], job_ids: list[str]) -> None:
    """Delete jobs: their events are no longer folded, and their bytes become garbage."""
    connection.execute("INSERT INTO deleted_jobs (id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (job_ids,))
    connection.execute(
        "INSERT INTO garbage (digest) SELECT DISTINCT digest FROM artifacts WHERE job_id = ANY(%s)"
        " ON CONFLICT (digest) DO UPDATE SET since = now()",
        (job_ids,),
    )
    connection.execute(
        "INSERT INTO garbage (digest) SELECT unnest(%s::text[]) ON CONFLICT (digest) DO UPDATE SET since = now()",
        ([spans.prefix(job_id) for job_id in job_ids],),
    )
    connection.execute("DELETE FROM outbox WHERE job_id = ANY(%s)", (job_ids,))
    for job_id in job_ids:
        tell(connection, job_id)
        outbox.write(connection, job_id, [events.cancelled(job_id, "deleted")], revives=False)
    connection.execute("DELETE FROM jobs WHERE id = ANY(%s)", (job_ids,))


def _submitted(connection: Connection[DictRow], caller: Caller, key: str, asked: str) -> str:
    """The job that this key started within a day; empty: none."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", (f"{caller.user_id} {key}",))
    connection.execute("DELETE FROM submissions WHERE created_at < now() - interval '1 day'")
    row = connection.execute(
        "SELECT request, job_id FROM submissions WHERE user_id = %s AND key = %s", (caller.user_id, key)
    ).fetchone()
    if row is None:
        return ""
    if row["request"] != asked:
        raise UsageError("usage.conflict", "This Idempotency-Key was used for another request; take a new one.")
    return str(row["job_id"])
