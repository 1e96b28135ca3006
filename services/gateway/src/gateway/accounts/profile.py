"""A user as they see themselves: the profile, what they have made, and what they may make today."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import DictRow

from gateway.accounts.callers import Caller
from gateway.jobs import quotas
from gateway.settings import GatewaySettings

_STATISTICS = """
SELECT count(*) FILTER (WHERE state = 'done') AS videos,
    coalesce(round((sum((options->>'seconds')::numeric) FILTER (WHERE state = 'done') / 60), 1), 0)::float AS minutes,
    count(*) FILTER (WHERE coalesce(state, 'queued') IN ('queued', 'running', 'review')) AS running,
    count(*) FILTER (WHERE state = 'failed') AS failed
FROM jobs LEFT JOIN states ON states.job_id = jobs.id WHERE user_id = %s
"""


def profile_of(connection: Connection[DictRow], caller: Caller, settings: GatewaySettings) -> dict[str, Any]:
    """The caller's profile, statistics and quota."""
    user = connection.execute("SELECT name, created_at FROM users WHERE id = %s", (caller.user_id,)).fetchone() or {}
    return {
        "id": caller.user_id,
        "email": caller.email,
        "name": user.get("name", ""),
        "role": caller.role,
        "verified": caller.verified,
        "created_at": user.get("created_at"),
        "statistics": connection.execute(_STATISTICS, (caller.user_id,)).fetchone(),
        "quota": quotas.quota_of(connection, caller.user_id, caller.quota, settings).as_json(),
    }
