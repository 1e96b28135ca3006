"""Administration: users, access codes, everyone's jobs and failures, health, the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from chassis.errors import UsageError
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from gateway.accounts import audit, governing
from gateway.api.account import ActPage, ActQuery, Line, NamedPath, act_page, as_json
from gateway.api.models import COMMON, SECURED, JobPath, JobSummary, problem
from gateway.context import caller, for_admins, gateway
from gateway.jobs import listing
from gateway.ledger.projection import summary_json

api = APIBlueprint(
    "administration",
    __name__,
    url_prefix="/api/v1/admin",
    abp_tags=[Tag(name="Administration", description="For administrators; others do not find it.")],
    abp_security=SECURED,
    abp_responses=COMMON,
)
Role = Literal["user", "admin"]


class OwnQuota(BaseModel):
    """A user's own limits a day; null: as the settings say."""

    model_config = ConfigDict(extra="forbid")

    jobs: int | None = Field(None, ge=0, le=1_000_000, strict=True)
    minutes: float | None = Field(None, ge=0, le=1_000_000, strict=True)
    money: float | None = Field(None, ge=0, le=1_000_000, strict=True, description="Dollars.")


class User(BaseModel):
    """A user."""

    id: str
    email: str
    name: str
    role: Role
    quota: OwnQuota
    created_at: datetime
    seen_at: datetime | None = Field(description="Last login.")
    verified_at: datetime | None
    blocked_at: datetime | None
    jobs: int


class UserPage(BaseModel):
    """Users, the newest first."""

    users: list[User]
    next: str | None = Field(description="The next page's `cursor`.")


class UserQuery(BaseModel):
    """Which users."""

    text: str | None = Field(None, max_length=200, description="A part of the address or the name.")
    blocked: bool | None = None
    cursor: str | None = Field(None, pattern=r"^[0-9a-z]{1,40}$")
    limit: int = Field(50, ge=1, le=200)


class UserChange(BaseModel):
    """What may be changed of a user; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    blocked: bool | None = None
    quota: OwnQuota | None = None


class Code(BaseModel):
    """An access code."""

    code: str
    note: str
    role: Role
    uses_left: int
    created_at: datetime
    expires_at: datetime | None


class CodeList(BaseModel):
    """All access codes."""

    codes: list[Code]


class CodeWish(BaseModel):
    """An access code to be made."""

    model_config = ConfigDict(extra="forbid")

    note: Line = Field("", max_length=200, description="For whom it is.")
    role: Role = "user"
    uses: int = Field(1, ge=1, le=100_000)
    expires_at: AwareDatetime | None = Field(None, description="Before the year 2100.")


class CodePath(BaseModel):
    """Which code."""

    code: str = Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")


class OwnedJob(JobSummary):
    """A job, and whose it is."""

    user_id: str | None
    email: str | None


class OwnedJobPage(BaseModel):
    """Jobs of everyone, newest first."""

    jobs: list[OwnedJob]
    next: str | None = Field(description="The next page's `cursor`.")


class DeadLetter(BaseModel):
    """A failure that stands."""

    job_id: str
    title: str
    source_name: str
    user_id: str | None
    email: str | None
    stage: str
    scene: int | None
    seq: int
    code: str
    message: str
    detail: str = Field(description="For the operator.")
    announced_at: datetime
    killed_worker: bool = Field(description="Whether the message killed its worker at each delivery.")


class DeadLetterPage(BaseModel):
    """Failures that stand, the newest first."""

    failures: list[DeadLetter]
    next: int | None = Field(description="The next page's `cursor`.")


class DeadLetterQuery(BaseModel):
    """Which failures."""

    code: str | None = Field(None, max_length=80, pattern=r"^[a-z0-9.-]+$", description="How their codes begin.")
    cursor: int | None = Field(None, ge=1, lt=2**53)
    limit: int = Field(50, ge=1, le=200)


class StageHealth(BaseModel):
    """What waits for a stage."""

    stage: str
    service: str
    version: str
    backlog: int | None = Field(description="Messages that wait or are being worked on; null: nobody knows.")


class Report(BaseModel):
    """How the system is."""

    servers: dict[str, bool]
    stages: list[StageHealth]
    jobs: dict[str, int] = Field(description="How many, by state.")
    rows: dict[str, int]
    versions: dict[str, str]


@api.get("/users", responses={200: UserPage})
@for_admins
def list_users(query: UserQuery) -> Response:
    """Users, the newest first, a page at a time."""
    with gateway().database.connection() as connection:
        rows, following = governing.users(connection, **query.model_dump())
    return as_json(UserPage.model_validate({"users": rows, "next": following}))


@api.patch("/users/<id>", responses={200: User})
@for_admins
def change_user(path: NamedPath, body: UserChange) -> Response:
    """Block a user or let them in again, change their role or quota."""
    with gateway().database.connection() as connection:
        if body.role is not None:
            governing.give_role(connection, caller(), path.id, body.role)
        if body.blocked is not None:
            governing.block(connection, caller(), path.id, blocked=body.blocked)
        if body.quota is not None:
            governing.give_quota(connection, caller(), path.id, body.quota.model_dump())
        return as_json(User.model_validate(governing.user(connection, path.id)))


@api.get("/codes", responses={200: CodeList})
@for_admins
def list_codes() -> Response:
    """All access codes."""
    with gateway().database.connection() as connection:
        return as_json(CodeList.model_validate({"codes": governing.codes(connection)}))


@api.post("/codes", responses={201: Code})
@for_admins
def make_code(body: CodeWish) -> Response:
    """Make an access code."""
    if body.expires_at is not None and not datetime.now(UTC) < body.expires_at < datetime(2100, 1, 1, tzinfo=UTC):
        raise UsageError("usage.invalid", "expires_at: a moment to come, before the year 2100.")
    wish = body.model_dump()
    with gateway().database.connection() as connection:
        return as_json(Code.model_validate(governing.make_code(connection, caller(), **wish)), 201)


@api.delete("/codes/<code>", responses={204: None})
@for_admins
def withdraw_code(path: CodePath) -> Response:
    """Withdraw an access code."""
    with gateway().database.connection() as connection:
        governing.withdraw_code(connection, caller(), path.code)
    return Response(status=204)


@api.get("/jobs", responses={200: OwnedJobPage})
@for_admins
def list_jobs(query: listing.Query) -> Response:
    """Jobs of everyone, newest first."""
    jobs, following = owned_jobs(query)
    return as_json(OwnedJobPage.model_validate({"jobs": jobs, "next": following}))


@api.get("/failures", responses={200: DeadLetterPage})
@for_admins
def list_failures(query: DeadLetterQuery) -> Response:
    """Failures that stand, of everyone's jobs."""
    found, following = dead_letters(query)
    return as_json(DeadLetterPage.model_validate({"failures": found, "next": following}))


@api.post("/jobs/<job_id>/retry", responses={204: None, 409: problem("There is nothing to retry.")})
@for_admins
def replay(path: JobPath) -> Response:
    """Set anybody's job going again, from where it stopped."""
    retry(path.job_id)
    return Response(status=204)


@api.get("/health", responses={200: Report})
@for_admins
def health() -> Response:
    """How the system is: servers, what waits for each stage, rows, versions."""
    return as_json(Report.model_validate(gateway().health.report()))


@api.get("/audit", responses={200: ActPage})
@for_admins
def acts(query: ActQuery) -> Response:
    """What everybody did."""
    return act_page(None, query)


def owned_jobs(query: listing.Query) -> tuple[list[dict[str, Any]], str | None]:
    """A page of everyone's jobs, with their owners' addresses."""
    with gateway().database.connection() as connection:
        rows, following = listing.page(connection, None, query)
        emails = governing.emails(connection, {row["user_id"] for row in rows})
    jobs = [
        summary_json(row, row["thumbnail"] or "") | {"user_id": row["user_id"], "email": emails.get(row["user_id"])}
        for row in rows
    ]
    return jobs, following


def dead_letters(query: DeadLetterQuery) -> tuple[list[dict[str, Any]], int | None]:
    """A page of the failures that stand."""
    with gateway().database.connection() as connection:
        rows, following = governing.failures(connection, code=query.code, before=query.cursor, limit=query.limit)
    killed = governing.KILLER
    return [row | {"scene": row["scene"] or None, "killed_worker": row["code"] == killed} for row in rows], following


def retry(job_id: str) -> None:
    """Set anybody's job going again. Raises UsageError: there is no such job, or nothing to retry."""
    at, admin = gateway(), caller()
    owner = at.desk.rows(governing.steward(admin), job_id).job["user_id"]
    at.desk.retry(governing.steward(admin), job_id)
    with at.database.connection() as connection:
        audit.note(connection, "job.replay", owner, admin.user_id, job_id)
