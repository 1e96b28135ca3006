"""The timeline of a job, made of the spans that were kept of it: who worked when, and what it waited for.

Pure functions; `chassis.spans` says where the spans come from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

_SHOWN = 0.02
"""Seconds of the shortest wait that is shown."""
_PAUSE, _SHARE = 10.0, 0.25
"""A time in which nothing was done is a pause when it has so many seconds, and this share of what was done."""
_LONGEST_TOLD = 20_000
"""Spans of a job at most that are looked at."""
_SERVER, _CLIENT, _CONSUMER = 2, 3, 5


class Bar(BaseModel):
    """A stretch of time."""

    kind: Literal["act", "wait", "run", "call"] = Field(description="call: of a provider, or the wait for a place.")
    label: str
    start: float = Field(description="Seconds since the job began.")
    seconds: float
    outcome: str = Field(default="", description="made, retried, waits, failed, abandoned; of a call bought, known.")
    error: str = Field(default="", description="Code of what went wrong.")
    attempt: int = 0
    worker: str = ""
    critical: bool = Field(default=False, description="Whether the job would have ended sooner without it.")
    dollars: float = 0.0
    input_tokens: int = 0
    output_tokens: int = 0


class Lane(BaseModel):
    """What one step did, of one scene or of the whole job."""

    stage: str
    title: str
    scene: int | None = None
    bars: list[Bar]


class Step(BaseModel):
    """A run on the critical path: those that each waited for the one before."""

    stage: str
    title: str
    scene: int | None = None
    waited: float = Field(description="Seconds between what set it going and its beginning.")
    seconds: float


class Pause(BaseModel):
    """A time in which nothing was done: the job waited for a person, or for a provider."""

    start: float
    seconds: float


class Timeline(BaseModel):
    """A job's time."""

    job_id: str
    trace_id: str = Field(description="As a collector knows it; empty: nothing was kept of this job.")
    started_at: datetime | None
    seconds: float = Field(description="From its beginning to the end of what was done last.")
    lanes: list[Lane]
    path: list[Step]
    pauses: list[Pause]


@dataclass(frozen=True)
class Kept:
    """A span as it was kept; times are in seconds since 1970."""

    id: str
    parent: str
    trace: str
    name: str
    kind: int
    start: float
    end: float
    facts: dict[str, Any]
    worker: str

    @property
    def stage(self) -> str:
        return str(self.facts.get("hiddenhill.stage", ""))

    @property
    def scene(self) -> int | None:
        found = self.facts.get("hiddenhill.scene")
        return found if isinstance(found, int) else None

    @property
    def is_run(self) -> bool:
        return self.kind == _CONSUMER and bool(self.stage)


def timeline_of(job_id: str, files: Iterable[bytes]) -> Timeline:
    """The timeline that these files of OTLP JSON tell of; what cannot be read of them is left out."""
    spans = {span.id: span for file in files for span in _read(file)}
    ordered = sorted(spans.values(), key=lambda span: span.start)[:_LONGEST_TOLD]
    if not ordered:
        return Timeline(job_id=job_id, trace_id="", started_at=None, seconds=0, lanes=[], path=[], pauses=[])
    began = ordered[0].start
    path = _path(spans)
    lanes = _lanes(ordered, spans, began, {span.id for span in path})
    end = max((bar.start + bar.seconds for lane in lanes for bar in lane.bars), default=0.0)
    return Timeline(
        job_id=job_id,
        trace_id=ordered[0].trace,
        started_at=datetime.fromtimestamp(began, UTC),
        seconds=end,
        lanes=lanes,
        path=[_step(span, before, spans) for before, span in zip([None, *path], path, strict=False)],
        pauses=_pauses(lanes),
    )


def _read(file: bytes) -> Iterable[Kept]:
    try:
        groups = json.loads(file)["resourceSpans"]
    except (ValueError, KeyError, TypeError):
        return
    for group in groups:
        worker = str(_facts(group.get("resource", {})).get("service.instance.id", ""))
        for scope in group.get("scopeSpans", ()):
            for span in scope.get("spans", ()):
                yield Kept(
                    id=span["spanId"],
                    parent=span.get("parentSpanId", ""),
                    trace=span["traceId"],
                    name=span["name"],
                    kind=span.get("kind", 0),
                    start=int(span["startTimeUnixNano"]) / 1e9,
                    end=int(span["endTimeUnixNano"]) / 1e9,
                    facts=_facts(span),
                    worker=worker,
                )


def _facts(holder: dict[str, Any]) -> dict[str, Any]:
    return {one["key"]: _value(one.get("value", {})) for one in holder.get("attributes", ())}


def _value(value: dict[str, Any]) -> Any:
    if "intValue" in value:
        return int(value["intValue"])
    return next(iter(value.values()), "")


def _path(spans: dict[str, Kept]) -> list[Kept]:
    """The runs that led to the last one: each was set going by the one before, the last of its inputs to be made.

    Earlier attempts of a run are among them.
    """
    runs = [span for span in spans.values() if span.is_run]
    last = max((run for run in runs if run.facts.get("hiddenhill.outcome") == "made"), key=_end, default=None)
    path: list[Kept] = []
    span = last
    while span is not None and len(path) < len(spans):
        if span.is_run:
            path += sorted((run for run in runs if _is_attempt(run, span)), key=_end, reverse=True)
        span = spans.get(span.parent)
    return path[::-1]


def _is_attempt(run: Kept, of: Kept) -> bool:
    return (run.parent, run.stage, run.scene) == (of.parent, of.stage, of.scene) and run.end <= of.end


def _end(span: Kept) -> float:
    return span.end


def _step(run: Kept, before: Kept | None, spans: dict[str, Kept]) -> Step:
    cause = before if before and before.parent == run.parent else spans.get(run.parent)
    return Step(
        stage=run.stage,
        title=_title(run),
        scene=run.scene,
        waited=max(0.0, run.start - cause.end) if cause else 0.0,
        seconds=run.end - run.start,
    )


def _title(run: Kept) -> str:
    return str(run.facts.get("hiddenhill.title") or run.stage)


def _lanes(ordered: Sequence[Kept], spans: dict[str, Kept], began: float, critical: set[str]) -> list[Lane]:
    runs: dict[tuple[str, int], list[Kept]] = {}
    first: dict[str, float] = {}
    for span in ordered:
        if span.is_run:
            runs.setdefault((span.stage, span.scene or 0), []).append(span)
            first.setdefault(span.stage, span.start)
    below: dict[str, list[Kept]] = {}
    for span in ordered:
        below.setdefault(span.parent, []).append(span)
    acts = [_act(span, began) for span in ordered if _is_act(span, spans)]
    lanes = [Lane(stage="", title="Requests", bars=acts)] if acts else []
    for (stage, scene), mine in sorted(runs.items(), key=lambda each: (first[each[0][0]], each[0])):
        bars = _waits(mine, spans, began, critical)
        for run in mine:
            bars.append(_bar("run", run, began, _title(run), critical=run.id in critical))
            bars += [_call(span, began) for span in below.get(run.id, ()) if _is_call(span)]
        bars.sort(key=lambda bar: bar.start)
        lanes.append(Lane(stage=stage, title=_title(mine[0]), scene=scene or None, bars=bars))
    return lanes


def _is_act(span: Kept, spans: dict[str, Kept]) -> bool:
    """Whether the job was asked for something: by a request, or by the reconciler."""
    above = spans.get(span.parent)
    return span.kind == _SERVER or (span.name.endswith(" job") and (above is None or above.kind == _SERVER))


def _act(span: Kept, began: float) -> Bar:
    return _bar("act", span, began, span.name if span.kind != _SERVER else "submit job")


def _is_call(span: Kept) -> bool:
    return span.kind == _CLIENT or "hiddenhill.waits_for" in span.facts


def _call(span: Kept, began: float) -> Bar:
    waits_for = span.facts.get("hiddenhill.waits_for")
    return _bar("call", span, began, f"waits for a place at {waits_for}" if waits_for else span.name)


def _bar(kind: Literal["act", "run", "call"], span: Kept, began: float, label: str, *, critical: bool = False) -> Bar:
    facts = span.facts
    return Bar(
        kind=kind,
        label=label,
        start=max(0.0, span.start - began),
        seconds=max(0.0, span.end - span.start),
        outcome=str(facts.get("hiddenhill.outcome") or facts.get("hiddenhill.answer") or ""),
        error=str(facts.get("error.type", "")),
        attempt=int(facts.get("hiddenhill.attempt", 0)),
        worker=span.worker,
        critical=critical,
        dollars=float(facts.get("hiddenhill.dollars", 0)),
        input_tokens=int(facts.get("gen_ai.usage.input_tokens", 0)),
        output_tokens=int(facts.get("gen_ai.usage.output_tokens", 0)),
    )


def _waits(runs: Sequence[Kept], spans: dict[str, Kept], began: float, critical: set[str]) -> list[Bar]:
    """Before each run the time since what set it going, or since the attempt before."""
    bars = []
    before: Kept | None = None
    for run in runs:
        cause = spans.get(run.parent)
        again = before if before and before.parent == run.parent else None
        since = again.end if again else cause.end if cause else run.start
        if run.start - since >= _SHOWN:
            label = "waits for a worker"
            if again and again.facts.get("hiddenhill.outcome") == "waits":
                label = f"waits for {again.facts.get('hiddenhill.waits_for', 'a provider')}"
            elif again:
                label = "waits to be tried again"
            start, seconds = since - began, run.start - since
            bars.append(Bar(kind="wait", label=label, start=start, seconds=seconds, critical=run.id in critical))
        before = run
    return bars


def _pauses(lanes: Sequence[Lane]) -> list[Pause]:
    busy = sorted((bar.start, bar.start + bar.seconds) for lane in lanes for bar in lane.bars if bar.kind != "wait")
    gaps, until, work = [], 0.0, 0.0
    for start, end in busy:
        if start > until:
            gaps.append(Pause(start=until, seconds=start - until))
        work += max(0.0, end - max(start, until))
        until = max(until, end)
    return [gap for gap in gaps if gap.seconds >= max(_PAUSE, _SHARE * work)]
