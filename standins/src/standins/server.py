"""The HTTP server: reads requests, strikes with transport faults, keeps the record of what was delivered."""

from __future__ import annotations

import contextlib
import fcntl
import json
import select
import socket
import struct
import termios
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import ValidationError

from standins.exchange import Answer, Exchange, Request, json_answer
from standins.faults import Fault
from standins.vendor import Vendor

CONTROL = "/__standin/"
GARBAGE = b'<html><head><title>Error</title></head><body>upstream connect error {"half": '
DRIPS = 40
DELIVERY = 0.5
"""Seconds that the client's kernel gets to take the last bytes of an answer."""


class Server(ThreadingHTTPServer):
    """A stand-in at a port of this machine; port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, vendor: Vendor, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.vendor = vendor
        self.stopping = threading.Event()
        self.abrupt: set[int] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def shutdown_request(self, request: Any) -> None:
        # Without the polite half-close, the zero linger set by `reset` makes the kernel send RST.
        if request.fileno() in self.abrupt:
            self.abrupt.discard(request.fileno())
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are the daily bread of this server; they leave their mark in the record alone."""

    def close(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection; `last` is the exchange whose answer went out on it most recently."""

    protocol_version = "HTTP/1.1"
    server: Server
    last: Exchange | None = None

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionResetError:
            # The client's kernel answers RST, not FIN, when its process died with bytes unread.
            if self.last and self.last.answered:
                self.server.vendor.ledger.end(self.last, answered=False)
            self.close_connection = True

    def _serve(self) -> None:
        split = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(
            method=self.command,
            path=unquote(split.path),
            query=dict(parse_qsl(split.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            base=self.server.url,
        )
        if request.path.startswith(CONTROL):
            self._send(self._control(request))
        else:
            self._exchange(request)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = _serve  # noqa: N815 - the base class looks for these

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Nothing: the record says it all."""

    def _exchange(self, request: Request) -> None:
        vendor = self.server.vendor
        vendor.recognise(request)
        exchange = vendor.ledger.begin(request)
        fault = vendor.faults.due(request)
        exchange.fault = fault.kind if fault else ""
        delivered = False
        try:
            if fault and fault.kind == "reset":
                self._reset()
                return
            if fault and fault.kind == "hang":
                self._idle(fault.seconds or 3600)
                self.close_connection = True
                return
            answer = self._answered(request, fault)
            vendor.ledger.charge(exchange, answer)
            delivered = self._deliver(exchange, answer, fault)
        except OSError:
            self.close_connection = True
        finally:
            vendor.ledger.end(exchange, answered=delivered)
            self.last = exchange

    def _answered(self, request: Request, fault: Fault | None) -> Answer:
        vendor = self.server.vendor
        if fault and fault.kind == "status":
            headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after}"}
            return vendor.refuse(fault.status, fault.message, headers)
        return vendor.answer(request, fault)

    def _deliver(self, exchange: Exchange, answer: Answer, fault: Fault | None) -> bool:
        """Send the answer as the fault lets it; True: the client took it whole."""
        kind = fault.kind if fault else ""
        if kind == "late":
            self._idle(fault.seconds if fault else 0)
        if kind == "lost":
            self._reset()
            return False
        if kind == "truncated":
            answer = Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)
        if kind == "garbage":
            answer = Answer(answer.status, GARBAGE, answer.headers)
        if self._gone():
            self.close_connection = True
            return False
        if kind == "cut":
            self._send(answer, exchange, part=len(answer.body) // 2)
            return False
        self._send(answer, exchange, over=fault.seconds if fault and kind == "drip" else 0)
        return self._taken() and kind not in {"truncated", "garbage"}

    def _send(
        self, answer: Answer, exchange: Exchange | None = None, *, part: int | None = None, over: float = 0
    ) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        body = b"" if self.command == "HEAD" else answer.body[:part]
        size = -(-len(body) // DRIPS) or 1 if over else len(body) or 1
        self._last_bytes_of(exchange if len(body) <= size else None)
        self.end_headers()
        for start in range(0, len(body), size):
            if start:
                self.wfile.flush()
                self.server.stopping.wait(over / DRIPS)
                self._last_bytes_of(exchange if start + size >= len(body) else None)
            self.wfile.write(body[start : start + size])
        if part is not None:
            self.close_connection = True

    def _last_bytes_of(self, exchange: Exchange | None) -> None:
        if exchange:
            self.server.vendor.ledger.close(exchange)

    def _idle(self, seconds: float) -> None:
        """Wait for so long, or until the client goes away."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._gone() and not self.server.stopping.wait(0.02):
            pass

    def _gone(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], 0)
        try:
            return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""
        except OSError:
            return True

    def _taken(self) -> bool:
        """Whether the client's kernel has confirmed every byte within a while."""
        self.wfile.flush()
        deadline = time.monotonic() + DELIVERY
        while time.monotonic() < deadline:
            unsent = struct.unpack("i", fcntl.ioctl(self.connection, termios.TIOCOUTQ, b"\0" * 4))[0]
            if self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return False
            if not unsent:
                return True
            time.sleep(0.005)
        return False

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server.abrupt.add(self.connection.fileno())
        self.close_connection = True

    def _control(self, request: Request) -> Answer:
        vendor, name = self.server.vendor, request.path.removeprefix(CONTROL)
        if request.method == "GET":
            vendor.settle()
            shown: dict[str, Callable[[], Any]] = {
                "requests": vendor.ledger.view,
                "faults": vendor.faults.view,
                "costs": vendor.ledger.costs,
                "vendor": lambda: vendor.name,
            }
            views = {key: view() for key, view in shown.items() if key == name} or vendor.views()
            return json_answer(200, views[name]) if name in views else json_answer(404, {"error": f"no {name}"})
        with contextlib.suppress(ValidationError, ValueError):
            self._command(request.method, name, request.json())
            return Answer(204)
        return json_answer(400, {"error": f"{request.method} {name} does not take {json.dumps(request.json())[:500]}"})

    def _command(self, method: str, name: str, value: Any) -> None:
        vendor = self.server.vendor
        if name == "reset":
            vendor.ledger.clear()
            vendor.faults.clear()
            vendor.reset()
        elif name == "faults" and method == "DELETE":
            vendor.faults.clear()
        elif name == "faults":
            for one in [Fault.model_validate(one) for one in (value if isinstance(value, list) else [value])]:
                vendor.faults.add(one)
        else:
            vendor.change(name, value)
