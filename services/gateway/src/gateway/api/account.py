"""The caller's own account: profile, tokens, sessions, and what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from chassis.errors import UsageError
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from gateway.accounts import audit, sessions, tokens
from gateway.accounts.profile import profile_of
from gateway.api.models import COMMON, SECURED
from gateway.context import caller, gateway
from gateway.problems import not_found

api = APIBlueprint(
    "me",
    __name__,
    url_prefix="/api/v1",
    abp_tags=[Tag(name="Account", description="Your profile, tokens and sessions.")],
    abp_security=SECURED,
    abp_responses=COMMON,
)
Line = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Text on one line."""
_FARTHEST = timedelta(days=3660)


class Statistics(BaseModel):
    """What a user has made."""

    videos: int
    minutes: float
    running: int
    failed: int


class QuotaState(BaseModel):
    """What a user may have made in a day of UTC, and what of it is used."""

    jobs: int
    minutes: float
    money: float = Field(description="Dollars.")
    jobs_used: int
    minutes_used: float
    money_used: float = Field(description="Spent, or set aside for jobs under way.")
    resets_at: datetime


class Me(BaseModel):
    """You."""

    id: str
    email: str
    name: str
    role: str
    verified: bool = Field(description="Whether the address is confirmed; jobs are taken of those alone.")
    created_at: datetime
    statistics: Statistics
    quota: QuotaState


class ProfileChange(BaseModel):
    """What you may change of yourself."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(max_length=100)


class Token(BaseModel):
    """A token for programs, but for itself."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None = Field(description="To the minute.")
    expires_at: datetime | None


class NewToken(Token):
    """A token, this once whole."""

    token: str


class TokenWish(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid")

    name: Line = Field(min_length=1, max_length=100, description="What it is for.")
    expires_at: AwareDatetime | None = Field(None, description="At most ten years ahead; null: never.")


class TokenList(BaseModel):
    """Your tokens."""

    tokens: list[Token]


class Session(BaseModel):
    """A place where you are logged in."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    current: bool = Field(description="Whether the request came from it.")


class SessionList(BaseModel):
    """Your sessions."""

    sessions: list[Session]


class Act(BaseModel):
    """Something that was done."""

    id: int
    at: datetime
    action: str
    user_id: str | None = Field(description="To whom.")
    actor_id: str | None = Field(description="By whom; null: by somebody who was not logged in.")
    subject: str
    address: str
    details: dict[str, Any]


class ActPage(BaseModel):
    """What was done, the newest first."""

    acts: list[Act]
    next: int | None = Field(description="The next page's `cursor`.")


class ActQuery(BaseModel):
    """Which acts."""

    action: str = Field("", max_length=40, pattern=r"^[a-z.-]*$", description="How their names begin.")
    cursor: int | None = Field(None, ge=1, lt=2**53)
    limit: int = Field(50, ge=1, le=200)


class NamedPath(BaseModel):
    """Which one."""

    id: str = Field(pattern=r"^[0-9a-z]{1,40}$")


@api.get("/me", responses={200: Me})
def show() -> Response:
    """Who you are, what you have made, and what you may make today."""
    return _me()


@api.patch("/me", responses={200: Me})
def change(body: ProfileChange) -> Response:
    """Change your profile."""
    gateway().users.rename(caller(), body.name)
    return _me()


@api.get("/me/audit", responses={200: ActPage})
def acts(query: ActQuery) -> Response:
    """What you did, and what was done to your account."""
    return act_page(caller().user_id, query)


@api.get("/tokens", responses={200: TokenList})
def list_tokens() -> Response:
    """Your tokens."""
    with gateway().database.connection() as connection:
        return as_json(TokenList.model_validate({"tokens": tokens.listed(connection, caller().user_id)}))


@api.post("/tokens", responses={201: NewToken})
def make_token(body: TokenWish) -> Response:
    """Make a token; it is shown this once."""
    if body.expires_at is not None and body.expires_at > datetime.now(UTC) + _FARTHEST:
        raise UsageError("usage.invalid", "expires_at: at most ten years ahead; leave it out for a token without end.")
    with gateway().database.connection() as connection:
        row, token = tokens.make(connection, caller(), body.name, body.expires_at)
    return as_json(NewToken.model_validate(row | {"token": token}), 201)


@api.delete("/tokens/<id>", responses={204: None})
def revoke_token(path: NamedPath) -> Response:
    """Revoke a token; it ends at once."""
    with gateway().database.connection() as connection:
        tokens.revoke(connection, caller().user_id, path.id)
    return Response(status=204)


@api.get("/sessions", responses={200: SessionList})
def list_sessions() -> Response:
    """Where you are logged in."""
    who = caller()
    with gateway().database.connection() as connection:
        rows = sessions.listed(connection, who.user_id)
    return as_json(
        SessionList.model_validate({"sessions": [row | {"current": row["id"] == who.session_id} for row in rows]})
    )


@api.delete("/sessions/<id>", responses={204: None})
def end_session(path: NamedPath) -> Response:
    """Log a session out; it ends at once."""
    end(path.id)
    return Response(status=204)


@api.delete("/sessions", responses={204: None})
def end_sessions() -> Response:
    """Log all sessions out but the one that asks, if it is one."""
    end_others()
    return Response(status=204)


def _me() -> Response:
    with gateway().database.connection() as connection:
        return as_json(Me.model_validate(profile_of(connection, caller(), gateway().settings)))


def end(session_id: str) -> None:
    """Log one of the caller's sessions out. Raises UsageError where there is none."""
    user_id = caller().user_id
    with gateway().database.connection() as connection:
        if not sessions.end(connection, user_id, session_id):
            raise not_found(f"session {session_id}")
        audit.note(connection, "session.end", user_id, user_id, session_id)


def end_others() -> None:
    """Log all of the caller's sessions out but this one."""
    who = caller()
    with gateway().database.connection() as connection:
        ended = sessions.end_all(connection, who.user_id, who.session_id)
        audit.note(connection, "session.end-others", who.user_id, who.user_id, sessions=ended)


def act_page(user_id: str | None, query: ActQuery) -> Response:
    """A page of the audit log of a user; None: of everyone."""
    with gateway().database.connection() as connection:
        rows, following = audit.listed(connection, user_id, query.cursor, limit=query.limit, action=query.action)
    return as_json(ActPage.model_validate({"acts": rows, "next": following}))


def as_json(model: BaseModel, status: int = 200) -> Response:
    """The model as an answer."""
    answer = Response(model.model_dump_json(), status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
