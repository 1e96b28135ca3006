"""What a video is likely to cost, and who can be paid for what."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from artifacts.request import Options
from chassis.providers import Provider
from vendors.estimates import estimate

from gateway.accounts.callers import Caller
from gateway.accounts.keyring import Keyring
from gateway.database import Database
from gateway.jobs import quotas
from gateway.ledger.rulebook import Rulebook
from gateway.settings import GatewaySettings


@dataclass(frozen=True)
class Pricing:
    """Answers callers and, as None, anybody. Methods may be called in any thread."""

    settings: GatewaySettings
    database: Database
    rulebook: Rulebook
    keyring: Keyring

    def providers(self, caller: Caller | None) -> dict[str, Any]:
        """What each provider does, with which model, for which prices; usable with the caller's own key, too."""
        own = self._own(caller)
        listed = [asdict(each) | {"own": each.name in own} for each in self._usable(own)]
        return {"providers": listed, "keeps_keys": self.keyring.keeps}

    def estimate(self, caller: Caller | None, options: Options) -> dict[str, Any]:
        """What the wish is likely to cost, line by line, and whether its budget and the caller's day have so much."""
        own = self._own(caller)
        found = estimate(options, self._usable(own))
        short = max(0.0, found.needed - options.budget)
        day, notes = self._day(caller), list(found.notes)
        if day is not None and options.budget > day["money"]:
            notes.append(f"A job of yours may cost ${day['money']:.2f} at most.")
        elif day is not None and options.budget > day["money_left"]:
            notes.append(f"${day['money_left']:.2f} are left of your day: the job would wait for another one.")
        return {
            "lines": [asdict(line) | {"own": line.provider in own} for line in found.lines],
            "dollars": found.dollars,
            "notes": notes,
            "needed": found.needed,
            "budget": options.budget,
            "enough": not short,
            "short_by": round(short, 4),
            "day": day,
        }

    def keep_key(self, caller: Caller, provider: str, key: str) -> dict[str, Any]:
        """Keep a key of the caller's own; returns what may be shown of it. Raises UsageError."""
        return self.keyring.keep(caller, provider, key, {each.name for each in self.rulebook.providers})

    def _own(self, caller: Caller | None) -> frozenset[str]:
        if caller is None:
            return frozenset()
        with self.database.connection() as connection:
            return self.keyring.of(connection, caller.user_id)

    def _usable(self, own: frozenset[str]) -> list[Provider]:
        return [replace(each, usable=True, reason="") if each.name in own else each for each in self.rulebook.providers]

    def _day(self, caller: Caller | None) -> dict[str, Any] | None:
        if caller is None:
            return None
        with self.database.connection() as connection:
            quota = quotas.quota_of(connection, caller.user_id, caller.quota, self.settings)
        return {
            "money": quota.money,
            "money_used": quota.money_used,
            "money_left": round(max(0.0, quota.money - quota.money_used), 2),
            "resets_at": quota.resets_at.isoformat(),
        }
