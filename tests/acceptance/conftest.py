"""A stack of all services in a folder of its own, shared by the tests of one worker."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
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
