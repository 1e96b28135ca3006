"""Mails: rows first, in the transaction of the act that they tell of, and sent after it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from psycopg import Connection
from psycopg.rows import DictRow

from gateway.database import Database
from gateway.settings import GatewaySettings

log = logging.getLogger(__name__)
LOOK_EVERY = 5.0
"""Seconds until mails are found that another process left behind, or whose next try is due."""
PATIENCE = 30.0
"""Seconds that the mail server has for an answer."""
FIRST_PAUSE, LONGEST_PAUSE = 60, 3600
MOST_ATTEMPTS = 12
"""After these, seven hours have passed, and the mail is given up."""
_NEXT = """
UPDATE mails SET attempts = attempts + 1,
    due_at = now() + make_interval(secs => least(%(longest)s, %(first)s * 2.0 ^ attempts))
WHERE id = (
    SELECT id FROM mails WHERE sent_at IS NULL AND due_at <= now() AND attempts < %(most)s
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING *
"""


class Mailer:
    """Sends what is in `mails`; without a mail server all are for the page /mail. `wake` may be called anywhere."""

    def __init__(self, settings: GatewaySettings, database: Database) -> None:
        self._url = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
        self._from = settings.mail_from
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()

    def write(self, connection: Connection[DictRow], recipient: str, subject: str, body: str) -> None:
        """Have a mail sent once the transaction is committed; `wake` then sends it at once."""
        connection.execute(
            "INSERT INTO mails (recipient, subject, body, sent_at)"
            " VALUES (%s, %s, %s, CASE WHEN %s THEN NULL ELSE now() END)",
            (recipient, subject, body, bool(self._url)),
        )
        if not self._url:
            log.info("mail is on the page /mail", extra={"recipient": recipient, "subject": subject})

    def wake(self) -> None:
        """Look at once."""
        self._loop.call_soon_threadsafe(self._woken.set)

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._woken.clear()
            try:
                while self._url:
                    if not await asyncio.to_thread(self.send_next):
                        break
            except Exception as error:  # noqa: BLE001 - the loop that runs things: the rows wait for better times
                log.warning("mailer stumbled", extra={"error": repr(error)})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), LOOK_EVERY)

    def send_next(self) -> bool:
        """Send the mail that is due first; False: none is. It is out of other processes' reach until its next try."""
        values = {"first": FIRST_PAUSE, "longest": LONGEST_PAUSE, "most": MOST_ATTEMPTS}
        with self._database.connection() as connection:
            row = connection.execute(_NEXT, values).fetchone()
        if row is None:
            return False
        facts = {"recipient": row["recipient"], "subject": row["subject"], "attempt": row["attempts"]}
        try:
            self._send(row)
        except (smtplib.SMTPException, OSError) as error:
            log.warning("mail was not sent", extra={**facts, "error": repr(error)})
            attempts = MOST_ATTEMPTS if _is_final(error) else row["attempts"]
            self._update(row["id"], "error = %s, attempts = %s", repr(error)[:500], attempts)
        else:
            log.info("mail sent", extra=facts)
            self._update(row["id"], "sent_at = now(), error = '', body = ''")  # links are secrets, not to be kept
        return True

    def _update(self, mail: int, columns: str, *values: object) -> None:
        with self._database.connection() as connection:
            connection.execute(f"UPDATE mails SET {columns} WHERE id = %s".encode(), (*values, mail))  # noqa: S608 - ours

    def _send(self, row: DictRow) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._from, row["recipient"], row["subject"]
        message["Date"] = formatdate(row["created_at"].timestamp())
        message["Message-ID"] = make_msgid(str(row["id"]), parseaddr(self._from)[1].rpartition("@")[2] or "localhost")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(row["body"])
        with _server(self._url) as server:
            server.send_message(message)


@contextlib.contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    """The mail server, over TLS always, logged in where the address names a user."""
    place = urlsplit(url)
    host, context = place.hostname or "localhost", ssl.create_default_context()
    if place.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, place.port or 465, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, place.port or 587, timeout=PATIENCE)
    with server:
        if place.scheme != "smtps":
            server.starttls(context=context)
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        yield server


def _is_final(error: Exception) -> bool:
    """Whether the server has said that it will never take this mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
