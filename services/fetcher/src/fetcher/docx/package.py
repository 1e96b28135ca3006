"""The parts of an Office Open XML package, read within limits."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING, Self

from chassis.errors import SourceError

from fetcher.markup import Element, parse_xml

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_MOST_ENTRIES = 10_000
_LARGEST_PART = 40_000_000
_LARGEST_TOTAL = 400_000_000


class Package:
    """An open package; every part is checked against limits before and while it is inflated."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError) as error:
            raise broken(str(error)) from error
        check_entries(self._archive.infolist())
        self.names = {entry.filename: entry for entry in self._archive.infolist()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def read(self, name: str) -> bytes:
        """The bytes of a part; empty where there is no such part."""
        entry = self.names.get(name)
        if entry is None:
            return b""
        try:
            with self._archive.open(entry) as part:
                content = part.read(_LARGEST_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise broken(f"{name}: {error}") from error
        if len(content) > _LARGEST_PART:
            raise bomb(name)
        return content

    def tree(self, name: str) -> Element | None:
        """The root element of a part, or None where there is no such part."""
        content = self.read(name)
        return parse_xml(content) if content else None

    def main_part(self) -> str:
        """Name of the part that holds the document's body."""
        for kind, target in self.relations("").values():
            if kind == "officeDocument":
                return target
        return "word/document.xml"

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and target part of each relation of a part, by relation id; targets outside of the file are left out."""
        folder, name = posixpath.split(part)
        root = self.tree(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                _target(folder, relation.get("Target", "")),
            )
            for relation in root.iter("Relationship")
            if relation.get("TargetMode") != "External"
        }


def _target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive whose directory alone shows that it means harm or cannot be opened."""
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith(("/", "\\")) or (len(parts[0]) == 2 and parts[0][1] == ":"):
            raise SourceError(
                "source.zip-path",
                "This file contains an entry that tries to escape its folder, so it was not opened;"
                " please save the document again with your word processor.",
                entry.filename,
            )
        if entry.flag_bits & 1:
            raise SourceError(
                "source.encrypted",
                "This file is protected by a password; please remove it and try again.",
                entry.filename,
            )
        if entry.file_size > _LARGEST_PART and entry.file_size > 100 * max(entry.compress_size, 1):
            raise bomb(f"{entry.filename}: {entry.file_size}")
    if len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _LARGEST_TOTAL:
        raise bomb(f"{len(entries)} entries")


def bomb(detail: str) -> SourceError:
    """The archive inflates beyond any real paper."""
    return SourceError(
        "source.zip-bomb",
        "This file unpacks to far more than any paper holds, so it was not opened;"
        " please save the document again with your word processor.",
        detail,
    )


def broken(detail: str) -> SourceError:
    """The archive is cut off or damaged."""
    return SourceError(
        "source.truncated", "This document is cut off or damaged; please download or save it again.", detail
    )
