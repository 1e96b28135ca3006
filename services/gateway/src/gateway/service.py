"""The gateway's process: the HTTP server and the tasks beside it, on one loop, and a quick end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import uvicorn
import uvloop
from a2wsgi import WSGIMiddleware
from chassis.blobs import S3Blobs
from chassis.bus import NatsBus
from chassis.errors import UsageError
from chassis.rpc import RpcServer
from chassis.settings import read_settings
from chassis.worker import connect, ensure_bucket

import chassis
from chassis import logs, metrics, notify, reports, telemetry
from gateway.accounts.bootstrap import bootstrap
from gateway.accounts.counters import Counters
from gateway.accounts.guests import Guests
from gateway.accounts.health import Health
from gateway.accounts.janitor import Janitor
from gateway.accounts.keyring import Keyring
from gateway.accounts.limits import Limits, Requests
from gateway.accounts.mails import Mailer
from gateway.accounts.users import Users
from gateway.app import cookie_name, create_app
from gateway.asgi import Connection, Gate
from gateway.collector import Collector
from gateway.context import Gateway
from gateway.database import Database, migrate, open_pool
from gateway.jobs.desk import Desk
from gateway.jobs.pricing import Pricing
from gateway.jobs.retention import Retention
from gateway.ledger.figures import Figures
from gateway.ledger.fold import Ledger, Rows
from gateway.ledger.garbage import Sweeper
from gateway.ledger.hub import Hub
from gateway.ledger.outbox import Outbox
from gateway.ledger.reconciler import Reconciler, Undertaker
from gateway.ledger.rulebook import Rulebook
from gateway.ledger.titles import Titles
from gateway.ledger.waits import Waits
from gateway.rpc.server import rpc_server
from gateway.settings import GatewaySettings

log = logging.getLogger(__name__)
_THREADS = 16
"""Requests that Flask answers at a time."""


def service() -> chassis.Service:
    """The gateway as the stack knows it: a service without stages."""
    return chassis.Service("gateway", ())


class Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to us and says when it listens."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            notify.ready()
            log.info("ready", extra={"service": "gateway", "listen": f"{self.config.host}:{self.config.port}"})


def main() -> int:
    """Run until SIGTERM or SIGINT; returns the exit code."""
    try:
        settings = read_settings(GatewaySettings)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - the log is not set up yet
        return 2
    logs.set_up(settings.log_level, "gateway")
    kept = S3Blobs(settings) if settings.keep_traces else None
    telemetry.set_up("gateway", settings.otlp_endpoint, ratio=settings.trace_ratio, blobs=kept)
    sys.setswitchinterval(0.001)  # a thread that computes gives way to the streams' loop sooner
    try:
        reports.set_up(settings.sentry_dsn, "gateway")
        port = metrics.serve("gateway", settings.metrics_listen)
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - as above
        return 2
    log.info("metrics", extra={"metrics_port": port})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(serve(settings))
        finally:
            telemetry.end(0.5)


async def serve(settings: GatewaySettings) -> int:
    """Answer requests and keep the ledger until stopped."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    boot = asyncio.ensure_future(_boot(settings))
    stop = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({boot, stop}, return_when=asyncio.FIRST_COMPLETED)
    if not boot.done():
        boot.cancel()
        return 0
    bus, blobs = boot.result()
    database = open_pool(settings.postgres_url)
    await asyncio.to_thread(bootstrap, database, settings)
    rulebook = Rulebook(bus, database)
    waits = Waits(database)
    hub = Hub(database, rulebook, settings.postgres_url, settings.stream_patience, waits.hear)
    outbox = Outbox(bus, database)
    await bus.listen("progress.>", hub.progress)
    desk = Desk(settings, database, blobs, outbox, rulebook)
    mailer, guests = Mailer(settings, database), Guests(database, settings.postgres_url)
    users = Users(settings, database, Limits(Counters(database=database)), mailer)
    keyring = Keyring(database, settings.keys_secret)
    await bus.serve_keys(keyring.find)
    pricing, health = Pricing(settings, database, rulebook, keyring), Health(bus, database, blobs, rulebook)
    gateway = Gateway(settings, database, blobs, desk, users, health, pricing)
    beside: list[Any] = [rulebook, hub, outbox, Collector()]
    if "ledger" in settings.duties:
        beside += [*_ledger(settings, bus, database, blobs, rulebook, hub, outbox), waits, mailer]
    serves = "web" in settings.duties
    rpc = rpc_server(gateway, hub, guests) if serves else RpcServer({}, settings.rpc_listen, with_reflection=False)
    server = _server(settings, gateway, hub, guests) if serves else None
    beside += [guests] if serves else []
    await rpc.start()
    log.info("rpc", extra={"service": "gateway", "grpc_port": rpc.port})
    tasks = [asyncio.create_task(part.run(), name=type(part).__name__) for part in beside]
    serving = asyncio.create_task(server.serve() if server else _idle())
    await asyncio.wait({serving, stop, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    await rpc.leave()
    hub.close()
    if server:
        server.should_exit = True
    else:
        serving.cancel()
    await asyncio.wait({serving, asyncio.create_task(rpc.stop(2))}, timeout=2.5)
    ended = await _cancelled(tasks)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(bus.close(), 0.5)
    await asyncio.to_thread(database.close, 0.5)
    return 0 if stopping.is_set() and not any(isinstance(end, Exception) for end in ended) else 1


def _ledger(
    settings: GatewaySettings,
    bus: NatsBus,
    database: Database,
    blobs: S3Blobs,
    rulebook: Rulebook,
    hub: Hub,
    outbox: Outbox,
) -> list[Any]:
    """What the role keeps running."""
    papers, figures = asyncio.Event(), Figures(bus, database, rulebook)

    def folded(changed: Rows) -> None:
        hub.folded(changed)
        figures.folded(changed)

    parts: list[Any] = [Ledger(bus, database, rulebook, papers, folded), Titles(database, blobs, papers), figures]
    parts += [Reconciler(bus, database, hub, rulebook, settings), Undertaker(bus, rulebook)]
    parts.append(Retention(database, blobs, outbox, settings.keep_days, settings.keep_answers_days))
    return [*parts, Sweeper(database, blobs, settings.garbage_after), Janitor(database, settings.trace_days)]


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> list[BaseException | None]:
    """How they end when they are cancelled: again and again, for `asyncio.wait_for` may swallow a cancellation.

    See https://github.com/python/cpython/issues/86296, and the client of the message server, which waits so.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.5)
    return await asyncio.gather(*tasks, return_exceptions=True)


async def _idle() -> None:
    """What a process without web pages does beside its tasks."""
    notify.ready()
    log.info("ready", extra={"service": "gateway", "roles": "ledger"})
    await asyncio.Event().wait()


async def _boot(settings: GatewaySettings) -> tuple[NatsBus, S3Blobs]:
    """Wait for all servers: they may start after us."""
    while True:
        try:
            await asyncio.to_thread(migrate, settings.postgres_url)
        except psycopg.OperationalError as error:
            log.warning("no database yet", extra={"error": repr(error)})
            await asyncio.sleep(0.2)
        else:
            break
    blobs = S3Blobs(settings)
    bus = await connect(settings, "gateway")
    await ensure_bucket(blobs)
    return bus, blobs


def _server(settings: GatewaySettings, gateway: Gateway, hub: Hub, guests: Guests) -> Server:
    host, port = settings.address
    app: Any = create_app(gateway)
    flask: Any = WSGIMiddleware(app, workers=_THREADS)
    cookie = cookie_name(https=settings.is_https)
    requests = Requests(Counters(database=gateway.database), settings.requests_a_minute)
    config = uvicorn.Config(
        Gate(hub, guests, app.extensions["callers"], requests, cookie, flask, settings.hosts, settings.origins),
        host=host,
        port=port,
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # uvicorn would believe anybody on loopback; `trusted_proxies` says whom we believe
        timeout_graceful_shutdown=2,
    )
    return Server(config)
