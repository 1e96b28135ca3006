"""Properties that hold for every pod, whatever the values are."""

import re

import pytest

pytestmark = pytest.mark.chart


def test_pod_gets_no_token_and_no_addresses_of_other_services(release):
    for pod in release.pods():
        assert pod.spec["automountServiceAccountToken"] is False, pod.owner
        assert pod.spec["enableServiceLinks"] is False, pod.owner
        assert not any("projected" in volume or "hostPath" in volume for volume in pod.spec["volumes"]), pod.owner
    assert all(account["automountServiceAccountToken"] is False for account in release.of("ServiceAccount"))
    assert not release.of("Role")
    assert not release.of("ClusterRole")


def test_pod_is_restricted_as_the_pod_security_standard_says(release):
    for pod in release.pods():
        assert pod.spec["securityContext"]["runAsNonRoot"] is True, pod.owner
        assert pod.spec["securityContext"]["runAsUser"] > 0, pod.owner
        assert pod.spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, pod.owner
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.spec.keys(), pod.owner
        context = pod.container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False, pod.owner
        assert context["readOnlyRootFilesystem"] is True, pod.owner
        assert context["capabilities"] == {"drop": ["ALL"]}, pod.owner
        assert "privileged" not in context, pod.owner
        assert not any("hostPort" in port for port in pod.container.get("ports", ())), pod.owner


def test_pod_has_requests_limits_and_scratch_space_of_limited_size(release):
    for pod in release.pods():
        for kind in ("requests", "limits"):
            assert {"cpu", "memory"} <= pod.container["resources"][kind].keys(), pod.owner
        mounted = {mount["mountPath"]: mount["name"] for mount in pod.container["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in pod.spec["volumes"]}
        assert volumes[mounted["/tmp"]]["emptyDir"]["sizeLimit"], pod.owner


def test_object_is_labelled_and_in_the_releases_namespace(release):
    for each in release.objects:
        labels = each["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "hiddenhill", each
        assert labels["app.kubernetes.io/instance"] == "videos", each
        assert labels["app.kubernetes.io/managed-by"] == "Helm", each
        assert {"app.kubernetes.io/component", "helm.sh/chart"} <= labels.keys(), each
        assert each["metadata"]["namespace"] == "media"
        assert len(each["metadata"]["name"]) <= 63
    names = [(each["kind"], each["metadata"]["name"]) for each in release.objects]
    assert len(names) == len(set(names))


def test_common_labels_are_on_every_object_and_pod_of_ours(release_of):
    release = release_of("registry-digests")
    for each in [*(each["metadata"]["labels"] for each in release.objects), *(pod.labels for pod in release.pods())]:
        assert (each["team"], each["example.org/cost-centre"]) == ("outreach", "1234")


def test_selectors_choose_the_pods_of_their_component_alone(release):
    pods = list(release.pods())
    for kind in ("Deployment", "StatefulSet", "Service", "PodDisruptionBudget"):
        for each in release.of(kind):
            selector = each["spec"]["selector"]
            wanted = selector.get("matchLabels", selector)
            chosen = {pod.component for pod in pods if wanted.items() <= pod.labels.items()}
            assert chosen == {each["metadata"]["labels"]["app.kubernetes.io/component"]}, each["metadata"]["name"]
    owners = {each["metadata"]["name"] for kind in ("Deployment",) for each in release.of(kind)}
    assert owners == {each["metadata"]["name"] for each in release.of("PodDisruptionBudget")}


def test_probes_are_kubernetes_own_grpc_but_where_the_pages_say_that_they_are_ready(release):
    deployments = [pod for pod in release.pods() if pod.owner.startswith("Deployment/")]
    assert deployments
    for pod in deployments:
        ports = {port["name"]: port["containerPort"] for port in pod.container["ports"]}
        probes = {kind: pod.container[f"{kind}Probe"] for kind in ("startup", "readiness", "liveness")}
        if pod.component == "gateway":
            assert probes.pop("readiness")["httpGet"]["path"] == "/readyz"
            if release.values["gateway"]["grpc"]["tlsSecret"]:
                continue  # see test_chart_keeping.py
        for probe in probes.values():
            assert probe["grpc"] == {"port": ports["grpc"]}, pod.owner


def test_run_may_end_before_its_pod_is_killed(release):
    for name in release.stages():
        [pod] = [pod for pod in release.pods() if pod.component == f"stage-{name}"]
        grace = int(pod.env["HIDDENHILL_GRACE"]["value"])
        assert grace == release.stages()[name]["grace"]
        assert grace + 10 <= pod.spec["terminationGracePeriodSeconds"]


def test_image_is_the_services_by_digest_where_there_is_one(release_of):
    images = {pod.component: pod.container["image"] for pod in release_of("registry-digests").pods()}
    assert images["ledger"] == images["gateway"] == images["migration"] == images["test"]
    assert images["gateway"] == f"registry.example.org/team/hiddenhill-gateway@sha256:{1:064}"
    assert (
        images["stage-film"]
        == images["stage-renderer"]
        == (f"registry.example.org/team/hiddenhill-renderer@sha256:{6:064}")
    )
    for pod in release_of("registry-digests").pods():
        assert pod.spec["imagePullSecrets"] == [{"name": "registry-a"}, {"name": "registry-b"}]
    plain = {pod.component: pod.container["image"] for pod in release_of("minimal").pods()}
    assert plain["stage-fetcher"] == "hiddenhill-fetcher:0.1.0"


def test_entry_may_have_machines_of_its_own(release_of):
    release = release_of("split-renderer")
    spot, stays = (next(p for p in release.pods() if p.component == f"stage-renderer{end}") for end in ("-spot", ""))
    assert spot.spec["nodeSelector"] == {"node.example.org/pool": "spot"}
    assert spot.spec["tolerations"] == [{"key": "example.org/spot", "operator": "Exists", "effect": "NoSchedule"}]
    assert spot.spec["priorityClassName"] == "batch"
    assert not {"nodeSelector", "tolerations", "priorityClassName"} & stays.spec.keys()
    assert spot.container["image"] == stays.container["image"]
    assert spot.env["HIDDENHILL_STAGES"] == stays.env["HIDDENHILL_STAGES"]


def test_pods_of_a_component_are_apart_from_each_other(release):
    for pod in release.pods():
        if not pod.owner.startswith("Deployment/"):
            continue
        spread = pod.spec.get("topologySpreadConstraints", [])
        assert bool(spread) == release.values["topologySpread"]["enabled"]
        for constraint in spread:
            assert constraint["labelSelector"]["matchLabels"].items() <= pod.labels.items()
            assert constraint["labelSelector"]["matchLabels"]["app.kubernetes.io/component"] == pod.component


def test_no_line_of_what_is_made_is_empty(release):
    without_comments = re.sub(r"^#.*\n", "", release.text, flags=re.MULTILINE)
    rules_and_dashboards = release.values["metrics"]["rules"]["enabled"]
    assert rules_and_dashboards or not re.search(r"^\s*\n", without_comments, flags=re.MULTILINE)
