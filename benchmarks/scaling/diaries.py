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


def at_work(notes: Iterable[Note]) -> list[str]:
    """The pods that have begun runs and not ended them, after these notes; who began last, first."""
    open_runs: dict[tuple[str, str], float] = {}
    for note in notes:
        if note.what == "begun":
            open_runs[note.pod, note.scene] = note.at
        elif note.what != "up":
            del open_runs[note.pod, note.scene]
    return [pod for pod, _ in sorted(open_runs, key=lambda run: -open_runs[run])]
