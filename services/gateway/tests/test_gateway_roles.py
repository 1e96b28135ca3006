"""A gateway in parts: pages here, the ledger there, the schema before both."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli.rest import Rest
from cli.stack import Stack
from gateway.settings import GatewaySettings
from pydantic import ValidationError

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "nightingale" / "nightingale.xml"
pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]


def _run(stack, *argv, **env):
    whole = stack.environment() | env | {"PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [sys.executable, "-m", "gateway", *argv], env=whole, capture_output=True, text=True, timeout=120, check=False
    )


def test_pages_and_ledger_in_processes_of_their_own_make_a_script_together(tmp_path):
    with Stack(tmp_path / "home", services=[]) as servers:
        assert _run(servers, "migrate").returncode == 0
        assert _run(servers, "migrate").returncode == 0  # again, and nothing is to be done
    with Stack(
        tmp_path / "home", services=["fetcher", "scripter", "gateway"], env={"HIDDENHILL_ROLES": "web"}
    ) as stack:
        stack._env["HIDDENHILL_ROLES"] = "ledger"
        stack.spawn("gateway")
        stack.wait_ready()
        with Rest(stack.gateway_url, stack.token) as client:
            job = client.submit(SAMPLE, {"seconds": 20})["id"]
            ended = next(kind for kind, _ in client.watch(job) if kind in ("done", "failed"))
            assert ended == "done"  # with the script: nobody has told of a stage after it
            probe = _run(stack, "probe", HIDDENHILL_GATEWAY=stack.gateway_url)
            assert (probe.returncode, probe.stdout.strip()) == (0, f"{stack.gateway_url} is ready")


def test_strange_role_is_refused():
    with pytest.raises(ValidationError, match="web, ledger"):
        GatewaySettings(postgres_url="x", secret_key="x" * 32, s3_access_key="a", s3_secret_key="b", roles="web,queue")
