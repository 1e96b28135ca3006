"""What the mails say: subject and body."""

from __future__ import annotations

_FOOT = "\n\n--\nHidden Hill: a scientific paper in, a short video out. {url}\n"
Letter = tuple[str, str]


def confirm(url: str, secret: str) -> Letter:
    """To someone who has registered."""
    return _letter(
        url,
        "Confirm your e-mail address",
        f"Welcome to Hidden Hill.\n\nConfirm your address here within 24 hours:\n\n{url}/verify/{secret}\n\n"
        "If you have not registered, do nothing: without you, the account cannot be used.",
    )


def known(url: str) -> Letter:
    """To someone who registers, or moves to this address, and has an account."""
    return _letter(
        url,
        "You have an account already",
        f"Somebody asked for an account with this address. You have one already: log in at\n\n{url}/login\n\n"
        f"or, if you have forgotten the password, set a new one at\n\n{url}/forgot\n\n"
        "If it was not you, do nothing: nothing has changed.",
    )


def reset(url: str, secret: str) -> Letter:
    """To someone who has forgotten the password."""
    return _letter(
        url,
        "Set a new password",
        f"Set a new password here within one hour:\n\n{url}/reset/{secret}\n\n"
        "If you have not asked for this, do nothing: your password stays as it is.",
    )


def password_changed(url: str) -> Letter:
    """To the account's owner, who may not have done it."""
    return _letter(
        url,
        "Your password was changed",
        "The password of your account was changed just now, and all other sessions were logged out.\n\n"
        f"If it was not you, set a new one at once at\n\n{url}/forgot\n\nand look through your tokens afterwards.",
    )


def change(url: str, secret: str) -> Letter:
    """To the address that someone wants to move to."""
    return _letter(
        url,
        "Confirm your new e-mail address",
        f"Confirm here within 24 hours that this is to be your address:\n\n{url}/verify/{secret}\n\n"
        "If you have not asked for this, do nothing: nothing has changed.",
    )


def email_changed(url: str, email: str) -> Letter:
    """To the address that was the account's until now."""
    return _letter(
        url,
        "Your e-mail address was changed",
        f"The address of your account is now {email}.\n\n"
        "If it was not you, write to whoever runs this Hidden Hill: this address can no longer log in.",
    )


def deleted(url: str) -> Letter:
    """To someone whose account is gone."""
    return _letter(url, "Your account was deleted", "Your account and all your videos were deleted, as you asked.")


def _letter(url: str, subject: str, text: str) -> Letter:
    return subject, text + _FOOT.format(url=url)
