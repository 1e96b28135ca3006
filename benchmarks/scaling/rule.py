"""What a chart tells KEDA, the HPA and Kubernetes about the pods of one entry of `stages`, as rendered."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Literal

import yaml  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).with_name("chart.json")
"""The rule as the chart's own values make it, for where there is no helm; `make chart` sees that it is still true."""
_VALUES = ROOT / "tests" / "chart" / "values" / "minimal.yaml"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Policy(_Frozen):
    """How much may change within a period of so many seconds: pods, or percent of those at its beginning."""

    type: Literal["Pods", "Percent"]
    value: int
    seconds: float


class Direction(_Frozen):
    """Of scaling: what limits it."""

    window: float
    policies: tuple[Policy, ...]
    select: Literal["Max", "Min", "Disabled"] = "Max"


class Rule(_Frozen):
    """Durations are in seconds."""

    account: str
    stream: str
    consumer: str
    lag_threshold: int
    activation: int
    pods_least: int
    pods_most: int
    polling: float
    cooldown: float
    up: Direction
    down: Direction
    slots: int
    grace: float
    """Which the worker gives to running work after SIGTERM."""
    kill_after: float
    """From SIGTERM to SIGKILL."""


def of_manifests(text: str, consumer: str = "stage-render") -> Rule:
    """The rule for the pods that work off a consumer. Raises LookupError where the manifests have no such pods."""
    objects = [each for each in yaml.safe_load_all(text) if each]
    for each in objects:
        if each["kind"] != "ScaledObject":
            continue
        for trigger in each["spec"]["triggers"]:
            if trigger["type"] == "nats-jetstream" and trigger["metadata"]["consumer"] == consumer:
                name = each["spec"]["scaleTargetRef"]["name"]
                [deployment] = [o for o in objects if o["kind"] == "Deployment" and o["metadata"]["name"] == name]
                return _rule(each["spec"], trigger["metadata"], deployment["spec"]["template"]["spec"])
    raise LookupError(f"no ScaledObject in these manifests watches the consumer {consumer}")


def of_chart() -> Rule:
    """The rule as helm renders the chart with its own values. Raises FileNotFoundError where `make chart` never ran."""
    chart, helm = ROOT / "deploy" / "helm" / "hiddenhill", ROOT / ".venv" / "bin" / "helm"
    argv = [str(helm), "template", "videos", str(chart), "--values", str(_VALUES), "--kube-version", "1.31"]
    return of_manifests(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)


def kept() -> Rule:
    """The rule of the chart, from the file beside."""
    return Rule.model_validate_json(KEPT.read_text())


def _rule(spec: dict[str, Any], trigger: dict[str, str], pod: dict[str, Any]) -> Rule:
    behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    [container] = pod["containers"]
    env = {each["name"]: each.get("value", "") for each in container["env"]}
    return Rule(
        account=trigger["account"],
        stream=trigger["stream"],
        consumer=trigger["consumer"],
        lag_threshold=int(trigger["lagThreshold"]),
        activation=int(trigger["activationLagThreshold"]),
        pods_least=spec["minReplicaCount"],
        pods_most=spec["maxReplicaCount"],
        polling=spec["pollingInterval"],
        cooldown=spec["cooldownPeriod"],
        up=_direction(behavior["scaleUp"]),
        down=_direction(behavior["scaleDown"]),
        slots=int(env["HIDDENHILL_SLOTS"]),
        grace=float(env["HIDDENHILL_GRACE"]),
        kill_after=pod["terminationGracePeriodSeconds"],
    )


def _direction(of: dict[str, Any]) -> Direction:
    policies = [Policy(type=p["type"], value=p["value"], seconds=p["periodSeconds"]) for p in of["policies"]]
    return Direction(
        window=of["stabilizationWindowSeconds"], policies=tuple(policies), select=of.get("selectPolicy", "Max")
    )
