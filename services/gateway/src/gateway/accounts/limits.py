"""Limits: how often something may be done, and how often a password may be wrong."""

from __future__ import annotations

import hashlib
import math
import time

from chassis.errors import UsageError
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from gateway.accounts import audit
from gateway.accounts.bootstrap import LOCAL
from gateway.accounts.callers import Caller
from gateway.accounts.counters import Counters

LOGINS = RateLimitItemPerMinute(10, namespace="login")
REGISTRATIONS = RateLimitItemPerHour(10, namespace="register")
LETTERS = RateLimitItemPerHour(10, namespace="letter")
"""Mails that an address may have sent: resets, confirmations."""
LETTERS_EACH = RateLimitItemPerHour(5, namespace="letter-each")
"""Of these, to one and the same recipient."""
SCOPE = "global"
"""What Flask-Limiter counts an application's requests under."""
FAILURES = RateLimitItemPerMinute(10, 15, namespace="failure")


class TooMany(UsageError):
    """Something was done too often; `retry_after` says in how many seconds it may be done again."""

    def __init__(self, code: str, message: str, retry_after: float) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after


class Requests:
    """Counts whatever a user or an address asks for, in whichever way; the same in all replicas."""

    def __init__(self, counters: Counters, a_minute: int) -> None:
        self._windows = FixedWindowRateLimiter(counters)
        self._item = RateLimitItemPerMinute(a_minute)

    def count(self, caller: Caller | None, address: str = "") -> None:
        """Count a request; the machine's own token is not limited: whoever has it has the machine. Raises TooMany."""
        if caller is not None and caller.token_id == LOCAL:
            return
        key = f"user:{caller.user_id}" if caller else f"address:{address}", SCOPE
        if not self._windows.hit(self._item, *key):
            seconds = max(1.0, self._windows.get_window_stats(self._item, *key).reset_time - time.time())
            raise TooMany("usage.rate", too_many(self._item, seconds), seconds)


class Limits:
    """Counts acts of addresses and of accounts; the same in all replicas."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._windows = FixedWindowRateLimiter(counters)

    def count(self, item: RateLimitItem, of: str = "") -> None:
        """Count an act of someone, or else of the address the request comes from. Raises TooMany."""
        who = _shortened(of or audit.address.get())
        if not self._windows.hit(item, who):
            seconds = self._left(item, who)
            message = f"That was too often; try again in {waiting(seconds)}."
            raise TooMany("usage.rate", message, seconds)

    def attempt(self, account: str) -> None:
        """Count a try of a password before it is checked, so that many at once do not get past. Raises TooMany."""
        for who in reversed(self._accused(account)):  # an address that is locked out locks no more accounts
            if not self._windows.hit(FAILURES, who):
                seconds = self._left(FAILURES, who)
                message = (
                    f"The password was wrong too often: nobody can log in so for the next {waiting(seconds)}."
                    " If you have forgotten it, have a link sent to set a new one."
                )
                raise TooMany("usage.locked", message, seconds)

    def succeeded(self, account: str) -> None:
        """Take the attempt back: it was the right password. The account's failures are forgotten."""
        of_account, of_address = self._accused(account)
        self._windows.clear(FAILURES, of_account)
        self._counters.incr(FAILURES.key_for(of_address), FAILURES.get_expiry(), -1)

    def unlock(self, account: str) -> None:
        """Forget the failures of an account: it has another password."""
        self._windows.clear(FAILURES, self._accused(account)[0])

    def _accused(self, account: str) -> tuple[str, str]:
        return f"account:{_shortened(account)}", f"address:{_shortened(audit.address.get())}"

    def _left(self, item: RateLimitItem, who: str) -> float:
        return max(1.0, self._windows.get_window_stats(item, who).reset_time - time.time())


def too_many(item: RateLimitItem, seconds: float) -> str:
    """The sentence for who asks too often."""
    return f"That were more than {item.amount} requests in a minute; try again in {waiting(seconds)}."


def waiting(seconds: float) -> str:
    """A span of time as one says it."""
    if seconds <= 1:
        return "a second"
    if seconds < 90:
        return f"{math.ceil(seconds)} seconds"
    return f"{math.ceil(seconds / 60)} minutes"


def _shortened(name: str) -> str:
    """Names come from outside and have any length; the tables of counters need not tell who they are."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]
