"""The process of a stage service: one runner per stage, the gRPC port, and a graceful end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from nats.aio.msg import Msg

from chassis import logs, metrics, names, notify, reports, telemetry
from chassis.blobs import S3Blobs
from chassis.bus import NatsBus
from chassis.errors import Transient, UsageError
from chassis.rpc import RpcServer
from chassis.runner import Runner
from chassis.settings import ChassisSettings, read_settings
from chassis.shared_limits import NatsLimits
from chassis.stage import Service, Stage
from chassis.stage_servicer import NAME, StageServicer

log = logging.getLogger(__name__)


async def serve(service: Service) -> int:
    """Work for the service's stages until SIGTERM or SIGINT; returns the exit code."""
    settings = read_settings(ChassisSettings)
    logs.set_up(settings.log_level, service.name)
    reports.set_up(settings.sentry_dsn, service.name)
    metrics_port = metrics.serve(service.name, settings.metrics_listen)
    blobs = S3Blobs(settings)
    kept = blobs if settings.keep_traces else None
    telemetry.set_up(service.name, settings.otlp_endpoint, ratio=settings.trace_ratio, blobs=kept)
    bus = await connect(settings, service.name)
    await ensure_bucket(blobs)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # until here there is nothing to end gracefully
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    stages = wanted(service, settings.stages)
    limits = NatsLimits(bus, settings.stream_replicas)
    runners = [
        Runner(
            stage,
            service.name,
            bus,
            blobs,
            slots=settings.slots,
            ack_wait=settings.ack_wait,
            max_attempts=settings.max_attempts,
            limits=limits,
            keys_secret=settings.keys_secret.get_secret_value(),
        )
        for stage in stages
    ]
    servicer = StageServicer(service, blobs)
    rpc = RpcServer({NAME: servicer.add_to}, settings.grpc_listen, with_reflection=settings.grpc_reflection)

    def cancelled(message: Msg) -> None:
        for runner in runners:
            runner.abandon("cancelled", names.parse_subject(message.subject)[0])

    await bus.listen("job.*.cancelled", cancelled)
    await bus.publish_providers(service.providers)
    await rpc.start()
    slots = sum(settings.slots or stage.slots for stage in stages)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(slots + 8))  # a run of a stage is a thread
    work = asyncio.gather(*(runner.run() for runner in runners))
    notify.ready()
    log.info("ready", extra={"service": service.name, "grpc_port": rpc.port, "metrics_port": metrics_port})
    stop: asyncio.Future[Any] = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    await _end(runners, work, settings.grace)
    await rpc.stop(1)
    await bus.close()
    await asyncio.to_thread(telemetry.end)
    return 0


def wanted(service: Service, listed: str) -> list[Stage]:
    """The service's stages that are named, all where none is. Raises UsageError where the service has no such stage."""
    asked = [name.strip() for name in listed.split(",") if name.strip()]
    known = {stage.name: stage for stage in service.stages}
    if strange := [name for name in asked if name not in known]:
        message = f"The {service.name} has no stage {', '.join(strange)}; it has {', '.join(known)}."
        raise UsageError("usage.stage", message)
    return [known[name] for name in asked or known]


async def connect(settings: ChassisSettings, name: str) -> NatsBus:
    """Connect to the bus, for as long as it takes: servers may start after us."""
    while True:
        try:
            return await NatsBus.connect(settings, name)
        except Exception as error:  # noqa: BLE001 - whatever it is, the server isn't there yet
            log.warning("no bus yet", extra={"error": repr(error)})
            await asyncio.sleep(0.2)


async def ensure_bucket(blobs: S3Blobs) -> None:
    """See that the bucket is there, for as long as it takes."""
    while True:
        try:
            await asyncio.to_thread(blobs.ensure_bucket)
        except Transient as error:
            log.warning("no store yet", extra={"error": error.detail})
            await asyncio.sleep(0.2)
        else:
            return


async def _end(runners: list[Runner], work: asyncio.Future[list[None]], grace: float) -> None:
    """Take nothing new, let running work end; what outlasts the grace goes to another worker."""
    for runner in runners:
        runner.stop()
    done, _ = await asyncio.wait({work}, timeout=grace)
    if not done:
        for runner in runners:
            runner.abandon("shutdown")
        await asyncio.wait({work}, timeout=10)
    with contextlib.suppress(asyncio.CancelledError):
        await work
