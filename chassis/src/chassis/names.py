"""Names of artifacts, and the subjects and files they map to. Only this module builds them.

An artifact is named by dotted tokens, `paper` or `scene.3.narration`. In a rule `*` stands for a number:
`scene.*.brief` in a stage that runs per scene means that scene's, in a stage that runs per job all of them.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

STREAM = "EVENTS"
_NAME = re.compile(r"[a-z][a-z_]*(\.([1-9][0-9]{0,5}|[a-z][a-z_]*))*")
_JOB = re.compile(r"[A-Za-z0-9_-]{1,64}")

SUFFIXES = {
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/xml": ".xml",
    "audio/flac": ".flac",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/plain": ".txt",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "video/mp4": ".mp4",
    "application/octet-stream": ".bin",
}
MEDIA_TYPES = {suffix: media_type for media_type, suffix in SUFFIXES.items()}


def is_name(text: str) -> bool:
    """Whether an artifact may be called so."""
    return _NAME.fullmatch(text) is not None


def check_name(artifact: str) -> str:
    """Return the name, or raise ValueError: a name must not smuggle wildcards or paths into subjects and files."""
    if not is_name(artifact):
        raise ValueError(f"not an artifact name: {artifact!r}")
    return artifact


def check_job(job_id: str) -> str:
    """Return the id, or raise ValueError."""
    if not _JOB.fullmatch(job_id):
        raise ValueError(f"not a job id: {job_id!r}")
    return job_id


def matches(pattern: str, artifact: str) -> bool:
    """Whether the name is one that the rule's pattern stands for."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", r"[1-9][0-9]*"), artifact) is not None


def of_scene(pattern: str, scene: int | None) -> str:
    """The pattern with its scene's number filled in; other wildcards stay."""
    return pattern.replace("scene.*", f"scene.{scene}") if scene else pattern


def scene_of(artifact: str) -> int | None:
    """The number of the scene that the artifact belongs to, or None."""
    tokens = artifact.split(".")
    return int(tokens[1]) if tokens[0] == "scene" and len(tokens) > 1 else None


def ready_subject(job_id: str, artifact: str) -> str:
    """Subject of the event that the artifact is ready."""
    return f"job.{check_job(job_id)}.ready.{check_name(artifact)}"


def ready_filter(pattern: str) -> str:
    """Consumer filter for the artifacts of all jobs that the pattern stands for."""
    return f"job.*.ready.{pattern}"


def failed_subject(job_id: str, stage: str, scene: int | None) -> str:
    """Subject of the event that a stage gave up."""
    return f"job.{check_job(job_id)}.failed.{stage}" + (f".{scene}" if scene else "")


def cancelled_subject(job_id: str) -> str:
    """Subject of the event that the user stopped the job."""
    return f"job.{check_job(job_id)}.cancelled"


def budget_subject(job_id: str) -> str:
    """Subject of what the job may cost."""
    return f"job.{check_job(job_id)}.budget"


def costs_subject(job_id: str) -> str:
    """Subject of what the job has paid for."""
    return f"job.{check_job(job_id)}.costs"


def progress_subject(job_id: str, stage: str, scene: int | None) -> str:
    """Subject, outside the stream, of a running stage's progress."""
    return f"progress.{check_job(job_id)}.{stage}" + (f".{scene}" if scene else "")


def parse_subject(subject: str) -> tuple[str, str, str]:
    """Split `job.<id>.<kind>.<rest>` into id, kind and rest (which may be empty)."""
    _, job_id, kind, *rest = subject.split(".")
    return job_id, kind, ".".join(rest)


def template(subjects: Sequence[str]) -> str:
    """What a batch's subjects have in common, without what differs from job to job and scene to scene."""
    shapes = [["job", "{job}", *(_shape(token) for token in subject.split(".")[2:])] for subject in subjects]
    shared = [same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*shapes, strict=False))]
    return ".".join(shared) + ("" if all(shape == shared for shape in shapes) else ".>")


def _shape(token: str) -> str:
    return "{scene}" if token.isdecimal() else token


def file_name(artifact: str, media_type: str) -> str:
    """Name of the artifact's file in a job folder."""
    return check_name(artifact) + SUFFIXES.get(media_type, ".bin")
