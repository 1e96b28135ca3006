"""Keep the artifacts of the sample paper as this version writes them: run by `make release-contracts`, at a release."""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
from importlib import import_module
from pathlib import Path

from artifacts.request import Approval, Options, Reference
from chassis.folder import JobFolder
from chassis.local import run_stage
from chassis.stage import Service, Stage
from cli.stack.stack import installed_services

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "nightingale" / "nightingale.xml"
RELEASED = Path(__file__).parent / "released"
SCRIPTED = ("fetch", "script", "check")
WHOLE = (*SCRIPTED, "clip", "narrate", "caption", "render", "assemble")
JOBS = {"whole": (20, WHOLE), "scripted": (120, SCRIPTED)}
"""Seconds of each video, and the stages that are run: a long script shows more kinds of pictures."""


def stages() -> dict[str, Stage]:
    """The stages of all installed services, by name."""
    modules = [import_module(f"{name}.stage") for name in sorted(set(installed_services().values()) - {"gateway"})]
    services: list[Service] = [module.service() for module in modules]
    return {stage.name: stage for service in services for stage in service.stages}


def run(folder: Path, seconds: int, names: tuple[str, ...]) -> None:
    """Run stages on the sample paper, in a folder."""
    shutil.copy(SAMPLE, folder / "source.xml")
    job = JobFolder(folder, {})
    job.write("options", Options(seconds=seconds))
    job.write("approval", Approval())
    known = stages()
    for name in names:
        run_stage(known[name], folder)
        sys.stdout.write(f"{name}\n")


def main() -> None:
    """Write the JSON artifacts of all jobs below a folder called as the version."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for job, (seconds, names) in JOBS.items():
        target = RELEASED / version / job
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            run(folder, seconds, names)
            for path in sorted(folder.glob("*.json")):
                shutil.copy(path, target / path.name)
    reference = Reference(reference="PMC13901").model_dump_json(indent=1)
    (RELEASED / version / "scripted" / "source.json").write_text(f"{reference}\n")


if __name__ == "__main__":
    main()
