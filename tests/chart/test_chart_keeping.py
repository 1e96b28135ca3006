"""How long things are kept, who removes what is left over, and which authorities and certificates pods know."""

import pytest

pytestmark = pytest.mark.chart

FOLDER = "/etc/hiddenhill/authorities"


def pods_of(release):
    return {pod.component: pod for pod in release.pods() if not pod.component.startswith("trial-")}


def mounted(pod):
    """By folder, what is shown there."""
    volumes = {volume["name"]: volume for volume in pod.spec["volumes"]}
    assert len(volumes) == len(pod.spec["volumes"])
    return {mount["mountPath"]: volumes[mount["name"]] | mount for mount in pod.container["volumeMounts"]}


def test_sweep_runs_alone_ends_in_time_and_keeps_few_of_its_pods(release_of):
    [sweep] = release_of("authorities").of("CronJob")
    assert sweep["spec"]["schedule"] == "@daily"
    assert sweep["spec"]["concurrencyPolicy"] == "Forbid"
    assert sweep["spec"]["successfulJobsHistoryLimit"] + sweep["spec"]["failedJobsHistoryLimit"] <= 5
    job = sweep["spec"]["jobTemplate"]["spec"]
    assert job["activeDeadlineSeconds"] == 3600
    assert job["template"]["spec"]["restartPolicy"] == "Never"
    assert pods_of(release_of("authorities"))["sweep"].container["args"] == ["sweep", "--dry-run"]
    assert pods_of(release_of("minimal"))["sweep"].container["args"] == ["sweep"]


def test_nothing_is_swept_where_that_is_not_wanted(release_of):
    release = release_of("no-sweep")
    assert release.of("CronJob") == []
    assert "sweep" not in release.text


def test_ledger_and_sweep_keep_things_equally_long(release_of):
    pods = pods_of(release_of("authorities"))
    for component in ("ledger", "sweep"):
        told = {name: pods[component].env[f"HIDDENHILL_{name}"]["value"] for name in ("KEEP_DAYS", "TRACE_DAYS")}
        assert told == {"KEEP_DAYS": "365", "TRACE_DAYS": "7"}
        assert pods[component].env["HIDDENHILL_KEEP_ANSWERS_DAYS"]["value"] == "30"


@pytest.mark.parametrize(
    ("case", "kind", "key"), [("authorities", "configMap", "bundle.pem"), ("no-sweep", "secret", "ca.crt")]
)
def test_every_pod_believes_the_operators_authorities(release_of, case, kind, key):
    release = release_of(case)
    for pod in pods_of(release).values():
        shown = mounted(pod)[FOLDER]
        assert shown["readOnly"] is True
        assert kind in shown
        assert pod.env["SSL_CERT_FILE"]["value"] == f"{FOLDER}/{key}", pod.owner
        assert ("PGSSLROOTCERT" in pod.env) == ("HIDDENHILL_POSTGRES_URL" in pod.env), pod.owner
        assert ("OTEL_EXPORTER_OTLP_CERTIFICATE" in pod.env) == ("HIDDENHILL_OTLP_ENDPOINT" in pod.env), pod.owner
        paths = {each.get("value") for name, each in pod.env.items() if "CERT" in name and "RPC" not in name}
        assert paths == {f"{FOLDER}/{key}"}


def test_pod_believes_its_images_authorities_where_none_are_given(release_of):
    for pod in release_of("minimal").pods():
        assert not any("CERT" in name for name in pod.env), pod.owner
        assert set(mounted(pod)) == {"/tmp"}


def test_programs_port_speaks_tls_and_is_probed_by_the_pages_port(release_of):
    release = release_of("authorities")
    pods = pods_of(release)
    gateway, shown = pods["gateway"], mounted(pods["gateway"])["/etc/hiddenhill/grpc"]
    assert shown["secret"]["secretName"] == "programs"
    assert gateway.env["HIDDENHILL_RPC_TLS_CERT"]["value"] == "/etc/hiddenhill/grpc/tls.crt"
    assert gateway.env["HIDDENHILL_RPC_TLS_KEY"]["value"] == "/etc/hiddenhill/grpc/tls.key"
    for probe in ("startupProbe", "livenessProbe"):
        assert gateway.container[probe]["httpGet"]["path"] == "/healthz"
    [service] = release.of("Service")
    assert {port["name"]: port["appProtocol"] for port in service["spec"]["ports"]} == {"http": "http", "grpc": "https"}
    others = [pod for component, pod in pods.items() if component != "gateway"]
    assert not any("HIDDENHILL_RPC_TLS_CERT" in pod.env for pod in others)
    assert all("grpc" in pod.container["livenessProbe"] for pod in others if pod.owner.startswith("Deployment/"))


def test_both_a_config_map_and_a_secret_of_authorities_are_refused(render):
    servers = "postgresql.existingSecret=db,s3.endpoint=s,s3.existingSecret=store"
    refused = render("--set", f"{servers},caBundle.configMap=a,caBundle.secret=b")
    assert "caBundle: give configMap or secret, not both" in refused.stderr
