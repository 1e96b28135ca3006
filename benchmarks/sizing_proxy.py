"""A proxy before the object store that counts requests and bytes; it changes nothing."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from typing import Self

_REQUEST = re.compile(rb"(GET|PUT|HEAD|POST|DELETE) /\S* HTTP/1\.1\r\n")
_CHUNK = 1 << 16


class CountingProxy:
    """Listens on a free port of loopback while it is a context, and forwards to `endpoint`, host and port."""

    def __init__(self, endpoint: str) -> None:
        self._host, _, port = endpoint.rpartition(":")
        self._port = int(port)
        self.counts: Counter[str] = Counter()
        """Requests by method, and bytes as `in` (to the store) and `out` (from it)."""
        self.endpoint = ""
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        store_reader, store_writer = await asyncio.open_connection(self._host, self._port)
        await asyncio.gather(self._pump(reader, store_writer, "in"), self._pump(store_reader, writer, "out"))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str) -> None:
        rest = b""
        try:
            while data := await reader.read(_CHUNK):
                self.counts[way] += len(data)
                if way == "in":
                    seen = rest + data
                    found = list(_REQUEST.finditer(seen))
                    self.counts.update(match[1].decode() for match in found)
                    rest = seen[found[-1].end() :][-1000:] if found else seen[-1000:]  # a head may come in two pieces
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
