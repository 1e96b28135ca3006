"""A gateway's process on real servers, and someone who plays the stages."""

import hashlib
import itertools
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from chassis.blobs import S3Blobs, key_of
from chassis.events import Blob
from chassis.stage import Rule
from chassis.testing import on_bus, until
from cli.stack import Stack

from chassis import events

BRIEFS, NARRATION = "scene.*.brief", "scene.*.narration"
RULES = (
    Rule("fetch", "Reading", "1", "fetcher", ("source",), ("paper",), False, ("paper",)),
    Rule("script", "Writing", "1", "scripter", ("paper", "options"), ("script", BRIEFS), False, ("script", BRIEFS)),
    Rule("narrate", "Speaking", "1", "narrator", (BRIEFS, "approval"), (NARRATION,), True, (NARRATION,)),
)


class Running:
    """A gateway's process, and what a test does with it."""

    rules = RULES

    def __init__(self, stack, settings, log, **env):
        port, rpc_port = _free_port(), _free_port()
        self.rpc = f"127.0.0.1:{rpc_port}"
        listen = {"HIDDENHILL_GATEWAY_LISTEN": f"127.0.0.1:{port}", "HIDDENHILL_RPC_LISTEN": self.rpc}
        self.url = f"http://127.0.0.1:{port}"
        self.api = f"{self.url}/api/v1"
        self.settings = settings
        self.login = {"Authorization": f"Bearer {stack.token}"}
        self.rpc_login = (("authorization", f"Bearer {stack.token}"),)
        self.http = self.client()
        self.blobs = S3Blobs(settings)
        with log.open("a") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway"],
                env={**os.environ, **stack.environment(), **listen, **env},
                stderr=file,
            )

    def client(self, **more):
        """A client with the local user's token."""
        return httpx.Client(headers=self.login, timeout=20, **more)

    def wait(self):
        self.until(self.is_ready, 20)

    def is_ready(self):
        assert self.process.poll() is None, "the gateway ended"
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def end(self, number=signal.SIGTERM):
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(10)

    def until(self, condition, seconds=40.0):
        return until(condition, seconds)

    def on_bus(self, act):
        return on_bus(self.settings, act)

    def submit(self, reference="10.1000/182", **headers):
        body = {"reference": reference, "options": {"seconds": 30}}
        answer = self.http.post(f"{self.api}/jobs", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def job(self, job_id):
        return self.http.get(f"{self.api}/jobs/{job_id}").raise_for_status().json()

    def state(self, job_id, wanted):
        return self.until(lambda: (found := self.job(job_id))["state"] == wanted and found)

    def begun(self, job_id):
        """The job once all artifacts of its submit are folded: the ledger takes events one by one."""
        return self.until(lambda: len((found := self.job(job_id))["artifacts"]) >= 3 and found)

    def made(self, job_id, values, inputs, scenes=()):
        """Announce artifacts as a stage would; `values` by name; returns their digests."""
        batch, digests = [], {}
        for name, value in values.items():
            data = json.dumps(value).encode()
            digests[name] = hashlib.sha256(data).hexdigest()
            self.blobs.put_bytes(key_of(digests[name]), data)
            blob = Blob(name, digests[name], len(data), "application/json")
            batch.append(events.ready(job_id, blob, cause="made", inputs=inputs, stage="x", scenes=scenes))
        self.on_bus(lambda bus: bus.announce(batch))
        return digests

    def finish(self, job_id):
        """Play all stages."""
        first = {row["artifact"]: row["digest"] for row in self.begun(job_id)["artifacts"]}
        paper = self.made(job_id, {"paper": {"title": "On Hills"}}, {"source": first["source"]})
        inputs = paper | {"options": first["options"]}
        script = {"script": {}, "scene.1.brief": brief(1), "scene.2.brief": brief(2)}
        briefs = self.made(job_id, script, inputs, scenes=(1, 2))
        for scene in (1, 2):
            name = f"scene.{scene}.brief"
            self.made(
                job_id,
                {f"scene.{scene}.narration": {"scene": scene}},
                {name: briefs[name], "approval": first["approval"]},
            )
        return self.state(job_id, "done")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Person:
    """Someone with a browser of their own, at an address of their own."""

    numbers = itertools.count(1)
    password = "a hill of papers"

    def __init__(self, gateway, code):
        number = next(self.numbers)
        self.gateway, self.code = gateway, code
        self.address = f"203.0.{number // 250}.{number % 250 + 1}"
        self.email = f"person-{secrets.token_hex(4)}@example.org"
        self.browsers = []
        self.http = self.browser()

    def browser(self, address=""):
        headers = {"X-Forwarded-For": address or self.address, "Accept": "text/html"}
        # no TLS here: to load the system's certificates takes longer than most requests
        self.browsers.append(httpx.Client(base_url=self.gateway.url, headers=headers, timeout=20, verify=False))
        return self.browsers[-1]

    def leave(self):
        for browser in self.browsers:
            browser.close()

    def token(self, browser=None):
        """The token that a page of ours has for its forms."""
        return re.search('name="csrf-token" content="([^"]+)"', (browser or self.http).get("/sent").text)[1]

    def post(self, path, browser=None, **fields):
        browser = browser or self.http
        return browser.post(path, data={"csrf_token": self.token(browser), **fields})

    def register(self):
        form = {"code": self.code, "email": self.email, "name": "Ada", "password": self.password}
        return self.post("/register", **form)

    def mails(self):
        """Those to this person, the newest first, as the page for who sits at the machine shows them."""
        page = httpx.get(f"{self.gateway.url}/mail").raise_for_status().text
        mails = re.findall("<article.*?</article>", page, re.DOTALL)
        return [mail for mail in mails if f"To {self.email}<" in mail]

    def link(self, kind):
        return re.search(rf'href="(/{kind}/[^"]+)"', self.mails()[0])[1]

    def confirm(self):
        return self.post(self.link("verify"), password=self.password)

    def log_in(self, browser=None, password="", email=""):
        return self.post("/login", browser, email=email or self.email, password=password or self.password)

    def settle(self):
        """Register, confirm, and so be logged in."""
        assert self.register().status_code == 303
        assert self.confirm().status_code == 303
        return self

    def me(self, browser=None):
        return (browser or self.http).get("/api/v1/me")


def brief(scene):
    evidence = [{"id": "p1", "text": "Ten of them died."}, {"id": "p2", "text": "Two lived."}]
    return {
        "scene": scene,
        "role": "hook",
        "headline": "Ten died",
        "sentences": [
            {"text": "Ten died.", "evidence": evidence[:1]},
            {"text": "Two lived.", "evidence": evidence[1:]},
        ],
        "visual": {"kind": "title"},
        "span": {"start": 0, "end": 1},
    }


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("home"), services=()) as servers:
        yield servers


@pytest.fixture(scope="module")
def settings(stack):
    return stack.settings


@pytest.fixture(scope="session")
def gateway_class():
    """For modules that start gateways in their own way."""
    return Running


@pytest.fixture(scope="module")
def running(stack, settings, tmp_path_factory):
    log = tmp_path_factory.mktemp("log") / "gateway.log"
    gateway = Running(stack, settings, log, HIDDENHILL_TRUSTED_PROXIES="1")

    async def publish(bus):
        for rule in RULES:
            await bus._publish_rule(rule)

    try:
        gateway.on_bus(publish)
        gateway.wait()
        yield gateway
    finally:
        gateway.end()


@pytest.fixture
def start(stack, settings, tmp_path):
    """Start further gateways; they end with the test."""
    started = []

    def begin(**env):
        started.append(Running(stack, settings, tmp_path / "gateway.log", **env))
        return started[-1]

    yield begin
    for gateway in started:
        gateway.end(signal.SIGKILL)


@pytest.fixture
def newcomer(running, stack):
    """Make people who have not registered yet; by default at the gateway that all share."""
    made = []

    def arrive(gateway=running):
        made.append(Person(gateway, stack.access_code))
        return made[-1]

    yield arrive
    for person in made:
        person.leave()
