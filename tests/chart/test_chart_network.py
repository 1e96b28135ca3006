"""Who may speak with whom: the policies of a case, against what each component needs."""

import ipaddress
from pathlib import Path

import pytest

pytestmark = pytest.mark.chart

CASES = sorted(path.stem for path in (Path(__file__).parent / "values").glob("*.yaml"))
UNGUARDED = "no-metrics"
WEB = {"gateway", "ledger"}
ANYBODY = "anybody"


def chooses(selector, labels):
    """Whether a label selector of the API chooses what is so labelled; `In` is all that the chart uses."""
    expressions = selector.get("matchExpressions", [])
    assert all(each["operator"] == "In" for each in expressions)
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(each["key"]) in each["values"] for each in expressions
    )


def allowed(release, pod, direction):
    """Ports that the policies let the pod speak on, each with its peers; None where no policy is about it."""
    policies = [
        each["spec"]
        for each in release.of("NetworkPolicy")
        if direction.capitalize() in each["spec"]["policyTypes"] and chooses(each["spec"]["podSelector"], pod.labels)
    ]
    if not policies:
        return None
    side, found = {"egress": "to", "ingress": "from"}[direction], {}
    for rule in (rule for policy in policies for rule in policy.get(direction, [])):
        assert rule["ports"], "a rule without ports allows all of them"
        for port in rule["ports"]:
            found.setdefault(port["port"], []).extend(rule.get(side, [ANYBODY]))
    return found


def components(release, peers):
    """Components of this release that peers choose."""
    selectors = [peer["podSelector"] for peer in peers if peer != ANYBODY and set(peer) == {"podSelector"}]
    return {pod.component for pod in release.pods() for selector in selectors if chooses(selector, pod.labels)}


@pytest.fixture(params=[case for case in CASES if case != UNGUARDED])
def guarded(request, release_of):
    """Every case with policies."""
    return release_of(request.param)


def test_every_pod_is_denied_what_is_not_allowed(guarded):
    deny = next(each["spec"] for each in guarded.of("NetworkPolicy") if each["metadata"]["name"] == "videos-deny")
    assert set(deny["policyTypes"]) == {"Ingress", "Egress"}
    assert not {"ingress", "egress"} & deny.keys()
    for pod in guarded.pods():
        assert chooses(deny["podSelector"], pod.labels), pod.owner


def test_component_reaches_what_it_needs_and_nothing_else(guarded):
    values, ports = guarded.values, guarded.values["networkPolicy"]["ports"]
    trial = values["trial"]["enabled"]
    bus, store, database = (4222, 9000, 5432) if trial else (ports["nats"], ports["s3"], ports["postgresql"])
    for pod in guarded.pods():
        needed = {53}
        if pod.component in WEB or pod.component.startswith("stage-"):
            needed |= {bus, store} | ({ports["otlp"]} if values["telemetry"]["otlpEndpoint"] else set())
            needed |= {443} if values["telemetry"]["sentrySecret"] else set()
        if pod.component in WEB:
            needed |= set(ports["mail"])
        if pod.component == "sweep":
            needed |= {bus, store}
        if pod.component in {*WEB, "migration", "sweep"}:
            needed.add(database)
        if pod.component == "test":
            needed.add(8080)
        if guarded.stages().get(pod.component.removeprefix("stage-"), {}).get("internet"):
            needed |= {80, 443}
        assert set(allowed(guarded, pod, "egress")) == needed, pod.owner


def test_database_is_reached_by_gateway_ledger_sweep_and_migration_alone(guarded):
    port = 5432 if guarded.values["trial"]["enabled"] else guarded.values["networkPolicy"]["ports"]["postgresql"]
    reach = {pod.component for pod in guarded.pods() if port in allowed(guarded, pod, "egress")}
    assert reach == {"gateway", "ledger", "migration", *(["sweep"] if guarded.of("CronJob") else [])}
    knows = {pod.component for pod in guarded.pods() if "HIDDENHILL_POSTGRES_URL" in pod.env}
    assert knows == reach


def test_trial_servers_answer_those_alone_who_need_them(release_of):
    release = release_of("trial")
    stages = {f"stage-{name}" for name in release.stages()}
    servers = {pod.component: pod for pod in release.pods() if pod.component.startswith("trial-")}
    expected = {
        "trial-nats": {4222: {*WEB, "sweep"} | stages},
        "trial-s3": {9000: {*WEB, "sweep"} | stages},
        "trial-postgresql": {5432: {*WEB, "migration", "sweep"}},
    }
    for name, ports in expected.items():
        rules = allowed(release, servers[name], "ingress")
        if name == "trial-nats":
            assert rules.pop(8222) == [{"namespaceSelector": {}}], "KEDA asks from its own namespace"
        assert {port: components(release, peers) for port, peers in rules.items()} == ports
    for pod in release.pods():
        for port, server in ((4222, "trial-nats"), (9000, "trial-s3"), (5432, "trial-postgresql")):
            peers = allowed(release, pod, "egress").get(port)
            assert peers is None or components(release, peers) == {server}, pod.owner


def test_world_outside_is_open_and_the_world_within_is_not(release_of):
    release = release_of("minimal")
    fetcher = next(pod for pod in release.pods() if pod.component == "stage-fetcher")
    blocks = [peer["ipBlock"] for peer in allowed(release, fetcher, "egress")[80]]

    def reaches(address):
        address = ipaddress.ip_address(address)
        return any(
            address in ipaddress.ip_network(block["cidr"])
            and not any(address in ipaddress.ip_network(each) for each in block["except"])
            for block in blocks
        )

    assert all(map(reaches, ("93.184.216.34", "2606:2800:220:1::1")))
    within = ("10.0.0.1", "172.20.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.1", "100.100.0.1", "::1", "fd00::1")
    assert not any(map(reaches, (*within, "fe80::1", "0.0.0.0")))


def test_ones_own_peers_are_all_that_is_reached_or_reaches(release_of):
    release = release_of("network-peers")
    policy = release.values["networkPolicy"]
    pods = {pod.component: pod for pod in release.pods()}
    for port in (4223, 9000, 6432, 4317):
        assert allowed(release, pods["ledger"], "egress")[port] == policy["serverPeers"]
    reach = allowed(release, pods["gateway"], "ingress")
    assert set(reach) == {8080, 9090, 9464}
    assert policy["gatewayPeers"][0] in reach[8080]
    assert components(release, reach[8080]) == {"test"}
    assert reach[9464] == policy["metricsPeers"]
    assert set(allowed(release, pods["stage-renderer"], "ingress")) == {9464}


def test_gateway_answers_anybody_in_the_cluster_where_no_peers_are_named(release_of):
    release = release_of("minimal")
    gateway = next(pod for pod in release.pods() if pod.component == "gateway")
    assert allowed(release, gateway, "ingress") == {8080: [ANYBODY], 9090: [ANYBODY], 9464: [ANYBODY]}


def test_policies_are_not_made_where_they_are_not_wanted(release_of):
    assert release_of(UNGUARDED).of("NetworkPolicy") == []
