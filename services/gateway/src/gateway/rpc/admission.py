"""Who makes a call: a program with a token in the metadata, as often as it may."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass

from chassis.errors import UsageError
from chassis.rpc import Visit
from limits import RateLimitItemPerMinute

from gateway.accounts import audit
from gateway.accounts.callers import Caller, Callers
from gateway.accounts.limits import Limits

_caller: ContextVar[Caller] = ContextVar("caller")


def caller() -> Caller:
    """Who makes the current call."""
    return _caller.get()


@dataclass(frozen=True)
class Admission:
    """Lets callers in that are known, each so often a minute; nobody else."""

    callers: Callers
    limits: Limits
    calls: RateLimitItemPerMinute

    async def __call__(self, visit: Visit) -> None:
        audit.address.set(visit.peer)
        _caller.set(await asyncio.to_thread(self._find, visit.metadata.get("authorization", "")))

    def _find(self, authorization: str) -> Caller:
        found = self.callers.of(None, authorization)
        self.limits.count(self.calls, found.user_id if found else "")
        if found is None:
            raise UsageError("usage.login", "Send a token of yours in the metadata: `authorization: Bearer …`.")
        return found
