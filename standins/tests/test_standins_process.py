"""A stand-in as a process: its record outlives the clients that die, and says what they received."""

import os
import subprocess
import sys
import time

import pytest

CREATE = """
import os
from runwayml import RunwayML
client = RunwayML(max_retries=0)
print(client.text_to_video.create(model="gen4.5", prompt_text="Soap", ratio="720:1280", duration=2).id, flush=True)
input()
"""
ASK = """
from google import genai
client = genai.Client()
print(client.models.generate_content(model="gemini-3.8-flash", contents="Hello").text, flush=True)
"""


def client(program, **environment):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", program], env=os.environ | environment, **pipes)


def reached(check, seconds=20):
    deadline = time.monotonic() + seconds
    while not check() and time.monotonic() < deadline:
        time.sleep(0.02)
    return check()


@pytest.fixture
def gemini_process(standin_process):
    return standin_process("gemini", "--reply", "standins.gemini.writer:script")


@pytest.fixture
def runway_process(standin_process):
    return standin_process("runway")


def test_the_environment_alone_leads_the_sdk_here(gemini_process):
    with client(ASK, GOOGLE_GEMINI_BASE_URL=gemini_process.url, GEMINI_API_KEY="key") as asking:
        assert asking.communicate(timeout=30)[0].strip()
    assert [(one["status"], one["answered"]) for one in gemini_process.requests()] == [(200, True)]


def test_a_call_that_was_killed_in_flight_is_paid_and_not_received(gemini_process):
    gemini_process.put("settings", {"latency": 0.5})
    with client(ASK, GOOGLE_GEMINI_BASE_URL=gemini_process.url, GEMINI_API_KEY="key") as asking:
        assert reached(gemini_process.requests)
        asking.kill()
    assert reached(lambda: not gemini_process.requests()[0]["open"])
    costs = gemini_process.costs()
    assert (costs["paid"], costs["received"]) == (1, 0)


def test_a_task_outlives_the_client_that_was_killed_and_is_there_for_the_next(runway_process):
    environment = {"RUNWAYML_BASE_URL": runway_process.url, "RUNWAYML_API_SECRET": "key_01"}
    with client(CREATE, **environment) as creating:
        made = creating.stdout.readline().strip()
        creating.kill()
    assert [task["id"] for task in runway_process.get("tasks")] == [made]
    assert reached(lambda: runway_process.get("tasks")[0]["status"] == "SUCCEEDED")
    costs = runway_process.costs()
    assert (costs["credits"], costs["received"], costs["paid_again"]) == (24, 1, [])


def test_faults_are_scripted_over_http_and_wrong_ones_refused(runway_process):
    runway_process.put("faults", [{"kind": "throttle", "seconds": 1}, {"kind": "fail", "code": "ASSET.INVALID"}])
    assert [one["kind"] for one in runway_process.get("faults")] == ["throttle", "fail"]
    for name, value in (("faults", {"kind": "earthquake"}), ("settings", {"colour": "red"}), ("nothing", 1)):
        with pytest.raises(OSError, match="400"):
            runway_process.put(name, value)
    with pytest.raises(OSError, match="404"):
        runway_process.get("nothing")
