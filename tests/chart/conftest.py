"""The chart, rendered by helm with the values of `values/`."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "hiddenhill"
HELM = ROOT / ".venv" / "bin" / "helm"
CASES = sorted(path.stem for path in (Path(__file__).parent / "values").glob("*.yaml"))


@dataclass(frozen=True)
class Pod:
    """A pod as an object of the chart makes it."""

    owner: str
    component: str
    labels: dict
    spec: dict

    @property
    def container(self) -> dict:
        [only] = self.spec["containers"]
        return only

    @property
    def env(self) -> dict[str, dict]:
        return {each["name"]: each for each in self.container.get("env", ())}


@dataclass(frozen=True)
class Release:
    """What helm makes of the chart and a case's values."""

    case: str
    values: dict
    text: str
    objects: list[dict]

    def of(self, kind: str) -> list[dict]:
        return [each for each in self.objects if each["kind"] == kind]

    def pods(self) -> Iterator[Pod]:
        for each in self.objects:
            if each["kind"] == "Pod":
                pod = each
            elif each["kind"] in ("Deployment", "StatefulSet", "Job"):
                pod = each["spec"]["template"]
            elif each["kind"] == "CronJob":
                pod = each["spec"]["jobTemplate"]["spec"]["template"]
            else:
                continue
            labels = pod["metadata"]["labels"]
            owner = f"{each['kind']}/{each['metadata']['name']}"
            yield Pod(owner, labels["app.kubernetes.io/component"], labels, pod["spec"])

    def stages(self) -> dict[str, dict]:
        """The entries of `stages`, with what holds where they say nothing."""
        entries = self.values["stages"].items()
        return {name: self.values["stageDefaults"] | own for name, own in entries if own is not None}


def helm(*args: str | Path, timeout: float = 60) -> subprocess.CompletedProcess:
    assert HELM.exists(), "run `make chart`, which fetches helm"
    return subprocess.run([HELM, *args], capture_output=True, text=True, check=False, timeout=timeout)


def template(*args: str | Path) -> subprocess.CompletedProcess:
    return helm("template", "videos", CHART, "--namespace", "media", "--kube-version", "1.31", *args)


def over(below: dict, above: dict) -> dict:
    """The values as helm lays them over each other."""
    both = {**below, **above}
    return {
        key: over(below[key], value) if isinstance(below.get(key), dict) and isinstance(value, dict) else value
        for key, value in both.items()
    }


@cache
def rendered(case: str) -> Release:
    file = Path(__file__).parent / "values" / f"{case}.yaml"
    made = template("--values", file)
    assert made.returncode == 0, made.stderr
    values = over(yaml.safe_load((CHART / "values.yaml").read_text()), yaml.safe_load(file.read_text()))
    objects = [each for each in yaml.safe_load_all(made.stdout) if each]
    return Release(case, values, made.stdout, objects)


@pytest.fixture(params=CASES)
def release(request) -> Release:
    """Every case, one after the other."""
    return rendered(request.param)


@pytest.fixture
def release_of() -> Callable[[str], Release]:
    """The case of that name."""
    return rendered


@pytest.fixture
def render() -> Callable[..., subprocess.CompletedProcess]:
    """Helm's answer to a template with these arguments."""
    return template


@pytest.fixture
def run_helm() -> Callable[..., subprocess.CompletedProcess]:
    return helm
