"""The forms of accounts and administration, and how they are answered."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from chassis.errors import UsageError
from flask import Response, g, make_response, render_template
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FloatField,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from gateway.accounts.passwords import LONGEST, SHORTEST
from gateway.problems import status_of

_EMAIL = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
_NEW = {"autocomplete": "new-password", "minlength": SHORTEST}
_NOW = {"autocomplete": "current-password"}
_PLAIN = Regexp(r"^[^\x00-\x1f\x7f]*$", message="Without line breaks or control characters, please.")

_ODD = "There are characters in it that no key has; copy it once more."


def _email(label: str = "E-mail address") -> EmailField:
    return EmailField(label, [InputRequired("Type the address."), Length(max=254), _PLAIN], render_kw=_EMAIL)


def _new_password(label: str = "Password") -> PasswordField:
    rules = [InputRequired("Type a password."), Length(SHORTEST, LONGEST)]
    return PasswordField(label, rules, description=f"At least {SHORTEST} characters.", render_kw=_NEW)


def _password(label: str = "Password") -> PasswordField:
    return PasswordField(label, [InputRequired("Type your password."), Length(max=LONGEST)], render_kw=_NOW)


def _name(label: str = "Name") -> StringField:
    return StringField(label, [Length(max=100), _PLAIN], render_kw={"autocomplete": "name"})


class RegisterForm(FlaskForm):
    """To become a user."""

    code = StringField(
        "Access code", [InputRequired("Type the code you were given."), Length(max=100), _PLAIN],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )  # fmt: skip
    email = _email()
    name = _name("Name (optional)")
    password = _new_password()


class LoginForm(FlaskForm):
    """To log in."""

    email = _email()
    password = _password()


class ConfirmForm(FlaskForm):
    """To confirm an address, by who is not logged in."""

    password = _password()


class EmptyForm(FlaskForm):
    """A button."""


class ForgotForm(FlaskForm):
    """To have a link sent."""

    email = _email()


class ResetForm(FlaskForm):
    """To set a new password with a link."""

    password = _new_password("New password")


class ProfileForm(FlaskForm):
    """What others see."""

    name = _name()


class PasswordForm(FlaskForm):
    """To take another password."""

    old = _password("Current password")
    new = _new_password("New password")


class EmailForm(FlaskForm):
    """To move to another address."""

    email = EmailField("New e-mail address", [InputRequired("Type the address."), Length(max=254), _PLAIN])
    password = _password("Current password")


class TokenForm(FlaskForm):
    """To make a token."""

    name = StringField("What it is for", [InputRequired("Give it a name."), Length(max=100), _PLAIN])
    days = SelectField(
        "Runs out", choices=[("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year"), ("", "never")]
    )


class KeyForm(FlaskForm):
    """To keep a key of one's own; it is never sent back to the page."""

    provider = SelectField("Provider", validate_choice=False)
    key = PasswordField(
        "Key", [InputRequired("Paste the key."), Length(12, 500), Regexp(r"^[!-~]*$", message=_ODD)],
        filters=[lambda text: (text or "").strip()], render_kw={"autocomplete": "off", "spellcheck": "false"},
    )  # fmt: skip


class DeleteForm(FlaskForm):
    """To leave."""

    password = _password("Your password")
    sure = BooleanField("Delete my account and all my videos for good", [InputRequired("Say that you are sure.")])


class RoleForm(FlaskForm):
    """What a user is."""

    role = SelectField("Role", choices=[("user", "User"), ("admin", "Administrator")])


class QuotaForm(FlaskForm):
    """What a user may have made in a day; nothing: as the settings say."""

    jobs = IntegerField("Videos a day", [Optional(), NumberRange(0, 1_000_000)])
    minutes = FloatField("Minutes a day", [Optional(), NumberRange(0, 1_000_000)])
    money = FloatField("Dollars a day", [Optional(), NumberRange(0, 1_000_000)])


class CodeForm(FlaskForm):
    """To make an access code."""

    note = StringField("For whom", [Length(max=200), _PLAIN])
    uses = IntegerField("How many may register with it", [InputRequired(), NumberRange(1, 100_000)], default=1)
    role = SelectField("They become", choices=[("user", "users"), ("admin", "administrators")], default="user")
    until = DateField("Last day (optional, UTC)", [Optional()])


def done(form: FlaskForm, act: Callable[[], object]) -> bool:
    """Whether the form was sent and its act done; where not, the form says why."""
    if not form.validate_on_submit():
        if form.is_submitted():
            g.status = 422
        return False
    try:
        act()
    except UsageError as error:
        form.form_errors = [*form.form_errors, error.message]
        g.status, g.wait = status_of(error), getattr(error, "retry_after", 0)
        return False
    return True


def shown(template: str, **values: object) -> Response:
    """The page, with the status of what went wrong on it."""
    answer = make_response(render_template(template, **values), g.get("status", 200))
    if g.get("wait", 0):
        answer.headers["Retry-After"] = str(round(g.wait))
    return answer


def own_path(wished: str) -> str:
    """Where to go next, if it is a path of ours; else the front page."""
    try:
        parts = urlsplit(wished)
    except ValueError:
        return "/"
    is_ours = wished.startswith("/") and not wished.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wished if is_ours and wished.isprintable() and "\\" not in wished else "/"
