"""A stand-in that runs: in a thread of the test, or as a process that outlives the test's victims."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from standins.faults import Fault
from standins.server import CONTROL, Server
from standins.vendor import Vendor

V = TypeVar("V", bound=Vendor)


class Control:
    """The control API of a stand-in, wherever it runs."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, name: str) -> Any:
        return self._ask("GET", name)

    def put(self, name: str, value: Any = None) -> None:
        self._ask("POST", name, value)

    def fault(self, kind: str, **more: Any) -> None:
        """Script one fault; the arguments are those of `Fault`."""
        self.put("faults", Fault(kind=kind, **more).model_dump(exclude={"when"}, exclude_defaults=True))  # type: ignore[arg-type]

    def mend(self) -> None:
        """Drop all faults that are still to come."""
        self._ask("DELETE", "faults")

    def reset(self) -> None:
        self.put("reset")

    def requests(self, operation: str = "") -> list[dict[str, Any]]:
        return [one for one in self.get("requests") if operation in ("", one["operation"])]

    def costs(self) -> dict[str, Any]:
        costs: dict[str, Any] = self.get("costs")
        return costs

    def _ask(self, method: str, name: str, value: Any = None) -> Any:
        body = json.dumps(value).encode() if method == "POST" else None
        request = urllib.request.Request(self.url + CONTROL + name, body, method=method)  # noqa: S310 - our own server
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            content = response.read()
        return json.loads(content) if content else None


class Threaded(Control, Generic[V]):
    """A stand-in in this process; `vendor` takes Python functions too."""

    def __init__(self, server: Server, vendor: V) -> None:
        super().__init__(server.url)
        self.vendor = vendor

    def strike(self, fault: Fault) -> None:
        """Script a fault that may have a predicate in Python."""
        self.vendor.faults.add(fault)


@contextmanager
def threaded(vendor: V, port: int = 0) -> Iterator[Threaded[V]]:
    """Serve the vendor from threads of this process."""
    server = Server(vendor, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name=f"standin-{vendor.name}", daemon=True)
    thread.start()
    try:
        yield Threaded(server, vendor)
    finally:
        server.close()
        thread.join()


@contextmanager
def process(name: str, *arguments: str) -> Iterator[Control]:
    """Run `python -m standins NAME ARGUMENTS` and end it at the end; its first line is its address."""
    command = [sys.executable, "-m", "standins", name, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            yield Control(running.stdout.readline().strip())
        finally:
            running.terminate()
