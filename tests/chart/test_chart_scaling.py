"""What docs/scaling.md and its simulation say of the chart is what the chart says."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.chart
ROOT = Path(__file__).parents[2]


def test_simulation_plays_what_the_chart_tells_keda():
    argv = [sys.executable, "-m", "benchmarks.scaling", "chart", "--check"]
    made = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert made.returncode == 0, made.stdout + made.stderr
