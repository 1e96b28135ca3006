"""What the command says of paid providers, asked of servers that speak as they do."""

import json
import os
import subprocess
import sys

import pytest
from chassis.errors import UsageError

from cli import providers

NOBODY = "http://127.0.0.1:9"
GOOD = "key_good"


@pytest.fixture
def settings(monkeypatch):
    """Set HIDDENHILL_* variables; all others are unset."""
    for name in os.environ:
        if name.startswith("HIDDENHILL_"):
            monkeypatch.delenv(name)

    def give(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"HIDDENHILL_{name}", value)

    return give


@pytest.fixture
def vendors(settings, gemini_standin, runway_standin):
    settings(GEMINI_URL=gemini_standin.url, RUNWAY_URL=runway_standin.url)
    settings(GEMINI_API_KEY=GOOD, RUNWAY_API_KEY=GOOD)
    return gemini_standin, runway_standin


def told():
    return {each.provider.does: each for each in providers.found()}


def test_good_keys_are_usable_and_asking_costs_nothing(vendors):
    found = told()
    assert [each.provider.usable for each in found.values()] == [True, True, True]
    assert found["footage"].credits == 1000.0
    assert found["script"].credits is None
    for vendor in vendors:
        asked = vendor.requests()
        assert asked
        assert not any(request["paid"] for request in asked)
    assert "Where" not in "\n".join(providers.lines(list(found.values())))


def test_without_keys_nobody_is_asked_and_the_setting_is_named(settings, gemini_standin, runway_standin):
    settings(GEMINI_URL=gemini_standin.url, RUNWAY_URL=runway_standin.url)
    said = "\n".join(providers.lines(providers.found()))
    assert said.count("set HIDDENHILL_GEMINI_API_KEY") == 2
    assert said.count("set HIDDENHILL_RUNWAY_API_KEY") == 1
    assert "the paper's own sentences" in said
    assert not gemini_standin.requests()
    assert not runway_standin.requests()


def test_wrong_keys_are_told_as_such_and_never_shown(vendors, settings):
    settings(GEMINI_API_KEY="a-wrong-one", RUNWAY_API_KEY="not-one-of-theirs")
    found = told()
    assert {each.code for each in found.values()} == {"provider.gemini.key", "provider.runway.key"}
    said = "\n".join(providers.lines(list(found.values()))) + json.dumps([each.as_json() for each in found.values()])
    assert "Gemini refuses the key; check HIDDENHILL_GEMINI_API_KEY" in said
    assert "Runway refuses the key; check HIDDENHILL_RUNWAY_API_KEY" in said
    assert "a-wrong-one" not in said
    assert "not-one-of-theirs" not in said


@pytest.mark.parametrize("key", ["key_with\na line break", "key_with ünicode"])
def test_key_that_cannot_be_sent_is_told_and_not_shown(vendors, settings, key):
    settings(GEMINI_API_KEY=key, RUNWAY_API_KEY=key)
    found = told()
    assert not any(each.provider.usable for each in found.values())
    assert "key_with" not in "\n".join(providers.lines(list(found.values())))


def test_vendors_that_are_away_are_told(settings):
    settings(GEMINI_URL=NOBODY, RUNWAY_URL=NOBODY, GEMINI_API_KEY=GOOD, RUNWAY_API_KEY=GOOD)
    found = told()
    assert {each.code for each in found.values()} == {"unavailable.gemini", "unavailable.runway"}
    assert all("can't be reached" in each.provider.reason for each in found.values())


def test_model_that_is_not_theirs_and_empty_account_are_told(vendors, settings):
    settings(GEMINI_TEXT_MODEL="gemini-0", RUNWAY_TEXT_MODEL="gen0")
    found = told()
    assert (found["script"].code, found["speech"].code) == ("provider.gemini.model", "")
    assert "no model gen0" in found["footage"].provider.reason
    settings(RUNWAY_TEXT_MODEL="gen4.5")
    vendors[1].put("settings", {"credits": 0})
    assert told()["footage"].code == "provider.runway.credits"


@pytest.mark.parametrize("kind", ["reset", "garbage", "cut"])
def test_answer_that_is_none_is_told(vendors, kind):
    for vendor in vendors:
        vendor.fault(kind, times=0)
    found = told()
    assert {each.code for each in found.values()} == {"unavailable.gemini", "unavailable.runway"}


def test_wrong_setting_is_named(settings):
    settings(GEMINI_AT_ONCE="many")
    with pytest.raises(UsageError, match="HIDDENHILL_GEMINI_AT_ONCE"):
        providers.found()


def test_command_answers_with_json_and_exit_code_0(vendors, settings):
    settings(RUNWAY_API_KEY="")
    found = subprocess.run(
        [sys.executable, "-m", "cli", "providers", "--json"], check=True, capture_output=True, text=True, timeout=60
    )
    by_work = {each["does"]: each for each in json.loads(found.stdout)["providers"]}
    assert by_work["script"].items() >= {"name": "gemini", "model": "gemini-3.8-flash", "usable": True}.items()
    assert by_work["script"]["prices"] == {"input": 0.5, "output": 3.0}
    assert by_work["footage"].items() >= {"usable": False, "code": "provider.no-key"}.items()
