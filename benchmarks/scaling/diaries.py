"""What pods have noted of their runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Note(NamedTuple):
    """A line of a pod's diary; `what` is up, begun, drawn or given back."""

    at: float
    pod: str
    what: str
    scene: str


def read(folder: Path) -> list[Note]:
    """All notes of all pods, in order."""
    lines = [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    return sorted(Note(**json.loads(line)) for line in lines)


def at_work(notes: Iterable[Note]) -> dict[str, list[str]]:
    """The scenes that each pod has begun and not ended, after these notes."""
    open_runs: dict[str, list[str]] = {}
    for note in notes:
        if note.what == "begun":
            open_runs.setdefault(note.pod, []).append(note.scene)
        elif note.what != "up":
            open_runs[note.pod].remove(note.scene)
    return {pod: scenes for pod, scenes in open_runs.items() if scenes}
