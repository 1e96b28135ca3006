"""A stack whose services buy from stand-ins of Gemini and Runway, which count every call and every cent."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cli.rest import Rest
from cli.stack import Stack
from standins.running import process

if TYPE_CHECKING:
    from standins.running import Control

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "nightingale" / "nightingale.xml"
ENDS = ("done", "failed", "cancelled")


@dataclass
class Shop:
    """A stack, its gateway's client, and the two vendors that it pays."""

    stack: Stack
    client: Rest
    gemini: Control
    runway: Control

    def submit(self, **options: Any) -> str:
        """Start a job on the sample paper."""
        return str(self.client.submit(SAMPLE, options)["id"])

    def ended(self, job_id: str, seconds: float = 240) -> dict[str, Any]:
        """The job once it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.client.job(job_id)
            if job["state"] in ENDS:
                return job
            time.sleep(0.2)
        raise AssertionError(f"{job_id} has not ended: {job['state']}, {job['stages']}")

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


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The shop of all tests of a module."""
    with process("gemini") as gemini, process("runway") as runway:
        env = {
            "HIDDENHILL_ACK_WAIT": "3",
            "HIDDENHILL_GEMINI_API_KEY": "a-key-of-nobody",
            "HIDDENHILL_GEMINI_URL": gemini.url,
            "HIDDENHILL_GEMINI_SECONDS": "10",
            "HIDDENHILL_GEMINI_REQUESTS_A_MINUTE": "6000",
            "HIDDENHILL_RUNWAY_API_KEY": "key_of_nobody",
            "HIDDENHILL_RUNWAY_URL": runway.url,
            "HIDDENHILL_RUNWAY_SECONDS": "10",
            "HIDDENHILL_RUNWAY_POLL_SECONDS": "0.2",
            "HIDDENHILL_RUNWAY_REQUESTS_A_MINUTE": "6000",
            "HIDDENHILL_MONEY_A_DAY": "10000",
            "HIDDENHILL_JOBS_A_DAY": "10000",
            "HIDDENHILL_MINUTES_A_DAY": "10000",
        }
        home = tmp_path_factory.mktemp("shop")
        with Stack(home, env=env) as stack, Rest(stack.gateway_url, stack.token) as client:
            yield Shop(stack, client, gemini, runway)


@pytest.fixture
def shop(running):
    """The shop with nothing counted yet and nothing broken."""
    running.mend()
    yield running
    running.mend()
