"""Values that cannot work are refused, and helm says which and why."""

import json
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.chart

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "hiddenhill"
SERVERS = ("postgresql.existingSecret=db", "s3.endpoint=store.example.org", "s3.existingSecret=store")
BAD = [
    ("an unknown part", "keda2.enabled=true", "Additional property keda2 is not allowed"),
    ("a misspelt value", "gateway.replica=3", "gateway: Additional property replica is not allowed"),
    ("no runs at a time", "stages.renderer.slots=0", "stages.renderer.slots: Must be greater than or equal to 1"),
    ("an entry without stages", "stages.renderer.stages=null", "stages.renderer: stages is required"),
    (
        "a stage twice",
        "stages.renderer.stages={render,render}",
        "stages.renderer.stages: array items[0,1] must be uniq",
    ),
    (
        "an entry without limits",
        "stages.renderer.resources.limits=null",
        "stages.renderer.resources: limits is required",
    ),
    ("memory in words", "gateway.resources.limits.memory=lots", "gateway.resources.limits.memory: Does not match"),
    ("a digest that is none", "image.digests.gateway=sha256:12", "image.digests.gateway: Does not match pattern"),
    ("a pull policy of our own", "image.pullPolicy=Sometimes", "image.pullPolicy: image.pullPolicy must be one of"),
    ("two replicas of a stream", "nats.replicas=2", "nats.replicas: nats.replicas must be one of the following"),
    ("a bus over http", "nats.url=http://nats:4222", "nats.url: Does not match pattern '^(nats|tls)://"),
    ("monitoring without a port", "nats.monitoring=nats-headless", "nats.monitoring: Does not match pattern"),
    ("a database of another kind", "postgresql.url=mysql://db/x", "postgresql.url: Does not match pattern"),
    ("a store with a scheme", "s3.endpoint=https://s3.example.org", "s3.endpoint: Does not match pattern"),
    ("a public address without a scheme", "gateway.publicUrl=videos.example.org", "gateway.publicUrl: Does not match"),
    ("more than all traces", "telemetry.sampleRatio=2", "telemetry.sampleRatio: Must be less than or equal to 1"),
    ("an unknown level", "telemetry.logLevel=LOUD", "telemetry.logLevel: telemetry.logLevel must be one of"),
    ("a variable in small letters", "env.log_level=x", 'env: Property name of "log_level" does not match'),
    ("an entry with a long name", f"stages.{'x' * 30}.service=renderer", "stages: Property name of"),
    ("a label of ours", "commonLabels.app\\.kubernetes\\.io/name=x", "commonLabels: Property name of"),
    ("a pod that may not go", "pdb.maxUnavailable=0", "pdb.maxUnavailable: Must validate one and only one schema"),
    ("a port out of range", "networkPolicy.ports.nats=70000", "networkPolicy.ports.nats: Must be less than or equal"),
    ("fewer at most than at least", "stages.renderer.minReplicas=99", "stages.renderer: minReplicas (99) is above max"),
    ("the same of the gateway", "gateway.autoscaling.minReplicas=11", "gateway.autoscaling.minReplicas (11) is above"),
    ("a route to nowhere", "httpRoute.enabled=true", "httpRoute.parentRefs is empty: name the Gateway"),
    ("the same for programs", "grpcRoute.enabled=true", "grpcRoute.parentRefs is empty: name the Gateway"),
    ("an ingress for nobody", "ingress.enabled=true", "ingress.host is empty: name the host"),
    ("a port that is taken", "metrics.port=9090", "metrics.port 9090 is taken"),
    ("providers out of reach", "stages.film.internet=false", "stages.film: providers are reached over the internet"),
    ("a volume of a trial in words", "trial.enabled=true,trial.storage=some", "storage: Does not match pattern"),
    (
        "a trial server that is none",
        "trial.enabled=true,trial.images.redis=x",
        "images: Additional property redis is not allowed",
    ),
    ("no database", "postgresql.existingSecret=", "Where is the database? Give postgresql.existingSecret or, to try,"),
    ("no store", "s3.endpoint=", "Where is the store? Give s3.endpoint"),
    ("no keys of the store", "s3.existingSecret=", "How is the store opened? Give s3.existingSecret or, to try,"),
    ("half of the store's keys", "s3.existingSecret=,s3.accessKey=a", "How is the store opened?"),
]


@pytest.mark.parametrize(("value", "message"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_bad_value_is_refused_with_its_name_and_the_reason(render, value, message):
    refused = render("--set", ",".join(SERVERS), "--set", value)
    assert refused.returncode != 0
    assert message in refused.stderr
    assert refused.stdout == ""


def test_entry_has_something_to_do(render, tmp_path):
    values = tmp_path / "values.yaml"
    values.write_text(json.dumps({"stages": {"renderer": {"stages": []}}}))
    refused = render("--set", ",".join(SERVERS), "--values", values)
    assert "stages.renderer.stages: Array must have at least 1 items" in refused.stderr


def test_entry_may_not_be_called_as_a_part_of_the_chart(render, tmp_path):
    entry = yaml.safe_load((CHART / "values.yaml").read_text())["stages"]["renderer"]
    values = tmp_path / "values.yaml"
    values.write_text(json.dumps({"stages": {"gateway": entry}}))
    refused = render("--set", ",".join(SERVERS), "--values", values)
    assert "stages.gateway: the name is taken" in refused.stderr


def test_old_cluster_is_refused(run_helm):
    refused = run_helm("template", "videos", CHART, "--kube-version", "1.26", "--set", ",".join(SERVERS))
    assert "which is incompatible with Kubernetes v1.26" in refused.stderr


def names(values, before=""):
    """The dotted names of all values; what is below a list, or is the user's own, is not gone into."""
    for key, value in values.items():
        yield f"{before}{key}"
        if isinstance(value, dict):
            yield from names(value, f"{before}{key}.")


def test_schema_knows_every_value_and_no_other():
    schema = json.loads((CHART / "values.schema.json").read_text())

    def known(node, before=""):
        node = schema["definitions"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
        for key, below in node.get("properties", {}).items():
            yield f"{before}{key}"
            yield from known(below, f"{before}{key}.")

    values = yaml.safe_load((CHART / "values.yaml").read_text())
    entries = values["stages"].values()
    mine = set(names({**values, "stages": {}})) - {"metrics.dashboards.labels.grafana_dashboard"}
    in_schema = set(known(schema)) - {"global"}
    assert {each for each in in_schema ^ mine if "resources" not in each} == set()
    an_entry = set(schema["definitions"]["stage"]["properties"])
    assert set().union(*entries) | set(values["stageDefaults"]) == an_entry
