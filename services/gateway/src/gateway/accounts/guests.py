"""Those whose streams run: whoever is logged out, blocked or deleted is turned out of them at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow

from gateway.accounts.callers import Caller
from gateway.database import Database

log = logging.getLogger(__name__)
_CHANNEL = "callers"
"""PostgreSQL tells every replica on this channel whose sessions or tokens have ended."""
_LOOK_EVERY = 60.0
"""Seconds until all are looked at: a session or a token may have run out."""
_STANDING = """
SELECT sessions.id FROM sessions JOIN users ON users.id = user_id
WHERE sessions.id = ANY(%(ids)s) AND expires_at > now() AND blocked_at IS NULL
UNION ALL
SELECT tokens.id FROM tokens JOIN users ON users.id = user_id
WHERE tokens.id = ANY(%(ids)s) AND (expires_at IS NULL OR expires_at > now()) AND blocked_at IS NULL
"""
Leave = Callable[[], object]
"""Ends a stream; called on the loop."""


def turn_out(connection: Connection[DictRow], user_id: str) -> None:
    """Have all replicas look, once the transaction is committed, which streams of the user may go on."""
    connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, user_id))


@dataclass
class Guests:
    """The streams of this process, by user. `enter` and `leave` are called on the loop."""

    database: Database
    postgres_url: str
    _known: dict[str, dict[object, tuple[str, Leave]]] = field(default_factory=dict)

    def enter(self, caller: Caller, guest: object, leave: Leave) -> None:
        """Remember a stream of the caller; `leave` is called when they may no longer see it."""
        self._known.setdefault(caller.user_id, {})[guest] = (caller.session_id or caller.token_id, leave)

    def leave(self, caller: Caller, guest: object) -> None:
        """Forget a stream that has ended."""
        if (streams := self._known.get(caller.user_id)) is not None:
            streams.pop(guest, None)
            if not streams:
                del self._known[caller.user_id]

    async def run(self) -> None:
        """Turn out who may no longer stay, until cancelled."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.postgres_url, autocommit=True, connect_timeout=5
                ) as connection:
                    await connection.execute(f"LISTEN {_CHANNEL}".encode())
                    while True:
                        await self._look(list(self._known))  # what was missed while nobody listened, or has run out
                        async for notice in connection.notifies(timeout=_LOOK_EVERY):
                            await self._look([notice.payload])
            except (psycopg.Error, OSError) as error:
                log.warning("guests stumbled", extra={"error": repr(error)})
                await asyncio.sleep(0.5)

    async def _look(self, users: list[str]) -> None:
        streams = [stream for user in users for stream in self._known.get(user, {}).values()]
        if not streams:
            return
        standing = await asyncio.to_thread(self._standing, list({name for name, _ in streams}))
        for name, leave in streams:
            if name not in standing:
                leave()

    def _standing(self, names: list[str]) -> set[str]:
        with self.database.connection() as connection:
            return {row["id"] for row in connection.execute(_STANDING, {"ids": names})}
