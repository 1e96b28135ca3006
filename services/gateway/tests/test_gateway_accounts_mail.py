"""Mails go out over SMTP, encrypted, once, and again when the server was away; links are in no log."""

import contextlib
import datetime as dt
import email
import email.policy
import ipaddress
import re
import socket
import ssl
import threading

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

pytestmark = [pytest.mark.stack]


class MailServer:
    """A mail server on loopback, which wants TLS before anything else; `trouble` is what it answers to DATA."""

    def __init__(self, certificate, *, implicit):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._implicit = implicit
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.mails, self.users, self.trouble, self.tries = [], [], [], 0
        self.arrived = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def url(self):
        scheme = "smtps" if self._implicit else "smtp"
        return f"{scheme}://me%40here:pass%3Aword@localhost:{self._listening.getsockname()[1]}"

    def close(self):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _serve(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                self._talk(self._context.wrap_socket(connection, server_side=True) if self._implicit else connection)

    def _talk(self, connection):
        is_encrypted = self._implicit
        lines = connection.makefile("rwb")

        def say(text):
            lines.write(text.encode() + b"\r\n")
            lines.flush()

        say("220 here")
        while line := lines.readline():
            word = line.split()[0].upper()
            if word == b"EHLO":
                say("250-here\r\n250 AUTH PLAIN" if is_encrypted else "250-here\r\n250 STARTTLS")
            elif word == b"STARTTLS":
                say("220 go on")
                connection = self._context.wrap_socket(connection, server_side=True)
                lines, is_encrypted = connection.makefile("rwb"), True
            elif word == b"AUTH":
                self.users.append(line.split()[2])
                say("235 welcome")
            elif word == b"DATA":
                self.tries += 1
                say("354 go on")
                text = b"".join(iter(lines.readline, b".\r\n"))
                answer = self.trouble.pop(0) if self.trouble else "250 taken"
                if answer.startswith("250"):
                    assert is_encrypted
                    self.mails.append(email.message_from_bytes(text, policy=email.policy.default))
                    self.arrived.set()
                say(answer)
            elif word == b"QUIT":
                say("221 bye")
                break
            else:
                say("250 fine")
        with contextlib.suppress(OSError):
            connection.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a key and a certificate for localhost, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *plain) + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture(params=[False, True], ids=["starttls", "tls"])
def server(request, certificate):
    mail_server = MailServer(certificate, implicit=request.param)
    yield mail_server
    mail_server.close()


def test_mails_go_to_the_mail_server_and_links_to_nobody_else(start, newcomer, server, certificate, tmp_path, stack):
    gateway = start(HIDDENHILL_SMTP_URL=server.url, SSL_CERT_FILE=str(certificate), HIDDENHILL_TRUSTED_PROXIES="1")
    gateway.wait()
    ada = newcomer(gateway)
    assert ada.register().status_code == 303
    assert server.arrived.wait(10)
    mail = server.mails[0]
    assert (mail["To"], mail["Subject"]) == (ada.email, "Confirm your e-mail address")
    assert mail["From"] == "Hidden Hill <hiddenhill@localhost>"
    link = re.search(rf"{re.escape(gateway.url)}(/verify/\S+)", mail.get_content())[1]
    log = (tmp_path / "gateway.log").read_text()
    gateway.until(lambda: ada.email in (tmp_path / "gateway.log").read_text())
    assert link.rpartition("/")[2] not in log
    assert ada.post(link, password=ada.password).status_code == 303
    assert ada.me().json()["verified"] is True
    assert gateway.http.get(f"{gateway.url}/mail").status_code == 404
    assert server.tries == 1


def test_mail_is_tried_again_after_a_pause_and_given_up_where_the_server_never_takes_it(
    start, newcomer, certificate, tmp_path, stack
):
    server = MailServer(certificate, implicit=False)
    try:
        server.trouble[:] = ["451 later", "550 never"]
        gateway = start(HIDDENHILL_SMTP_URL=server.url, SSL_CERT_FILE=str(certificate), HIDDENHILL_TRUSTED_PROXIES="1")
        gateway.wait()
        ada, bob = newcomer(gateway), newcomer(gateway)
        ada.register()
        gateway.until(lambda: server.tries == 1)
        bob.register()
        gateway.until(lambda: server.tries == 2)
        query = "SELECT recipient, attempts, sent_at, due_at > now() + interval '30 seconds' AS waits FROM mails"

        def rows():
            with psycopg.connect(stack.postgres_url) as connection:
                return {row[0]: row[1:] for row in connection.execute(query)}

        gateway.until(lambda: rows()[bob.email][0] == 12)
        assert rows()[ada.email] == (1, None, True)
        assert rows()[bob.email][1] is None
        assert not server.mails
    finally:
        server.close()


def test_server_with_a_certificate_of_its_own_making_gets_nothing(start, newcomer, certificate, tmp_path):
    server = MailServer(certificate, implicit=False)
    try:
        gateway = start(HIDDENHILL_SMTP_URL=server.url, HIDDENHILL_TRUSTED_PROXIES="1")
        gateway.wait()
        newcomer(gateway).register()
        gateway.until(lambda: "CERTIFICATE_VERIFY_FAILED" in (tmp_path / "gateway.log").read_text())
        assert server.tries == 0
        assert server.users == []
    finally:
        server.close()
