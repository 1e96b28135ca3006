"""The way in: register, confirm, log in, forgot, log out; and the mails where no mail server is."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from gateway.context import caller, gateway, public, visitor
from gateway.pages.forms import (
    ConfirmForm,
    EmptyForm,
    ForgotForm,
    LoginForm,
    RegisterForm,
    ResetForm,
    done,
    own_path,
    shown,
)
from gateway.problems import not_found

pages = Blueprint("account", __name__)
_MAILS = 50
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")


@pages.route("/register", methods=["GET", "POST"])
@public
def register() -> BaseResponse:
    """Become a user with an access code; the link that `hiddenhill up` prints has it."""
    form = RegisterForm(code=request.args.get("code", "")) if request.method == "GET" else RegisterForm()

    def act() -> None:
        data = form.data
        gateway().users.register(data["code"], data["email"], (data["name"] or "").strip(), data["password"])

    if done(form, act):
        return redirect(url_for("account.sent", about="register"), 303)
    return shown("account/register.html", form=form)


@pages.get("/sent")
@public
def sent() -> BaseResponse:
    """A mail is on its way, perhaps."""
    about = "forgot" if request.args.get("about") == "forgot" else "register"
    return shown("account/sent.html", about=about, mails_here=_may_read_mails())


@pages.route("/verify/<secret>", methods=["GET", "POST"])
@public
def verify(secret: str) -> BaseResponse:
    """Confirm an address. Looking at the page does nothing yet: programs look at the links in mails too."""
    users, found = gateway().users, visitor()
    asked = users.purpose(secret)
    is_known = found is not None and found.user_id == asked["user_id"]
    form = EmptyForm() if is_known else ConfirmForm()

    def act() -> None:
        password = "" if is_known else form.data["password"]
        enter(users.confirm(secret, found, password, request.user_agent.string))

    if done(form, act):
        flash("Your e-mail address is confirmed.", "good")
        return redirect("/", 303)
    return shown("account/verify.html", form=form, asked=asked, is_known=is_known)


@pages.route("/login", methods=["GET", "POST"])
@public
def login() -> BaseResponse:
    """Log in, and go where one wanted to."""
    form, target = LoginForm(), own_path(request.args.get("next", ""))
    if visitor() is not None and request.method == "GET":
        return redirect(target)

    def act() -> None:
        enter(gateway().users.log_in(form.data["email"], form.data["password"], request.user_agent.string))

    if done(form, act):
        return redirect(target, 303)
    return shown("account/login.html", form=form)


@pages.post("/logout")
def logout() -> BaseResponse:
    """End this session."""
    gateway().users.log_out(caller())
    session.clear()
    flash("You are logged out.", "good")
    return redirect(url_for("account.login"), 303)


@pages.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> BaseResponse:
    """Have a link sent that sets a new password."""
    form = ForgotForm()
    if done(form, lambda: gateway().users.forgot(form.data["email"])):
        return redirect(url_for("account.sent", about="forgot"), 303)
    return shown("account/forgot.html", form=form)


@pages.route("/reset/<secret>", methods=["GET", "POST"])
@public
def reset(secret: str) -> BaseResponse:
    """Set a new password with a link."""
    form, users = ResetForm(), gateway().users
    if request.method == "GET":
        users.check_reset(secret)
    if done(form, lambda: users.reset(secret, form.data["password"])):
        session.clear()
        flash("Your new password is set, and all sessions are logged out. Log in with it.", "good")
        return redirect(url_for("account.login"), 303)
    return shown("account/reset.html", form=form)


@pages.get("/mail")
@public
def mail() -> BaseResponse:
    """The mails of this machine's gateway, which has no mail server to send them."""
    if not _may_read_mails():
        raise not_found("page at this address")
    with gateway().database.connection() as connection:
        mails = connection.execute("SELECT * FROM mails ORDER BY id DESC LIMIT %s", (_MAILS,)).fetchall()
    url = gateway().settings.base_url
    for row in mails:
        row["lines"] = [
            (line, line.removeprefix(url) if line.startswith(f"{url}/") else "") for line in row["body"].splitlines()
        ]
    return shown("account/mail.html", mails=mails, now=datetime.now(UTC))


@pages.after_request
def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def enter(secret: str) -> None:
    """Give the browser a new session; an empty secret: it keeps the one it has."""
    if secret:
        session.clear()
        session["sid"] = secret
        session.permanent = True


def _may_read_mails() -> bool:
    """Mails hold links that open accounts: they are for who sits at this machine, and for administrators."""
    if gateway().settings.smtp_url:
        return False
    found = visitor()
    if found is not None and found.is_admin:
        return True
    is_direct = not any(name in request.headers for name in _FORWARDED)
    return is_direct and _is_loopback(request.remote_addr or "") and _is_loopback(_host(request.host))


def _host(netloc: str) -> str:
    return urlsplit(f"//{netloc}").hostname or ""


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
