"""Script writers, one module each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.errors import Defect

if TYPE_CHECKING:
    from scripter.writer import Writer


def writer_named(name: str) -> Writer:
    """The writer of this name, as the settings give it."""
    if name == "extractive":
        from scripter.providers.extractive import ExtractiveWriter  # noqa: PLC0415 - only what was chosen

        return ExtractiveWriter()
    raise Defect(
        "internal.writer", "The script writer is not set up rightly; please tell the operator.", f"no {name!r}"
    )
