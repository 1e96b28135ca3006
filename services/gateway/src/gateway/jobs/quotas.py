"""What a user may have made in a day, and when a job that exceeds it may begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chassis.errors import UsageError
from psycopg import Connection
from psycopg.rows import DictRow

from gateway.settings import GatewaySettings

_DAYS = """
SELECT (coalesce(waits_until, created_at) AT TIME ZONE 'UTC')::date AS day, count(*) AS jobs,
    sum((options->>'seconds')::float) / 60 AS minutes,
    sum(CASE WHEN state IN ('done', 'failed', 'cancelled')
        THEN (SELECT coalesce(sum((call->>'dollars')::float), 0) FROM jsonb_array_elements(calls) AS call)
        ELSE budget END) AS money
FROM jobs LEFT JOIN states ON states.job_id = jobs.id
WHERE user_id = %s AND coalesce(waits_until, created_at) >= date_trunc('day', now(), 'UTC')
GROUP BY day
"""
_HORIZON = 366


@dataclass(frozen=True)
class Quota:
    """A day's limits and what of them is used today. Days are UTC's."""

    jobs: int
    minutes: float
    money: float
    """Dollars."""
    jobs_used: int
    minutes_used: float
    money_used: float
    """Dollars that were spent, or that jobs under way may spend."""
    resets_at: datetime

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"resets_at": self.resets_at.isoformat()}


def quota_of(connection: Connection[DictRow], user_id: str, own: Mapping[str, Any], settings: GatewaySettings) -> Quota:
    """The user's limits, `own` ones before the settings', and what is used of them."""
    today = _midnight()
    used = _used(connection, user_id).get(today.date(), _Used())
    return Quota(
        jobs=int(own.get("jobs", settings.jobs_a_day)),
        minutes=float(own.get("minutes", settings.minutes_a_day)),
        money=float(own.get("money", settings.money_a_day)),
        jobs_used=used.jobs,
        minutes_used=round(used.minutes, 2),
        money_used=round(used.money, 2),
        resets_at=today + timedelta(days=1),
    )


def starts(
    connection: Connection[DictRow], user_id: str, quota: Quota, seconds: float, budget: float
) -> tuple[datetime | None, str]:
    """When a job of so many seconds and dollars may begin, and what it waits for; None and empty: now.

    The user's row is locked until the transaction ends, so that two submits cannot take the same place.

    Raises:
        UsageError: no day has so much money.
    """
    if budget > quota.money:
        message = f"A job of yours may cost ${quota.money:.2f} at most; lower the budget, or ask for more a day."
        raise UsageError("usage.budget", message)
    connection.execute("SELECT 1 FROM users WHERE id = %s FOR UPDATE", (user_id,))
    days, today = _used(connection, user_id), _midnight()
    why = ""
    for ahead in range(_HORIZON):
        day = today + timedelta(days=ahead)
        used = days.get(day.date(), _Used())
        if used.jobs >= quota.jobs:
            why = why or f"your {quota.jobs} videos of this day are used up"
        elif used.minutes + seconds / 60 > quota.minutes and used.minutes > 0:
            why = why or f"your {quota.minutes:g} minutes of this day are used up"
        elif budget > 0 and used.money + budget > quota.money:
            why = why or f"your ${quota.money:.2f} of this day are used up"
        else:
            return (day if ahead else None), why
    return today + timedelta(days=_HORIZON), why


@dataclass(frozen=True)
class _Used:
    jobs: int = 0
    minutes: float = 0.0
    money: float = 0.0


def _used(connection: Connection[DictRow], user_id: str) -> dict[date, _Used]:
    rows = connection.execute(_DAYS, (user_id,))
    return {row["day"]: _Used(row["jobs"], row["minutes"] or 0.0, row["money"] or 0.0) for row in rows}


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
