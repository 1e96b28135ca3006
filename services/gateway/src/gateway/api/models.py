"""What the REST interface takes and answers, as its OpenAPI document says."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from artifacts.request import Options
from pydantic import BaseModel, ConfigDict, Field

from gateway.jobs.budgets import MOST
from gateway.jobs.edits import Edit
from gateway.jobs.listing import State

SECURITY: Any = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token of yours; make one on your account's page."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "hiddenhill",
        "description": "What the login page sets. Whatever changes something also sends the header X-CSRFToken, as a"
        " page's csrf-token has it.",
    },
}
SECURED: Any = [{"token": []}, {"session": []}]
JOB_ID = r"^[A-Za-z0-9_-]{1,64}$"


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description="about:blank")
    title: str = Field(description="The status in words.")
    status: int
    code: str = Field(description="Stable; programs branch on it. Dotted, such as `source.encrypted`.")
    detail: str = Field(description="A sentence that says what to do next.")


class Stage(BaseModel):
    """How far a step of the job is."""

    name: str
    title: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    done: int
    total: int


class Artifact(BaseModel):
    """A thing that the job made."""

    artifact: str = Field(description="Such as `video` or `scene.3.segment`.")
    scene: int | None
    seq: int = Field(description="Place of its event in the stream.")
    digest: str = Field(description="SHA-256 of the bytes.")
    size: int
    media_type: str
    cause: str
    stage: str
    seconds: float = Field(description="How long the stage worked on it.")
    announced_at: datetime
    url: str


class Failure(BaseModel):
    """Why a step gave up."""

    stage: str
    scene: int | None
    code: str
    message: str
    seq: int


class JobSummary(BaseModel):
    """A job in a list."""

    id: str
    state: State
    title: str
    source: str
    options: Options
    error: Failure | None
    created_at: datetime
    updated_at: datetime
    waits_until: datetime | None = Field(description="When a job that had to wait for a limit goes on.")
    waits_for: str
    share: str | None = Field(description="Last part of the public link /s/…; null: not shared.")
    thumbnail: str | None = Field(description="Address of the thumbnail, once there is one.")
    url: str


class Call(BaseModel):
    """A call of a paid provider."""

    provider: str
    model: str
    stage: str
    scene: int | None
    state: Literal["open", "paid", "known", "refused"] = Field(description="known: it had been paid for before.")
    estimate: float = Field(description="Dollars, at most.")
    dollars: float
    cut_off: int = Field(description="Earlier calls whose end nobody saw; they count as paid, and were made again.")


class Costs(BaseModel):
    """What the job may cost and has cost, in dollars."""

    budget: float
    dollars: float = Field(description="Paid, or set aside for calls that are on their way.")
    calls: list[Call]


class Job(JobSummary):
    """A job, whole."""

    seq: int = Field(description="Sequence of the newest event that is in here.")
    scenes: list[int]
    stages: list[Stage]
    costs: Costs
    failures: list[Failure]
    artifacts: list[Artifact]


class JobPage(BaseModel):
    """Jobs, newest first."""

    jobs: list[JobSummary]
    next: str | None = Field(description="The next page's `cursor`.")


class Submit(BaseModel):
    """A job on a reference, or on a file that was put where `POST /uploads` said."""

    model_config = ConfigDict(extra="forbid")

    reference: str | None = Field(None, min_length=1, max_length=2000, description="PMID, PMCID, DOI, arXiv id or URL.")
    upload: str | None = Field(None, pattern=r"^[0-9a-z]{26}$", description="Id of an upload.")
    name: str = Field("", max_length=200, description="Name of the uploaded file.")
    options: Options = Options()  # type: ignore[call-arg]


def _by_number(schema: dict[str, Any]) -> None:
    """Say of an object that its names are numbers of scenes."""
    schema["patternProperties"] = {"^[1-9][0-9]{0,5}$": schema["additionalProperties"]}
    schema["additionalProperties"] = False


class ScriptEdit(BaseModel):
    """Changes of several scenes, by number."""

    model_config = ConfigDict(extra="forbid")

    scenes: dict[Annotated[int, Field(ge=1, le=999_999)], Edit] = Field(
        min_length=1, max_length=40, json_schema_extra=_by_number
    )


class BudgetChange(BaseModel):
    """What a job may cost from now on, with what it has spent already."""

    model_config = ConfigDict(extra="forbid")

    dollars: float = Field(ge=0, le=MOST, strict=True)


class JobPath(BaseModel):
    """Which job."""

    job_id: str = Field(pattern=JOB_ID)


class ScenePath(JobPath):
    """Which scene."""

    scene: int = Field(ge=1, le=999_999)


class ArtifactPath(JobPath):
    """Which artifact."""

    artifact: str = Field(max_length=80, pattern=r"^[a-z][a-z0-9_.]*$")


def schemas_of(model: type[BaseModel]) -> dict[str, Any]:
    """The model's schema and those that it refers to, by name, as OpenAPI keeps them."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), model.__name__: schema}


def problem(description: str, **headers: Any) -> dict[str, Any]:
    """An error answer as OpenAPI has it."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content} | ({"headers": headers} if headers else {})


COMMON: Any = {
    400: problem("The request makes no sense."),
    401: problem("Nobody is logged in, and there is no token that we know."),
    403: problem("Not allowed: the address is not confirmed, or a foreign page sent the request."),
    404: problem("There is no such thing, or it is somebody else's."),
    422: problem("A part of the request is wrong; the sentence says which."),
    429: problem("Too many requests.", **{"Retry-After": {"schema": {"type": "integer"}}}),
    503: problem("A server does not answer; try again.", **{"Retry-After": {"schema": {"type": "integer"}}}),
}
"""What any call may answer."""
