"""Jobs and what happens to them as messages of the gRPC contract, made of the JSON that the REST interface answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chassis.timeline import Timeline
from google.protobuf.timestamp_pb2 import Timestamp
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1.events_pb2 import Progress

from gateway.ledger.watching import Told

Json = Mapping[str, Any]
_STATE = "JOB_STATE_"


def job_message(job: Json) -> pb.Job:
    """A job: whole, or as it stands in a list."""
    return pb.Job(
        id=job["id"],
        state=f"{_STATE}{job['state'].upper()}",
        title=job["title"],
        source=job["source"],
        options=pb.JobOptions(**job["options"]),
        created_at=_time(job["created_at"]),
        updated_at=_time(job["updated_at"]),
        seq=job.get("seq", 0),
        scenes=job.get("scenes", ()),
        stages=[stage_message(stage) for stage in job.get("stages", ())],
        artifacts=[artifact_message(artifact) for artifact in job.get("artifacts", ())],
        failures=[failure_message(failure) for failure in job.get("failures", ())],
        waits_until=_time(job["waits_until"]) if job["waits_until"] else None,
        waits_for=job["waits_for"],
        costs=costs_message(job["costs"]) if "costs" in job else None,
    )


def costs_message(costs: Json) -> pb.JobCosts:
    """What a job may cost and has cost."""
    calls = [pb.JobCall(**call | {"scene": call["scene"] or 0}) for call in costs["calls"]]
    return pb.JobCosts(budget=costs["budget"], dollars=costs["dollars"], calls=calls)


def estimate_message(found: Json) -> pb.EstimateJobResponse:
    """What a job is likely to cost."""
    day = found["day"]
    return pb.EstimateJobResponse(
        lines=[pb.EstimateLine(**line) for line in found["lines"]],
        day=pb.DayMoney(**day | {"resets_at": _time(day["resets_at"])}) if day else None,
        **{key: found[key] for key in ("dollars", "notes", "budget", "enough", "short_by", "needed")},
    )


def providers_message(found: Json) -> pb.ListProvidersResponse:
    """What can be paid for."""
    return pb.ListProvidersResponse(
        providers=[pb.Provider(**each) for each in found["providers"]], keeps_keys=found["keeps_keys"]
    )


def key_message(row: Json) -> pb.ProviderKey:
    """What may be shown of a user's own key."""
    return pb.ProviderKey(**dict(row) | {"created_at": _time(row["created_at"].isoformat())})


def timeline_message(found: Timeline) -> pb.Timeline:
    """How a job's time was spent."""
    said = found.model_dump(exclude={"lanes", "path", "pauses", "started_at"})
    lanes = [
        pb.TimelineLane(
            stage=lane.stage,
            title=lane.title,
            scene=lane.scene or 0,
            bars=[pb.TimelineBar(**bar.model_dump()) for bar in lane.bars],
        )
        for lane in found.lanes
    ]
    return pb.Timeline(
        **said,
        started_at=_time(found.started_at.isoformat()) if found.started_at else None,
        lanes=lanes,
        path=[pb.TimelineStep(**step.model_dump() | {"scene": step.scene or 0}) for step in found.path],
        pauses=[pb.TimelinePause(**pause.model_dump()) for pause in found.pauses],
    )


def stage_message(stage: Json) -> pb.StageStatus:
    """How far a stage is."""
    return pb.StageStatus(**{key: stage[key] for key in ("name", "title", "state", "done", "total")})


def artifact_message(artifact: Json) -> pb.Artifact:
    """What an artifact is."""
    return pb.Artifact(
        artifact=artifact["artifact"],
        scene=artifact["scene"] or 0,
        seq=artifact["seq"],
        digest=artifact["digest"],
        size=artifact["size"],
        media_type=artifact["media_type"],
        stage=artifact["stage"],
        announced_at=_time(artifact["announced_at"]),
    )


def failure_message(failure: Json) -> pb.Failure:
    """Why a stage gave up."""
    return pb.Failure(
        stage=failure["stage"], scene=failure["scene"] or 0, code=failure["code"], message=failure["message"]
    )


def progress_message(progress: Json) -> Progress:
    """How far a run of a stage is."""
    return Progress(
        job_id=progress["job"],
        stage=progress["stage"],
        scene=progress["scene"] or 0,
        fraction=progress["fraction"],
        note=progress["note"],
    )


def watch_message(told: Told) -> pb.WatchJobResponse:
    """What those who watch a job are told. Raises KeyError for what they are not told in a message."""
    field, message = _EVENTS[told.name]
    return pb.WatchJobResponse(**{field: message(told.data)}, seq=told.seq, part=told.part)


def state_name(state: int) -> str | None:
    """A state as the REST interface calls it; None: unspecified. Raises ValueError for one that there is not."""
    return pb.JobState.Name(state).removeprefix(_STATE).lower() if state else None


_EVENTS: dict[str, tuple[str, Callable[[Json], Any]]] = {
    "snapshot": ("job", job_message),
    "job": ("job", job_message),
    "done": ("job", job_message),
    "cancelled": ("job", job_message),
    "stage": ("stage", stage_message),
    "progress": ("progress", progress_message),
    "artifact": ("artifact", artifact_message),
    "failed": ("failure", failure_message),
}


def _time(text: str) -> Timestamp:
    moment = Timestamp()
    moment.FromDatetime(datetime.fromisoformat(text))
    return moment
