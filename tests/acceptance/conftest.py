"""A stack of all services in a folder of its own, shared by the tests of one worker."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from artifacts.captions import Captions
from artifacts.script import Script
from cli.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "nightingale" / "nightingale.xml"


@dataclass
class Command:
    """The hiddenhill command on a home of its own."""

    home: Path

    def __call__(self, *args: object) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "HIDDENHILL_HOME": str(self.home)}
        argv = [sys.executable, "-m", "cli", *map(str, args)]
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="session")
def hiddenhill(stack):
    return Command(stack.home)


@pytest.fixture(scope="session")
def sample():
    return SAMPLE


@pytest.fixture(scope="session")
def made(hiddenhill, tmp_path_factory):
    """The sample paper's video, short, and what the command printed."""
    target = tmp_path_factory.mktemp("made") / "sample.mp4"
    run = hiddenhill("make", SAMPLE, "-o", target, "--seconds", "30", "--json")
    assert run.returncode == 0, run.stderr
    return target, json.loads(run.stdout)


@pytest.fixture(scope="session")
def drawn(stack, hiddenhill, tmp_path_factory):
    """A video that no test edits, and what was to be burned into each of its scenes."""
    target = tmp_path_factory.mktemp("drawn") / "sample.mp4"
    run = hiddenhill("make", SAMPLE, "-o", target, "--seconds", "45", "--json")
    assert run.returncode == 0, run.stderr
    url = f"{stack.gateway_url}/api/v1/jobs/{json.loads(run.stdout)['job']}/artifacts"
    script = Script.model_validate_json(
        httpx.get(f"{url}/script", headers={"Authorization": f"Bearer {stack.token}"}).content
    )
    captions = [
        Captions.model_validate_json(
            httpx.get(f"{url}/scene.{n}.captions", headers={"Authorization": f"Bearer {stack.token}"}).content
        )
        for n in script.scenes
    ]
    return target, captions
