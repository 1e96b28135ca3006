"""The folder of a stack: where its data lie, who holds it, its secrets and ports, what an earlier run left alive."""

from __future__ import annotations

import fcntl
import json
import os
import random
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
from chassis.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PORTS = range(20_000, 32_000)
"""Below the range outgoing connections take their ports from, so that a port stays free between choice and use."""


def default_home() -> Path:
    """The folder named by HIDDENHILL_HOME, or ~/.hiddenhill."""
    return Path(os.environ.get("HIDDENHILL_HOME") or Path.home() / ".hiddenhill")


def running(home: Path) -> dict[str, Any] | None:
    """The stack that runs on this home: its `pid`, `gateway_url` and `started` (ISO time); None: none runs."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts: dict[str, Any] = json.loads((home / "stack.json").read_text())
        if alive(facts["pid"], facts["created"]):
            return facts
    return None


def alive(pid: int, created: float) -> bool:
    """Whether the process lives and is the one that was created at that time, not a later one with its number."""
    try:
        process = psutil.Process(pid)
        return bool(abs(process.create_time() - created) < 0.1 and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def created(pid: int) -> float:
    """When the process began, in seconds since the epoch; 0 if it is gone."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def local_token(home: Path) -> str:
    """The token of the user `local` on the stack of this home; empty: there is no stack, or it is not ours to use."""
    with suppress(OSError, ValueError, KeyError):
        return str(json.loads((home / "secrets.json").read_text())["local_token"])
    return ""


class Home:
    """A stack's folder. `hold` before anything else, `release` at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self.logs = self.folder / "logs"
        self._lock = -1

    def hold(self) -> None:
        """Make the folder and lock it. Raises UsageError naming the process that holds it."""
        self.logs.mkdir(parents=True, exist_ok=True)
        # PostgreSQL runs under another account when we are root, and must get through to its data.
        self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._lock, 32).decode().strip() or "unknown"
            self.release()
            raise UsageError(
                "usage.running",
                f"A stack already runs on {self.folder} (process {holder}); "
                "use that one, stop it first, or set HIDDENHILL_HOME to another folder.",
            ) from error
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another stack have the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def secrets(self) -> dict[str, str]:
        """The passwords of the servers and the gateway's secrets, made once and kept."""
        path = self.folder / "secrets.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        servers = ("nats_password", "postgres_password", "s3_access_key", "s3_secret_key")
        names = (*servers, "secret_key", "keys_secret", "local_token", "access_code")
        fresh = {name: secrets.token_hex(16) for name in names if name not in known}
        if fresh:
            self.write("secrets.json", known | fresh)
        return known | fresh

    def ports(self, names: Iterable[str]) -> dict[str, int]:
        """A loopback port for each name: the one of the last run where it is free."""
        path = self.folder / "ports.json"
        known: dict[str, int] = {}
        with suppress(OSError, ValueError):
            known = json.loads(path.read_text())
        taken: set[int] = set()
        for name in names:
            port = known.get(name, 0)
            known[name] = port if port and port not in taken and _is_free(port) else free_port(taken)
            taken.add(known[name])
        self.write("ports.json", known)
        return known

    def write(self, name: str, value: object) -> None:
        """Write JSON that only we can read, whole or not at all."""
        beside = self.folder / f"{name}.new"
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(value, file, indent=1)
        beside.rename(self.folder / name)

    def remove(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def stop_leftovers(self) -> None:
        """Kill what an earlier run of this home started and did not live to stop, with what runs in its sessions."""
        records: list[dict[str, Any]] = []
        with suppress(OSError, ValueError):
            records = json.loads((self.folder / "processes.json").read_text())
        doomed: list[psutil.Process] = []
        for record in records:
            with suppress(psutil.Error, OSError, KeyError, TypeError):
                doomed += _session(record["pid"], record["created"])
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(doomed, timeout=5)
        self.remove("processes.json")
        self.remove("stack.json")


def _session(leader: int, began: float) -> list[psutil.Process]:
    """Every living process of the session that a recorded child led; nothing if its number is someone else's now."""
    if psutil.pid_exists(leader) and not alive(leader, began):
        return []
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == leader and process.create_time() >= began - 0.1:
                found.append(process)
    return found


def free_port(taken: Iterable[int] = ()) -> int:
    """A loopback port nobody listens on."""
    while True:
        port = random.choice(_PORTS)  # noqa: S311 - no secret
        if port not in taken and _is_free(port):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
