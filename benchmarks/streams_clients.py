"""The load generator's process: thousands of event streams on bare sockets, and how late each event comes.

Says `ready` once every stream has begun; told to end by a line on its standard input, it prints what it measured.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import sys
import time
from datetime import datetime
from typing import Any

import uvloop

AT_ONCE = 32
"""Streams that are being opened at a time."""
NOTE = re.compile(rb'"note": "([0-9.]+)"')
ANNOUNCED = re.compile(rb'"announced_at": "([^"]+)"')
WATCHED = (b"progress", b"artifact", b"done", b"failed")


class Listener(asyncio.Protocol):
    """One stream."""

    def __init__(self, request: bytes, late: dict[str, list[float]]) -> None:
        self.request = request
        self.late = late
        self.begun = asyncio.get_running_loop().create_future()
        self.ends = 0
        self.rest = b""

    def connection_made(self, transport: Any) -> None:
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        now = time.time()
        *events, self.rest = (self.rest + data).split(b"\n\n")
        for event in events:
            name = event.rpartition(b"event: ")[2].partition(b"\n")[0]
            if name in WATCHED:
                self.late[name.decode()].append(now - sent(name, event))
                self.ends += name in (b"done", b"failed")
            elif name == b"snapshot" and not self.begun.done():
                self.begun.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.begun.done():
            self.begun.set_exception(error or ConnectionError("closed"))


def sent(name: bytes, event: bytes) -> float:
    """When the event was published, by the system's clock: a note of progress is the hour."""
    if name == b"progress":
        found = NOTE.search(event)
        return float(found[1]) if found else 0.0
    return max(datetime.fromisoformat(hour.decode()).timestamp() for hour in ANNOUNCED.findall(event))


async def main(host: str, port: int, path: str, token: str, first: int, last: int) -> None:
    """Open the streams `first` to `last`; `path` has the job's number as {}."""
    late: dict[str, list[float]] = {name.decode(): [] for name in WATCHED}
    gate, loop = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop()
    listeners = []

    async def connect(number: int) -> None:
        request = f"GET {path.format(number)} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
        async with gate:
            _, listener = await loop.create_connection(lambda: Listener(request.encode(), late), host, port)
            listeners.append(listener)
            await asyncio.wait_for(listener.begun, 30)

    outcomes = await asyncio.gather(*(connect(number) for number in range(first, last)), return_exceptions=True)
    print(json.dumps({"refused": sum(isinstance(outcome, Exception) for outcome in outcomes)}), flush=True)
    for values in late.values():
        values.clear()
    await asyncio.to_thread(sys.stdin.readline)
    ends = [listener.ends for listener in listeners]
    print(json.dumps({"late": late, "ended_once": ends.count(1), "ended": sum(ends)}), flush=True)


if __name__ == "__main__":
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    _host, _port, _path, _token, _first, _last = sys.argv[1:]
    uvloop.run(main(_host, int(_port), _path, _token, int(_first), int(_last)))
