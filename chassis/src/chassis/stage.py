"""The declaration of a stage: a rule that needs artifacts and makes others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chassis.folder import JobFolder


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A rule. It knows nothing of the other stages.

    A stage runs once per scene when all that it makes is a scene's, else once per job.
    `run` reads its inputs from the job folder and writes its outputs there; it is called in a thread,
    may be called again for the same inputs, and raises errors of chassis' tree.
    """

    name: str
    title: str
    """The word a user reads for it."""
    version: str
    needs: tuple[str, ...]
    makes: tuple[str, ...]
    run: Callable[[JobFolder], None]
    slots: int = 1
    """How many runs one worker does at a time."""

    @property
    def per_scene(self) -> bool:
        return all(name.startswith("scene.*.") for name in self.makes)

    @property
    def opens_scenes(self) -> bool:
        """Whether it decides which scenes there are."""
        return not self.per_scene and any(name.startswith("scene.*.") for name in self.makes)

    @property
    def firm(self) -> tuple[str, ...]:
        """The outputs that must be there for the stage to be done; a family such as `figure.*` may be empty."""
        return tuple(name for name in self.makes if "*" not in name or name.startswith("scene.*."))


@dataclass(frozen=True)
class Rule:
    """What others know of a stage: its declaration without the code."""

    name: str
    title: str
    version: str
    service: str
    needs: tuple[str, ...]
    makes: tuple[str, ...]
    per_scene: bool
    firm: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    """A process that works for one or more stages."""

    name: str
    stages: Sequence[Stage] = field(default_factory=tuple)

    def rules(self) -> list[Rule]:
        return [rule_of(stage, self.name) for stage in self.stages]


def triggers(rule: Rule | Stage, needs: Iterable[str]) -> list[str]:
    """The needs whose events set the stage going: for one that runs per scene, its scene's, of which it has some.

    Who announces a job's artifact late that such a stage needs announces the scenes' again after it, in one batch.
    """
    return [name for name in needs if not rule.per_scene or name.startswith("scene.")]


def rule_of(stage: Stage, service: str) -> Rule:
    """The stage's declaration without its code."""
    return Rule(stage.name, stage.title, stage.version, service, stage.needs, stage.makes, stage.per_scene, stage.firm)
