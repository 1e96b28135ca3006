"""The reconciler: sets going what stands still, announces again what the stream has lost, and fails what kills."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging

from chassis.bus import ADVISORIES, BATCH_LIMIT, Conflict, Msg, NatsBus
from chassis.errors import Defect
from chassis.manifest import done, frontier, needs_of
from hiddenhill.v1.events_pb2 import Ready

from chassis import events, names, spans, telemetry
from gateway.database import Database
from gateway.ledger.costs import with_calls
from gateway.ledger.fold import settle
from gateway.ledger.hub import Hub
from gateway.ledger.projection import JobRows
from gateway.ledger.rulebook import Rulebook
from gateway.settings import GatewaySettings

log = logging.getLogger(__name__)
_BUSY = 10
_AT_WORK = 10.0
"""Seconds within which somebody who works on a job says so."""

_AT_ONCE = 100
_CLAIM = """
UPDATE states SET reconciled_at = now() WHERE job_id IN (
    SELECT job_id FROM states CROSS JOIN place WHERE (
        state IN ('queued', 'running') AND NOT job_id = ANY(%(heard)s)
            AND greatest(updated_at, reconciled_at) < now() - make_interval(secs => %(quiet)s)
        OR state IN ('queued', 'running', 'review') AND NOT job_id = ANY(%(at_work)s)
            AND reconciled_at < since
    )
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job_id = states.job_id)
    AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = states.job_id AND waits_until > now())
    ORDER BY job_id LIMIT %(limit)s FOR UPDATE OF states SKIP LOCKED
) RETURNING job_id
"""
"""Those that stand still; and, since the stream was lost, each that nobody works on, without waiting until it does."""


class Reconciler:
    """Looks at unfinished jobs; of several replicas, one looks at a job."""

    def __init__(
        self, bus: NatsBus, database: Database, hub: Hub, rulebook: Rulebook, settings: GatewaySettings
    ) -> None:
        self._bus = bus
        self._database = database
        self._hub = hub
        self._rulebook = rulebook
        self._settings = settings

    async def run(self) -> None:
        """Look at all unfinished jobs, then again and again at those that stand still."""
        quiet = 0.0
        while True:
            try:
                await self.look(quiet)
                quiet = self._settings.quiet_seconds
                await self._await_rules(self._settings.reconcile_every)
            except Exception as error:  # noqa: BLE001 - the loop that runs things: the next look sees it again
                log.warning("reconciler stumbled", extra={"error": repr(error)})
                await asyncio.sleep(self._settings.reconcile_every)

    async def _await_rules(self, seconds: float) -> None:
        """Let so many seconds pass; where rules change meanwhile, write down the states that follow from them."""
        deadline = asyncio.get_running_loop().time() + seconds
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            try:
                await asyncio.wait_for(self._rulebook.changed.wait(), left)
            except TimeoutError:
                return
            self._rulebook.changed.clear()
            await asyncio.to_thread(self._settle_all)

    def _settle_all(self) -> None:
        with self._database.connection() as connection:
            query = "SELECT job_id FROM states WHERE state IN ('queued', 'running') ORDER BY job_id FOR UPDATE"
            unfinished = [row["job_id"] for row in connection.execute(query).fetchall()]
            settle(connection, unfinished, self._rulebook.rules)

    async def look(self, quiet: float) -> None:
        """Reconcile the jobs that have been still for `quiet` seconds, or much longer while a stage has work."""
        if not self._rulebook.rules:
            await self._rulebook.refresh()
        backlogs = [await self._bus.backlog(rule.name) for rule in self._rulebook.rules]
        if any(backlogs):  # somebody is busy, and perhaps with these jobs: only what waits for very long is looked at
            quiet = _BUSY * self._settings.quiet_seconds
        while claimed := await asyncio.to_thread(self._claim, quiet):
            for job_id in claimed:
                await self._reconcile(job_id)
            if len(claimed) < _AT_ONCE:
                break

    async def _reconcile(self, job_id: str) -> None:
        rows = await asyncio.to_thread(self._settled, job_id)
        if rows is None or rows.job["state"] not in ("queued", "running", "review"):
            return
        known, there = rows.manifest(), await self._bus.manifest(job_id)
        lost = [entry for name, entry in known.entries.items() if name not in there.entries]
        lost.sort(key=lambda entry: entry.seq)
        wanted = [artifact for _, _, artifact in frontier(self._rulebook.rules, there)]
        if lost:
            log.warning("restoring", extra={"job": job_id, "artifacts": [entry.artifact for entry in lost]})
            batch = [events.again(job_id, entry, cause="restored") for entry in lost]
            expected = {entry.artifact: 0 for entry in lost}
        elif wanted:
            log.warning("kicking", extra={"job": job_id, "artifacts": wanted})
            batch = events.kick(job_id, there, wanted)
            expected = {artifact: there.seq(artifact) for artifact in wanted}
        else:
            return
        with telemetry.joined("reconcile job", rows.job["traceparent"], job_id), contextlib.suppress(Conflict):
            await self._restore_costs(job_id, rows)  # first: whoever is set going by the others may pay
            for start in range(0, len(batch), BATCH_LIMIT):
                await self._bus.announce(batch[start : start + BATCH_LIMIT], expected)

    async def _restore_costs(self, job_id: str, rows: JobRows) -> None:
        """Announce what the job may cost and what it has paid for, where the stream has forgotten it."""
        costs, seq = await self._bus.costs(job_id)
        keys = {call.key for call in costs.calls}
        forgotten = [call for call in rows.job["calls"] if call["key"] not in keys]
        batch, budget = [], rows.job["budget"]
        if budget and not costs.budget:
            batch.append(events.budget(job_id, budget))
        if forgotten:
            batch.append(events.costs(with_calls(costs, forgotten)))
        if batch:
            await self._bus.announce(batch, {events.COSTS: seq})

    def _claim(self, quiet: float) -> list[str]:
        heard, at_work = (list(self._hub.heard_within(seconds)) for seconds in (quiet, _AT_WORK))
        with self._database.connection() as connection:
            values = {"quiet": quiet, "heard": heard, "at_work": at_work, "limit": _AT_ONCE}
            return [row["job_id"] for row in connection.execute(_CLAIM, values).fetchall()]

    def _settled(self, job_id: str) -> JobRows | None:
        """The job's rows, its state computed anew: it may have been folded before all rules were known."""
        with self._database.connection() as connection:
            connection.execute("SELECT 1 FROM states WHERE job_id = %s FOR UPDATE", (job_id,))
            return settle(connection, [job_id], self._rulebook.rules).get(job_id)


class Undertaker:
    """Turns a message that used up its deliveries, because it kills its worker, into a failure."""

    def __init__(self, bus: NatsBus, rulebook: Rulebook) -> None:
        self._bus = bus
        self._rulebook = rulebook

    async def run(self) -> None:
        """Follow the server's advisories until cancelled."""
        while True:
            try:
                async for messages in self._bus.follow("undertaker", stream=ADVISORIES, batch=1):
                    for message in messages:
                        await self._take(message)
                        await message.ack()
            except Exception as error:  # noqa: BLE001 - the loop that runs things: nothing may end it
                log.warning("undertaker stumbled", extra={"error": repr(error)})
                await asyncio.sleep(0.5)

    async def _take(self, message: Msg) -> None:
        if ".MAX_DELIVERIES." not in message.subject:
            return
        advisory = json.loads(message.data)
        stage = str(advisory.get("consumer", "")).removeprefix("stage-")
        rule = next((rule for rule in await self._bus.rules() if rule.name == stage), None)
        event = await self._bus.message_at(int(advisory["stream_seq"]))
        if rule is None or event is None or not isinstance(event.body, Ready):
            return
        scene = names.scene_of(event.body.artifact) if rule.per_scene else None
        manifest = await self._bus.manifest(event.job_id)
        inputs = needs_of(rule, manifest, scene)
        if manifest.cancelled or inputs is None or done(rule, manifest, scene, inputs):
            return
        error = Defect(
            "internal.worker-died",
            f"The step “{rule.title}” broke down each time it was tried; retry the job, or try another paper.",
            json.dumps(advisory),
        )
        deliveries = int(advisory.get("deliveries", 0))
        with telemetry.consumed(
            "process", f"{ADVISORIES} undertaker", event.headers, **{spans.JOB: event.job_id}
        ) as span:
            more = {"hiddenhill.scene": scene} if scene else {}
            span.set_attributes({"hiddenhill.stage": stage, spans.OUTCOME: "failed", **more})
            telemetry.failed(span, error)
            await self._bus.announce([events.failed(event.job_id, stage, scene, error, deliveries)])
