"""What the chart makes, against the schemas of Kubernetes and of the operators, and against checkov's rules."""

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.chart

ROOT = Path(__file__).parents[2]
CRDS = ROOT.parent / "shared" / "crds"
HERE = Path(__file__).parent
OLDEST, RECENT = "1.27.0", "1.36.0"
OPERATORS = {"ScaledObject", "HTTPRoute", "GRPCRoute", "PodMonitor", "PrometheusRule"}
CHECKOV = "checkov==3.3.30"


@cache
def validated_by(text, version):
    """The version whose schemas the object keeps to; most objects are the same in many cases."""
    from kubernetes_validate import validate  # noqa: PLC0415 - `make chart` installs it

    return validate(json.loads(text), version, strict=True)


@pytest.mark.parametrize("version", [OLDEST, RECENT])
def test_object_is_valid_for_the_oldest_and_a_recent_kubernetes(release, version):
    core = [each for each in release.objects if each["kind"] not in OPERATORS]
    assert core
    for each in core:
        assert validated_by(json.dumps(each), version) == version.rpartition(".")[0]


def test_validation_refuses_what_kubernetes_does_not_know(release_of):
    from kubernetes_validate import ValidationError, validate  # noqa: PLC0415 - as above

    deployment = json.loads(json.dumps(release_of("minimal").of("Deployment")[0]))
    deployment["spec"]["template"]["spec"]["containers"][0]["prots"] = []
    with pytest.raises(ValidationError, match="prots"):
        validate(deployment, RECENT, strict=True)


def closed(schema):
    """The schema of a resource as a strict server reads it: fields that it does not name are errors."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    open_ended = "additionalProperties" in schema or schema.get("x-kubernetes-preserve-unknown-fields")
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" and not open_ended:
        inner["additionalProperties"] = False
    return inner


@pytest.fixture(scope="module")
def operators():
    """Validators by kind and version of the operators' resources."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - as above

    found = {}
    for file in CRDS.glob("*.yaml"):
        definition = yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        names = definition["spec"]["names"]["kind"], definition["spec"]["group"]
        for version in definition["spec"]["versions"]:
            schema = closed(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            found[(names[0], f"{names[1]}/{version['name']}")] = Draft202012Validator(schema)
    return found


@pytest.mark.skipif(not CRDS.exists(), reason="the operators' definitions are not here")
def test_operators_resource_is_valid(release, operators):
    for each in release.objects:
        if each["kind"] in OPERATORS:
            errors = list(operators[(each["kind"], each["apiVersion"])].iter_errors(each))
            assert errors == [], each["metadata"]["name"]


@pytest.mark.skipif(not CRDS.exists(), reason="the operators' definitions are not here")
def test_operators_validation_refuses_a_field_it_does_not_know(release_of, operators):
    scaled = json.loads(json.dumps(release_of("minimal").of("ScaledObject")[0]))
    scaled["spec"]["minReplicas"] = 1
    [error] = operators[("ScaledObject", scaled["apiVersion"])].iter_errors(scaled)
    assert "minReplicas" in error.message


def test_every_operator_is_asked_for_by_some_case(release_of):
    cases = [path.stem for path in (HERE / "values").glob("*.yaml")]
    assert len(cases) >= 12
    made = {each["kind"] for case in cases for each in release_of(case).objects}
    assert made >= OPERATORS
    core = {"Deployment", "HorizontalPodAutoscaler", "Ingress", "NetworkPolicy", "PodDisruptionBudget", "StatefulSet"}
    assert made >= core


@pytest.mark.timeout(300)
def test_checkov_finds_nothing_that_is_not_explained(release_of, tmp_path):
    for file in (HERE / "values").glob("*.yaml"):
        (tmp_path / file.name).write_text(release_of(file.stem).text)
    program = [ROOT / ".venv/bin/uv", "tool", "run", "--quiet", "--constraints", HERE / "checkov.txt", CHECKOV]
    asked = ["--directory", tmp_path, "--framework", "kubernetes", "--compact", "--quiet", "--skip-download"]
    ran = subprocess.run([*program, *asked, "--output", "json"], capture_output=True, text=True, check=False)
    report = json.loads(ran.stdout)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 10_000
    explained = yaml.safe_load((HERE / "explained.yaml").read_text())
    assert all(each["reason"] for each in explained)
    used, unexplained = set(), set()
    for each in report["results"]["failed_checks"]:
        finding = f"{Path(each['file_path']).stem}/{each['resource']}"
        fitting = [
            number
            for number, known in enumerate(explained)
            if known["check"] == each["check_id"] and re.fullmatch(known["where"], finding)
        ]
        used |= set(fitting)
        if not fitting:
            unexplained.add((each["check_id"], each["check_name"], finding))
    assert unexplained == set()
    assert used == set(range(len(explained))), "an explanation that nothing needs"
