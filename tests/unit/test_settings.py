"""The settings, as `.env.example` documents them and as a process refuses them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from chassis.errors import UsageError
from chassis.settings import ChassisSettings, read_settings
from fetcher.settings import Settings as FetcherSettings
from gateway.settings import GatewaySettings
from narrator.settings import NarratorSettings
from pydantic import BaseModel, SecretStr
from scripter.settings import Settings as ScripterSettings
from vendors.settings import GeminiSettings, RunwaySettings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
MODELS = (
    ChassisSettings,
    GatewaySettings,
    FetcherSettings,
    ScripterSettings,
    NarratorSettings,
    GeminiSettings,
    RunwaySettings,
)
COMMAND = {"HIDDENHILL_HOME", "HIDDENHILL_GATEWAY", "HIDDENHILL_TOKEN"}
"""Read by the command, not by a service."""
NEEDED = {
    "HIDDENHILL_S3_ACCESS_KEY": "some-key-1",
    "HIDDENHILL_S3_SECRET_KEY": "some-key-2",
    "HIDDENHILL_POSTGRES_URL": "postgresql://nobody@127.0.0.1:9/none",
    "HIDDENHILL_SECRET_KEY": "k" * 40,
}


def documented():
    """What the example says: by variable, whether it is set there, its value and the comment above it."""
    found, comment = {}, []
    for line in EXAMPLE.read_text().splitlines():
        if match := re.fullmatch(r"(#?)(HIDDENHILL_[A-Z0-9_]+)=(.*)", line):
            assert match[2] not in found, f"{match[2]} stands there twice"
            found[match[2]] = (not match[1], match[3], " ".join(comment))
        comment = [*comment, line[2:]] if line.startswith("# ") else []
    return found


def modelled():
    """What the models say: by variable, whether it is needed, and its default as text."""
    found = {}
    for model in MODELS:
        for name, field in model.model_fields.items():
            default = None if field.is_required() else field.get_default()
            if isinstance(default, BaseModel):
                default = default.model_dump_json()
            text = "" if default in (None, ()) else str(default).lower() if isinstance(default, bool) else str(default)
            found[f"{model.model_config['env_prefix']}{name}".upper()] = (field.is_required(), text)
    return found


def test_example_names_every_setting_and_no_other():
    assert set(documented()) == set(modelled()) | COMMAND


@pytest.mark.parametrize("name", sorted(modelled()))
def test_example_explains_the_setting_and_shows_its_default(name):
    is_set, value, comment = documented()[name]
    assert len(comment) >= 5, "say what it is for"
    assert (is_set, value) == modelled()[name]


def test_every_service_with_settings_is_looked_at():
    root = EXAMPLE.parent
    files = {path.parent.name for path in root.glob("services/*/src/*/settings.py")}
    assert files == {model.__module__.partition(".")[0] for model in MODELS} - {"chassis", "vendors"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HIDDENHILL_SECRET_KEY", None),
        ("HIDDENHILL_SECRET_KEY", "too short to be one"),
        ("HIDDENHILL_POSTGRES_URL", None),
        ("HIDDENHILL_PREVIOUS_SECRET_KEYS", "no-list-at-all"),
        ("HIDDENHILL_TRUSTED_PROXIES", "many"),
        ("HIDDENHILL_GATEWAY_LISTEN", "nowhere"),
        ("HIDDENHILL_PUBLIC_URL", "papers.example.net"),
        ("HIDDENHILL_SMTP_URL", "http://mail.example.org"),
        ("HIDDENHILL_KEYS_SECRET", f"{'k' * 40},too-short"),
    ],
)
def test_gateway_names_the_setting_that_is_wrong_and_ends(name, value):
    env = {key: each for key, each in os.environ.items() if not key.startswith("HIDDENHILL_")} | NEEDED
    env = {key: each for key, each in env.items() if key != name} | ({name: value} if value is not None else {})
    ended = subprocess.run(
        [sys.executable, "-m", "gateway"], env=env, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert f"{name}: " in ended.stderr
    assert value is None or value not in ended.stderr


def test_stage_service_names_the_setting_that_is_missing(monkeypatch):
    monkeypatch.setenv("HIDDENHILL_S3_ACCESS_KEY", "some-key-1")
    monkeypatch.delenv("HIDDENHILL_S3_SECRET_KEY", raising=False)
    with pytest.raises(UsageError, match="HIDDENHILL_S3_SECRET_KEY"):
        read_settings(ChassisSettings)


def test_links_name_an_address_that_can_be_opened():
    def link(**values):
        needed = {key.removeprefix("HIDDENHILL_").lower(): value for key, value in NEEDED.items()}
        return GatewaySettings.model_validate(needed | values).base_url

    assert link() == "http://127.0.0.1:8080"
    assert link(gateway_listen="0.0.0.0:80") == link(gateway_listen="[::]:80") == "http://127.0.0.1:80"
    assert link(gateway_listen="[::1]:80") == "http://[::1]:80"
    assert link(public_url="https://videos.example.org/") == "https://videos.example.org"


def test_no_secret_is_in_what_settings_look_like():
    settings = GatewaySettings.model_validate(
        {key.removeprefix("HIDDENHILL_").lower(): value for key, value in NEEDED.items()}
        | {"smtp_url": "smtp://me:pass-word@mail.example.org", "previous_secret_keys": [SecretStr("o" * 40)]}
    )
    assert "k" * 40 not in repr(settings)
    assert "pass-word" not in repr(settings)
    assert "o" * 40 not in repr(settings)
    assert "some-key-2" not in repr(settings)
