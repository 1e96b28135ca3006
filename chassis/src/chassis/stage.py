"""The declaration of a stage: a rule that needs artifacts and makes others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from chassis import names
from chassis.errors import Defect, SourceError
from chassis.providers import Provider

if TYPE_CHECKING:
    from chassis.folder import JobFolder, Made

T = TypeVar("T")


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
    optional: tuple[str, ...] = ()
    """Of what it makes, what may be missing all the same."""
    run: Callable[[JobFolder], None]
    slots: int = 1
    """How many runs one worker does at a time."""

    def __post_init__(self) -> None:
        if not self.firm or not set(self.optional) <= set(self.makes):
            detail = f"{self.name} makes {self.makes}, of which {self.optional} may be missing"
            raise Defect("internal.stage", "A step is declared wrongly; please report this.", detail)

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
        firm = (name for name in self.makes if "*" not in name or name.startswith("scene.*."))
        return tuple(name for name in firm if name not in self.optional)

    def inputs(self, known: Mapping[str, T], scene: int | None) -> dict[str, T]:
        """Of the artifacts that are there, by name, those that the stage needs. Raises SourceError where one lacks."""
        found: dict[str, T] = {}
        for need in self.needs:
            pattern = names.of_scene(need, scene)
            fitting = {name: value for name, value in known.items() if names.matches(pattern, name)}
            if not fitting:
                raise SourceError("source.missing", f"The stage {self.name} needs {pattern}, and there is none.")
            found |= fitting
        return found

    def work(self, folder: JobFolder) -> list[Made]:
        """Run on the folder; returns what was made. Raises Defect where that is not what the stage declares."""
        self.run(folder)

        def stands_for(pattern: str, artifact: str) -> bool:
            return names.matches(names.of_scene(pattern, folder.scene), artifact)

        missing = [pattern for pattern in self.firm if not any(stands_for(pattern, name) for name in folder.made)]
        foreign = [name for name in folder.made if not any(stands_for(pattern, name) for pattern in self.makes)]
        if missing or foreign:
            detail = f"{self.name} did not make {missing}, and made {foreign}, which it does not declare"
            raise Defect("internal.outputs", "A step broke on our side; the operators have been told.", detail)
        return list(folder.made.values())


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
    providers: Sequence[Provider] = field(default_factory=tuple)
    """Paid providers that its stages can call, told to the others when a worker starts."""

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
