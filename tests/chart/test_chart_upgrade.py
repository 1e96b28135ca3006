"""Install, upgrade, roll back, uninstall: what stays, what changes, and what is random."""

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.chart

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHART = ROOT / "deploy" / "helm" / "hiddenhill"
RANDOM = {"secret-key", "keys-secret", "access-code", "admin-code", "password", "nats-url", "postgresql-url"}


def load_cluster():
    spec = importlib.util.spec_from_file_location("chart_cluster", HERE / "cluster.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Cluster()


@pytest.fixture
def cluster():
    with load_cluster() as running:
        yield running


@pytest.fixture
def helm(cluster, tmp_path):
    """Runs helm against the cluster; hooks are left out, for nobody there runs a pod."""
    config = tmp_path / "kubeconfig"
    config.write_text(cluster.kubeconfig)
    env = os.environ | {"KUBECONFIG": str(config), "HELM_CACHE_HOME": str(tmp_path), "HELM_CONFIG_HOME": str(tmp_path)}

    def run(*args):
        command = [ROOT / ".venv/bin/helm", *args, "--namespace", "media", "--no-hooks"]
        ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run


def secrets(cluster):
    return {
        each["metadata"]["name"]: each["data"]
        for each in cluster.objects.values()
        if each["kind"] == "Secret" and not each["metadata"]["name"].startswith("sh.helm")
    }


FEW = "trial.enabled=true,networkPolicy.enabled=false,keda.enabled=true,stages.fetcher=null,stages.scripter=null"
INSTALL = (CHART, "--disable-openapi-validation", "--set", f"{FEW},stages.narrator=null,stages.captioner=null")
"""Helm asks five times a second at most: few objects."""


def test_upgrade_and_rollback_keep_secrets_and_change_what_was_asked_for_alone(cluster, helm):
    told = helm("install", "videos", *INSTALL)
    assert "Register the administrator with this code" in told
    made = secrets(cluster)
    assert set(made) == {"videos-secrets", "videos-servers"}
    assert set(made["videos-secrets"]) | set(made["videos-servers"]) >= RANDOM

    helm("upgrade", "videos", *INSTALL)
    assert cluster.changed == []
    assert secrets(cluster) == made

    helm("upgrade", "videos", *INSTALL, "--set", "stages.renderer.maxReplicas=64")
    assert [path.rpartition("/")[2] for path in cluster.changed] == ["videos-renderer"]
    assert cluster.named("ScaledObject", "videos-renderer")["spec"]["maxReplicaCount"] == 64
    assert secrets(cluster) == made

    helm("upgrade", "videos", *INSTALL, "--set", "stages.film=null")
    with pytest.raises(KeyError):
        cluster.named("Deployment", "videos-film")

    helm("rollback", "videos", "2")
    assert cluster.named("ScaledObject", "videos-renderer")["spec"]["maxReplicaCount"] == 32
    assert cluster.named("Deployment", "videos-film")
    assert secrets(cluster) == made

    helm("uninstall", "videos")
    assert secrets(cluster) == made, "they open what the volumes hold"
    assert {each["kind"] for each in cluster.objects.values()} == {"Secret"}

    helm("install", "videos", *INSTALL)
    assert secrets(cluster) == made


def test_version_that_brings_another_secret_adds_it_and_keeps_the_others(cluster, helm):
    helm("install", "videos", *INSTALL)
    mine = cluster.named("Secret", "videos-secrets")["data"]
    former = dict(mine)
    del mine["keys-secret"]
    helm("upgrade", "videos", *INSTALL)
    now = cluster.named("Secret", "videos-secrets")["data"]
    assert now.pop("keys-secret") != former.pop("keys-secret")
    assert now == former


def test_notes_say_how_it_is_reached_and_what_is_missing(helm):
    def told(*more):
        return helm("install", "videos", "--dry-run", *INSTALL, *more).partition("\nNOTES:\n")[2]

    plain = told()
    assert "kubectl -n media port-forward service/videos-gateway 8080:8080" in plain
    assert "get secret videos-secrets -o jsonpath='{.data.admin-code}' | base64 -d" in plain
    assert "The trial servers keep one copy" in plain
    assert "No paid provider is used" in plain
    assert "Nobody outside of the cluster reaches it yet" in plain
    assert "Without KEDA" not in plain
    mine = "secrets.existingSecret=a,providers.existingSecret=b,gateway.publicUrl=https://videos.example.org"
    kept = told("--set", f"{mine},keda.enabled=false")
    assert "https://videos.example.org" in kept
    assert "Without KEDA" in kept
    assert not re.search("port-forward|admin-code|No paid provider|Nobody outside", kept)
    assert "\n\n\n" not in plain + kept


def test_two_renders_are_equal_but_for_what_is_random(render, release):
    again = render("--values", HERE / "values" / f"{release.case}.yaml").stdout

    def steady(text):
        return re.sub(rf"^  ({'|'.join(RANDOM)}): \S+$", r"  \1: …", text, flags=re.MULTILINE)

    assert steady(again) == steady(release.text)
    if release.values["secrets"]["existingSecret"]:
        assert again == release.text


def test_generated_secrets_are_long_and_differ(release_of):
    import base64  # noqa: PLC0415 - used here alone

    [made] = [
        each["data"] for each in release_of("minimal").of("Secret") if each["metadata"]["name"] == "videos-secrets"
    ]
    clear = {key: base64.b64decode(value).decode() for key, value in made.items()}
    assert len(set(clear.values())) == len(clear)
    assert len(clear["secret-key"]) >= 32
    assert min(map(len, clear.values())) >= 20


def test_migration_comes_before_new_pods_but_after_trial_servers(release_of):
    def hook(case):
        [job] = release_of(case).of("Job")
        return job["metadata"]["annotations"]["helm.sh/hook"]

    assert hook("production") == "pre-install,pre-upgrade"
    assert hook("trial") == "post-install,post-upgrade"
    [servers] = [each for each in release_of("minimal").of("Secret") if each["metadata"]["name"] == "videos-servers"]
    [job] = release_of("minimal").of("Job")
    weight = "helm.sh/hook-weight"
    assert int(servers["metadata"]["annotations"][weight]) < int(job["metadata"]["annotations"][weight])


def test_values_of_a_case_are_no_more_than_it_needs():
    for file in (HERE / "values").glob("*.yaml"):
        assert file.read_text().startswith("# "), f"{file.name} does not say what it is"
        assert json.dumps(yaml.safe_load(file.read_text()))
