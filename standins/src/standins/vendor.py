"""What a stand-in for a vendor offers to the server that speaks for it."""

from __future__ import annotations

from typing import Any, Protocol

from standins.exchange import Answer, Ledger, Request
from standins.faults import Fault, Faults


class Vendor(Protocol):
    """A vendor behind the server: recognises requests, answers them, and has its own say in the control API."""

    name: str
    faults: Faults
    ledger: Ledger

    def recognise(self, request: Request) -> None:
        """Fill the request's `operation` and `model`; an unknown address is left without an operation."""
        ...

    def answer(self, request: Request, fault: Fault | None) -> Answer:
        """Do the work, or refuse; `fault` strikes inside of the work, transport faults are the server's."""
        ...

    def refuse(self, status: int, message: str, headers: dict[str, str]) -> Answer:
        """An error in the vendor's own form."""
        ...

    def settle(self) -> None:
        """Bring the ledger up to date with what calls came to cost after they were answered."""
        ...

    def views(self) -> dict[str, Any]:
        """What the control API shows besides requests, faults and costs: name to JSON value."""
        ...

    def change(self, name: str, value: Any) -> None:
        """Take a value that was posted to the control API.

        Raises:
            ValueError: there is nothing of that name, or the value does not fit.
        """
        ...

    def reset(self) -> None:
        """Forget everything but the settings."""
        ...
