"""The embedded stack as one object: `with Stack(home) as stack: ...`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from importlib.metadata import entry_points
from itertools import count
from typing import TYPE_CHECKING, Self

from chassis.errors import Defect, UsageError
from chassis.settings import ChassisSettings

from cli.stack.homes import Home, created, free_port
from cli.stack.processes import Process, Program, Supervisor
from cli.stack.servers import BUCKET, S3, Nats, Postgres

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from cli.stack.servers import Server

_SERVERS_TIMEOUT = 60.0
_AT_HOME = {"HIDDENHILL_MONEY_A_DAY": "20"}
"""Who runs the stack on his own machine, with his own keys, may spend: a job still costs what its budget says."""
_HOPELESS = 4
"""Deaths in a row before it was ever ready, after which a service is given up while booting."""


def installed_services() -> dict[str, str]:
    """The services that are installed: name to module."""
    return {point.name: point.module.partition(".")[0] for point in entry_points(group="hiddenhill.services")}


class Stack:
    """Servers and services on one machine. Everything listens on loopback only.

    Args:
        home: folder of the data; one stack at a time may use it.
        services: which services to run; None: all that are installed; empty: only the servers.
        replicas: processes of a service, where more than one is wanted.
        env: variables for the services, on top of this process' environment.
    """

    def __init__(
        self,
        home: Path,
        *,
        services: Sequence[str] | None = None,
        replicas: Mapping[str, int] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home
        self._home = Home(home)
        self._modules = installed_services()
        self._services = list(self._modules if services is None else services)
        self._replicas = dict(replicas or {})
        self._env = dict(env or {})
        unknown = [name for name in self._services if name not in self._modules]
        if unknown:
            raise UsageError(
                "usage.service",
                f"There is no service {', '.join(unknown)}; there are {', '.join(sorted(self._modules))}.",
            )
        self._supervisor: Supervisor | None = None
        self._spawning = threading.Lock()
        self._servers: dict[str, Process] = {}
        self._workers: list[Process] = []
        self.nats_url = self.s3_endpoint = self.s3_access_key = self.s3_secret_key = ""
        self.postgres_url = self.gateway_url = self._gateway_listen = self.rpc_url = self._rpc_listen = ""
        self.token = self._secret_key = self._keys_secret = self.access_code = ""

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the servers, wait for them, start the services. Raises UsageError if the home is in use."""
        self._home.hold()
        try:
            self._home.stop_leftovers()
            self._supervisor = Supervisor(lambda records: self._home.write("processes.json", records))
            self._supervisor.start()
            self._start_servers(self._configure())
            for service in self._services:
                for _ in range(self._replicas.get(service, 1)):
                    self.spawn(service)
            self._home.write(
                "stack.json",
                {
                    "pid": os.getpid(),
                    "created": created(os.getpid()),
                    "started": datetime.now(UTC).isoformat(timespec="seconds"),
                    "gateway_url": self.gateway_url,
                    "rpc_url": self.rpc_url,
                },
            )
        except BaseException:
            self.stop()
            raise

    def stop(self, grace: float = 10.0) -> None:
        """Stop the services, then the servers; each gets `grace` seconds before it is killed."""
        if self._supervisor is not None:
            self._supervisor.stop(self._workers, grace)
            self._supervisor.stop(list(self._servers.values()), grace)
            self._supervisor.close()
            self._supervisor = None
            self._home.remove("processes.json")
            self._home.remove("stack.json")
        self._workers, self._servers = [], {}
        self._home.release()

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Wait until every service has said that it is ready. Raises Defect naming one that did not."""
        _wait_for(self._workers, timeout)

    def environment(self) -> dict[str, str]:
        """The variables that tell a service where the servers are."""
        return {
            "HIDDENHILL_NATS_URL": self.nats_url,
            "HIDDENHILL_S3_ENDPOINT": self.s3_endpoint,
            "HIDDENHILL_S3_ACCESS_KEY": self.s3_access_key,
            "HIDDENHILL_S3_SECRET_KEY": self.s3_secret_key,
            "HIDDENHILL_S3_BUCKET": BUCKET,
            "HIDDENHILL_POSTGRES_URL": self.postgres_url,
            "HIDDENHILL_GATEWAY_LISTEN": self._gateway_listen,
            "HIDDENHILL_RPC_LISTEN": self._rpc_listen,
            "HIDDENHILL_SECRET_KEY": self._secret_key,
            "HIDDENHILL_LOCAL_TOKEN": self.token,
            "HIDDENHILL_ACCESS_CODE": self.access_code,
        }

    @property
    def settings(self) -> ChassisSettings:
        """Where the servers are, for a program of this process."""
        return ChassisSettings(
            nats_url=self.nats_url,
            s3_endpoint=self.s3_endpoint,
            s3_access_key=self.s3_access_key,
            s3_secret_key=self.s3_secret_key,
            s3_bucket=BUCKET,
        )

    def spawn(self, service: str, *, python: str = sys.executable, env: Mapping[str, str] | None = None) -> Process:
        """Start one more process of a service; a second gateway gets a port of its own, named in its program's env.

        `python` runs it, of another environment where it is another version's; `env` is what it has of its own.
        """
        if self._supervisor is None:
            raise UsageError("usage.stopped", "The stack is not running; start it first.")
        with self._spawning:
            taken = {worker.program.name for worker in self._workers}
            number = next(each for each in count(1) if _name(service, each) not in taken)
            name = _name(service, number)
            own = {"HIDDENHILL_GRACE": "8", "PYTHONUNBUFFERED": "1", **self.environment(), **self._env}
            more = {"HIDDENHILL_KEYS_SECRET": self._keys_secret, **_AT_HOME, **os.environ, **own}
            if service == "gateway" and number > 1:
                more["HIDDENHILL_GATEWAY_LISTEN"] = f"127.0.0.1:{free_port()}"
                more["HIDDENHILL_RPC_LISTEN"] = f"127.0.0.1:{free_port()}"
            argv = (python, "-m", self._modules[service])
            program = Program(name, argv, {**more, **(env or {})}, self._home.logs / f"{name}.log")
            worker = self._supervisor.add(program)
            self._workers.append(worker)
        return worker

    def end(self, worker: Process, grace: float = 10.0) -> None:
        """Stop one process that `spawn` started, for good; it has `grace` seconds to hand back its work."""
        assert self._supervisor is not None
        self._supervisor.stop([worker], grace)
        self._workers.remove(worker)

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Signal a server (`nats`, `postgres`, `s3`) or the first process of a service; returns its pid.

        It will be started again. Raises UsageError when no such process lives at this moment.
        """
        known = self._servers | {worker.program.name: worker for worker in reversed(self._workers)}
        if name in known and (pid := known[name].send_signal(number)):
            return pid
        raise UsageError("usage.process", f"No process of {name} is running.")

    def process(self, name: str) -> Process:
        """The handle of a server, or of a service's process (`renderer`, `renderer.2`)."""
        return (self._servers | {worker.program.name: worker for worker in self._workers})[name]

    def _configure(self) -> list[Server]:
        keys, ports = self._home.secrets(), self._home.ports(("nats", "monitoring", "s3", "postgres", "gateway", "rpc"))
        nats = Nats(self._home, ports["nats"], ports["monitoring"], keys["nats_password"])
        s3 = S3(self._home, ports["s3"], keys["s3_access_key"], keys["s3_secret_key"])
        postgres = Postgres(self._home, ports["postgres"], keys["postgres_password"])
        self.nats_url, self.postgres_url = nats.url, postgres.url
        self.s3_endpoint, self.s3_access_key, self.s3_secret_key = s3.endpoint, s3.access_key, s3.secret_key
        self.token, self._secret_key = keys["local_token"], keys["secret_key"]
        self._keys_secret = keys["keys_secret"]
        self.access_code = keys["access_code"]
        self._gateway_listen = self._chosen("HIDDENHILL_GATEWAY_LISTEN") or f"127.0.0.1:{ports['gateway']}"
        self._rpc_listen = self._chosen("HIDDENHILL_RPC_LISTEN") or f"127.0.0.1:{ports['rpc']}"
        self.gateway_url = f"http://{_reached_at(self._gateway_listen)}"
        secure = "s" if self._chosen("HIDDENHILL_RPC_TLS_CERT") else ""
        self.rpc_url = f"grpc{secure}://{_reached_at(self._rpc_listen)}"
        return [nats, s3, postgres]  # PostgreSQL last: its first preparation takes a while, in which the others boot

    def _chosen(self, variable: str) -> str:
        return self._env.get(variable) or os.environ.get(variable) or ""

    def _start_servers(self, servers: list[Server]) -> None:
        assert self._supervisor is not None
        for server in servers:
            self._servers[server.name] = self._supervisor.add(server.program())
        _wait_for(self._servers.values(), _SERVERS_TIMEOUT)


def _name(service: str, number: int) -> str:
    """What a process of a service is called: the first by the service's name alone."""
    return service if number == 1 else f"{service}.{number}"


def _reached_at(listen: str) -> str:
    """Where this machine reaches what listens there."""
    host, _, port = listen.rpartition(":")
    return f"{'127.0.0.1' if host in ('', '0.0.0.0', '[::]') else host}:{port}"  # noqa: S104


def _wait_for(processes: Iterable[Process], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    for process in list(processes):
        while not process.ready.wait(0.02):
            if process.deaths >= _HOPELESS or time.monotonic() > deadline:
                raise Defect(
                    "internal.stack",
                    f"{process.program.name} did not start; its log is {process.program.log}.",
                    process.log_tail(),
                )
