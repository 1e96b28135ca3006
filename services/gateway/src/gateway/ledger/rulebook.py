"""The rules of all stages, and the paid providers that workers can call, as last read from the bus.

The rules are in the database too: a message server that lost its disk hears of them one by one, as workers come back,
and who knows but some of a job's stages takes it for done.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from chassis.bus import NatsBus
from chassis.providers import Provider
from chassis.stage import Rule
from psycopg import Connection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from gateway.database import Database

log = logging.getLogger(__name__)
EVERY = 1.0
"""Seconds between two readings: a stage may be added while we run, and a provider."""
_RULE = TypeAdapter(Rule)
_KEEP = """
INSERT INTO rules (name, rule) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET rule = excluded.rule WHERE rules.rule <> excluded.rule
"""


class Rulebook:
    """`rules` and `providers` may be read from any thread."""

    def __init__(self, bus: NatsBus, database: Database) -> None:
        self._bus = bus
        self._database = database
        self.rules: tuple[Rule, ...] = ()
        self.providers: tuple[Provider, ...] = ()
        self.changed = asyncio.Event()
        """What follows from the rules is to be looked at again."""

    async def refresh(self) -> None:
        """Read them now; a rule of the bus is newer than the database's of that name."""
        rules = await asyncio.to_thread(self._kept, await self._bus.rules())
        if rules != self.rules:
            self.rules = rules
            self.changed.set()
        self.providers = tuple(await self._bus.providers())

    async def run(self) -> None:
        """Read them again and again."""
        while True:
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001 - the rules read last stay good while the server is away
                log.warning("no rules", extra={"error": repr(error)})
            await asyncio.sleep(EVERY if self.rules else 0.5)

    def _kept(self, told: Iterable[Rule]) -> tuple[Rule, ...]:
        """Keep the rules that were told; returns them and the others that are kept, by name."""
        with self._database.connection() as connection:
            for rule in told:
                if rule not in self.rules:
                    connection.execute(_KEEP, (rule.name, Jsonb(_RULE.dump_python(rule, mode="json"))))
            return kept(connection)


def kept(connection: Connection[DictRow]) -> tuple[Rule, ...]:
    """The rules that the database holds, by name."""
    rows = connection.execute('SELECT rule FROM rules ORDER BY name COLLATE "C"').fetchall()
    return tuple(_RULE.validate_python(row["rule"]) for row in rows)


def forget(connection: Connection[DictRow], stage: str) -> None:
    """Drop a stage's rule; the bus must have forgotten it before."""
    connection.execute("DELETE FROM rules WHERE name = %s", (stage,))
