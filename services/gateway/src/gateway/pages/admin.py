"""Administration as pages: users, codes, everyone's jobs, failures, health. Others do not find them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, request, url_for
from pydantic import BaseModel, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from gateway.accounts import audit, governing
from gateway.api.account import NamedPath
from gateway.api.admin import DeadLetterQuery, UserQuery, dead_letters, owned_jobs, retry
from gateway.context import caller, for_admins, gateway
from gateway.jobs.listing import Query
from gateway.pages import paying
from gateway.pages.acts import WORDS
from gateway.pages.forms import CodeForm, QuotaForm, RoleForm, done, shown
from gateway.pages.listed import STATES
from gateway.problems import invalid, not_found

pages = Blueprint("admin", __name__, url_prefix="/admin")
_ACTS = 20
_Model = TypeVar("_Model", bound=BaseModel)


@pages.get("")
@for_admins
def overview() -> BaseResponse:
    """What there is to look at, and what happened lately."""
    with gateway().database.connection() as connection:
        acts = audit.listed(connection, None, limit=_ACTS)[0]
    return shown("admin/overview.html", acts=acts, words=WORDS, report=gateway().health.report())


@pages.get("/users")
@for_admins
def users() -> BaseResponse:
    """All users, with search."""
    query = _asked(UserQuery)
    with gateway().database.connection() as connection:
        rows, following = governing.users(connection, **query.model_dump())
    return shown("admin/users.html", users=rows, query=query, older=_older(following))


@pages.get("/users/<user_id>")
@for_admins
def user(user_id: str) -> BaseResponse:
    """One user."""
    return _user(user_id)


@pages.post("/users/<user_id>/role")
@for_admins
def role(user_id: str) -> BaseResponse:
    """Give a user another role."""
    form = RoleForm(prefix="role")

    def act() -> None:
        with gateway().database.connection() as connection:
            governing.give_role(connection, caller(), _known(user_id), form.data["role"])

    return _back_to_user(user_id, "The role is changed.") if done(form, act) else _user(user_id, role=form)


@pages.post("/users/<user_id>/quota")
@for_admins
def quota(user_id: str) -> BaseResponse:
    """Give a user a quota of their own."""
    form = QuotaForm(prefix="quota")

    def act() -> None:
        own = {name: form.data[name] for name in ("jobs", "minutes", "money")}
        with gateway().database.connection() as connection:
            governing.give_quota(connection, caller(), _known(user_id), own)

    return _back_to_user(user_id, "The quota is changed.") if done(form, act) else _user(user_id, quota=form)


@pages.post("/users/<user_id>/block")
@for_admins
def block(user_id: str) -> BaseResponse:
    """Shut a user out, or let them in again."""
    blocked = request.form.get("blocked") == "yes"
    with gateway().database.connection() as connection:
        governing.block(connection, caller(), _known(user_id), blocked=blocked)
    return _back_to_user(user_id, "The user is blocked and logged out." if blocked else "The user may log in again.")


@pages.route("/codes", methods=["GET", "POST"])
@for_admins
def codes() -> BaseResponse:
    """All access codes; make one."""
    form = CodeForm()

    def act() -> None:
        data = form.data
        end = datetime.combine(data["until"] + timedelta(days=1), time(), UTC) if data["until"] else None
        with gateway().database.connection() as connection:
            governing.make_code(
                connection, caller(), note=data["note"], role=data["role"], uses=data["uses"], expires_at=end
            )

    if done(form, act):
        flash("The code is made; send the link to whom it is for.", "good")
        return redirect(url_for("admin.codes"), 303)
    with gateway().database.connection() as connection:
        rows = governing.codes(connection)
    url = gateway().settings.base_url
    return shown("admin/codes.html", wish=form, codes=rows, now=datetime.now(UTC), url=url)


@pages.post("/codes/withdraw")
@for_admins
def withdraw() -> BaseResponse:
    """Withdraw an access code."""
    with gateway().database.connection() as connection:
        governing.withdraw_code(connection, caller(), request.form.get("code", "").replace("\x00", ""))
    flash("Nobody can register with this code any more.", "good")
    return redirect(url_for("admin.codes"), 303)


@pages.get("/jobs")
@for_admins
def jobs() -> BaseResponse:
    """Jobs of everyone, with search."""
    query = _asked(Query)
    rows, following = owned_jobs(query)
    return shown("admin/jobs.html", jobs=rows, query=query, states=STATES, older=_older(following))


@pages.post("/jobs/<job_id>/retry")
@for_admins
def replay(job_id: str) -> BaseResponse:
    """Set anybody's job going again."""
    retry(job_id)
    flash("The job goes on from where it stopped.", "good")
    return redirect(url_for("admin.failures"), 303)


@pages.get("/failures")
@for_admins
def failures() -> BaseResponse:
    """Dead letters: failures that stand, to be tried again."""
    query = _asked(DeadLetterQuery)
    rows, following = dead_letters(query)
    return shown("admin/failures.html", failures=rows, query=query, older=_older(following))


@pages.get("/health")
@for_admins
def health() -> BaseResponse:
    """How the system is."""
    providers = [paying.row(each) for each in gateway().pricing.providers(None)["providers"]]
    return shown("admin/health.html", report=gateway().health.report(), providers=providers)


@pages.after_request
def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _user(user_id: str, **sent: Any) -> Response:
    with gateway().database.connection() as connection:
        row = governing.user(connection, _known(user_id))
        acts = audit.listed(connection, user_id, limit=_ACTS)[0]
    forms = {
        "role": RoleForm(None, prefix="role", role=row["role"]),
        "quota": QuotaForm(None, prefix="quota", **row["quota"]),
    } | sent
    return shown("admin/user.html", user=row, acts=acts, words=WORDS, forms=forms, settings=gateway().settings)


def _back_to_user(user_id: str, message: str) -> BaseResponse:
    flash(message, "good")
    return redirect(url_for("admin.user", user_id=user_id), 303)


def _known(user_id: str) -> str:
    """The id, if it can be one."""
    try:
        return NamedPath(id=user_id).id
    except ValidationError as error:
        raise not_found("user of this kind") from error


def _asked(model: type[_Model]) -> _Model:
    """What the address asks for; fields that are left empty are not asked for."""
    try:
        return model.model_validate({name: value for name, value in request.args.items() if value.strip()})
    except ValidationError as error:
        raise invalid(error) from error


def _older(following: object) -> str:
    """Address of the next page, if there is one."""
    asked = {name: value for name, value in request.args.items() if value.strip()} | {"cursor": following}
    return f"{request.path}?{urlencode(asked)}" if following else ""
