"""Users: how one becomes one, logs in, changes what is known of one, and leaves."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.errors import UsageError
from email_validator import EmailNotValidError, validate_email
from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import DictRow
from ulid import ULID

from gateway.accounts import audit, letters, limits, passwords, proofs, sessions
from gateway.accounts.callers import Caller
from gateway.accounts.guests import turn_out
from gateway.accounts.limits import Limits
from gateway.accounts.mails import Mailer
from gateway.database import Database
from gateway.jobs.desk import forget
from gateway.settings import GatewaySettings

_WRONG = "The e-mail address or the password is wrong."
_QUIET = 0.3
"""Seconds that an answer takes at least which must not tell whether an address is known."""


@dataclass(frozen=True)
class Users:
    """What people do with their accounts. Methods may be called in any thread and raise UsageError."""

    settings: GatewaySettings
    database: Database
    limits: Limits
    mailer: Mailer

    def register(self, code: str, email: str, name: str, password: str) -> None:
        """Make an account and send a link that confirms the address.

        Who asks learns nothing of the address: where it has an account already, its owner gets a mail that says so.
        """
        self.limits.count(limits.REGISTRATIONS)
        account = normalised(email)
        with _quietly():
            kept = passwords.hashed(password, account)
            with self._acting() as connection:
                role = _spend(connection, code)
                new = connection.execute(
                    "INSERT INTO users (id, email, name, password, role) VALUES (%s, %s, %s, %s, %s)"
                    " ON CONFLICT (email) DO NOTHING RETURNING id, verified_at",
                    (str(ULID()).lower(), account, name, kept, role),
                ).fetchone()
                user = new or _user(connection, account)
                assert user is not None
                audit.note(connection, "register", user["id"], new["id"] if new else None)
                self._ask_to_confirm(connection, user, account)

    def log_in(self, email: str, password: str, agent: str) -> str:
        """Begin a session; returns the secret for its cookie."""
        self.limits.count(limits.LOGINS)
        account = _named(email)
        with self.database.connection() as connection:
            user = _user(connection, account)
        self._prove(account, user, password)
        assert user is not None
        if user["blocked_at"] is not None:
            raise UsageError("usage.blocked", "This account is blocked; write to whoever runs this Hidden Hill.")
        with self.database.connection() as connection:
            if passwords.is_outdated(user["password"]):
                kept = passwords.hashed(password, account)
                connection.execute("UPDATE users SET password = %s WHERE id = %s", (kept, user["id"]))
            audit.note(connection, "login", user["id"], user["id"])
            return sessions.begin(connection, user["id"], agent, self.settings.session_days)

    def log_out(self, caller: Caller) -> None:
        with self.database.connection() as connection:
            sessions.end(connection, caller.user_id, caller.session_id)
            audit.note(connection, "logout", caller.user_id, caller.user_id)

    def send_confirmation(self, caller: Caller) -> None:
        """Send the link again that confirms the address."""
        self.limits.count(limits.LETTERS)
        self._count_letter(caller.email)
        with self._acting() as connection:
            self._ask_to_confirm(connection, _user(connection, caller.email) or {}, caller.email)

    def purpose(self, secret: str) -> Mapping[str, Any]:
        """What a link of `confirm` stands for: its `purpose`, `user_id` and the address `proven`."""
        with self.database.connection() as connection:
            return proofs.look(connection, secret, "verify", "change")

    def confirm(self, secret: str, caller: Caller | None, password: str, agent: str) -> str:
        """Take the link's address as the account's; returns the secret of a new session, empty for who has one.

        Whoever reads the mail need not be whoever has the account: the password is asked unless they are logged in.
        """
        asked = self.purpose(secret)
        known = caller is not None and caller.user_id == asked["user_id"]
        if not known:
            self.limits.count(limits.LOGINS)
            self._prove(asked["email"], asked, password)
        with self._acting() as connection:
            row = proofs.look(connection, secret, "verify", "change")
            user_id, old, new = row["user_id"], row["email"], row["proven"]
            try:
                connection.execute(
                    "UPDATE users SET email = %s, verified_at = coalesce(verified_at, now()) WHERE id = %s",
                    (new, user_id),
                )
            except UniqueViolation as error:
                raise UsageError("usage.conflict", "This address has an account of its own by now.") from error
            proofs.withdraw(connection, user_id, "verify", "change", "reset")
            audit.note(connection, "email.change" if new != old else "email.verify", user_id, user_id)
            if new != old:
                self.mailer.write(connection, old, *letters.email_changed(self.settings.base_url, new))
            return "" if known else sessions.begin(connection, user_id, agent, self.settings.session_days)

    def forgot(self, email: str) -> None:
        """Send a link that sets a new password, if the address has an account."""
        self.limits.count(limits.LETTERS)
        account = normalised(email)
        self._count_letter(account)
        with _quietly(), self._acting() as connection:
            user = _user(connection, account)
            if user is not None and user["blocked_at"] is None:
                secret = proofs.issue(connection, user["id"], "reset", account)
                self.mailer.write(connection, account, *letters.reset(self.settings.base_url, secret))
                audit.note(connection, "password.forgot", user["id"], None)

    def check_reset(self, secret: str) -> None:
        """Raises UsageError where the link no longer serves."""
        with self.database.connection() as connection:
            proofs.look(connection, secret, "reset")

    def reset(self, secret: str, password: str) -> None:
        """Set a new password with a link; all sessions end. The link has come by mail: the address is confirmed."""
        self.limits.count(limits.LOGINS)
        with self.database.connection() as connection:
            row = proofs.look(connection, secret, "reset")
        kept = passwords.hashed(password, row["email"])
        with self._acting() as connection:
            proofs.look(connection, secret, "reset")
            connection.execute(
                "UPDATE users SET verified_at = coalesce(verified_at, now()) WHERE id = %s", (row["user_id"],)
            )
            self._set_password(connection, row["user_id"], row["email"], kept)
            audit.note(connection, "password.reset", row["user_id"], row["user_id"])
        self.limits.unlock(row["email"])

    def rename(self, caller: Caller, name: str) -> None:
        with self.database.connection() as connection:
            connection.execute("UPDATE users SET name = %s WHERE id = %s", (name, caller.user_id))
            audit.note(connection, "profile", caller.user_id, caller.user_id)

    def change_password(self, caller: Caller, old: str, new: str, agent: str) -> str:
        """Take another password; all sessions end, and the secret of a new one is returned."""
        self._prove_again(caller, old)
        kept = passwords.hashed(new, caller.email)
        with self._acting() as connection:
            self._set_password(connection, caller.user_id, caller.email, kept)
            audit.note(connection, "password.change", caller.user_id, caller.user_id)
            return sessions.begin(connection, caller.user_id, agent, self.settings.session_days)

    def change_email(self, caller: Caller, password: str, email: str) -> None:
        """Send a link to another address; once it is used there, the address is the account's."""
        self._prove_again(caller, password)
        new = normalised(email)
        if new == caller.email:
            raise UsageError("usage.nothing-to-do", "This is your address already.")
        self.limits.count(limits.LETTERS)
        self._count_letter(new)
        with _quietly(), self._acting() as connection:
            secret = proofs.issue(connection, caller.user_id, "change", new)
            taken = _user(connection, new) is not None
            url = self.settings.base_url
            self.mailer.write(connection, new, *(letters.known(url) if taken else letters.change(url, secret)))
            audit.note(connection, "email.ask", caller.user_id, caller.user_id)

    def delete(self, caller: Caller, password: str) -> None:
        """Delete the account and all its jobs; what was done is still known, but not from where."""
        self._prove_again(caller, password)
        user_id = caller.user_id
        with self._acting() as connection:
            connection.execute("SELECT 1 FROM users WHERE id = %s FOR UPDATE", (user_id,))
            jobs = connection.execute("SELECT id FROM jobs WHERE user_id = %s", (user_id,)).fetchall()
            forget(connection, [row["id"] for row in jobs])
            turn_out(connection, user_id)
            connection.execute("DELETE FROM users WHERE id = %s", (user_id,))
            connection.execute("DELETE FROM mails WHERE recipient = %s", (caller.email,))
            audit.note(connection, "account.delete", user_id, user_id, jobs=len(jobs))
            connection.execute("UPDATE audit SET address = '' WHERE user_id = %s OR actor_id = %s", (user_id, user_id))
            self.mailer.write(connection, caller.email, *letters.deleted(self.settings.base_url))

    @contextlib.contextmanager
    def _acting(self) -> Iterator[Connection[DictRow]]:
        """A transaction whose mails are sent at once."""
        with self.database.connection() as connection:
            yield connection
        self.mailer.wake()

    def _ask_to_confirm(self, connection: Connection[DictRow], user: Mapping[str, Any], account: str) -> None:
        url = self.settings.base_url
        if user.get("verified_at") is None:
            letter = letters.confirm(url, proofs.issue(connection, user["id"], "verify", account))
        else:
            letter = letters.known(url)
        self.mailer.write(connection, account, *letter)

    def _count_letter(self, account: str) -> None:
        self.limits.count(limits.LETTERS_EACH, account)

    def _set_password(self, connection: Connection[DictRow], user_id: str, email: str, kept: str) -> None:
        connection.execute("UPDATE users SET password = %s WHERE id = %s", (kept, user_id))
        sessions.end_all(connection, user_id)
        proofs.withdraw(connection, user_id, "reset", "change")
        self.mailer.write(connection, email, *letters.password_changed(self.settings.base_url))

    def _prove_again(self, caller: Caller, password: str) -> None:
        """Who is logged in gives the password once more, for what cannot be taken back."""
        with self.database.connection() as connection:
            user = _user(connection, caller.email)
        self._prove(caller.email, user, password, "The password is wrong.")

    def _prove(self, account: str, user: Mapping[str, Any] | None, password: str, message: str = _WRONG) -> None:
        self.limits.attempt(account)
        if passwords.fits(password, user["password"] if user else ""):
            self.limits.succeeded(account)
            return
        user_id = (user.get("id") or user.get("user_id")) if user else None
        with self.database.connection() as connection:
            audit.note(connection, "login.failed", user_id, None)
        raise UsageError("usage.credentials", message)


def normalised(email: str) -> str:
    """The address as it is kept and compared. Raises UsageError: it is none."""
    try:
        found = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise UsageError("usage.email", f"This is no e-mail address that mail can be sent to: {error}") from error
    return (found.ascii_email or found.normalized).lower()


def _named(email: str) -> str:
    """The address that someone says is theirs, be it one or not."""
    try:
        return normalised(email)
    except UsageError:
        return ""


def _user(connection: Connection[DictRow], account: str) -> DictRow | None:
    return connection.execute("SELECT * FROM users WHERE email = %s", (account,)).fetchone()


def _spend(connection: Connection[DictRow], code: str) -> str:
    """Use an access code once; returns the role that it gives."""
    row = connection.execute(
        "UPDATE access_codes SET uses_left = uses_left - 1"
        " WHERE code = %s AND uses_left > 0 AND (expires_at IS NULL OR expires_at > now()) RETURNING role",
        (code.strip().replace("\x00", ""),),
    ).fetchone()
    if row is None:
        raise UsageError("usage.code", "This access code is not known or was used up; ask whoever gave it to you.")
    return str(row["role"])


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Take as long whatever is found."""
    begun = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, begun + _QUIET - time.monotonic()))
