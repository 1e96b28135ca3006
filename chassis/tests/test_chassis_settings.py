"""Settings are read from the environment, once, and a bad one is named."""

import pytest
from chassis.settings import ChassisSettings, read_settings
from pydantic import ValidationError

from chassis import UsageError


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    monkeypatch.setenv("HIDDENHILL_S3_ACCESS_KEY", "someone")
    monkeypatch.setenv("HIDDENHILL_S3_SECRET_KEY", "tell-nobody")


def test_settings_come_from_the_environment_and_stay(monkeypatch):
    monkeypatch.setenv("HIDDENHILL_SLOTS", "3")
    monkeypatch.setenv("HIDDENHILL_ACK_WAIT", "2.5")
    settings = read_settings(ChassisSettings)
    assert (settings.slots, settings.ack_wait, settings.s3_access_key) == (3, 2.5, "someone")
    with pytest.raises(ValidationError):
        settings.slots = 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HIDDENHILL_SLOTS", "many"),
        ("HIDDENHILL_SLOTS", "-1"),
        ("HIDDENHILL_ACK_WAIT", "0"),
        ("HIDDENHILL_MAX_ATTEMPTS", "0"),
        ("HIDDENHILL_GRACE", "-5"),
        ("HIDDENHILL_STREAM_REPLICAS", "0"),
        ("HIDDENHILL_LOG_LEVEL", "loud"),
    ],
)
def test_bad_value_is_refused_with_the_name_of_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name) as caught:
        read_settings(ChassisSettings)
    assert "tell-nobody" not in str(caught.value)


def test_missing_secret_is_named(monkeypatch):
    monkeypatch.delenv("HIDDENHILL_S3_SECRET_KEY")
    with pytest.raises(UsageError, match="HIDDENHILL_S3_SECRET_KEY: Field required") as caught:
        read_settings(ChassisSettings)
    assert "someone" not in str(caught.value)
    with pytest.raises(ValidationError) as unread:
        ChassisSettings()
    assert "someone" not in str(unread.value)


def test_secret_is_not_shown():
    assert "tell-nobody" not in repr(read_settings(ChassisSettings))
