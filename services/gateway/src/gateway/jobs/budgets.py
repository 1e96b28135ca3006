"""What a job may cost: changed within what is left of its owner's day, and taken out of it again when it is revived."""

from __future__ import annotations

from datetime import UTC, datetime

from chassis.errors import UsageError
from chassis.events import Outgoing
from hiddenhill.v1.events_pb2 import Costs
from psycopg import Connection
from psycopg.rows import DictRow

from chassis import events
from gateway.jobs import quotas
from gateway.ledger import outbox
from gateway.ledger.costs import with_calls
from gateway.ledger.projection import ENDS, costs_json
from gateway.problems import not_found
from gateway.settings import GatewaySettings

MOST = 1000.0
"""Dollars that any job may cost."""
SPENT = "budget.spent"
"""Code of the failure of a job whose budget was not enough."""
_CENT = 1e-6
"""Dollars by which sums of fractions may be off."""
_JOB = """
SELECT jobs.*, coalesce(allowed, (options->>'budget')::float, 0) AS budget, coalesce(state, 'queued') AS state,
    coalesce(calls, '[]') AS calls
FROM jobs LEFT JOIN states ON states.job_id = jobs.id WHERE jobs.id = %s
"""


def change(connection: Connection[DictRow], job_id: str, dollars: float, settings: GatewaySettings) -> bool:
    """Let a job cost so many dollars in all; returns whether these are more than before.

    Raises:
        UsageError: it has spent more, or the owner's day has not so much left.
    """
    job = _locked(connection, job_id)
    spent = costs_json(job)["dollars"]
    if dollars < spent - _CENT:
        message = f"The job has spent ${spent:.2f}, or set it aside for calls that are on their way"
        raise UsageError("usage.budget", f"{message}: its budget cannot be lower than that.")
    if dollars > job["budget"]:
        _take(connection, job, dollars, spent, settings)
    _remember(connection, job)
    connection.execute("UPDATE jobs SET allowed = %s WHERE id = %s", (dollars, job_id))
    return bool(dollars > job["budget"])


def take_again(connection: Connection[DictRow], job_id: str, settings: GatewaySettings) -> list[Outgoing]:
    """Before a job is set going again: what is left of its budget is set aside in its owner's day.

    Returns what is to be announced before: the stream may have forgotten what the job may cost.
    Raises UsageError: there is not so much left.
    """
    job = _locked(connection, job_id)
    if job["state"] in ENDS:
        _take(connection, job, job["budget"], costs_json(job)["dollars"], settings)
    _remember(connection, job)
    return [events.budget(job_id, job["budget"])] if job["budget"] else []


def _remember(connection: Connection[DictRow], job: DictRow) -> None:
    """Have what the job has paid for announced where the stream has forgotten it, before anything else is."""
    if job["calls"]:
        costs = with_calls(Costs(job_id=job["id"], budget=job["budget"]), job["calls"])
        outbox.write(connection, job["id"], [events.costs(costs)], {events.COSTS: 0}, revives=False)


def _locked(connection: Connection[DictRow], job_id: str) -> DictRow:
    """The job; its owner's row is locked until the transaction ends, so that two acts cannot take the same dollars."""
    connection.execute("SELECT 1 FROM users WHERE id = (SELECT user_id FROM jobs WHERE id = %s) FOR UPDATE", (job_id,))
    row = connection.execute(_JOB, (job_id,)).fetchone()
    if row is None:
        raise not_found(f"job {job_id}")
    return row


def _take(
    connection: Connection[DictRow], job: DictRow, dollars: float, spent: float, settings: GatewaySettings
) -> None:
    """Have the job's dollars, but those of days before, counted on the day when it goes on."""
    user = connection.execute("SELECT quota FROM users WHERE id = %s", (job["user_id"],)).fetchone()
    if user is None:
        return
    begins = max(datetime.now(UTC), job["waits_until"] or datetime.min.replace(tzinfo=UTC))
    paid_at = max(filter(None, (job["paid_at"], job["waits_until"] or job["created_at"])))
    before = job["paid_before"] if _day(paid_at) == _day(begins) else spent
    most = float(user["quota"].get("money", settings.money_a_day))
    left = max(0.0, most - quotas.money_on(connection, job["user_id"], _day(begins), but=job["id"]))
    if dollars - before > left + _CENT and dollars > spent:
        raise UsageError(
            "usage.budget",
            f"With a budget of ${dollars:.2f} the job may cost ${dollars - before:.2f} in this day, and ${left:.2f} of"
            f" your day's ${most:.2f} are left for it; set a lower budget, or come back tomorrow.",
        )
    connection.execute("UPDATE jobs SET paid_at = %s, paid_before = %s WHERE id = %s", (begins, before, job["id"]))


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
