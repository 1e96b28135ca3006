"""Artifacts as files: whole or not at all, taken up where a connection broke, checked against their digest."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from chassis.errors import Defect, Transient
from chassis.folder import digest_of

from cli.client import Client

_TRIES = 6


def download(client: Client, job_id: str, artifact: str, path: Path) -> None:
    """Write an artifact's bytes to a file. Raises errors of chassis' tree."""
    part = _Part(path.with_name(f".{path.name}.part"))
    part.begin()
    try:
        for tried in range(1, _TRIES + 1):
            try:
                part.go_on(client, job_id, artifact)
            except Transient:
                if tried == _TRIES:
                    raise
                time.sleep(0.1 * 2**tried)
                continue
            if part.is_whole():
                part.path.replace(path)
                return
            part.begin()
    finally:
        part.path.unlink(missing_ok=True)
    raise Defect("internal.digest", f"The bytes of {artifact} arrived damaged again and again; try later.", part.digest)


@dataclass
class _Part:
    """What has arrived so far, and what it is to become."""

    path: Path
    digest: str = ""
    size: int = -1

    def begin(self) -> None:
        self.path.write_bytes(b"")
        self.digest, self.size = "", -1

    def is_whole(self) -> bool:
        return digest_of(self.path) == self.digest

    def go_on(self, client: Client, job_id: str, artifact: str) -> None:
        """Add what is missing; nothing where the artifact is another one by now, so that it is begun anew."""
        offset = self.path.stat().st_size
        if offset == self.size:
            return
        with client.read(job_id, artifact, offset) as found, self.path.open("ab") as file:
            if offset and found.digest != self.digest:
                return
            self.digest, self.size = found.digest, found.size
            for chunk in found.chunks:
                file.write(chunk)
