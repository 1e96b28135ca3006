"""Child processes: started, watched, started again when they die, and stopped in order by one thread."""

from __future__ import annotations

import logging
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cli.stack.homes import created

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LOG = logging.getLogger(__name__)
_LEASH = Path(__file__).with_name("leash.py")
_STEADY = 30.0
"""Seconds a process must have lived for its earlier deaths to be forgotten."""
_MAX_LOG = 10_000_000


@dataclass(frozen=True)
class Program:
    """What to run. `orphan_signal` reaches it when we die without stopping it; `account` is (uid, gid)."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    answers: Callable[[Process], bool] | None = None
    """Asked until it is ready; None: it tells us itself, by the sd_notify protocol."""
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGKILL
    account: tuple[int, int] | None = None
    first_pause: float = 0.1
    longest_pause: float = 15.0
    """Seconds before it is started again after it died: doubled with every death in a row."""


@dataclass
class Process:
    """A program that is kept running: its present child, and how often it had to be started again."""

    program: Program
    deaths: int = 0
    """In a row."""
    restarts: int = 0
    ready: threading.Event = field(default_factory=threading.Event)
    """It said READY=1 (a service), or its server answered."""
    wanted: bool = True
    due: float = 0.0
    began: float = 0.0
    child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the present child; 0 between two lives."""
        return self.child.pid if self.child else 0

    def send_signal(self, number: int) -> int:
        """Signal the child; returns its pid, 0 when there was none."""
        if self.child is None or self.child.poll() is not None:
            return 0
        self.child.send_signal(number)
        return self.child.pid

    def log_tail(self, lines: int = 15) -> str:
        with suppress(OSError):
            return "\n".join(self.program.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


class Supervisor(threading.Thread):
    """Starts and watches processes. All children are forked by this thread: a leash holds to the thread that forked."""

    def __init__(self, on_change: Callable[[list[dict[str, object]]], None]) -> None:
        super().__init__(name="supervisor", daemon=True)
        self._on_change = on_change
        self._requests: queue.SimpleQueue[Process] = queue.SimpleQueue()
        self._processes: list[Process] = []
        self._closing = threading.Event()
        self._folder = Path(tempfile.mkdtemp(prefix="hiddenhill-"))  # a socket's path has room for 107 bytes only
        self.notify_socket = self._folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.notify_socket))

    def add(self, program: Program) -> Process:
        """Have a program started and kept running; returns at once."""
        process = Process(program)
        self._requests.put(process)
        self._wake()
        return process

    def run(self) -> None:
        while not self._closing.is_set():
            self._take_requests()
            self._reap()
            for process in self._processes:
                if process.wanted and process.child is None and time.monotonic() >= process.due:
                    self._spawn(process)
            booting = self._ask()
            self._listen(0.03 if booting else 0.15)

    def stop(self, processes: Sequence[Process], grace: float) -> None:
        """Ask the processes to end, kill those that have not after `grace` seconds, with what they started."""
        for process in processes:
            process.wanted = False
            process.send_signal(process.program.stop_signal)
        deadline = time.monotonic() + grace
        for process in processes:
            if (child := process.child) is None:
                continue
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _LOG.warning("%s did not stop within %.0f s and is killed", process.program.name, grace)
                child.kill()
                child.wait()
            _kill_group(child.pid)

    def close(self) -> None:
        """End the thread; the processes must have been stopped."""
        self._closing.set()
        self._wake()
        if self.is_alive():
            self.join()
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _take_requests(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._processes.append(self._requests.get_nowait())

    def _reap(self) -> None:
        for process in self._processes:
            child = process.child
            if child is None or child.poll() is None or not process.wanted:
                continue
            _kill_group(child.pid)
            process.ready.clear()
            process.deaths = 1 if time.monotonic() - process.began > _STEADY else process.deaths + 1
            pause = min(process.program.longest_pause, process.program.first_pause * 2 ** (process.deaths - 1))
            process.due = time.monotonic() + pause
            process.restarts += 1
            process.child = None
            _LOG.warning("%s ended with %s; started again in %.1f s", process.program.name, child.returncode, pause)

    def _spawn(self, process: Process) -> None:
        program = process.program
        if program.log.exists() and program.log.stat().st_size > _MAX_LOG:
            program.log.replace(program.log.with_suffix(".log.1"))
        process.began = time.monotonic()
        with program.log.open("ab") as log:
            process.child = subprocess.Popen(
                leashed(program.argv, program.orphan_signal, program.account),
                env={**program.env, "NOTIFY_SOCKET": str(self.notify_socket)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal is ours: services stop first
            )
        self._on_change(
            [
                {"name": each.program.name, "pid": each.pid, "created": created(each.pid)}
                for each in self._processes
                if each.pid
            ]
        )

    def _ask(self) -> bool:
        """Ask those that do not tell us whether they are ready; returns whether one is not."""
        booting = [each for each in self._processes if each.program.answers and each.pid and not each.ready.is_set()]
        for process in booting:
            if process.program.answers and process.program.answers(process):
                process.ready.set()
        return bool(booting)

    def _listen(self, patience: float) -> None:
        """Take a readiness message of the sd_notify protocol, if one comes in time (seconds)."""
        self._socket.settimeout(patience)
        with suppress(TimeoutError):
            message = self._socket.recv(4096).decode(errors="replace")
            facts = dict(line.split("=", 1) for line in message.splitlines() if "=" in line)
            if facts.get("READY") == "1":
                for process in self._processes:
                    if str(process.pid) == facts.get("MAINPID"):
                        process.ready.set()

    def _wake(self) -> None:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"WAKE=1", str(self.notify_socket))


def leashed(argv: Sequence[str], orphan_signal: int, account: tuple[int, int] | None) -> list[str]:
    """The command that runs `argv` under an account and lets it die with the thread that starts it."""
    who = f"{account[0]}:{account[1]}" if account else "-"
    return [sys.executable, "-I", "-S", str(_LEASH), str(os.getpid()), str(int(orphan_signal)), who, *argv]


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
