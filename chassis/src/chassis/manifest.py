"""The job's manifest and the decisions that follow from it: pure functions, no input or output.

A manifest is what the stream says is ready, by artifact name. Everything the system does to a job
(run, resume, retry, edit, fan in) is one question asked of it: what is missing or stale?
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chassis import names
from chassis.stage import Rule, Stage, triggers

DELIBERATE = frozenset({"submitted", "edited", "kicked"})
"""Causes by which a user sets a job going; one after a cancellation takes the job up again."""


@dataclass(frozen=True)
class Entry:
    """The last event of one artifact."""

    artifact: str
    seq: int
    digest: str
    size: int = 0
    media_type: str = "application/json"
    inputs: Mapping[str, str] = field(default_factory=dict)
    scenes: tuple[int, ...] = ()
    cause: str = "made"
    stage: str = ""
    stage_version: str = ""


@dataclass(frozen=True)
class Manifest:
    """The last event of every artifact of a job, and of its cancellation (sequence; 0: none)."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    cancelled_seq: int = 0

    @property
    def cancelled(self) -> bool:
        revived = max((e.seq for e in self.entries.values() if e.cause in DELIBERATE), default=0)
        return self.cancelled_seq > revived

    @property
    def scenes(self) -> tuple[int, ...]:
        """The job's scenes, as the newest event that opens scenes has them."""
        opening = [entry for entry in self.entries.values() if entry.scenes]
        return max(opening, key=lambda entry: entry.seq).scenes if opening else ()

    def seq(self, artifact: str) -> int:
        entry = self.entries.get(artifact)
        return entry.seq if entry else 0

    def fresh(self, artifact: str) -> bool:
        """Whether the artifact is there and, all the way down, made from what is there now."""
        return self._fresh(artifact, {})

    def _fresh(self, artifact: str, known: dict[str, bool]) -> bool:
        if artifact not in known:
            entry = self.entries.get(artifact)
            known[artifact] = entry is not None and all(
                (source := self.entries.get(name)) is not None and source.digest == digest and self._fresh(name, known)
                for name, digest in entry.inputs.items()
            )
        return known[artifact]


@dataclass(frozen=True)
class Run:
    """Do it: with these inputs (digest by name); the outputs must still have these sequences when announced."""

    inputs: dict[str, str]


@dataclass(frozen=True)
class Leave:
    """Do nothing: nothing is to be done, or a later event will trigger it."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """The manifest is older than the message in hand (a lagging replica): look again."""


Decision = Run | Leave | Wait


def expand(patterns: Iterable[str], manifest: Manifest, scene: int | None) -> list[str]:
    """Names that a rule's patterns stand for in this job: one scene's, or all scenes'; none before scenes are open."""
    expanded: list[str] = []
    for pattern in patterns:
        name = names.of_scene(pattern, scene)
        if name.startswith("scene.*."):
            expanded += [names.of_scene(name, number) for number in manifest.scenes]
        else:
            expanded.append(name)
    return expanded


def needs_of(rule: Rule | Stage, manifest: Manifest, scene: int | None) -> dict[str, str] | None:
    """Digest of each need by name, or None when one is missing or stale."""
    needs = expand(rule.needs, manifest, scene)
    waits_for_scenes = any(name.startswith("scene.*.") for name in rule.needs) and not manifest.scenes
    if waits_for_scenes or not all(manifest.fresh(name) for name in needs):
        return None
    return {name: manifest.entries[name].digest for name in needs}


def done(rule: Rule | Stage, manifest: Manifest, scene: int | None, inputs: Mapping[str, str]) -> bool:
    """Whether all firm outputs are there and were made from these inputs."""
    outputs = expand(rule.firm, manifest, scene)
    made = [manifest.entries.get(name) for name in outputs]
    return bool(made) and all(entry is not None and dict(entry.inputs) == dict(inputs) for entry in made)


def decide(rule: Rule | Stage, manifest: Manifest, scene: int | None, trigger_seq: int) -> Decision:
    """Run or leave, for the message with sequence `trigger_seq` in hand.

    Exactly one event triggers a fan-in: the one with the highest sequence among the needs.
    """
    if manifest.cancelled:
        return Leave("cancelled")
    if scene is not None and scene not in manifest.scenes:
        return Leave("no such scene")
    known = max((entry.seq for entry in manifest.entries.values()), default=0)
    if known < trigger_seq:
        return Wait()
    inputs = needs_of(rule, manifest, scene)
    if inputs is None:
        return Leave("needs are missing or stale")
    if done(rule, manifest, scene, inputs):
        return Leave("done")
    if max(manifest.seq(name) for name in triggers(rule, inputs)) != trigger_seq:
        return Leave("another event triggers it")
    return Run(inputs)


def frontier(rules: Iterable[Rule], manifest: Manifest) -> list[tuple[Rule, int | None, str]]:
    """What can run now and has not: rule, scene, and its newest need, which announced again would trigger it."""
    found: list[tuple[Rule, int | None, str]] = []
    for rule in rules:
        scenes: Iterable[int | None] = manifest.scenes if rule.per_scene else (None,)
        for scene in scenes:
            inputs = needs_of(rule, manifest, scene)
            if inputs and not done(rule, manifest, scene, inputs):
                found.append((rule, scene, max(triggers(rule, inputs), key=manifest.seq)))
    return found


def finished(rules: Iterable[Rule], manifest: Manifest) -> bool:
    """Whether every stage has done all it can: the job's end."""
    rules = list(rules)
    opened = bool(manifest.scenes) or not any(rule.per_scene for rule in rules)
    return opened and all(
        (inputs := needs_of(rule, manifest, scene)) is not None and done(rule, manifest, scene, inputs)
        for rule in rules
        for scene in (manifest.scenes if rule.per_scene else (None,))
    )
