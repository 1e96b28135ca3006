"""What a video needs: processor time and memory of each part of the chart, and what it leaves in the servers.

Every part runs as a process of its own, with the stages and slots that the chart's values give it. The paper is the
sample's PDF, no key of a provider is set; a first video, of another file, loads what is loaded once and does not count.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml
from cli.making import follow
from cli.rest import Rest
from cli.stack import Stack

from benchmarks.sizing_meters import Meter, Servers
from benchmarks.sizing_proxy import CountingProxy

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "nightingale"
VALUES = ROOT / "deploy" / "helm" / "hiddenhill" / "values.yaml"
SECONDS = (30, 60)
IDLE = 20.0
"""Seconds that everything is watched while nothing is to be done."""
WEB = {"gateway": "web", "ledger": "ledger"}
_UNITS = {"m": 1e-3, "": 1.0, "Mi": 2.0**20, "Gi": 2.0**30}


class Installation:
    """The parts of the chart on this machine."""

    def __init__(self, running: ExitStack) -> None:
        home = Path(running.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        stack = running.enter_context(Stack(home, services=()))
        self.store = running.enter_context(CountingProxy(stack.s3_endpoint))
        ports = json.loads((home / "ports.json").read_text())
        self.servers = Servers(ports["monitoring"], stack.postgres_url)
        self.meters: dict[str, Meter] = {}
        for name in ("nats", "postgres", "s3"):
            self._watch(running, name, stack.process(name).pid or 0)
        common = {**os.environ, **stack.environment(), "HIDDENHILL_S3_ENDPOINT": self.store.endpoint}
        values = yaml.safe_load(VALUES.read_text())
        for part, role in WEB.items():
            listen = {} if part == "gateway" else {"HIDDENHILL_RPC_LISTEN": "127.0.0.1:0"}
            self._start(running, part, "gateway", common | listen | {"HIDDENHILL_ROLES": role})
        self.client = running.enter_context(Rest(stack.gateway_url, stack.token))
        self._await()
        for part, entry in values["stages"].items():
            own = {"HIDDENHILL_STAGES": ",".join(entry["stages"]), "HIDDENHILL_SLOTS": str(entry["slots"])}
            self._start(running, part, entry["service"], common | own)
        self.given = {part: values[part]["resources"] for part in WEB}
        self.given |= {part: entry["resources"] for part, entry in values["stages"].items()}

    def _start(self, running: ExitStack, part: str, service: str, environment: dict[str, str]) -> None:
        process = subprocess.Popen([sys.executable, "-m", service], env=environment, stderr=subprocess.DEVNULL)
        running.callback(process.wait)
        running.callback(process.terminate)
        self._watch(running, part, process.pid)

    def _watch(self, running: ExitStack, part: str, pid: int) -> None:
        self.meters[part] = running.enter_context(Meter(pid))

    def _await(self) -> None:
        while True:
            try:
                self.client.jobs()
            except Exception:  # noqa: BLE001 - it is not there yet
                time.sleep(0.2)
            else:
                return

    def made(self, source: Path, seconds: int, theme: str) -> dict[str, Any]:
        """The job of one video."""
        return follow(self.client, self.client.submit(source, {"seconds": seconds, "theme": theme})["id"], quiet=True)

    def counts(self) -> Counter[str]:
        """All that servers and the proxy count, and the processor time of the parts as `CPU <part>`."""
        found = self.servers.counts() + self.store.counts
        found.update({f"CPU {part}": meter.seconds() for part, meter in self.meters.items()})  # type: ignore[arg-type]
        return found


def main() -> None:
    """Print the tables."""
    with ExitStack() as running:
        here = Installation(running)
        here.made(SAMPLE / "nightingale.docx", 30, "night")
        time.sleep(5)
        began = here.counts()
        time.sleep(IDLE)
        ended = here.counts()
        rest = {name: (ended[name] - began[name]) / IDLE for name in ended}
        videos = {seconds: _measured(here, seconds, rest) for seconds in SECONDS}
        peaks = {part: meter.peak for part, meter in here.meters.items()}
        connections = here.servers.connections()
    _print_parts(here, videos, rest, peaks)
    _print_servers(videos, rest, connections)


def _measured(here: Installation, seconds: int, rest: dict[str, float]) -> Counter[str]:
    """What a video took, without what would have been used all the same; the log comes in bursts and is left whole."""
    with tempfile.TemporaryDirectory() as folder:
        paper = Path(folder) / "paper.pdf"
        paper.write_bytes((SAMPLE / "nightingale.pdf").read_bytes() + b"\n%%%d\n" % seconds)
        before, began = here.counts(), time.monotonic()
        job = here.made(paper, seconds, "dusk")
        took = time.monotonic() - began
        time.sleep(3)  # traces and the ledger come after
        used, lasted = here.counts(), time.monotonic() - began
    used.subtract(before)
    for name, each in rest.items():
        used[name] -= 0 if name == "WAL bytes" else each * lasted  # type: ignore[assignment]
    used["wall"] = took  # type: ignore[assignment]
    bytes_of = {row["digest"]: (row["artifact"], row["size"]) for row in job["artifacts"]}
    for artifact, size in bytes_of.values():
        used["kept bytes"] += size
        used[f"kept {re.sub(r'[0-9]+', '*', artifact)}"] += size
    used["scenes"] = len(job["scenes"])
    return used


def _print_parts(
    here: Installation, videos: dict[int, Counter[str]], rest: dict[str, float], peaks: dict[str, int]
) -> None:
    heads = "".join(f"  CPU s, {seconds:3} s" for seconds in videos)
    print(f"\n{'':12}{heads}{'CPU idle':>10}{'peak MiB':>10}{'request':>14}{'limit':>14}")
    for part in here.meters:
        line = "".join(f"{used['CPU ' + part]:14.2f}" for used in videos.values())
        line += f"{rest['CPU ' + part]:10.4f}{peaks[part] / 2**20:10.0f}"
        if given := here.given.get(part):
            line += "".join(f"{given[kind]['cpu']:>6}{given[kind]['memory']:>8}" for kind in ("requests", "limits"))
            line += "  !" if peaks[part] > _amount(given["requests"]["memory"]) else ""
        print(f"{part:12}{line}")
    total = "".join(
        f"{sum(value for name, value in used.items() if name.startswith('CPU ')):14.2f}" for used in videos.values()
    )
    print(f"{'all':12}{total}")


def _amount(quantity: str) -> float:
    match = re.fullmatch(r"([0-9.]+)(\D*)", quantity)
    assert match is not None
    return float(match[1]) * _UNITS[match[2]]


def _print_servers(videos: dict[int, Counter[str]], rest: dict[str, float], connections: int) -> None:
    print(f"\n{'':34}" + "".join(f"{seconds:10} s" for seconds in videos) + f"{'idle/s':>10}")
    names = [
        "wall",
        "scenes",
        "kept bytes",
        *sorted(n for n in videos[SECONDS[0]] if n.startswith("kept ") and "*" in n),
    ]
    names += [name for name in sorted(videos[SECONDS[0]]) if name.startswith("kept ") and name not in names]
    names += ["HEAD", "GET", "PUT", "in", "out", "events", "event bytes", "bus messages"]
    names += ["transactions", "row writes", "rows", "row bytes", "WAL bytes"]
    titles = {"in": "store, bytes in", "out": "store, bytes out", "wall": "wall, s"}
    for name in names:
        figures = "".join(f"{used[name]:12.0f}" for used in videos.values())
        print(f"{titles.get(name, name):34}{figures}{rest.get(name, 0):10.2f}")
    print(f"database connections of one gateway and one ledger: {connections}; {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
