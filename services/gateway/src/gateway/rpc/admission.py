"""Who makes a call: a program with a token in the metadata, as often as it may."""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from dataclasses import dataclass

from chassis.errors import UsageError
from chassis.rpc import Visit
from limits import RateLimitItem
from limits.strategies import RateLimiter

from gateway.accounts import audit
from gateway.accounts.bootstrap import LOCAL
from gateway.accounts.callers import Caller, Callers
from gateway.accounts.limits import TooMany, waiting

_caller: ContextVar[Caller] = ContextVar("caller")
_SCOPE = "global"
"""What the limit of HTTP requests counts under, so that calls and requests are counted together."""


def caller() -> Caller:
    """Who makes the current call."""
    return _caller.get()


@dataclass(frozen=True)
class Admission:
    """Lets callers in that are known, each so often; nobody else."""

    callers: Callers
    windows: RateLimiter
    limit: RateLimitItem

    async def __call__(self, visit: Visit) -> None:
        audit.address.set(visit.peer)
        authorization = visit.metadata.get("authorization", "")
        _caller.set(await asyncio.to_thread(self._find, authorization, visit.peer))

    def _find(self, authorization: str, address: str) -> Caller:
        found = self.callers.of(None, authorization)
        if found is None or found.token_id != LOCAL:
            self._count(f"user:{found.user_id}" if found else f"address:{address}")
        if found is None:
            raise UsageError("usage.login", "Send a token of yours in the metadata: `authorization: Bearer …`.")
        return found

    def _count(self, who: str) -> None:
        if self.windows.hit(self.limit, who, _SCOPE):
            return
        seconds = max(1.0, self.windows.get_window_stats(self.limit, who, _SCOPE).reset_time - time.time())
        message = f"That were more than {self.limit.amount} calls in a minute; try again in {waiting(seconds)}."
        raise TooMany("usage.rate", message, seconds)
