"""The `paper` command: the fetcher's rule alone, on a folder of its own, without servers."""

from __future__ import annotations

import json
import shutil
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from artifacts.request import Reference
from chassis.errors import SourceError
from chassis.local import run_stage
from chassis.stage import Stage


def read(source: str) -> str:
    """The parsed paper of a local file, identifier or link, as a line of JSON. Raises errors of chassis' tree."""
    with tempfile.TemporaryDirectory(prefix="hiddenhill-") as scratch:
        folder = Path(scratch)
        file = local_file(source)
        if file is None:
            (folder / "source.json").write_text(Reference(reference=source).model_dump_json())
        else:
            shutil.copyfile(file, folder / "source.bin")
        made = run_stage(_fetch_stage(), folder)
        paper = next(output.path for output in made if output.artifact == "paper")
        return json.dumps(json.loads(paper.read_bytes()), ensure_ascii=False) + "\n"


def local_file(source: str) -> Path | None:
    """The file that SOURCE names, or None when it is an identifier or a link. Raises SourceError for a missing file."""
    path = Path(source).expanduser()
    if path.is_file():
        return path
    looks_like_a_file = source.startswith(("/", "./", "../", "~")) or path.suffix.lower() in (".xml", ".pdf", ".docx")
    if path.is_dir() or (looks_like_a_file and "://" not in source):
        raise SourceError("source.no-file", f"There is no file {source}; check the path.")
    return None


def _fetch_stage() -> Stage:
    """The installed stage that makes `paper`."""
    for point in entry_points(group="hiddenhill.services", name="fetcher"):
        for stage in point.load()().stages:
            if isinstance(stage, Stage) and "paper" in stage.makes:
                return stage
    raise SourceError("source.no-fetcher", "The fetcher is not installed; run `make install`.")
