"""The runner: takes a message, decides, runs the stage, announces. One `Runner` works for one stage."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from chassis import events, names, telemetry
from chassis.blobs import Blobs, key_of, put_once
from chassis.bus import Bus, Conflict, Delivery, Offers
from chassis.errors import Abandoned, Defect, Error, Fatal, RateLimited, Transient, classify
from chassis.folder import JobFolder, Made
from chassis.limits import Limits, LocalLimits, Taker
from chassis.manifest import Manifest, Run, Wait, decide, done, needs_of
from chassis.purse import Change, Purse, charge
from chassis.stage import Rule, Stage, rule_of

log = logging.getLogger(__name__)
WORKER = f"{socket.gethostname()}-{os.getpid()}"
ANSWER = 15.0
"""Seconds that a stage's thread waits for the server."""
LAG = 0.2
"""Seconds to wait for a replica that lags behind the message in hand."""


class Work:
    """One run of a stage for one job (and scene): whether it is still wanted, and how far it is."""

    def __init__(self, job_id: str, scene: int | None, inputs: dict[str, str]) -> None:
        self.job_id = job_id
        self.scene = scene
        self.inputs = inputs
        self.fraction = 0.0
        self.note = ""
        self.unwanted = ""
        self.changed = threading.Event()

    def report(self, fraction: float, note: str) -> None:
        """Called by the stage, in its thread."""
        if self.unwanted:
            raise Abandoned(self.unwanted)
        self.fraction, self.note = fraction, note
        self.changed.set()


class Runner:
    """Works for one stage, in `slots` places at a time, until stopped.

    Args:
        stage: what to run.
        service: name of the service, for the rule's record.
        bus, blobs: where events and bytes are.
        ack_wait: seconds of silence after which the server gives a message to another worker.
        max_attempts: deliveries of one message before the stage is failed.
        limits: of providers; without them, those of this runner alone.
    """

    def __init__(
        self,
        stage: Stage,
        service: str,
        bus: Bus,
        blobs: Blobs,
        *,
        slots: int,
        ack_wait: float,
        max_attempts: int,
        limits: Limits | None = None,
    ) -> None:
        self.stage = stage
        self.rule: Rule = rule_of(stage, service)
        self._bus = bus
        self._blobs = blobs
        self._limits = limits or LocalLimits()
        self._slots = slots or stage.slots
        self._ack_wait = ack_wait
        self._max_attempts = max_attempts
        self._stopping = asyncio.Event()
        self._running: set[Work] = set()

    async def run(self) -> None:
        """Work until `stop` is called and what is running has ended."""
        offers = await self._offers()
        async with asyncio.TaskGroup() as group:
            for _ in range(self._slots):
                group.create_task(self._slot(offers))

    def stop(self) -> None:
        """Take no more messages; what is running ends first."""
        self._stopping.set()

    def abandon(self, reason: str, job_id: str = "") -> None:
        """Stop what is running, for one job or at all, at its next report.

        What was stopped for "shutdown" goes to another worker.
        """
        for work in self._running:
            if job_id in ("", work.job_id):
                work.unwanted = reason

    async def _offers(self) -> Offers:
        return await self._bus.offers(self.rule, ack_wait=self._ack_wait, max_attempts=self._max_attempts)

    async def _slot(self, offers: Offers) -> None:
        while not self._stopping.is_set():
            try:
                delivery = await self._next(offers)
                if delivery is not None:
                    await self.handle(delivery)
            except Exception as error:  # noqa: BLE001 - the loop that runs things: nothing may end it
                log.warning("slot stumbled", extra={"stage": self.stage.name, "error": repr(error)})
                await asyncio.sleep(random.uniform(0.2, 1.0))  # noqa: S311
                with contextlib.suppress(Exception):
                    offers = await self._offers()  # a server that lost its disk knows no consumer of ours

    async def _next(self, offers: Offers) -> Delivery | None:
        """The next message, or None when there is none or we are stopping; what came too late is given back."""
        fetch = asyncio.create_task(offers.next())
        stop = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({fetch, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.done():
            stop.cancel()
            return fetch.result()
        fetch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            if delivery := await fetch:
                await delivery.retry(0)
        return None

    async def handle(self, delivery: Delivery) -> None:
        """Decide about one message, and do what follows."""
        event = delivery.event
        _, _, artifact = names.parse_subject(event.subject)
        scene = names.scene_of(artifact) if self.stage.per_scene else None
        template = f"{names.STREAM} {self.stage.name}"
        with telemetry.consumed("process", template, event.headers, **{"hiddenhill.job": event.job_id}) as span:
            manifest = await self._bus.manifest(event.job_id)
            decision = decide(self.rule, manifest, scene, event.seq)
            if isinstance(decision, Run):
                try:
                    await self._run(delivery, manifest, Work(event.job_id, scene, decision.inputs))
                except Exception as error:  # noqa: BLE001 - every failure gets its place in the tree
                    telemetry.failed(span, error)
                    await self._failed(delivery, scene, classify(error))
            elif isinstance(decision, Wait):
                await delivery.retry(LAG)
            else:
                log.debug("left", extra={"stage": self.stage.name, "job": event.job_id, "why": decision.reason})
                await delivery.ack()

    async def _run(self, delivery: Delivery, manifest: Manifest, work: Work) -> None:
        started = time.monotonic()
        self._running.add(work)
        pulse = asyncio.create_task(self._pulse(delivery, work))
        try:
            inputs = [manifest.entries[name] for name in work.inputs]
            taker = self._limits.taker(f"{work.job_id}.{self.stage.name}.{work.scene or 0}")
            purse = self._purse(work, taker)
            made = await asyncio.to_thread(
                work_on_blobs, self.stage, self._blobs, inputs, work.scene, work.report, taker, purse
            )
            seconds = time.monotonic() - started
            await self._announce(manifest, work, made, seconds, delivery.attempt)
        finally:
            pulse.cancel()
            self._running.discard(work)
        await delivery.ack()
        extra = {"stage": self.stage.name, "job": work.job_id, "scene": work.scene, "seconds": round(seconds, 2)}
        log.info("made", extra=extra)

    def _purse(self, work: Work, taker: Taker) -> Purse:
        loop = asyncio.get_running_loop()

        def keep(change: Change) -> None:
            try:
                asyncio.run_coroutine_threadsafe(charge(self._bus, work.job_id, change), loop).result(ANSWER)
            except TimeoutError as error:  # not the provider's
                raise Transient("unavailable.stream", "The message server did not answer; trying again.") from error

        return Purse(self._blobs, keep, self.stage.name, work.scene, taker)

    async def _failed(self, delivery: Delivery, scene: int | None, error: Error) -> None:
        job_id = delivery.event.job_id
        extra = {"stage": self.stage.name, "job": job_id, "scene": scene, "code": error.code, "detail": error.detail}
        if isinstance(error, Abandoned):
            log.info("abandoned", extra=extra)
            await (delivery.retry(0) if error.message == "shutdown" else delivery.ack())
            return
        if isinstance(error, Transient) and delivery.attempt < self._max_attempts:
            delay = error.retry_after or min(60.0, 2.0**delivery.attempt * 0.25) * random.uniform(0.5, 1.5)  # noqa: S311
            log.warning("will retry", extra=extra | {"delay": round(delay, 1)})
            if isinstance(error, RateLimited):
                with contextlib.suppress(Exception):
                    await self._bus.progress(*events.waiting(job_id, self.stage.name, scene, error, WORKER))
            await delivery.retry(delay)
            return
        log.error("failed", extra=extra, exc_info=None if isinstance(error, Fatal) else error)
        await self._bus.announce([events.failed(job_id, self.stage.name, scene, error, delivery.attempt)])
        await delivery.give_up()

    async def _pulse(self, delivery: Delivery, work: Work) -> None:
        """Keep the message ours while we work, pass progress on, and notice when nobody wants the work any more."""
        beat = 0.0
        said = -1.0
        while True:
            if work.changed.is_set() or said < 0:
                work.changed.clear()
                said = work.fraction
                await self._say(work)
            if time.monotonic() - beat > self._ack_wait / 3:
                beat = time.monotonic()
                with contextlib.suppress(Exception):
                    await delivery.alive()
                    await self._say(work)
                    self._look(work, await self._bus.manifest(work.job_id))
            await asyncio.sleep(0.25)

    async def _say(self, work: Work) -> None:
        told = events.progress(work.job_id, self.stage.name, work.scene, work.fraction, work.note, WORKER)
        with contextlib.suppress(Exception):
            await self._bus.progress(*told)

    def _look(self, work: Work, manifest: Manifest) -> None:
        if manifest.cancelled:
            work.unwanted = "cancelled"
        elif needs_of(self.rule, manifest, work.scene) not in (None, work.inputs):
            work.unwanted = "overtaken by an edit"

    async def _announce(
        self, manifest: Manifest, work: Work, made: Sequence[Made], seconds: float, attempt: int
    ) -> None:
        """Announce all outputs at once. Refused, look again: announce anew if this work is still what is wanted."""
        if work.unwanted:
            raise Abandoned(work.unwanted)
        scenes = sorted({names.scene_of(m.artifact) or 0 for m in made} - {0}) if self.stage.opens_scenes else []
        batch = [
            events.ready(
                work.job_id,
                events.Blob(m.artifact, m.digest, m.size, m.media_type),
                cause="made",
                inputs=work.inputs,
                stage=self.stage.name,
                stage_version=self.stage.version,
                seconds=seconds,
                attempt=attempt,
                scenes=scenes if names.scene_of(m.artifact) is None else (),
            )
            for m in made
        ]
        while True:
            try:
                await self._bus.announce(batch, {m.artifact: manifest.seq(m.artifact) for m in made})
            except Conflict:
                manifest = await self._bus.manifest(work.job_id)
                current = needs_of(self.rule, manifest, work.scene)
                if manifest.cancelled or current != work.inputs or done(self.rule, manifest, work.scene, current):
                    raise Abandoned("another worker was first") from None
            else:
                return


class Stored(Protocol):
    """What tells where an artifact's bytes are: an entry of the manifest, or a blob of a request."""

    @property
    def artifact(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def media_type(self) -> str: ...


def work_on_blobs(
    stage: Stage,
    blobs: Blobs,
    inputs: Iterable[Stored],
    scene: int | None,
    report: Callable[[float, str], None],
    taker: Taker | None = None,
    purse: Purse | None = None,
) -> list[Made]:
    """Lay out a job folder, run the stage, store what it made. The folder is gone when it returns."""
    with tempfile.TemporaryDirectory(prefix=f"{stage.name}-", ignore_cleanup_errors=True) as scratch:
        needs, makes = Path(scratch, "needs"), Path(scratch, "makes")
        needs.mkdir()
        makes.mkdir()

        def fetch(digest: str, path: Path) -> Path:
            try:
                if not path.exists():
                    blobs.get(key_of(digest), path)
            except KeyError as error:
                message = "A part of the job is not in the store any more; submit the paper again."
                raise Defect("internal.lost", message, f"no blob {digest}") from error
            return path

        files = {
            each.artifact: fetch(each.digest, needs / names.file_name(each.artifact, each.media_type))
            for each in inputs
        }
        folder = JobFolder(
            makes,
            files,
            scene=scene,
            fetch_blob=lambda digest: fetch(digest, needs / digest),
            report=report,
            taker=taker,
            purse=purse,
        )
        made = stage.work(folder)
        for output in made:
            put_once(blobs, output.digest, output.path)
    return made
