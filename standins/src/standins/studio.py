"""A whole embedded stack whose services buy from stand-ins, which count every call and every cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from chassis.testing import until
from cli.rest import Rest
from cli.stack import Stack

from standins.running import Control

ENDS = ("done", "failed", "cancelled", "review")
"""States in which a job waits for nobody but its user."""
BUYING = {
    "HIDDENHILL_GEMINI_API_KEY": "a-key-of-nobody",
    "HIDDENHILL_GEMINI_SECONDS": "10",
    "HIDDENHILL_GEMINI_REQUESTS_A_MINUTE": "6000",
    "HIDDENHILL_RUNWAY_API_KEY": "key_of_nobody",
    "HIDDENHILL_RUNWAY_SECONDS": "10",
    "HIDDENHILL_RUNWAY_POLL_SECONDS": "0.2",
    "HIDDENHILL_RUNWAY_REQUESTS_A_MINUTE": "6000",
    "HIDDENHILL_MONEY_A_DAY": "10000",
    "HIDDENHILL_JOBS_A_DAY": "10000",
    "HIDDENHILL_MINUTES_A_DAY": "10000",
}
"""Settings under which nothing but the job's own budget stops it."""


@dataclass(frozen=True)
class Studio:
    """A stack, its gateway's client, and the two vendors that it pays."""

    stack: Stack
    client: Rest
    gemini: Control
    runway: Control
    paper: Path

    def submit(self, **options: Any) -> str:
        """Start a job on the paper; returns its id."""
        return str(self.client.submit(self.paper, options)["id"])

    def ended(self, job_id: str, *, states: tuple[str, ...] = ENDS, seconds: float = 240) -> dict[str, Any]:
        """The job once it is in one of these states."""
        job: dict[str, Any] = {}

        def there() -> dict[str, Any] | None:
            job.update(self.client.job(job_id))
            return job if job["state"] in states else None

        return until(there, seconds, lambda: f"{job_id} is {job['state']}: {job['stages']}, {job['failures']}") or job

    def artifact(self, job_id: str, name: str) -> httpx.Response:
        url = f"{self.stack.gateway_url}/api/v1/jobs/{job_id}/artifacts/{name}"
        return httpx.get(url, headers={"Authorization": f"Bearer {self.stack.token}"}, follow_redirects=True)

    def counted(self) -> float:
        """Dollars, as the vendors counted them."""
        return float(self.gemini.costs()["usd"] + self.runway.costs()["usd"])

    def paid_again(self) -> int:
        """Paid calls that asked for what had been received before."""
        return len(self.gemini.costs()["paid_again"]) + len(self.runway.costs()["paid_again"])

    def tasks(self) -> Counter[str]:
        """How many Runway tasks were created for each request."""
        made = [*self.runway.requests("text_to_video"), *self.runway.requests("image_to_video")]
        return Counter(one["digest"] for one in made if one["paid"])

    def mend(self) -> None:
        """Drop faults, and forget what was counted."""
        for vendor in (self.gemini, self.runway):
            vendor.mend()
            vendor.reset()


@contextmanager
def studio(
    home: Path, paper: Path, gemini: Control, runway: Control, env: Mapping[str, str] | None = None
) -> Iterator[Studio]:
    """Start the stack in `home`; `env` adds settings of its services."""
    vendors = {"HIDDENHILL_GEMINI_URL": gemini.url, "HIDDENHILL_RUNWAY_URL": runway.url}
    stack = Stack(home, env={**BUYING, **vendors, **(env or {})})
    with stack, Rest(stack.gateway_url, stack.token) as client:
        yield Studio(stack, client, gemini, runway, paper)
