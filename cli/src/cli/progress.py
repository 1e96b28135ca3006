"""Progress bars, one per stage, on the terminal."""

from __future__ import annotations

from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Bars:
    """One bar per stage: scenes that are done count whole, running ones by how far they are.

    A stage is a dict with `name`, `title`, `done`, `total` and `state`; progress has `stage`, `scene` and `fraction`.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<8}"),
            BarColumn(36),
            TextColumn("{task.fields[count]:>7}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=quiet,
        )
        self._tasks: dict[str, TaskID] = {}
        self._stages: dict[str, dict[str, Any]] = {}
        self._running: dict[str, dict[int, float]] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def snapshot(self, stages: list[dict[str, Any]]) -> None:
        """Take the state of all stages."""
        for stage in stages:
            self.stage(stage)

    def stage(self, stage: dict[str, Any]) -> None:
        """Take the state of one stage."""
        name = stage["name"]
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(stage.get("title") or name, total=1, count="", start=False)
        before = self._stages.get(name, {}).get("done", 0)
        self._stages[name] = stage
        if stage.get("done", 0) != before:
            self._running[name] = {}
        self._show(name)

    def progress(self, data: dict[str, Any]) -> None:
        """Take how far one run of a stage is."""
        name = data["stage"]
        if name in self._tasks:
            self._running.setdefault(name, {})[data.get("scene") or 0] = float(data["fraction"])
            self._show(name)

    def _show(self, name: str) -> None:
        stage, task = self._stages[name], self._tasks[name]
        done, total = int(stage.get("done") or 0), max(1, int(stage.get("total") or 1))
        running = sum(self._running.get(name, {}).values())
        if stage.get("state") not in (None, "waiting", "pending") or running:
            self._progress.start_task(task)
        count = f"{done}/{total}" if total > 1 else ""
        self._progress.update(task, total=total, completed=min(total, done + running), count=count)
        if done >= total:
            self._progress.stop_task(task)
