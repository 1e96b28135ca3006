"""Every library that speaks TLS believes the authority that the chart's `caBundle` gives, and nobody it does not know.

The chart sets SSL_CERT_FILE, PGSSLROOTCERT and OTEL_EXPORTER_OTLP_CERTIFICATE. Each client is a process of its own.
"""

import os
import socket
import ssl
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

CHASSIS = """from chassis.settings import ChassisSettings
s = ChassisSettings(s3_access_key='a' * 8, s3_secret_key='b' * 8, {})"""
PATIENCE = 60.0
"""Seconds that a client gets to load its libraries on a busy machine."""
CLIENTS = {
    "store": f"""
{CHASSIS.format("s3_endpoint=AT, s3_secure=True")}
from chassis.blobs import S3Blobs
S3Blobs(s).size('x')
""",
    "bus": f"""
import asyncio
{CHASSIS.format("nats_url=f'tls://{AT}'")}
from chassis.bus import NatsBus
asyncio.run(asyncio.wait_for(NatsBus.connect(s, 'test'), 4))
""",
    "database": """
import psycopg
psycopg.connect(f'postgresql://u:p@{AT}/x?sslmode=verify-full', connect_timeout=4)
""",
    "collector": """
from chassis import telemetry
telemetry.set_up('test', otlp_endpoint=f'https://{AT}')
with telemetry.spanned('x'): pass
telemetry.end(4)
""",
    "sentry": """
import sentry_sdk
from pydantic import SecretStr
from chassis import reports
reports.set_up(SecretStr(f'https://public@{AT}/1'), 'test')
sentry_sdk.capture_message('x')
sentry_sdk.flush(4)
""",
    "literature": """
from fetcher.client import Client
from fetcher.settings import Settings
Client(Settings(attempts=1)).ask(f'https://{AT}/')
""",
    "films": """
from pydantic import SecretStr
from renderer.providers.outputs import film
from vendors.settings import RunwaySettings
film(f'https://{AT}/film.mp4', RunwaySettings(url=f'http://{AT}'), lambda: None)
""",
    "Gemini": """
from vendors import gemini
from vendors.settings import GeminiSettings
with gemini.client(GeminiSettings(url=f'https://{AT}', seconds=4), 'k' * 20) as made:
    made.models.generate_content(model='m', contents='x')
""",
    "Runway": """
from vendors import runway
from vendors.settings import RunwaySettings
with runway.client(RunwaySettings(url=f'https://{AT}', seconds=4), 'key_' + 'k' * 20) as made:
    made.tasks.retrieve('x')
""",
    "mail": """
from gateway.accounts.mails import _server
with _server(f'smtps://{AT}'): pass
""",
}
FIRST = {"bus": b'INFO {"server_id":"x","version":"2.10.0","max_payload":1048576,"tls_required":true}\r\n'}
"""What a server says before anybody speaks TLS."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Files: the authority's certificate, and a server's for localhost with its key."""
    folder, now = tmp_path_factory.mktemp("authority"), datetime.now(UTC)
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("authority", "localhost")}
    names = {each: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, each)]) for each in keys}
    for name, key in keys.items():
        is_authority = name == "authority"
        made = (
            x509.CertificateBuilder(names["authority"], names[name], key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(keys["authority"], hashes.SHA256())
        )
        (folder / f"{name}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return folder


class Acceptor:
    """Takes one connection after the other; `heard` is set once a client that trusts the certificate has spoken."""

    def __init__(self, folder, client):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / "localhost.crt", folder / "localhost.key")
        self._context.set_alpn_protocols(["h2", "http/1.1"])
        self._client, self.heard, self.refused = client, threading.Event(), threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"localhost:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            try:
                connection.settimeout(8)
                self._answer(connection)
            except ssl.SSLError:
                self.refused.set()
            except OSError:
                pass
            finally:
                connection.close()

    def _answer(self, connection):
        connection.sendall(FIRST.get(self._client, b""))
        if self._client == "database":
            connection.recv(8)
            connection.sendall(b"S")
        with self._context.wrap_socket(connection, server_side=True) as secure:
            secure.sendall(b"220 here\r\n" if self._client == "mail" else b"")
            if secure.recv(100):
                self.heard.set()

    def close(self):
        self._listening.close()


def speak(client, folder, variables):
    """The acceptor that a client has spoken with, in an environment with these variables."""
    acceptor = Acceptor(folder, client)
    environment = {name: value for name, value in os.environ.items() if "CERT" not in name} | variables
    asked = subprocess.Popen(
        [sys.executable, "-c", f"AT = {acceptor.address!r}\n{CLIENTS[client]}"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return acceptor, asked


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.timeout(180)
def test_client_believes_the_authority_it_is_given_and_no_other(client, authority):
    own = str(authority / "authority.crt")
    given = dict.fromkeys(("SSL_CERT_FILE", "PGSSLROOTCERT", "OTEL_EXPORTER_OTLP_CERTIFICATE"), own)
    none = {"PGSSLROOTCERT": "system"} if client == "database" else {}
    believing, doubting = speak(client, authority, given), speak(client, authority, none)
    try:
        assert believing[0].heard.wait(PATIENCE), "it did not believe its authority"
        doubting[0].refused.wait(PATIENCE)
        assert not doubting[0].heard.is_set(), "it spoke with a stranger"
        assert doubting[0].refused.is_set(), doubting[1].communicate(timeout=20)[1][-1000:]
    finally:
        for acceptor, process in (believing, doubting):
            acceptor.close()
            process.kill()
            process.communicate()
