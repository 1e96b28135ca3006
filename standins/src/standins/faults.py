"""What goes wrong, and for which requests."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr

from standins.exchange import Request

Kind = Literal[
    "status", "reset", "hang", "late", "lost", "drip", "cut", "truncated", "garbage",
    "finish", "block", "empty", "broken",
    "throttle", "fail", "stuck", "vanish", "expire", "cancel",
]  # fmt: skip
_GENERATES = ("generateContent", "streamGenerateContent")
_CREATES = ("text_to_video", "image_to_video")
OPERATIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("finish", "block", "empty", "broken"), _GENERATES),
    **dict.fromkeys(("throttle", "fail", "stuck", "cancel"), _CREATES),
    "vanish": (*_CREATES, "tasks.get"),
    "expire": (*_CREATES, "tasks.get", "output"),
}
"""Kinds that strike inside of the vendor's work see the requests of that work alone."""


class Fault(BaseModel):
    """One fault and the requests that it strikes.

    A request is struck when all of `operation`, `path`, `body`, `model` and `when` fit, and its number among those that
    fit is one of `numbers` (from 1; empty: any). `times` limits how often; 0 is without end.
    The README lists what each kind does and which of the other fields it reads.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    kind: Kind
    operation: str = ""
    path: str = ""
    """A regular expression, as `body` is."""
    body: str = ""
    model: str = ""
    numbers: tuple[int, ...] = ()
    times: int = 1
    when: Callable[[Request], bool] | None = None
    """Only for a stand-in in the test's own process."""

    status: int = 503
    retry_after: int | float | str | None = None
    """Seconds, or an HTTP date."""
    message: str = ""
    reason: str = "SAFETY"
    """Gemini's finish reason or block reason."""
    code: str = "INTERNAL"
    """Runway's failure code."""
    seconds: float = 0.0
    charged: bool | None = None
    """None: as the vendor does it for the failure code."""

    _seen: int = PrivateAttr(0)
    _struck: int = PrivateAttr(0)

    @property
    def struck(self) -> int:
        return self._struck

    def fits(self, request: Request) -> bool:
        return (
            (not self.operation or self.operation == request.operation)
            and request.operation in OPERATIONS.get(self.kind, (request.operation,))
            and (not self.path or bool(re.search(self.path, request.path)))
            and (not self.model or self.model == request.model)
            and (not self.body or bool(re.search(self.body, request.text)))
            and (self.when is None or self.when(request))
        )

    def see(self, request: Request) -> bool:
        """Count the request; True: this fault is due for it."""
        if not self.fits(request):
            return False
        self._seen += 1
        spent = bool(self.times) and self._struck >= (len(self.numbers) or self.times)
        return not spent and (not self.numbers or self._seen in self.numbers)

    def strike(self) -> None:
        self._struck += 1

    def view(self) -> dict[str, Any]:
        return self.model_dump(exclude={"when"}, exclude_defaults=True) | {"seen": self._seen, "struck": self._struck}


class Faults:
    """The script of what goes wrong; the first fault that is due strikes, the others only count the request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._script: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._script.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._script.clear()

    def due(self, request: Request) -> Fault | None:
        with self._lock:
            due = [fault for fault in self._script if fault.see(request)]
            if not due:
                return None
            due[0].strike()
            return due[0]

    def view(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.view() for fault in self._script]
