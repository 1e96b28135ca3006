"""Alerts and dashboards ask for metrics and labels that there are, in PromQL that parses."""

import json
import re
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.chart

ROOT = Path(__file__).parents[2]
FILES = ROOT / "deploy" / "helm" / "hiddenhill" / "files"
DASHBOARDS = sorted((FILES / "dashboards").glob("*.json"))
RULES = yaml.safe_load((FILES / "rules" / "hiddenhill.yaml").read_text())["groups"]
ALERTS = {rule["alert"]: rule for group in RULES for rule in group["rules"]}
OPERATIONS = ROOT / "docs" / "operations.md"
METRICS = {
    "hiddenhill_stage_queue": {"stage"},
    "hiddenhill_stage_queue_age_seconds": {"stage"},
    "hiddenhill_stage_attempts_total": {"stage", "outcome", "code"},
    "hiddenhill_jobs": {"state"},
    "hiddenhill_provider_calls_total": {"provider", "model", "outcome"},
    "hiddenhill_provider_dollars_total": {"provider", "model"},
    "hiddenhill_sse_streams": set(),
    "hiddenhill_encode_frames_total": set(),
    "hiddenhill_encode_seconds_total": set(),
    "hiddenhill_outbox_waiting": set(),
    "hiddenhill_ledger_lag": set(),
}
HISTOGRAMS = {
    "hiddenhill_stage_duration_seconds": {"stage", "outcome"},
    "hiddenhill_job_duration_seconds": {"state"},
    "hiddenhill_provider_seconds": {"provider", "model"},
    "hiddenhill_http_request_duration_seconds": {"method", "route", "status"},
    "hiddenhill_rpc_duration_seconds": {"method", "code"},
}
SERIES = (
    METRICS
    | {f"{name}_{part}": labels for name, labels in HISTOGRAMS.items() for part in ("count", "sum")}
    | {f"{name}_bucket": labels | {"le"} for name, labels in HISTOGRAMS.items()}
)
TARGETS = {"namespace", "pod", "job", "instance"}
"""Labels that Prometheus adds to what it collects."""
JOB_STATES = {"queued", "running", "review", "done", "failed", "cancelled"}


def expressions(file):
    """The queries of a dashboard, with Grafana's variables filled in."""
    found = []
    for panel in json.loads(file.read_text())["panels"]:
        found += [target["expr"] for target in panel["targets"]]
    for name, value in {"$__rate_interval": "5m", "$__range": "6h", "$namespace": ".*", "$stage": ".*"}.items():
        found = [each.replace(name, value) for each in found]
    return found


def series(expression):
    """The series that a query asks for, each with the labels that it chooses by and their values; and all groupings."""
    import promql_parser  # noqa: PLC0415 - `make chart` installs it

    assert "$" not in expression
    found, grouped = [], set(re.findall(r"\b(?:by|on) \(([^)]*)\)", expression))

    def visit(node):
        if isinstance(node, promql_parser.VectorSelector):
            found.append((node.name, {each.name: each.value for each in node.matchers.matchers}))

    promql_parser.walk(promql_parser.parse(expression), visit)
    return found, {label.strip() for each in grouped for label in each.split(",") if label.strip()}


def check(expression):
    found, grouped = series(expression)
    assert found, expression
    for name, matchers in found:
        assert name in SERIES, expression
        assert set(matchers) <= SERIES[name] | TARGETS, expression
        if name.startswith("hiddenhill_job") and "state" in matchers:
            assert set(matchers["state"].split("|")) <= JOB_STATES
    assert grouped <= set.intersection(*(SERIES[name] for name, _ in found)) | TARGETS, expression


@pytest.mark.parametrize("name", ALERTS)
def test_alert_asks_for_metrics_that_there_are(name):
    check(ALERTS[name]["expr"])


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_dashboard_asks_for_metrics_that_there_are(file):
    assert len(expressions(file)) >= 8
    for each in expressions(file):
        check(each)


def test_query_for_what_there_is_not_is_found():
    for wrong in ("sum(hiddenhill_none)", 'hiddenhill_jobs{stage="render"}', "sum by (model) (hiddenhill_jobs)"):
        with pytest.raises(AssertionError):
            check(wrong)
    with pytest.raises(Exception, match=r"unclosed|expected|unexpected"):
        check("sum(hiddenhill_jobs")


def test_every_metric_is_on_a_dashboard():
    shown = {name for file in DASHBOARDS for each in expressions(file) for name, _ in series(each)[0]}
    assert {name for name in METRICS if name not in shown} == set()
    assert {name for name in HISTOGRAMS if f"{name}_bucket" not in shown} == set()


def test_alert_says_what_it_means_and_where_to_read_on():
    assert len(ALERTS) >= 9
    headings = {line.lstrip("# ").lower() for line in OPERATIONS.read_text().splitlines() if line.startswith("#")}
    for name, rule in ALERTS.items():
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["for"]
        assert {"summary", "description", "runbook_url"} == set(rule["annotations"])
        assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{name.lower()}"
        assert name.lower() in headings, f"docs/operations.md says nothing of {name}"


def test_dashboard_panels_lie_beside_each_other():
    ids = [json.loads(file.read_text())["uid"] for file in DASHBOARDS]
    assert len(set(ids)) == len(ids) == 4
    for file in DASHBOARDS:
        taken = set()
        for panel in json.loads(file.read_text())["panels"]:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            assert not cells & taken, panel["title"]
            assert at["x"] + at["w"] <= 24
            taken |= cells


def test_rules_and_dashboards_are_in_the_release_as_they_are_in_the_files(release_of):
    release = release_of("monitoring")
    [rules] = release.of("PrometheusRule")
    assert rules["spec"]["groups"] == RULES
    assert rules["metadata"]["labels"]["release"] == "prometheus"
    boards = {
        name: json.loads(text)
        for each in release.of("ConfigMap")
        for name, text in each["data"].items()
        if each["metadata"]["labels"]["grafana_dashboard"] == "1"
    }
    assert boards == {file.name: json.loads(file.read_text()) for file in DASHBOARDS}


def test_metrics_of_every_service_are_collected_and_of_nothing_else(release_of):
    release = release_of("monitoring")
    [monitor] = release.of("PodMonitor")
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    chosen = monitor["spec"]["selector"]["matchLabels"].items()
    ports = {
        pod.component: {port["name"]: port["containerPort"] for port in pod.container.get("ports", ())}
        for pod in release.pods()
        if chosen <= pod.labels.items()
    }
    answering = {component for component, named in ports.items() if endpoint["port"] in named}
    assert answering == {"gateway", "ledger", *(f"stage-{name}" for name in release.stages())}
    for pod in release.pods():
        if pod.component in answering:
            assert pod.env["HIDDENHILL_METRICS_LISTEN"]["value"] == f"0.0.0.0:{ports[pod.component]['metrics']}"
    assert not any(port["name"] == "metrics" for port in release.of("Service")[0]["spec"]["ports"])


def test_no_port_is_open_where_nobody_collects(release_of):
    release = release_of("no-metrics")
    assert release.of("PodMonitor") == []
    for pod in release.pods():
        assert "metrics" not in {port["name"] for port in pod.container.get("ports", ())}
        assert pod.env.get("HIDDENHILL_METRICS_LISTEN", {"value": ""})["value"] == ""
