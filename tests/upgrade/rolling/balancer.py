"""A service of Kubernetes as clients see it: one port, and each new connection goes to some gateway that is ready."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from typing import Self


class Balancer:
    """Forwards TCP connections. `add` and `remove` gateways by port, from any thread."""

    def __init__(self) -> None:
        self._ports: tuple[int, ...] = ()
        self._listening = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="balancer", daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def add(self, port: int) -> None:
        self._ports = (*self._ports, port)

    def remove(self, port: int) -> None:
        """Send no new connection there; those that are open stay."""
        self._ports = tuple(each for each in self._ports if each != port)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._forward, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, IndexError, asyncio.CancelledError):
            behind, before = await asyncio.open_connection("127.0.0.1", random.choice(self._ports))
            pumps = {asyncio.create_task(_pump(reader, before)), asyncio.create_task(_pump(behind, writer))}
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                before.close()
        writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
