"""A run of a stage on blobs: its inputs laid out in a job folder, its outputs stored."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from chassis import metrics, names, telemetry
from chassis.blobs import Blobs, key_of, put_once
from chassis.errors import Defect
from chassis.folder import JobFolder, Made
from chassis.limits import Taker
from chassis.purse import Purse
from chassis.stage import Stage


class Stored(Protocol):
    """What tells where an artifact's bytes are: an entry of the manifest, or a blob of a request."""

    @property
    def artifact(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def media_type(self) -> str: ...


def work_on_blobs(
    stage: Stage,
    blobs: Blobs,
    inputs: Iterable[Stored],
    scene: int | None,
    report: Callable[[float, str], None],
    taker: Taker | None = None,
    purse: Purse | None = None,
    key: Callable[[str], str] | None = None,
) -> list[Made]:
    """Lay out a job folder, run the stage, store what it made. The folder is gone when it returns."""
    with tempfile.TemporaryDirectory(prefix=f"{stage.name}-", ignore_cleanup_errors=True) as scratch:
        needs, makes = Path(scratch, "needs"), Path(scratch, "makes")
        needs.mkdir()
        makes.mkdir()

        def fetch(digest: str, path: Path) -> Path:
            try:
                if not path.exists():
                    blobs.get(key_of(digest), path)
            except KeyError as error:
                message = "A part of the job is not in the store any more; retry the job, and it is made again."
                raise Defect("internal.lost", message, f"no blob {digest}") from error
            return path

        with telemetry.spanned("fetch inputs"):
            files = {
                each.artifact: fetch(each.digest, needs / names.file_name(each.artifact, each.media_type))
                for each in inputs
            }
        folder = JobFolder(
            makes,
            files,
            scene=scene,
            fetch_blob=lambda digest: fetch(digest, needs / digest),
            report=report,
            taker=taker,
            purse=purse,
            key=key,
            count=metrics.count,
        )
        made = stage.work(folder)
        with telemetry.spanned("store outputs", {"hiddenhill.bytes": sum(output.size for output in made)}):
            for output in made:
                put_once(blobs, output.digest, output.path)
    return made
