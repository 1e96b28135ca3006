"""Requests, answers, and the record of who paid for what."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any

SETTLING = 1.0
"""Seconds that a reader of the record waits for answers that are just being delivered."""


@dataclass
class Request:
    """A request as it came in. `operation` and `model` are filled by the vendor."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    base: str
    """Address of this server, such as `http://127.0.0.1:4711`."""
    operation: str = ""
    model: str = ""
    number: int = 0
    """From 1, in order of arrival."""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body's JSON; None where there is none or it is broken."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def digest(self) -> str:
        """The same for requests that ask the same of the same model, in whatever order their keys come."""
        parsed = self.json()
        body = self.body if parsed is None else json.dumps(parsed, sort_keys=True).encode()
        return hashlib.sha256(f"{self.method} {self.path}\n".encode() + body).hexdigest()


@dataclass(frozen=True)
class Price:
    """What a call costs. Credits are Runway's, one cent each; `usd` holds their worth too."""

    usd: float = 0.0
    credits: int = 0
    usage: dict[str, int] = field(default_factory=dict)
    """Tokens by kind, or seconds of video."""


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire, and what it costs whether it arrives or not."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    price: Price = field(default_factory=Price)
    note: dict[str, Any] = field(default_factory=dict)
    """For the record: finish reason, task id and the like."""


def json_answer(status: int, content: Any, **more: Any) -> Answer:
    """An answer with a JSON body."""
    headers = {"Content-Type": "application/json; charset=UTF-8"} | more.pop("headers", {})
    return Answer(status, json.dumps(content, ensure_ascii=False).encode(), headers, **more)


@dataclass
class Exchange:
    """One request and what became of it."""

    number: int
    operation: str
    model: str
    method: str
    path: str
    digest: str
    body: Any
    """Parsed JSON, or None."""
    key: str
    """First eight digits of the key's SHA-256; empty: none was sent."""
    at: float
    """Seconds since the epoch."""
    status: int = 0
    """0: no answer was begun."""
    fault: str = ""
    paid: bool = False
    usd: float = 0.0
    credits: int = 0
    usage: dict[str, int] = field(default_factory=dict)
    note: dict[str, Any] = field(default_factory=dict)
    answered: bool = False
    """True: the client took the whole answer, as far as its sockets tell."""
    open: bool = True
    seconds: float = 0.0


class Ledger:
    """All exchanges in order, and the sums over them."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._exchanges: list[Exchange] = []
        self._closing: set[int] = set()

    def begin(self, request: Request) -> Exchange:
        sent = request.headers.get("x-goog-api-key") or request.headers.get("authorization", "").partition(" ")[2]
        with self._lock:
            request.number = len(self._exchanges) + 1
            exchange = Exchange(
                number=request.number,
                operation=request.operation,
                model=request.model,
                method=request.method,
                path=request.path,
                digest=request.digest(),
                body=request.json(),
                key=hashlib.sha256(sent.encode()).hexdigest()[:8] if sent else "",
                at=time.time(),
            )
            self._exchanges.append(exchange)
            return exchange

    def charge(self, exchange: Exchange, answer: Answer) -> None:
        """Note the answer and its price, before the first byte of it is sent."""
        with self._lock:
            price = answer.price
            exchange.status, exchange.note, exchange.usage = answer.status, answer.note, price.usage
            exchange.usd, exchange.credits, exchange.paid = price.usd, price.credits, price.usd > 0

    def settle(self, number: int, price: Price) -> None:
        """Set what an earlier call cost in the end, as after a refund."""
        with self._lock:
            if number <= len(self._exchanges):
                exchange = self._exchanges[number - 1]
                exchange.usd, exchange.credits, exchange.paid = price.usd, price.credits, price.usd > 0

    def close(self, exchange: Exchange) -> None:
        """Say that the last bytes are about to go, so that whoever reads the record next waits for `end`."""
        with self._lock:
            self._closing.add(exchange.number)

    def end(self, exchange: Exchange, *, answered: bool) -> None:
        with self._lock:
            self._closing.discard(exchange.number)
            self._lock.notify_all()
            exchange.answered, exchange.open = answered, False
            exchange.seconds = round(time.time() - exchange.at, 4)

    def clear(self) -> None:
        with self._lock:
            self._exchanges.clear()

    def view(self) -> list[dict[str, Any]]:
        with self._lock:
            self._lock.wait_for(lambda: not self._closing, SETTLING)
            return [asdict(exchange) for exchange in self._exchanges]

    def costs(self) -> dict[str, Any]:
        """Sums in all, by operation and by what was asked.

        `paid_again` has the numbers of paid calls that asked what an earlier paid call had answered in full.
        """
        with self._lock:
            self._lock.wait_for(lambda: not self._closing, SETTLING)
            by_digest: dict[str, dict[str, Any]] = {}
            by_operation: dict[str, dict[str, Any]] = {}
            total = _empty()
            paid_again = []
            for one in self._exchanges:
                mine = by_digest.setdefault(one.digest, _empty() | {"operation": one.operation, "path": one.path})
                if one.paid and mine["received"]:
                    paid_again.append(one.number)
                for sums in (total, mine, by_operation.setdefault(one.operation, _empty())):
                    _add(sums, one)
            return total | {"by_digest": by_digest, "by_operation": by_operation, "paid_again": paid_again}


def _empty() -> dict[str, Any]:
    return {"calls": 0, "paid": 0, "answered": 0, "received": 0, "usd": 0.0, "credits": 0}


def _add(sums: dict[str, Any], one: Exchange) -> None:
    sums["calls"] += 1
    sums["paid"] += one.paid
    sums["answered"] += one.answered
    sums["received"] += one.paid and one.answered
    sums["usd"] = round(sums["usd"] + one.usd, 9)
    sums["credits"] += one.credits
