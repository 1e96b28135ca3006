"""Who makes a call: a program with a token in the metadata, as often as it may."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass

from chassis.errors import UsageError
from chassis.rpc import Visit

from gateway.accounts import audit
from gateway.accounts.callers import Caller, Callers
from gateway.accounts.limits import Requests

_caller: ContextVar[Caller] = ContextVar("caller")


def caller() -> Caller:
    """Who makes the current call."""
    return _caller.get()


@dataclass(frozen=True)
class Admission:
    """Lets callers in that are known, each so often; nobody else."""

    callers: Callers
    requests: Requests

    async def __call__(self, visit: Visit) -> None:
        audit.address.set(visit.peer)
        authorization = visit.metadata.get("authorization", "")
        _caller.set(await asyncio.to_thread(self._find, authorization, visit.peer))

    def _find(self, authorization: str, address: str) -> Caller:
        found = self.callers.of(None, authorization)
        self.requests.count(found, address)
        if found is None:
            raise UsageError("usage.login", "Send a token of yours in the metadata: `authorization: Bearer …`.")
        return found
