"""The account's page: profile, password, address, tokens, sessions, and the way out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, flash, redirect, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from gateway.accounts import audit, sessions, tokens
from gateway.accounts.profile import profile_of
from gateway.api.account import end
from gateway.api.account import end_others as end_those
from gateway.context import caller, gateway
from gateway.pages import paying
from gateway.pages.account import enter
from gateway.pages.acts import WORDS
from gateway.pages.forms import DeleteForm, EmailForm, KeyForm, PasswordForm, ProfileForm, TokenForm, done, shown

pages = Blueprint("profile", __name__, url_prefix="/account")
_FORMS: dict[str, type[FlaskForm]] = {
    "profile": ProfileForm,
    "password": PasswordForm,
    "email": EmailForm,
    "token": TokenForm,
    "key": KeyForm,
    "delete": DeleteForm,
}
_ACTS = 20


@pages.get("")
def show() -> BaseResponse:
    """Everything about the account."""
    return _page()


@pages.post("/profile")
def profile() -> BaseResponse:
    """Take another name."""
    form = ProfileForm(prefix="profile")
    if done(form, lambda: gateway().users.rename(caller(), (form.data["name"] or "").strip())):
        return _back("Your profile is saved.")
    return _page(profile=form)


@pages.post("/password")
def password() -> BaseResponse:
    """Take another password."""
    form = PasswordForm(prefix="password")

    def act() -> None:
        agent = request.user_agent.string
        enter(gateway().users.change_password(caller(), form.data["old"], form.data["new"], agent))

    if done(form, act):
        return _back("Your password is changed; you are logged out everywhere else.")
    return _page(password=form)


@pages.post("/email")
def email() -> BaseResponse:
    """Move to another address."""
    form = EmailForm(prefix="email")
    if done(form, lambda: gateway().users.change_email(caller(), form.data["password"], form.data["email"])):
        return _back("A mail is on its way to the new address; use the link in it, and the address is yours.")
    return _page(email=form)


@pages.post("/confirmation")
def confirmation() -> BaseResponse:
    """Have the link sent again that confirms the address."""
    if caller().verified:
        return _back("Your address is confirmed already.")
    gateway().users.send_confirmation(caller())
    return _back("The mail is on its way once more; the link in it is the one that counts now.")


@pages.post("/tokens")
def make_token() -> BaseResponse:
    """Make a token, and show it this once."""
    form, made = TokenForm(prefix="token"), ""

    def act() -> None:
        nonlocal made
        days = form.data["days"]
        expires_at = datetime.now(UTC) + timedelta(days=int(days)) if days else None
        with gateway().database.connection() as connection:
            made = tokens.make(connection, caller(), form.data["name"].strip(), expires_at)[1]

    if done(form, act):
        return _page(secret=made)
    return _page(token=form)


@pages.post("/tokens/<token_id>/revoke")
def revoke_token(token_id: str) -> BaseResponse:
    """End a token."""
    with gateway().database.connection() as connection:
        tokens.revoke(connection, caller().user_id, token_id)
    return _back("The token is revoked.")


@pages.post("/keys")
def keep_key() -> BaseResponse:
    """Keep a key of a provider; it is not shown again."""
    form = KeyForm(prefix="key")
    if done(form, lambda: gateway().pricing.keep_key(caller(), form.data["provider"], form.data["key"])):
        return _back("Your key is kept; your next videos are paid for with it.")
    return _page(key=form)


@pages.post("/keys/<provider>/remove")
def remove_key(provider: str) -> BaseResponse:
    """Forget a key."""
    gateway().pricing.keyring.remove(caller(), provider)
    return _back("The key is forgotten.")


@pages.post("/sessions/<session_id>/end")
def end_session(session_id: str) -> BaseResponse:
    """Log a session out."""
    end(session_id)
    return _back("The session is logged out.")


@pages.post("/sessions/end-others")
def end_others() -> BaseResponse:
    """Log all sessions out but this one."""
    end_those()
    return _back("You are logged out everywhere else.")


@pages.post("/delete")
def delete() -> BaseResponse:
    """Delete the account."""
    form = DeleteForm(prefix="delete")
    if done(form, lambda: gateway().users.delete(caller(), form.data["password"])):
        session.clear()
        flash("Your account and all your videos are deleted.", "good")
        return redirect("/", 303)
    return _page(delete=form)


@pages.after_request
def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _back(message: str) -> BaseResponse:
    flash(message, "good")
    return redirect(url_for("profile.show"), 303)


def _page(secret: str = "", **sent: FlaskForm) -> Response:
    """The page, with the form that was sent and refused in its place."""
    at, who = gateway(), caller()
    with at.database.connection() as connection:
        profile = profile_of(connection, who, at.settings)
        known = {
            "tokens": tokens.listed(connection, who.user_id),
            "sessions": sessions.listed(connection, who.user_id),
            "acts": audit.listed(connection, who.user_id, limit=_ACTS)[0],
        }
    forms = {name: sent.get(name) or kind(None, prefix=name) for name, kind in _FORMS.items()}
    if "profile" not in sent:
        forms["profile"] = ProfileForm(None, prefix="profile", name=profile["name"])
    known |= paying.of_caller(at.pricing, who, forms["key"])
    return shown("account/account.html", profile=profile, secret=secret, forms=forms, words=WORDS, **known)
