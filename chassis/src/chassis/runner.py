"""The runner: takes a message, decides, runs the stage, announces. One `Runner` works for one stage."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from chassis import events, keys, logs, metrics, names, telemetry
from chassis.blobs import Blobs
from chassis.declaration import Declaration
from chassis.errors import Abandoned, Defect, Error, Fatal, RateLimited, Transient, classify
from chassis.folder import Made
from chassis.limits import Limits, LocalLimits
from chassis.manifest import Manifest, Run, Wait, decide, done, needs_of
from chassis.on_blobs import work_on_blobs
from chassis.protocols import PATIENCE, Bus, Conflict, Delivery, Offers
from chassis.purse import BudgetSpent, Change, Keep, Purse, charge
from chassis.spans import JOB, LEFT
from chassis.stage import Rule, Stage, rule_of
from chassis.work import Work

log = logging.getLogger(__name__)
T = TypeVar("T")
ANSWER = 15.0
"""Seconds that a stage's thread waits for the server."""
LAG = 0.2
"""Seconds to wait for a replica that lags behind the message in hand."""
LONGEST_HELD, MOST_HELD = 600.0, 100
"""Seconds of a wait, and waits of a stage at a time, for which messages are kept in hand."""
LONGEST_DELAY = 86_400.0
MOST_WAITS = 100
"""Waits of one delivery; the next counts as a failed attempt, so that nothing waits for ever."""


class Runner:
    """Works for one stage, in `slots` places at a time, until stopped.

    Args:
        stage: what to run.
        service: name of the service, for the rule's record.
        bus, blobs: where events and bytes are.
        ack_wait: seconds of silence after which the server gives a message to another worker.
        max_attempts: deliveries of one message before the stage is failed.
        limits: of providers; without them, those of this runner alone.
        keys_secret: opens users' own keys of providers; empty: they have none.
    """

    def __init__(  # noqa: PLR0913 - what a process knows once, and all its runners need
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
        keys_secret: str = "",
    ) -> None:
        self.stage = stage
        self.rule: Rule = rule_of(stage, service)
        self._bus = bus
        self._blobs = blobs
        self._limits = limits or LocalLimits()
        self._slots = slots or stage.slots
        self._ack_wait = ack_wait
        self._max_attempts = max_attempts
        self._declaration = Declaration(bus, self.rule, ack_wait=ack_wait, max_attempts=max_attempts)
        self._stopping = asyncio.Event()
        self._keys_secret = keys_secret
        self._running: set[Work] = set()
        self._fetches: set[asyncio.Task[Delivery | None]] = set()
        self._held: dict[Work, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Work until `stop` is called and what is running has ended."""
        offers = await self._declaration.begin()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._declaration.uphold(self._stopping))
            for _ in range(self._slots):
                group.create_task(self._slot(offers))
            group.create_task(self._give_back())

    def stop(self) -> None:
        """Take no more messages; what is running ends first."""
        self._stopping.set()

    def abandon(self, reason: str, job_id: str = "") -> None:
        """Stop what is running, for one job or at all, at its next report.

        What was stopped for "shutdown" goes to another worker.
        """
        for work in (*self._running, *self._held):
            if job_id in ("", work.job_id):
                work.unwanted = reason

    async def _slot(self, offers: Offers) -> None:
        while not self._stopping.is_set():
            try:
                if due := self._due():
                    await self.handle(due.delivery, due.waits)
                elif delivery := await self._next(offers):
                    await self.handle(delivery)
            except Exception as error:  # noqa: BLE001 - the loop that runs things: nothing may end it
                log.warning("slot stumbled", extra={"stage": self.stage.name, "error": repr(error)})
                await asyncio.sleep(random.uniform(0.2, 1.0))  # noqa: S311
                with contextlib.suppress(Exception):
                    offers = await self._declaration.restore()  # a server that lost its disk knows no consumer of ours

    async def _next(self, offers: Offers) -> Delivery | None:
        """The next message, or None when there is none until one is due that waits, or we are stopping.

        What came too late is given back.
        """
        due = min((work.due for work in self._held), default=float("inf")) - time.monotonic()
        fetch = asyncio.create_task(offers.next(max(0.05, min(due, PATIENCE))))
        self._fetches.add(fetch)
        fetch.add_done_callback(self._fetches.discard)
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

    async def handle(self, delivery: Delivery, waits: int = 0) -> None:
        """Decide about one message, which has waited so often, and do what follows."""
        event = delivery.event
        _, _, artifact = names.parse_subject(event.subject)
        scene = names.scene_of(artifact) if self.stage.per_scene else None
        template = f"{names.STREAM} {self.stage.name}"
        with (
            logs.bound(job=event.job_id, stage=self.stage.name, scene=scene),
            telemetry.consumed("process", template, event.headers, **self._facts(delivery, scene, waits)) as span,
        ):
            manifest = await self._bus.manifest(event.job_id)
            decision = decide(self.rule, manifest, scene, event.seq)
            if isinstance(decision, Run):
                for held in [held for held in self._held if held.delivery.event.seq == event.seq]:
                    self._take_back(held)  # the server gave it to us again: it had not heard of us for long
                work = Work(self._bus, self.rule, delivery, scene, decision.inputs, waits)
                try:
                    await self._run(work, manifest)
                except Exception as exception:  # noqa: BLE001 - every failure gets its place in the tree
                    error = classify(exception)
                    if not isinstance(error, (Abandoned, RateLimited)):
                        telemetry.failed(span, error)
                    await self._failed(work, error)
            elif isinstance(decision, Wait):
                telemetry.note(outcome=LEFT)
                await delivery.retry(LAG)
            else:
                telemetry.note(outcome=LEFT)
                log.debug("left", extra={"stage": self.stage.name, "job": event.job_id, "why": decision.reason})
                await delivery.ack()

    def _facts(self, delivery: Delivery, scene: int | None, waits: int) -> dict[str, str | int]:
        """What a span tells of a message."""
        event = delivery.event
        found: dict[str, str | int] = {
            "messaging.destination.name": event.subject,
            "messaging.destination.template": names.template([event.subject]),
            "messaging.consumer.group.name": f"stage-{self.stage.name}",
            "messaging.message.id": str(event.seq),
            JOB: event.job_id,
            "hiddenhill.stage": self.stage.name,
            "hiddenhill.title": self.stage.title,
            "hiddenhill.attempt": delivery.attempt,
        }
        return found | ({"hiddenhill.scene": scene} if scene else {}) | ({"hiddenhill.waits": waits} if waits else {})

    async def _run(self, work: Work, manifest: Manifest) -> None:
        started = time.monotonic()
        self._running.add(work)
        pulse = asyncio.create_task(work.pulse(self._ack_wait / 3))
        try:
            inputs = [manifest.entries[name] for name in work.inputs]
            taker = self._limits.taker(f"{work.job_id}.{self.stage.name}.{work.scene or 0}")
            purse = Purse(self._blobs, self._keep(work), self.stage.name, work.scene, taker)
            made = await asyncio.to_thread(
                work_on_blobs, self.stage, self._blobs, inputs, work.scene, work.report, taker, purse, self._key(work)
            )
            seconds = time.monotonic() - started
            await self._announce(manifest, work, made, seconds)
        finally:
            work.rest()
            pulse.cancel()
            self._running.discard(work)
        await work.delivery.ack()
        telemetry.note(outcome="made")
        metrics.attempt(self.stage.name, metrics.DONE, seconds=seconds)
        extra = {"stage": self.stage.name, "job": work.job_id, "scene": work.scene, "seconds": round(seconds, 2)}
        log.info("made", extra=extra)

    def _keep(self, work: Work) -> Keep:
        answered = _from_thread()

        async def keep(change: Change) -> None:
            try:
                await charge(self._bus, work.job_id, change)
            except BudgetSpent:  # a stream that was lost knows of no budget, until all is announced again
                if needs_of(self.rule, await self._bus.manifest(work.job_id), work.scene) != work.inputs:
                    raise Abandoned("overtaken, or the stream was lost") from None
                raise

        return lambda change: answered(keep(change))

    def _key(self, work: Work) -> Callable[[str], str] | None:
        """Finds users' own keys; each is asked for once in a run."""
        answered, found = _from_thread(), dict[str, str]()

        def key(provider: str) -> str:
            if provider not in found:
                sealed = answered(self._bus.key(work.job_id, provider))
                found[provider] = keys.open_sealed(self._keys_secret, sealed) if sealed else ""
            return found[provider]

        return key if self._keys_secret else None

    def _due(self) -> Work | None:
        """Of the messages that wait, the first whose hour has come."""
        first = min(self._held, key=lambda work: work.due, default=None)
        if first is None or first.due > time.monotonic():
            return None
        self._take_back(first)
        return first

    def _take_back(self, held: Work) -> None:
        held.rest()
        self._held.pop(held).cancel()

    def _hold(self, work: Work) -> None:
        async def keep() -> None:
            await work.pulse(self._ack_wait / 3)
            if self._held.pop(work, None) is None:
                return  # taken back
            with contextlib.suppress(Exception):
                await self._failed(work, Abandoned(work.unwanted))

        self._held[work] = asyncio.create_task(keep())

    async def _give_back(self) -> None:
        """When we stop, what waits goes to another worker at once."""
        await self._stopping.wait()
        if self._fetches:  # else it would come to us again
            await asyncio.wait(self._fetches)
        while self._held:
            work = next(iter(self._held))
            self._take_back(work)
            with contextlib.suppress(Exception):
                await work.delivery.retry(0)

    async def _failed(self, work: Work, error: Error) -> None:
        delivery = work.delivery
        extra = {"stage": self.stage.name, "job": work.job_id, "scene": work.scene, "code": error.code}
        extra["detail"] = error.detail
        if isinstance(error, Abandoned):
            log.info("abandoned", extra=extra)
            self._count(work, "abandoned", error)
            telemetry.note(outcome="abandoned", reason=error.message)
            await (delivery.retry(0) if error.message == "shutdown" else delivery.ack())
        elif isinstance(error, RateLimited) and work.waits < MOST_WAITS and self._can_hold(error.retry_after):
            seconds = max(error.retry_after, random.uniform(0.5, 1.0))  # noqa: S311
            log.info("waits", extra=extra | {"delay": round(seconds, 1)})
            telemetry.note(outcome="waits", delay=seconds, waits_for=error.waits_for)
            self._count(work, "waits", error)
            work.wait(error, seconds)
            self._hold(work)
        elif isinstance(error, Transient) and delivery.attempt < self._max_attempts:
            delay = error.retry_after or min(60.0, 2.0**delivery.attempt * 0.25) * random.uniform(0.5, 1.5)  # noqa: S311
            delay = min(delay, LONGEST_DELAY)
            log.warning("will retry", extra=extra | {"delay": round(delay, 1)})
            self._count(work, "waits" if isinstance(error, RateLimited) else "retried", error)
            telemetry.note(outcome="retried", delay=delay)
            if isinstance(error, RateLimited):
                work.wait(error, delay)
                await work.say()
            await delivery.retry(delay)
        else:
            telemetry.note(outcome="failed")
            log.error("failed", extra=extra, exc_info=None if _is_answer(error) else error)
            self._count(work, "failed", error)
            await self._bus.announce([events.failed(work.job_id, self.stage.name, work.scene, error, delivery.attempt)])
            await delivery.give_up()

    def _count(self, work: Work, outcome: str, error: Error) -> None:
        if not work.due:  # else it has ended before, as one that waits
            metrics.attempt(self.stage.name, outcome, error.code, time.monotonic() - work.began)

    def _can_hold(self, seconds: float) -> bool:
        return seconds <= LONGEST_HELD and len(self._held) < MOST_HELD and not self._stopping.is_set()

    async def _announce(self, manifest: Manifest, work: Work, made: Sequence[Made], seconds: float) -> None:
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
                attempt=work.delivery.attempt,
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


def _is_answer(error: Error) -> bool:
    """Whether the stage itself has found out what is wrong, so that nobody has to look where it was raised."""
    return isinstance(error, Fatal) and not isinstance(error, Defect)


def _from_thread() -> Callable[[Coroutine[Any, Any, T]], T]:
    """For a stage's thread: runs what asks a server on this loop."""
    loop = asyncio.get_running_loop()

    def answered(asking: Coroutine[Any, Any, T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(asking, loop).result(ANSWER)
        except TimeoutError as error:  # not the provider's
            raise Transient("unavailable.stream", "The message server did not answer; trying again.") from error

    return answered
