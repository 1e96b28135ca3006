"""Stage `fetch`: a file or a reference becomes a paper."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from chassis.stage import Service, Stage

if TYPE_CHECKING:
    from artifacts.paper import Image, Paper
    from chassis.folder import JobFolder

    from fetcher.jats.article import Reading
    from fetcher.settings import Settings

VERSION = "1"


def service() -> Service:
    """The fetcher and its one stage."""
    stage = Stage(
        name="fetch",
        title="Read",
        version=VERSION,
        needs=("source",),
        makes=("paper", "figure.*", "page.*"),
        run=run,
        slots=2,
    )
    return Service("fetcher", (stage,))


def run(job: JobFolder) -> None:
    """Read `source`, fetching it first where it is a reference; write the paper and its pictures."""
    from fetcher.settings import Settings  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

    settings = Settings()
    job.progress(0.02, "looking at the source")
    with tempfile.TemporaryDirectory(prefix="hiddenhill-read-") as folder:
        paper = _paper(job, Path(folder), settings)
        job.progress(0.95, "keeping the paper")
        _write(job, paper, Path(folder) / "out")


def _paper(job: JobFolder, folder: Path, settings: Settings) -> Paper:
    source, out = job.path("source"), folder / "out"
    out.mkdir()
    reference = _reference(source)
    if reference is not None:
        from fetcher.remote import fetch_paper  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

        return fetch_paper(reference, folder, out, settings, lambda note: job.progress(0.3, note), job.calling)
    _check_size(source, settings)
    return _read(job, source, out, settings).paper


def _read(job: JobFolder, source: Path, out: Path, settings: Settings) -> Reading:
    from fetcher.sandbox import read_apart  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

    job.progress(0.1, "reading the paper")
    return read_apart(source, out, settings, lambda: job.progress(0.5, "reading the paper"))


def _reference(source: Path) -> str | None:
    """The reference that the source holds, or None where it is a paper itself."""
    from artifacts.request import Reference  # noqa: PLC0415 - loaded only where it is needed, so that services start fast
    from pydantic import ValidationError  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

    if source.stat().st_size > 20_000 or not source.read_bytes()[:64].lstrip().startswith(b"{"):
        return None
    try:
        return Reference.model_validate_json(source.read_bytes()).reference
    except ValidationError:
        return None


def _check_size(source: Path, settings: Settings) -> None:
    from chassis.errors import SourceError  # noqa: PLC0415 - loaded only where it is needed, so that services start fast

    size = source.stat().st_size
    if size > settings.max_bytes:
        raise SourceError(
            "source.too-large",
            f"This file is {size / 1e6:.0f} MB; papers of up to {settings.max_bytes / 1e6:.0f} MB can be read."
            " Please give a smaller copy.",
        )


def _write(job: JobFolder, paper: Paper, out: Path) -> None:
    """Put the pictures that the paper names, then the paper, into the job folder."""
    images: list[Image] = [figure.image for figure in paper.figures if figure.image]
    images += [page.image for page in paper.pages]
    for image in images:
        picture = next(out.glob(f"{image.artifact}.*"))
        beside = job.scratch(picture.name)
        shutil.move(picture, beside)
        job.write(image.artifact, beside, image.media_type)
    job.write("paper", paper)
