"""What a job's rows say: its manifest, its state, and the JSON a client reads. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chassis.manifest import DELIBERATE, Entry, Manifest, done, finished, frontier, needs_of
from chassis.stage import Rule

from chassis import names

Row = Mapping[str, Any]
_CALL = ("provider", "model", "stage", "scene", "state", "estimate", "dollars", "cut_off")
ENDS = frozenset({"done", "failed", "cancelled"})
APPROVAL = "approval"


@dataclass(frozen=True)
class JobRows:
    """All rows of one job: the job's, its artifacts' and its failures'."""

    job: Row
    artifacts: Sequence[Row]
    failures: Sequence[Row]
    pending: bool = False
    """Whether an event is on its way that sets the job going."""

    def manifest(self) -> Manifest:
        """The manifest, as the ledger knows it."""
        return Manifest({row["artifact"]: entry_of_row(row) for row in self.artifacts}, self.job["cancelled_seq"])


def entry_of_row(row: Row) -> Entry:
    """The manifest's entry for an artifact's row."""
    return Entry(
        artifact=row["artifact"],
        seq=row["seq"],
        digest=row["digest"],
        size=row["size"],
        media_type=row["media_type"],
        inputs=row["inputs"],
        scenes=tuple(row["scenes"]),
        cause=row["cause"],
        stage=row["stage"],
        stage_version=row["stage_version"],
    )


def in_order(rules: Sequence[Rule]) -> list[Rule]:
    """The rules such that each comes after those that make what it needs."""
    ordered: list[Rule] = []
    waiting = sorted(rules, key=lambda rule: rule.name)
    while waiting:
        missing = {made for rule in waiting for made in rule.makes}
        free = [rule for rule in waiting if not missing.intersection(rule.needs)] or waiting[:1]
        ordered += free
        waiting = [rule for rule in waiting if rule not in free]
    return ordered


def as_of(rows: JobRows, seq: int, known: Collection[str] = ()) -> JobRows:
    """The rows as they were at a sequence, as far as nothing newer has replaced them.

    Of the artifacts `known` to have been there, a newer one stands for the one it replaced.
    """
    artifacts = [row for row in rows.artifacts if row["seq"] <= seq or row["artifact"] in known]
    deliberate = [row["seq"] for row in artifacts if row["seq"] <= seq and row["cause"] in DELIBERATE]
    if rows.job["deliberate_seq"] <= seq:
        deliberate.append(rows.job["deliberate_seq"])
    cancelled = rows.job["cancelled_seq"] if rows.job["cancelled_seq"] <= seq else 0
    job = {**rows.job, "seq": min(seq, rows.job["seq"])}
    job |= {"cancelled_seq": cancelled, "deliberate_seq": max(deliberate, default=0)}
    return JobRows(job, artifacts, [row for row in rows.failures if row["seq"] <= seq], pending=rows.pending)


def standing_failures(rows: JobRows, rules: Sequence[Rule]) -> list[Row]:
    """Failures that nothing has overtaken since: no act of the user, and no success of the stage. Newest first."""
    manifest = rows.manifest()
    by_name = {rule.name: rule for rule in rules}
    found = [
        row
        for row in rows.failures
        if row["seq"] > rows.job["deliberate_seq"]
        and not ((rule := by_name.get(row["stage"])) and _is_done(rule, manifest, row["scene"] or None))
    ]
    return sorted(found, key=lambda row: -int(row["seq"]))


def state_of(rows: JobRows, rules: Sequence[Rule]) -> tuple[str, dict[str, Any] | None]:
    """The job's state, and the error where it failed."""
    manifest = rows.manifest()
    if manifest.cancelled:
        return "cancelled", None
    if not manifest.entries:
        return "queued", None
    if rules and finished(rules, manifest):
        return "done", None
    failures = standing_failures(rows, rules)
    if failures:
        return "failed", failure_json(failures[0])
    if manifest.scenes and APPROVAL not in manifest.entries and not frontier(rules, manifest):
        return "review", None
    return "running", None


def failure_json(row: Row) -> dict[str, Any]:
    """A failure as clients see it, without the operator's detail."""
    return {
        "stage": row["stage"],
        "scene": row["scene"] or None,
        "code": row["code"],
        "message": row["message"],
        "seq": row["seq"],
    }


def stages_json(rows: JobRows, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Every stage in order: how many of its runs there are, how many are done, and its state."""
    manifest = rows.manifest()
    ready = {rule.name for rule, _, _ in frontier(rules, manifest)}
    failed = {row["stage"] for row in standing_failures(rows, rules)}
    stages = []
    for rule in in_order(rules):
        scenes: Sequence[int | None] = manifest.scenes if rule.per_scene else (None,)
        count = sum(_is_done(rule, manifest, scene) for scene in scenes)
        if scenes and count == len(scenes):
            state = "done"
        elif rule.name in failed:
            state = "failed"
        elif manifest.cancelled:
            state = "cancelled"
        else:
            state = "running" if count or rule.name in ready else "waiting"
        stages.append({"name": rule.name, "title": rule.title, "state": state, "done": count, "total": len(scenes)})
    return stages


def artifact_json(row: Row) -> dict[str, Any]:
    """An artifact as clients see it."""
    return {
        "artifact": row["artifact"],
        "scene": names.scene_of(row["artifact"]),
        "seq": row["seq"],
        "digest": row["digest"],
        "size": row["size"],
        "media_type": row["media_type"],
        "cause": row["cause"],
        "stage": row["stage"],
        "seconds": row["seconds"],
        "announced_at": row["announced_at"].isoformat(),
        "url": f"/api/v1/jobs/{row['job_id']}/artifacts/{row['artifact']}?digest={row['digest']}",
    }


def costs_json(job: Row) -> dict[str, Any]:
    """What the job may cost, what it has cost, and for what, in dollars."""
    calls = [{key: call[key] for key in _CALL} | {"scene": call["scene"] or None} for call in job["calls"]]
    dollars = sum(call["dollars"] + (call["estimate"] if call["state"] == "open" else 0.0) for call in calls)
    return {"budget": job["budget"], "dollars": round(dollars, 6), "calls": calls}


def summary_json(job: Row, thumbnail: str = "") -> dict[str, Any]:
    """A job in a list; `thumbnail` is its digest."""
    waits = job["waits_until"] is not None and job["waits_until"] > datetime.now(UTC)
    return {
        "id": job["id"],
        "state": job["state"],
        "title": job["title"],
        "source": job["source_name"],
        "options": job["options"],
        "error": job["error"],
        "created_at": job["created_at"].isoformat(),
        "updated_at": job["updated_at"].isoformat(),
        "waits_until": job["waits_until"].isoformat() if waits else None,
        "waits_for": job["waits_for"] if waits else "",
        "share": job["share"],
        "thumbnail": f"/api/v1/jobs/{job['id']}/artifacts/thumbnail?digest={thumbnail}" if thumbnail else None,
        "url": f"/api/v1/jobs/{job['id']}",
    }


def job_json(rows: JobRows, rules: Sequence[Rule]) -> dict[str, Any]:
    """A job, whole."""
    state, error = state_of(rows, rules)
    if rows.pending and (state in ENDS or state == "review"):
        state, error = "running", None
    thumbnail = next((row["digest"] for row in rows.artifacts if row["artifact"] == "thumbnail"), "")
    return summary_json(rows.job, thumbnail) | {
        "state": state,
        "error": error,
        "seq": rows.job["seq"],
        "scenes": list(rows.manifest().scenes),
        "stages": stages_json(rows, rules),
        "costs": costs_json(rows.job),
        "failures": [failure_json(row) for row in standing_failures(rows, rules) if not rows.pending],
        "artifacts": [artifact_json(row) for row in sorted(rows.artifacts, key=lambda row: row["artifact"])],
    }


def _is_done(rule: Rule, manifest: Manifest, scene: int | None) -> bool:
    inputs = needs_of(rule, manifest, scene)
    return inputs is not None and done(rule, manifest, scene, inputs)
