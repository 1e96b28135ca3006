"""The `trace` command: a job's timeline in the terminal, or as a picture in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chassis.errors import UsageError
from chassis.timeline import Bar, Lane, Timeline
from chassis.timeline_picture import Scale, lane_name, page, picture, seconds_text, told

from cli.gateway import Address, gateway

_NAME = 14
_MARKS = {"wait": "·", "act": "▪", "run": "▒", "call": "─"}
_LEGEND = "█ critical path  ▒ other work  ✗ failed  · waits  ─ provider"


def fetch(job_id: str, address: Address) -> Timeline:
    """The job's timeline. Raises UsageError where nothing of it is kept."""
    with gateway(address) as client:
        found = Timeline.model_validate(client.trace(job_id))
    if not found.lanes:
        raise UsageError("usage.no-trace", "Nothing is kept of this job's time; it is too old, or has just begun.")
    return found


def write(timeline: Timeline, path: Path) -> None:
    """Draw it into a file. Raises UsageError for a kind of file that is not drawn."""
    kind = path.suffix.lower()
    if kind not in (".svg", ".html"):
        raise UsageError("usage.output", f"{path.name}: give a file that ends in .svg or .html.")
    path.write_text(page(timeline) if kind == ".html" else picture(timeline, alone=True), encoding="utf-8")


def lines(timeline: Timeline, columns: int) -> Iterator[str]:
    """The timeline as text: a row for each step and scene, one for each call of a provider, and sums."""
    width = max(20, min(columns, 160) - _NAME - 12)
    scale = Scale(timeline, width, gap=3)
    for lane in timeline.lanes:
        yield from _rows(lane, scale, width)
    yield ""
    yield _LEGEND
    yield from (f"pause of {seconds_text(one.seconds)} at {seconds_text(one.start)}" for one in timeline.pauses)
    yield f"total {seconds_text(timeline.seconds)}, critical path:"
    for step in timeline.path:
        name = f"{step.title} {step.scene}" if step.scene else step.title
        waited = f" after waiting {seconds_text(step.waited)}" if step.waited >= 0.1 else ""
        yield f"  {name:<{_NAME}} {seconds_text(step.seconds):>10}{waited}"
    yield f"trace {timeline.trace_id}"


def _rows(lane: Lane, scale: Scale, width: int) -> Iterator[str]:
    cells = [" "] * width
    for kind in ("wait", "act", "run"):
        for bar in lane.bars:
            if bar.kind == kind:
                _fill(cells, bar, scale)
    worked = sum(bar.seconds for bar in lane.bars if bar.kind in ("run", "act"))
    yield f"{lane_name(lane):<{_NAME}.{_NAME}} {''.join(cells)} {seconds_text(worked):>10}"
    for bar in lane.bars:
        if bar.kind == "call":
            cells = [" "] * width
            _fill(cells, bar, scale)
            yield f"{'':<{_NAME}} {''.join(cells)} {seconds_text(bar.seconds):>10}  {told(bar)}"


def _fill(cells: list[str], bar: Bar, scale: Scale) -> None:
    first = min(int(scale.at(bar.start)), len(cells) - 1)
    last = max(first, min(round(scale.at(bar.start + bar.seconds)), len(cells)) - 1)
    mark = "✗" if bar.error else "█" if bar.critical and bar.kind == "run" else _MARKS[bar.kind]
    cells[first : last + 1] = mark * (last - first + 1)
