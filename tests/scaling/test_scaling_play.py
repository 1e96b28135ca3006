"""Bursts on a real server, with the chassis' workers as pods and KEDA's rule: the command, tried from outside."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.stack]


def play(*args, patience):
    argv = [sys.executable, "-m", "benchmarks.scaling", "play", "--patience", str(patience), *map(str, args)]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False, timeout=patience + 60)


@pytest.mark.timeout(300)
def test_pods_come_and_go_with_bursts_and_no_scene_is_lost_or_drawn_twice(tmp_path):
    made = play("--quick", "--picture", tmp_path / "scaling.svg", patience=220)

    assert made.returncode == 0, made.stdout + made.stderr
    runs = re.search(r"(\d+) runs for 84 scenes: 84 drawn, 1 cut off .* killed, (\d+) given back", made.stdout)
    assert runs
    assert int(runs[1]) == 84 + 1 + int(runs[2])
    assert "0 scenes lost, 0 drawn twice, 0 announced twice" in made.stdout
    ended = re.search(r"(\d+) pods were asked to end, \d+ of them at work; 0 did not end well", made.stdout)
    assert ended
    assert int(ended[1]) >= 7
    picture = ET.parse(tmp_path / "scaling.svg").getroot()
    titles = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}text") if each.get("class") == "head"]
    assert titles == ["Bursts of 36 scenes, 1 to 8 pods", "Queue", "Pods", "Scenes"]


@pytest.mark.drill
@pytest.mark.timeout(1500)
def test_bursts_are_drawn_by_32_pods_in_little_more_than_the_ideal_time(tmp_path):
    made = play("--picture", tmp_path / "scaling.svg", patience=1400)

    assert made.returncode == 0, made.stdout + made.stderr
    assert "too busy" not in made.stdout, made.stdout
    assert "0 scenes lost, 0 drawn twice, 0 announced twice" in made.stdout
