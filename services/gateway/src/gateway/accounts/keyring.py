"""Users' own keys of paid providers: kept sealed, never shown again, and handed out to the workers of their jobs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass

from chassis.errors import Defect, UsageError
from psycopg import Connection
from psycopg.rows import DictRow
from pydantic import SecretStr

from chassis import keys
from gateway.accounts import audit
from gateway.accounts.callers import Caller
from gateway.database import Database
from gateway.problems import not_found

log = logging.getLogger(__name__)
_SHOWN = 4
"""Characters at a key's end by which its user knows it."""
_KEPT = "SELECT provider, hint, created_at FROM provider_keys WHERE user_id = %s ORDER BY provider"
_KEEP = """
INSERT INTO provider_keys (user_id, provider, sealed, hint) VALUES (%s, %s, %s, %s)
ON CONFLICT (user_id, provider) DO UPDATE SET (sealed, hint, created_at) = (excluded.sealed, excluded.hint, now())
RETURNING provider, hint, created_at
"""
_FOR_JOB = """
SELECT keys.user_id, sealed FROM provider_keys AS keys JOIN jobs ON jobs.user_id = keys.user_id
WHERE jobs.id = %s AND provider = %s
"""
_SEALED_ANEW = "UPDATE provider_keys SET sealed = %s WHERE user_id = %s AND provider = %s AND sealed = %s"


@dataclass(frozen=True)
class Keyring:
    """The keys of all users; `secret` is as `chassis.keys` takes it. Methods may be called in any thread."""

    database: Database
    secret: SecretStr

    @property
    def keeps(self) -> bool:
        """Whether keys are kept here."""
        return any(part.strip() for part in self.secret.get_secret_value().split(","))

    def listed(self, caller: Caller) -> list[DictRow]:
        """Of which providers the caller has keys here, with their hints."""
        with self.database.connection() as connection:
            return connection.execute(_KEPT, (caller.user_id,)).fetchall()

    def of(self, connection: Connection[DictRow], user_id: str) -> frozenset[str]:
        """The providers that are called with the user's own keys."""
        rows = connection.execute(_KEPT, (user_id,)).fetchall() if self.keeps else []
        return frozenset(row["provider"] for row in rows)

    def keep(self, caller: Caller, provider: str, key: str, known: Collection[str]) -> DictRow:
        """Keep a key, in the place of one that was there; returns what may be shown of it.

        Args:
            caller: whose it is.
            provider: of whom.
            key: the key itself.
            known: the providers that there are.

        Raises:
            UsageError: none are kept here, there is no such provider, or the address is not confirmed.
        """
        if not self.keeps:
            raise UsageError("usage.keys", "Own keys are not kept here; ask whoever runs this Hidden Hill.")
        if not caller.verified:
            raise UsageError("usage.unverified", "Confirm your e-mail address first; the link is in the mail we sent.")
        if provider not in known:
            raise not_found(f"provider {provider}")
        sealed = keys.seal(self.secret.get_secret_value(), key)
        with self.database.connection() as connection:
            row = connection.execute(_KEEP, (caller.user_id, provider, sealed, key[-_SHOWN:])).fetchone()
            audit.note(connection, "provider-key.set", caller.user_id, caller.user_id, provider)
        assert row is not None
        return row

    def remove(self, caller: Caller, provider: str) -> None:
        """Forget a key; calls that are made from now on are made without it. Raises UsageError: there is none."""
        with self.database.connection() as connection:
            found = connection.execute(
                "DELETE FROM provider_keys WHERE user_id = %s AND provider = %s", (caller.user_id, provider)
            )
            if not found.rowcount:
                raise not_found(f"key of yours for {provider}")
            audit.note(connection, "provider-key.delete", caller.user_id, caller.user_id, provider)

    async def find(self, job_id: str, provider: str) -> str:
        """The sealed key of who pays for the job, whether this gateway could open it or not; empty: there is none."""
        return await asyncio.to_thread(self._find, job_id, provider)

    def seal_anew(self) -> tuple[int, int]:
        """Seal all keys with the first secret: how many are sealed so now, and how many none of the secrets opens."""
        first = next((part for part in self.secret.get_secret_value().split(",") if part.strip()), "")
        good = unread = 0
        with self.database.connection() as connection:
            for row in connection.execute("SELECT user_id, provider, sealed FROM provider_keys FOR UPDATE").fetchall():
                sealed = self._sealed_by_first(row["sealed"])
                connection.execute(_SEALED_ANEW, (sealed, row["user_id"], row["provider"], row["sealed"]))
                is_good = bool(first) and _opens(first, sealed)
                good, unread = good + is_good, unread + (not is_good)
        return good, unread

    def _find(self, job_id: str, provider: str) -> str:
        with self.database.connection() as connection:
            row = connection.execute(_FOR_JOB, (job_id, provider)).fetchone()
            if row is None:
                return ""
            sealed = self._sealed_by_first(row["sealed"])
            if sealed != row["sealed"]:
                connection.execute(_SEALED_ANEW, (sealed, row["user_id"], provider, row["sealed"]))
        return sealed

    def _sealed_by_first(self, sealed: str) -> str:
        """The key sealed by the first secret, as an older one had sealed it; unchanged where none opens it."""
        secret = self.secret.get_secret_value()
        first = next((part for part in secret.split(",") if part.strip()), "")
        if not first:
            return sealed
        if not _opens(first, sealed):
            try:
                return keys.seal(secret, keys.open_sealed(secret, sealed))
            except Defect:
                log.warning("a user's key was sealed with none of HIDDENHILL_KEYS_SECRET")  # its worker says so
        return sealed


def _opens(secret: str, sealed: str) -> bool:
    try:
        keys.open_sealed(secret, sealed)
    except Defect:
        return False
    return True
