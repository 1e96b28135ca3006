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
WITH mine AS (
    SELECT coalesce(waits_until, created_at) AS begins, greatest(coalesce(waits_until, created_at), paid_at) AS pays,
        (options->>'seconds')::float / 60 AS minutes, coalesce(allowed, (options->>'budget')::float, 0) AS budget,
        paid_before, (
            SELECT coalesce(sum((call->>'dollars')::float
                + CASE WHEN call->>'state' = 'open' THEN (call->>'estimate')::float ELSE 0 END), 0)
            FROM jsonb_array_elements(calls) AS call
        ) AS spent, coalesce(state IN ('done', 'failed', 'cancelled'), false)
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job_id = jobs.id AND revives) AS ended
    FROM jobs LEFT JOIN states ON states.job_id = jobs.id
    WHERE user_id = %(user)s AND id IS DISTINCT FROM %(but)s
        AND greatest(coalesce(waits_until, created_at), paid_at) >= date_trunc('day', now(), 'UTC')
), parts AS (
    SELECT (begins AT TIME ZONE 'UTC')::date AS day, 1 AS jobs, minutes, 0 AS money FROM mine
    UNION ALL
    SELECT (pays AT TIME ZONE 'UTC')::date, 0, 0,
        greatest(0, (CASE WHEN ended THEN spent ELSE greatest(spent, budget) END) - paid_before) FROM mine
)
SELECT day, sum(jobs) AS jobs, sum(minutes) AS minutes, sum(money) AS money FROM parts GROUP BY day
"""
"""Jobs and minutes count on the day when a job begins; dollars on the day when it last took a place for them."""
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


def money_on(connection: Connection[DictRow], user_id: str, day: datetime, *, but: str) -> float:
    """Dollars of a day that the user's jobs but this one have spent or may spend."""
    return _used(connection, user_id, but).get(day.date(), _Used()).money


def _used(connection: Connection[DictRow], user_id: str, but: str | None = None) -> dict[date, _Used]:
    rows = connection.execute(_DAYS, {"user": user_id, "but": but})
    return {row["day"]: _Used(int(row["jobs"]), row["minutes"] or 0.0, row["money"] or 0.0) for row in rows}


def _midnight() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
