"""An upgrade as the chart does it: the migration, then one process of each service at a time, new before old."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field

import httpx
from cli.stack import Process, Stack

from rolling.balancer import Balancer
from rolling.versions import Version

WEB, LEDGER = "gateway (web)", "gateway (ledger)"
PARTS = {
    LEDGER: ("gateway", {"HIDDENHILL_ROLES": "ledger"}),
    WEB: ("gateway", {"HIDDENHILL_ROLES": "web"}),
    **{name: (name, {}) for name in ("fetcher", "scripter", "narrator", "captioner", "renderer")},
}
"""What is rolled out, in this order: service and variables of its own. The chart runs the gateway's roles apart."""
_PRE_STOP = 5.0
"""Seconds for which a gateway that goes still answers; the chart's."""
_GRACE = 30.0
_READY = 60.0


@dataclass
class Rollout:
    """The processes of one release on a stack, and how the next one takes their place.

    Args:
        stack: with servers only.
        balancer: before the gateways.
        beside: seconds for which both versions of a service run.
    """

    stack: Stack
    balancer: Balancer
    beside: float
    running: dict[str, Process] = field(default_factory=dict)
    side_by_side: dict[str, float] = field(default_factory=dict)
    """Seconds, by service, over all rollouts."""

    def install(self, version: Version) -> None:
        """Start one process of every service at once."""
        self.migrate(version)
        starting = {part: self._spawn(part, version) for part in PARTS}
        for part, process in starting.items():
            self._await(part, process)
            self.running[part] = process

    def migrate(self, version: Version) -> float:
        """Run the migration job of a version; returns its seconds."""
        began = time.monotonic()
        env = {"HIDDENHILL_POSTGRES_URL": self.stack.postgres_url, "PATH": "/usr/bin:/bin"}
        subprocess.run([version.python, "-m", "gateway", "migrate"], env=env, check=True, timeout=120)
        return time.monotonic() - began

    def roll(self, version: Version) -> float:
        """Replace all processes by those of another version; returns the seconds that it took."""
        began = time.monotonic()
        for part in PARTS:
            old, new = self.running[part], self._spawn(part, version)
            self._await(part, new)
            both = time.monotonic()
            time.sleep(self.beside)
            self._end(part, old)
            self.running[part] = new
            self.side_by_side[part] = self.side_by_side.get(part, 0.0) + time.monotonic() - both
        return time.monotonic() - began

    def forget(self, version: Version, stage: str) -> None:
        """Do what the operator does after a rollback from a version that had a stage more."""
        env = self.stack.environment() | {"PATH": "/usr/bin:/bin"}
        subprocess.run([version.python, "-m", "gateway", "forget", stage], env=env, check=True, timeout=60)

    def _spawn(self, part: str, version: Version) -> Process:
        service, env = PARTS[part]
        return self.stack.spawn(service, python=version.python, env=env)

    def _await(self, part: str, process: Process) -> None:
        deadline = time.monotonic() + _READY
        while not process.ready.wait(0.1):
            assert time.monotonic() < deadline, f"{part} did not start:\n{process.log_tail()}"
        if part != WEB:
            return
        while httpx.get(f"http://127.0.0.1:{_port(process)}/readyz", trust_env=False).status_code != 200:
            assert time.monotonic() < deadline, f"{part} is not ready:\n{process.log_tail()}"
            time.sleep(0.2)
        self.balancer.add(_port(process))

    def _end(self, part: str, process: Process) -> None:
        if part == WEB:
            self.balancer.remove(_port(process))
            time.sleep(_PRE_STOP)
        self.stack.end(process, _GRACE)


def _port(process: Process) -> int:
    return int(process.program.env["HIDDENHILL_GATEWAY_LISTEN"].rpartition(":")[2])
