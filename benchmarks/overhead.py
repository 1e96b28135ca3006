"""What metrics cost: two gateways on the same servers, one that keeps metrics and is scraped, asked in turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from cli.stack import Stack
from cli.stack.homes import free_port

ROUNDS, REQUESTS = 20, 100
SCRAPE_EVERY = 1.0
"""Seconds; Prometheus asks every 15 to 60."""
PATHS = ("/healthz", "/api/v1/jobs/{job}")


class Asked:
    """A gateway of its own, and a client that keeps its connection."""

    def __init__(self, stack: Stack, metrics: str) -> None:
        port = free_port()
        listen = {"HIDDENHILL_GATEWAY_LISTEN": f"127.0.0.1:{port}", "HIDDENHILL_RPC_LISTEN": "127.0.0.1:0"}
        env = {**os.environ, **stack.environment(), **listen, "HIDDENHILL_METRICS_LISTEN": metrics}
        env["HIDDENHILL_REQUESTS_A_MINUTE"] = "10000000"
        self.process = subprocess.Popen([sys.executable, "-m", "gateway"], env=env, stderr=subprocess.DEVNULL)
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {stack.token}"}, timeout=30
        )

    def await_ready(self) -> None:
        while True:
            try:
                if self.client.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)

    def times(self, path: str) -> list[float]:
        """Seconds of each request of a round."""
        took = []
        for _ in range(REQUESTS):
            began = time.perf_counter()
            self.client.get(path).raise_for_status()
            took.append(time.perf_counter() - began)
        return took

    def processor(self) -> float:
        """Seconds of processor time that the process has had."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print a line for each path."""
    with tempfile.TemporaryDirectory() as home, Stack(Path(home), services=()) as stack:
        metrics = f"127.0.0.1:{free_port()}"
        without, kept = Asked(stack, ""), Asked(stack, metrics)
        ended = threading.Event()
        try:
            for each in (without, kept):
                each.await_ready()
            wish = {"reference": "10.1000/182", "options": {"seconds": 30}}
            job = without.client.post("/api/v1/jobs", json=wish).raise_for_status().json()["id"]
            threading.Thread(target=_scrape, args=(f"http://{metrics}/metrics", ended), daemon=True).start()
            print(f"{'':24}{'p50 ms':>9}{'with':>9}{'ratio':>8}{'CPU ms':>9}{'with':>9}{'ratio':>8}")
            for path in PATHS:
                _measure(path.format(job=job), path, without, kept)
        finally:
            ended.set()
            for each in (without, kept):
                each.process.terminate()
                each.process.wait(10)


def _measure(path: str, title: str, without: Asked, kept: Asked) -> None:
    took: dict[Asked, list[float]] = {without: [], kept: []}
    spent = {without: 0.0, kept: 0.0}
    for number in range(ROUNDS):
        for each in (without, kept) if number % 2 else (kept, without):
            before = each.processor()
            took[each] += each.times(path)
            spent[each] += each.processor() - before
    plain, measured = (statistics.median(took[each]) * 1000 for each in (without, kept))
    cheap, dear = (spent[each] / ROUNDS / REQUESTS * 1000 for each in (without, kept))
    print(
        f"{title:24}{plain:9.3f}{measured:9.3f}{measured / plain:8.3f}{cheap:9.3f}{dear:9.3f}{dear / cheap:8.3f}",
        flush=True,
    )


def _scrape(url: str, ended: threading.Event) -> None:
    while not ended.wait(SCRAPE_EVERY):
        httpx.get(url, timeout=10)


if __name__ == "__main__":
    main()
