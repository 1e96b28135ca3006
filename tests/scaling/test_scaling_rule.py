"""KEDA's rule and the HPA's, held against what their sources say."""

import pytest


@pytest.fixture
def rule(scaling):
    """The chart's, with the values that these figures are about."""
    module = scaling("rule")
    down = module.Direction(window=300, policies=(module.Policy(type="Pods", value=2, seconds=60),))
    return module.kept().model_copy(update={"down": down, "cooldown": 300})


@pytest.fixture
def scaler(scaling, rule):
    return scaling("autoscaler").Autoscaler(rule)


def answer(**consumer):
    found = {"name": "stage-render", "num_pending": 0, "num_ack_pending": 0} | consumer
    stream = {"name": "EVENTS", "state": {"last_seq": 77}, "consumer_detail": [found]}
    return {"account_details": [{"name": "$G", "stream_detail": [stream]}]}


def test_what_is_worked_on_counts_as_what_waits(scaling, rule):
    assert scaling("autoscaler").lag_of(answer(num_pending=5, num_ack_pending=3), rule).total == 8


def test_consumer_that_is_not_there_counts_as_a_stream_that_waits(scaling, rule):
    assert scaling("autoscaler").lag_of(answer(name="stage-other"), rule).total == 77


def test_stream_that_is_not_there_is_no_answer(scaling, rule):
    with pytest.raises(LookupError):
        scaling("autoscaler").lag_of({"account_details": []}, rule)


def test_pods_double_or_grow_by_four_every_look_until_there_are_enough(scaler):
    pods, seen = 1, []
    for look in range(6):
        pods = scaler.sync(look * 15.0, 500, pods)
        seen.append(pods)
    assert seen == [5, 10, 20, 32, 32, 32]


def test_pods_stay_for_the_window_and_then_go_two_a_minute(scaler):
    pods, changes = 32, []
    scaler.sync(0.0, 500, pods)
    for look in range(1, 60):
        before, pods = pods, scaler.sync(look * 15.0, 0, pods)
        if pods != before:
            changes.append((look * 15, pods))
    assert changes[:3] == [(300, 30), (360, 28), (420, 26)]


def test_load_that_is_off_by_a_tenth_changes_nothing(scaler):
    assert scaler.wish(29, 32) == 32
    assert scaler.wish(28, 32) == 28


def test_a_second_burst_within_the_window_finds_all_pods(scaler):
    pods = 32
    for look in range(30):
        pods = scaler.sync(look * 15.0, 500 if look % 15 == 0 else 1, pods)
    assert pods == 32


def test_keda_alone_takes_the_last_pod_and_brings_the_first(scaling, rule):
    scaler = scaling("autoscaler").Autoscaler(rule.model_copy(update={"pods_least": 0}))
    assert scaler.poll(0.0, 1, 0) == 1
    assert scaler.sync(0.0, 0, 0) == 0
    assert scaler.poll(299.0, 0, 1) == 1
    assert scaler.poll(300.0, 0, 1) == 0


def test_rule_is_read_from_rendered_manifests(scaling):
    manifests = """
kind: ScaledObject
spec:
  scaleTargetRef: {name: mine}
  pollingInterval: 7
  cooldownPeriod: 11
  minReplicaCount: 0
  maxReplicaCount: 9
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        scaleUp:
          stabilizationWindowSeconds: 0
          policies: [{type: Percent, value: 50, periodSeconds: 30}]
          selectPolicy: Min
        scaleDown: {stabilizationWindowSeconds: 11, policies: [{type: Pods, value: 3, periodSeconds: 60}]}
  triggers:
    - type: nats-jetstream
      metadata: {account: A, stream: EVENTS, consumer: stage-render, lagThreshold: "2", activationLagThreshold: "0"}
---
kind: Deployment
metadata: {name: mine}
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 50
      containers: [{env: [{name: HIDDENHILL_SLOTS, value: "2"}, {name: HIDDENHILL_GRACE, value: "20"}]}]
"""
    rule = scaling("rule").of_manifests(manifests)
    assert (rule.slots, rule.lag_threshold, rule.grace, rule.kill_after) == (2, 2, 20.0, 50.0)
    assert (rule.up.select, rule.up.policies[0].value, rule.down.window) == ("Min", 50, 11.0)
    with pytest.raises(LookupError):
        scaling("rule").of_manifests(manifests, "stage-clip")
