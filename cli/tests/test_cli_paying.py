"""What the command says of money, on a real gateway, over REST and gRPC alike."""

import json
import os
import subprocess
import sys

import pytest
from chassis.errors import Fatal
from chassis.providers import Provider
from chassis.testing import on_bus, until
from cli.gateway import submit
from cli.rest import Rest
from cli.rpc import Rpc
from cli.stack import Stack

pytestmark = [pytest.mark.stack]
TOLD = (
    Provider("gemini", "Gemini", "script", "writer-1", True, "", {"input": 1.0, "output": 10.0}),
    Provider("runway", "Runway", "footage", "films-1", False, "no key; set it", {"second": 0.1}),
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIDDENHILL_MONEY_A_DAY", "50")
        with Stack(tmp_path_factory.mktemp("home"), services=("gateway",)) as servers:
            servers.wait_ready()
            on_bus(servers.settings, lambda bus: bus.publish_providers(TOLD))
            with Rest(servers.gateway_url, servers.token) as client:
                wish = {"budget": 1, "footage": True}
                until(lambda: (told := client.estimate(wish))["lines"] and "no key" in told["notes"][0])
            yield servers


@pytest.fixture(params=["gateway_url", "rpc_url"])
def hiddenhill(request, stack, tmp_path):
    """Runs the command, over one of the interfaces."""

    def run(*args, code=0):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HIDDENHILL_")}
        clean |= {"HIDDENHILL_HOME": str(stack.home), "HIDDENHILL_GATEWAY": getattr(stack, request.param)}
        command = [sys.executable, "-m", "cli", *args]
        found = subprocess.run(
            command, check=False, env=clean, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert found.returncode == code, found.stderr
        return found

    return run


@pytest.fixture(params=[Rest, Rpc])
def client(request, stack):
    with request.param(stack.gateway_url if request.param is Rest else stack.rpc_url, stack.token) as found:
        yield found


def test_estimate_is_said_before_a_job_that_may_pay_is_submitted(hiddenhill):
    found = hiddenhill("submit", "10.1000/paid", "--budget", "0.01", "--footage", "--audience", "expert")
    lines = found.stderr.splitlines()
    assert lines[0].startswith("estimate: $0.")
    assert lines[0].endswith("of a budget of $0.01")
    assert any("Gemini: a script of about 150 words" in line for line in lines)
    assert any("note: Moving pictures: Runway" in line and "no key" in line for line in lines)
    assert any("too small" in line for line in lines)
    assert found.stdout.strip().isalnum()


def test_estimate_is_in_the_json_and_nothing_else_is_said(hiddenhill):
    wish = ("--budget", "2", "--writer", "gemini", "--speech", "espeak", "--tone", "lively", "--force")
    found = hiddenhill("submit", "10.1000/json", "--json", *wish)
    job = json.loads(found.stdout)
    assert found.stderr == ""
    assert job["estimate"]["enough"] is True
    assert job["estimate"]["day"]["money"] == 50.0
    options = {"budget": 2.0, "writer": "gemini", "speech": "espeak", "tone": "lively", "force": True, "footage": False}
    assert job["options"].items() >= options.items()


def test_job_that_can_pay_for_nothing_asks_for_no_estimate(hiddenhill):
    found = hiddenhill("submit", "10.1000/free", "--json")
    assert "estimate" not in json.loads(found.stdout)
    assert hiddenhill("submit", "10.1000/free").stderr == ""


def test_wishes_that_make_no_sense_are_named(hiddenhill):
    for wish in (("--audience", "cats"), ("--budget", "-1"), ("--writer", "shakespeare"), ("--speech", "parrot")):
        assert wish[0] in hiddenhill("submit", "10.1000/odd", *wish, code=2).stderr
    over = hiddenhill("submit", "10.1000/odd", "--budget", "51", code=2)
    assert "may cost $50.00 at most" in over.stderr


def test_budget_of_a_job_is_raised_within_the_day(hiddenhill, client):
    job_id = hiddenhill("submit", "10.1000/raised").stdout.strip()
    assert hiddenhill("budget", job_id, "3").stdout.strip() == job_id
    until(lambda: client.job(job_id)["costs"]["budget"] == 3.0)
    refused = hiddenhill("budget", job_id, "400", code=2)
    assert "usage.budget" in refused.stderr
    hiddenhill("delete", job_id)


def test_accepting_reaches_the_gateway_and_an_edit_of_nothing_is_refused(client, hiddenhill):
    job_id = submit(client, "10.1000/edited", {})["id"]
    with pytest.raises(Fatal, match="no scene 1"):
        client.edit(job_id, 1, {"accept": True})
    nothing = hiddenhill("edit", job_id, "1", code=2)
    assert "--accept" in nothing.stderr
    accepted = hiddenhill("edit", job_id, "1", "--accept", code=2)
    assert "usage.not-found" in accepted.stderr
