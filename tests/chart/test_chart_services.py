"""The chart against the services: stages that are worked for, queues by which they are scaled, settings they know."""

import importlib
import json
import subprocess
import sys
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from chassis.settings import ChassisSettings
from gateway.settings import GatewaySettings
from pydantic_settings import BaseSettings

pytestmark = pytest.mark.chart

ROOT = Path(__file__).parents[2]
SERVICES = sorted(entry.name for entry in entry_points(group="hiddenhill.services"))
ONES_OWN = {"translator": {"translate"}}
"""A service that a case brings, and its stages."""
PLACES = {"HOME", "TMPDIR"}
AUTHORITIES = {"SSL_CERT_FILE", "PGSSLROOTCERT", "OTEL_EXPORTER_OTLP_CERTIFICATE"}
"""What libraries read: see test_chart_authorities.py."""


@pytest.fixture(scope="module")
def stages():
    """By service, the stages that it can work for, as `python -m <service> describe` says."""
    found = {}
    for service in SERVICES:
        if service == "gateway":
            continue  # it has no stages
        said = subprocess.run([sys.executable, "-m", service, "describe"], capture_output=True, text=True, check=True)
        found[service] = {rule["name"] for rule in json.loads(said.stdout)}
    return found


def settings_of(service):
    """Models of the variables that a service's process reads."""
    modules = [f"{service}.settings", "vendors.settings"]
    models = {ChassisSettings}
    for module in [importlib.import_module(name) for name in modules if _exists(name)]:
        models |= {
            each
            for each in vars(module).values()
            if isinstance(each, type) and issubclass(each, BaseSettings) and each is not BaseSettings
        }
    return models


def _exists(module):
    return find_spec(module.partition(".")[0]) is not None and find_spec(module) is not None


def variables(service):
    return {
        f"{model.model_config['env_prefix']}{name}".upper()
        for model in settings_of(service)
        for name in model.model_fields
    }


def test_every_stage_of_every_service_is_worked_for(stages):
    entries = yaml.safe_load((ROOT / "deploy/helm/hiddenhill/values.yaml").read_text())["stages"].values()
    worked_for = {stage for entry in entries for stage in entry["stages"]}
    known = set().union(*stages.values())
    assert known - worked_for == set(), "stages without an entry in the chart's values"
    assert worked_for - known == set(), "entries for stages that no service has"


def test_entry_names_stages_that_its_service_has(release, stages):
    for name, entry in release.stages().items():
        known = (stages | ONES_OWN)[entry["service"]]
        assert set(entry["stages"]) <= known, name


def test_pods_are_scaled_by_the_queues_of_their_stages(release):
    scaled = {each["metadata"]["name"]: each["spec"] for each in release.of("ScaledObject")}
    if not release.values["keda"]["enabled"]:
        assert scaled == {}
        return
    assert set(scaled) == {f"videos-{name}" for name in release.stages()}
    for name, entry in release.stages().items():
        spec = scaled[f"videos-{name}"]
        triggers = [each["metadata"] for each in spec["triggers"]]
        assert {each["type"] for each in spec["triggers"]} == {"nats-jetstream"}
        assert [each["consumer"] for each in triggers] == [f"stage-{stage}" for stage in entry["stages"]]
        assert {each["stream"] for each in triggers} == {"EVENTS"}
        assert {each["lagThreshold"] for each in triggers} == {str(entry["slots"])}
        assert spec["scaleTargetRef"] == {"name": f"videos-{name}"}
        assert spec["minReplicaCount"] <= spec["maxReplicaCount"]
        [pod] = [pod for pod in release.pods() if pod.component == f"stage-{name}"]
        assert pod.env["HIDDENHILL_SLOTS"]["value"] == str(entry["slots"])
        assert pod.env["HIDDENHILL_STAGES"]["value"] == ",".join(entry["stages"])


def test_scaler_asks_an_address_that_is_known_in_every_namespace(release):
    expected = "videos-trial-nats-headless.media.svc:8222" if release.values["trial"]["enabled"] else None
    for each in release.of("ScaledObject"):
        for trigger in each["spec"]["triggers"]:
            address = trigger["metadata"]["natsServerMonitoringEndpoint"]
            assert expected in (None, address)
            assert len(address.partition(":")[0].split(".")) >= 3


def test_what_scales_sets_the_replicas_and_nobody_else(release):
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in release.of("ScaledObject")}
    scaled |= {each["spec"]["scaleTargetRef"]["name"] for each in release.of("HorizontalPodAutoscaler")}
    for each in release.of("Deployment"):
        assert ("replicas" in each["spec"]) == (each["metadata"]["name"] not in scaled), each["metadata"]["name"]


def test_stages_go_to_zero_but_for_those_that_say_otherwise(release_of):
    least = {
        each["metadata"]["name"]: each["spec"]["minReplicaCount"]
        for each in release_of("scale-to-zero").of("ScaledObject")
    }
    assert least.pop("videos-fetcher") == 1
    assert set(least.values()) == {0}


def service_of(pod):
    return pod.container["image"].rpartition("hiddenhill-")[2].partition(":")[0].partition("@")[0]


def test_variable_that_the_chart_sets_is_a_setting_that_the_service_knows(release):
    for pod in release.pods():
        if pod.component == "test" or pod.component.startswith("trial-"):
            continue
        service = service_of(pod)
        known = variables(service) | PLACES | AUTHORITIES
        assert service in SERVICES or service in ONES_OWN
        assert set(pod.env) <= known, pod.owner
        assert len(pod.env) == len(pod.container["env"]), "a variable stands there twice"


def test_setting_takes_the_value_that_the_chart_gives(release, monkeypatch):
    taken = 0
    for pod in release.pods():
        if pod.component in ("test", "migration") or pod.component.startswith("trial-"):
            continue
        model = GatewaySettings if pod.component in ("gateway", "ledger", "sweep") else ChassisSettings
        with monkeypatch.context() as environment:
            for name, each in pod.env.items():
                secret = '["a-former-key-of-thirty-two-letters"]' if "PREVIOUS" in name else "k" * 40
                secret = "smtp://mail.example.org" if "SMTP" in name else secret
                environment.setenv(name, each.get("value", secret))
            settings = model()
        assert settings.s3_secure is (release.values["s3"]["secure"] and not release.values["trial"]["enabled"])
        taken += 1
    assert taken == len(release.of("Deployment") + release.of("CronJob"))


def test_ones_own_variables_win_over_the_charts_and_keep_their_digits(release_of):
    pods = {pod.component: pod for pod in release_of("split-renderer").pods()}
    assert pods["gateway"].env["HIDDENHILL_UPLOAD_LIMIT"]["value"] == "250000000"
    assert pods["gateway"].env["HIDDENHILL_LOG_LEVEL"]["value"] == "WARNING"
    assert pods["ledger"].env["HIDDENHILL_LOG_LEVEL"]["value"] == "DEBUG"
    assert pods["stage-renderer"].env["HIDDENHILL_ACK_WAIT"]["value"] == "10"
    assert pods["stage-renderer-spot"].env["HIDDENHILL_ACK_WAIT"]["value"] == "30"
    assert pods["stage-renderer"].env["HIDDENHILL_LOG_LEVEL"]["value"] == "DEBUG"


def test_secret_variables_come_from_secrets_and_the_keys_of_providers_go_to_those_who_use_them(release_of):
    release = release_of("existing-secrets")
    for pod in release.pods():
        for name, each in pod.env.items():
            is_secret = any(word in name for word in ("SECRET", "_KEY", "_CODE", "POSTGRES", "SMTP", "DSN", "TOKEN"))
            assert is_secret <= ("valueFrom" in each), name
    with_keys = {pod.component for pod in release.pods() if "HIDDENHILL_RUNWAY_API_KEY" in pod.env}
    assert with_keys == {f"stage-{name}" for name, each in release.stages().items() if each.get("providers")}
    assert release.of("Secret") == []
    fetcher = next(pod for pod in release.pods() if pod.component == "stage-fetcher")
    assert fetcher.container["envFrom"] == [{"secretRef": {"name": "hiddenhill-literature"}}]


def test_secret_that_a_pod_reads_is_the_charts_or_the_operators(release):
    made = {each["metadata"]["name"]: set(each["data"]) for each in release.of("Secret")}
    values = release.values
    given = {values[part]["existingSecret"] for part in ("secrets", "nats", "postgresql", "s3", "providers")}
    given |= {values["telemetry"]["sentrySecret"], values["test"]["tokenSecret"]}
    for pod in release.pods():
        for each in pod.env.values():
            if "valueFrom" in each:
                key = each["valueFrom"]["secretKeyRef"]
                known = key["name"] in given or key["key"] in made.get(key["name"], ())
                assert known or key.get("optional"), (pod.owner, key)


def test_routes_name_the_services_that_the_gateway_answers(release_of):
    release = release_of("gateway-api")
    [pages], [programs] = release.of("HTTPRoute"), release.of("GRPCRoute")
    [rule] = pages["spec"]["rules"]
    assert rule["timeouts"] == {"request": "0s", "backendRequest": "0s"}
    ports = {port["port"] for port in release.of("Service")[0]["spec"]["ports"]}
    matches = programs["spec"]["rules"][0]["matches"]
    from gateway.rpc.servicer import NAME  # noqa: PLC0415 - the generated code is large

    assert {each["method"]["service"] for each in matches} == {NAME, "grpc.health.v1.Health"}
    for route in (pages, programs):
        [backend] = route["spec"]["rules"][0]["backendRefs"]
        assert backend["name"] == release.of("Service")[0]["metadata"]["name"]
        assert backend["port"] in ports


@pytest.mark.parametrize(
    ("case", "hosts"),
    [
        ("gateway-api", {"videos.internal", "videos.example.org"}),
        ("ingress", {"videos.example.org"}),
        ("minimal", set()),
    ],
)
def test_gateway_answers_to_the_names_of_its_routes(release_of, case, hosts):
    for pod in release_of(case).pods():
        if pod.component == "gateway":
            named = set(pod.env["HIDDENHILL_ALLOWED_HOSTS"]["value"].split(","))
            assert named == {"videos-gateway"} | hosts


def test_probe_asks_the_gateway_by_a_name_that_it_answers_to(release):
    pods = {pod.component: pod for pod in release.pods()}
    address = pods["test"].env["HIDDENHILL_GATEWAY"]["value"]
    host = address.removeprefix("http://").partition(":")[0]
    assert host in {each["metadata"]["name"] for each in release.of("Service")}
    assert host in pods["gateway"].env["HIDDENHILL_ALLOWED_HOSTS"]["value"].split(",")
    assert pods["test"].container["args"] == ["probe"]
    assert pods["migration"].container["args"] == ["migrate"]
    assert set(pods["migration"].env) - AUTHORITIES == {"HIDDENHILL_POSTGRES_URL", *PLACES}
