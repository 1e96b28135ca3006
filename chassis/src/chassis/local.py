"""Run a stage alone on a folder of files, without servers: how a stage is developed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from chassis import names
from chassis.errors import SourceError, UsageError
from chassis.folder import JobFolder, Made, digest_of
from chassis.stage import Stage

Report = Callable[[float, str], None]


def artifacts_in(folder: Path) -> dict[str, Path]:
    """The artifacts in a folder, by name: every file called as an artifact, whatever its suffix."""
    known = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix in names.MEDIA_TYPES and names.is_name(path.stem):
            known[path.stem] = path
    return known


def run_stage(stage: Stage, folder: Path, scene: int | None = None, report: Report | None = None) -> list[Made]:
    """Run the stage on a folder, for one scene or, where it runs per scene, for all; return what it made.

    Raises:
        SourceError: the folder lacks what the stage needs.
        Error: whatever the stage raises.
    """
    if not folder.is_dir():
        raise UsageError("usage.folder", f"{folder} is not a folder.")
    scenes: list[int | None] = [scene]
    if stage.per_scene and scene is None:
        scenes = list(_scenes(stage, folder)) or [1]
    made: list[Made] = []
    for number in scenes:
        made += _run_once(stage, folder, number, report)
    return made


def _run_once(stage: Stage, folder: Path, scene: int | None, report: Report | None) -> list[Made]:
    job = JobFolder(
        folder,
        stage.inputs(artifacts_in(folder), scene),
        scene=scene,
        fetch_blob=lambda digest: _find(folder, digest),
        report=report,
    )
    try:
        return stage.work(job)
    finally:
        shutil.rmtree(folder / ".scratch", ignore_errors=True)


def _scenes(stage: Stage, folder: Path) -> list[int]:
    found = {names.scene_of(name) for name in artifacts_in(folder) if any(names.matches(n, name) for n in stage.needs)}
    return sorted(scene for scene in found if scene)


def _find(folder: Path, digest: str) -> Path:
    for path in artifacts_in(folder).values():
        if digest_of(path) == digest:
            return path
    raise SourceError("source.missing", f"{folder} holds no file with the digest {digest[:12]}….")
