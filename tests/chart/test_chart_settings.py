"""Every setting of every service can be given through the chart: plain ones as values, secret ones from secrets."""

import importlib
import pkgutil
from importlib.metadata import entry_points

import pytest
import yaml
from pydantic import SecretStr
from pydantic_settings import BaseSettings

pytestmark = pytest.mark.chart

SERVICES = sorted(entry.name for entry in entry_points(group="hiddenhill.services"))
OURS = ("chassis", "vendors", *SERVICES)
ALSO_SECRET = {"HIDDENHILL_S3_ACCESS_KEY", "HIDDENHILL_S3_SECRET_KEY", "HIDDENHILL_POSTGRES_URL"}
ALSO_SECRET |= {"HIDDENHILL_FETCHER_NCBI_API_KEY"}
NEVER_NEEDED = {"HIDDENHILL_LOCAL_TOKEN"}
"""Of the embedded stack's own command."""


def settings():
    """By variable: the package whose processes read it, and whether it is a secret."""
    found = {}
    for package in OURS:
        for each in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not each.name.endswith(".settings"):
                continue
            for model in vars(importlib.import_module(each.name)).values():
                if isinstance(model, type) and issubclass(model, BaseSettings) and model is not BaseSettings:
                    for name, field in model.model_fields.items():
                        variable = f"{model.model_config['env_prefix']}{name}".upper()
                        secret = SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))
                        owner = model.__module__.partition(".")[0]
                        found.setdefault(variable, (owner, secret or variable in ALSO_SECRET))
    return found


SETTINGS = settings()


def readers(release, owner):
    """Pods whose processes read the settings of a package."""
    everybody = [pod for pod in release.pods() if pod.owner.startswith("Deployment/")]
    services = {"chassis": SERVICES, "vendors": ("scripter", "narrator", "renderer")}.get(owner, (owner,))
    return [
        pod for pod in everybody if pod.container["image"].partition("hiddenhill-")[2].partition(":")[0] in services
    ]


def test_settings_of_all_packages_are_found():
    assert {owner for owner, _ in SETTINGS.values()} == {
        "chassis",
        "vendors",
        "gateway",
        "fetcher",
        "scripter",
        "narrator",
    }
    assert {"HIDDENHILL_KEEP_DAYS", "HIDDENHILL_GEMINI_API_KEY", "HIDDENHILL_FETCHER_MAX_BYTES"} <= set(SETTINGS)
    assert len(SETTINGS) > 80


def test_plain_setting_arrives_in_every_pod_that_reads_it(render, release_of, tmp_path):
    wanted = {name: f"value of {name}" for name, (_, is_secret) in SETTINGS.items() if not is_secret}
    values = tmp_path / "values.yaml"
    values.write_text(yaml.safe_dump({"env": wanted}))
    minimal = release_of("minimal")
    made = render(
        "--values",
        f"{values.parent}/values.yaml",
        "--set",
        "postgresql.existingSecret=d,s3.endpoint=s",
        "--set",
        "s3.existingSecret=s",
    )
    assert made.returncode == 0, made.stderr
    release = type(minimal)(
        "plain", minimal.values, made.stdout, [each for each in yaml.safe_load_all(made.stdout) if each]
    )
    for name, (owner, is_secret) in SETTINGS.items():
        pods = readers(release, owner)
        assert pods, owner
        if not is_secret:
            assert all(pod.env[name] == {"name": name, "value": wanted[name]} for pod in pods), name


def test_secret_setting_comes_from_a_secret_in_every_pod_that_reads_it(release_of):
    release = release_of("existing-secrets")
    for name, (owner, is_secret) in SETTINGS.items():
        if not is_secret or name in NEVER_NEEDED:
            continue
        for pod in readers(release, owner):
            own = pod.env.get(name)
            if own is None:  # `envSecret` of the part; a variable of the same name in `env` would win over it
                assert pod.container.get("envFrom") or pod.component == "ledger", (name, pod.owner)
            else:
                assert "secretKeyRef" in own["valueFrom"], (name, pod.owner)


def test_every_setting_of_the_gateway_that_the_chart_names_is_told_to_the_ledger_too(release_of):
    pods = {pod.component: pod for pod in release_of("production").pods()}
    mine = {"HIDDENHILL_GATEWAY_LISTEN", "HIDDENHILL_ROLES"}
    assert set(pods["gateway"].env) - mine == set(pods["ledger"].env) - mine
