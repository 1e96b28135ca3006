"""How far the ledger has folded the stream: kept in the database, and moved in the transactions that fold.

The ledger's sequences are the stream's, plus a base. The base is 0 until the stream is lost: one that was created anew,
or that a crash cut short, begins below what is known, and a higher base lets its events be the newer ones still.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from psycopg import Connection
from psycopg.rows import DictRow, class_row

_READ = "SELECT stream, base, seq FROM place"


@dataclass(frozen=True)
class Place:
    """All events of `stream` up to `seq` are folded; what is folded has the sequence `base` more than the stream's."""

    stream: str = ""
    base: int = 0
    seq: int = 0


class Moved(Exception):
    """Somebody set the ledger back, or found another stream: begin at the place where it is now."""


def where(connection: Connection[DictRow], *, hold: bool = False) -> Place:
    """The ledger's place; held, it stays there until the transaction ends."""
    with connection.cursor(row_factory=class_row(Place)) as cursor:
        while (found := cursor.execute(_READ + (" FOR UPDATE" if hold else "")).fetchone()) is None:
            cursor.execute("INSERT INTO place DEFAULT VALUES ON CONFLICT DO NOTHING")
    return found


def move(connection: Connection[DictRow], place: Place) -> None:
    """Put the ledger to another place; hold it before."""
    connection.execute("UPDATE place SET stream = %s, base = %s, seq = %s", (place.stream, place.base, place.seq))


def begin(connection: Connection[DictRow], place: Place) -> None:
    """Put the ledger into another stream than its rows are from, or one cut short; hold it before."""
    move(connection, place)
    connection.execute("UPDATE place SET since = now()")


def in_stream(place: Place, stream: str, last: int) -> Place:
    """The place to go on at, in a stream that ended with `last` some time after `place` was read."""
    if place.stream not in ("", stream):
        return Place(stream, place.base + place.seq, 0)
    lost = max(0, place.seq - last)
    return replace(place, stream=stream, base=place.base + lost, seq=place.seq - lost)
