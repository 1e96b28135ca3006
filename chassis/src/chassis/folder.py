"""The job folder: all that a stage sees of a job."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from chassis import names
from chassis.errors import Defect, Transient
from chassis.limits import Limit, LocalLimits, Taker

if TYPE_CHECKING:
    from chassis.purse import Purse

M = TypeVar("M", bound=BaseModel)
_ALONE = LocalLimits()


@dataclass(frozen=True)
class Made:
    """A file that a stage has written."""

    artifact: str
    path: Path
    media_type: str
    digest: str
    size: int


class JobFolder:
    """The inputs of one run, the place for its outputs, and the way to say how far it is.

    Names are given as the stage declares them: in a stage that runs per scene, `scene.*.brief` is this scene's.

    Args:
        root: directory that outputs are written to.
        inputs: file of each input by artifact name.
        scene: number of the scene, in a stage that runs per scene.
        fetch_blob: finds a blob by digest and returns a file that holds it.
        report: is told the progress (fraction 0 to 1, note); raises Abandoned when the work is no longer wanted.
        taker: the run's way through the limits of providers; without it, they are this process' own.
        purse: pays for calls of providers; without it, nothing can be paid for.
        key: finds the user's own key of a provider.
        count: is told what the stage counts.
    """

    def __init__(  # noqa: PLR0913 - all that a run has at hand
        self,
        root: Path,
        inputs: Mapping[str, Path],
        *,
        scene: int | None = None,
        fetch_blob: Callable[[str], Path] | None = None,
        report: Callable[[float, str], None] | None = None,
        taker: Taker | None = None,
        purse: Purse | None = None,
        key: Callable[[str], str] | None = None,
        count: Callable[[str, float], None] | None = None,
    ) -> None:
        self.root = root
        self.scene = scene
        self.made: dict[str, Made] = {}
        self._inputs = dict(inputs)
        self._fetch_blob = fetch_blob
        self._report = report
        self._purse = purse
        self._key = key
        self._count = count
        self._taker = taker or _ALONE.taker(str(root))

    def path(self, name: str) -> Path:
        """The file of an input."""
        return self._inputs[names.of_scene(name, self.scene)]

    def load(self, name: str, model: type[M]) -> M:
        """The JSON of an input, validated."""
        return _parse(self.path(name), model)

    def each(self, pattern: str) -> dict[int, Path]:
        """The files of all scenes' inputs that the pattern stands for, by scene, in order."""
        found = {names.scene_of(name) or 0: path for name, path in self._inputs.items() if names.matches(pattern, name)}
        return dict(sorted(found.items()))

    def load_each(self, pattern: str, model: type[M]) -> dict[int, M]:
        """The JSON of all scenes' inputs that the pattern stands for, validated."""
        return {scene: _parse(path, model) for scene, path in self.each(pattern).items()}

    def blob(self, digest: str) -> Path:
        """A file with the bytes that have this digest: what an input names by content, such as a figure."""
        if self._fetch_blob is None:
            raise Defect("internal.blob", "A picture of the paper could not be found.", f"no blobs here: {digest}")
        return self._fetch_blob(digest)

    def write(self, name: str, content: bytes | BaseModel | Path, media_type: str = "application/json") -> Made:
        """Put an output into the folder, whole or not at all. A Path is moved."""
        artifact = names.of_scene(name, self.scene)
        target = self.root / names.file_name(artifact, media_type)
        beside = self.root / f".{target.name}.part"
        if isinstance(content, Path):
            shutil.move(content, beside)
        else:
            beside.write_bytes(_json_bytes(content) if isinstance(content, BaseModel) else content)
        beside.replace(target)
        made = Made(artifact, target, media_type, digest_of(target), target.stat().st_size)
        self.made[artifact] = made
        return made

    def scratch(self, name: str) -> Path:
        """A path for work in progress; it is gone when the run ends."""
        place = self.root / ".scratch"
        place.mkdir(exist_ok=True)
        return place / name

    def progress(self, fraction: float, note: str = "") -> None:
        """Say how far the run is, 0 to 1. Raises Abandoned when nobody wants it any more: call it often."""
        if self._report is not None:
            self._report(min(max(fraction, 0.0), 1.0), note)

    def count(self, name: str, amount: float) -> None:
        """Add to a total of all runs that operators see, such as `frames`: letters and underscores."""
        if self._count is not None:
            self._count(name, amount)

    @property
    def purse(self) -> Purse:
        """Pays for this run."""
        if self._purse is None:
            raise Defect("internal.purse", "This step cannot pay for anything; please report this.", str(self.root))
        return self._purse

    def calling(self, limit: Limit) -> AbstractContextManager[None]:
        """A place for one request to a provider, within the limit that all workers share; the call is made inside.

        An error that leaves it says what became of the call: RateLimited closes the limit for all, and so do Transient,
        ConnectionError and TimeoutError where they come again and again.
        Entering raises RateLimited when the wait is longer than the limit's patience: the run is then begun again at
        that time.
        """
        return self._taker.calling(limit)

    def key(self, provider: str) -> str:
        """The provider's key of who pays for this job; empty: there is none but the operator's."""
        return self._key(provider) if self._key else ""


def digest_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def canonical_json(value: Any) -> bytes:
    """The one way to write a JSON value, so that equal values have equal digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _json_bytes(model: BaseModel) -> bytes:
    return model.model_dump_json(indent=1).encode() + b"\n"


def _parse(path: Path, model: type[M]) -> M:
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        # Whoever wrote it may be of a newer version, and so may who is given the message next.
        message = "A part of the job could not be read; please retry it."
        raise Transient("unavailable.artifact", message, _without_input(error)) from None  # it quotes what it has read


def _without_input(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in faults[:20])
