"""A stack of all services in a folder of its own, shared by the tests of one worker."""

import json
import os
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from artifacts.captions import Captions
from artifacts.script import Script
from cli.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "nightingale" / "nightingale.xml"


@dataclass
class Command:
    """The hiddenhill command on a home of its own."""

    home: Path

    def __call__(self, *args: object) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "HIDDENHILL_HOME": str(self.home)}
        argv = [sys.executable, "-m", "cli", *map(str, args)]
        return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="session")
def hiddenhill(stack):
    return Command(stack.home)


@pytest.fixture(scope="session")
def sample():
    return SAMPLE


@pytest.fixture(scope="session")
def made(hiddenhill, tmp_path_factory):
    """The sample paper's video, short, and what the command printed."""
    target = tmp_path_factory.mktemp("made") / "sample.mp4"
    run = hiddenhill("make", SAMPLE, "-o", target, "--seconds", "30", "--json")
    assert run.returncode == 0, run.stderr
    return target, json.loads(run.stdout)


@pytest.fixture(scope="session")
def drawn(stack, hiddenhill, tmp_path_factory):
    """A video that no test edits, and what was to be burned into each of its scenes."""
    target = tmp_path_factory.mktemp("drawn") / "sample.mp4"
    run = hiddenhill("make", SAMPLE, "-o", target, "--seconds", "45", "--json")
    assert run.returncode == 0, run.stderr
    url = f"{stack.gateway_url}/api/v1/jobs/{json.loads(run.stdout)['job']}/artifacts"
    script = Script.model_validate_json(
        httpx.get(f"{url}/script", headers={"Authorization": f"Bearer {stack.token}"}).content
    )
    captions = [
        Captions.model_validate_json(
            httpx.get(f"{url}/scene.{n}.captions", headers={"Authorization": f"Bearer {stack.token}"}).content
        )
        for n in script.scenes
    ]
    return target, captions


@dataclass
class GatewayUp:
    """A gateway's process on real servers, without the other services."""

    url: str
    rpc: str
    token: str
    code: str

    def document(self):
        return httpx.get(f"{self.url}/api/openapi.json").raise_for_status().json()


class Person:
    """Someone who registers in a browser of their own, at an address of their own."""

    password = "a hill of papers"

    def __init__(self, up):
        self.up = up
        self.email = f"person-{secrets.token_hex(4)}@example.org"
        address = f"203.0.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
        headers = {"X-Forwarded-For": address, "Accept": "text/html"}
        self.http = httpx.Client(base_url=up.url, headers=headers, timeout=20, verify=False)

    def post(self, path, **fields):
        return self.http.post(path, data={"csrf_token": self.csrf(), **fields})

    def csrf(self):
        return re.search('name="csrf-token" content="([^"]+)"', self.http.get("/sent").text)[1]

    def register(self):
        form = {"code": self.up.code, "email": self.email, "password": self.password}
        assert self.post("/register", **form).status_code == 303
        return self

    def log_in(self):
        return self.post("/login", email=self.email, password=self.password)

    def confirm(self):
        mails = httpx.get(f"{self.up.url}/mail").text
        mail = next(one for one in re.findall("<article.*?</article>", mails, re.DOTALL) if self.email in one)
        link = re.search(r'href="(/verify/[^"]+)"', mail)[1]
        assert self.post(link, password=self.password).status_code == 303
        return self

    def scripted(self, method, path, **more):
        """Ask as a script of our pages does."""
        headers = {"X-CSRFToken": self.csrf(), "Accept": "application/json"}
        return self.http.request(method, path, headers=headers, **more)

    def token(self):
        return self.scripted("POST", "/api/v1/tokens", json={"name": "test"}).raise_for_status().json()["token"]


@pytest.fixture(scope="session")
def gateway_up(tmp_path_factory):
    env = {f"HIDDENHILL_{name}": "100000" for name in ("REQUESTS_A_MINUTE", "JOBS_A_DAY", "MINUTES_A_DAY")}
    env["HIDDENHILL_TRUSTED_PROXIES"] = "1"
    with Stack(tmp_path_factory.mktemp("gateway"), services=["gateway"], env=env) as running:
        rpc = running.rpc_url.partition("://")[2]
        yield GatewayUp(running.gateway_url, rpc, running.token, running.access_code)


@pytest.fixture(scope="session")
def person(gateway_up):
    """Make people who have registered and confirmed their address; or not, where `confirmed` is false."""
    made = []

    def arrive(*, confirmed=True):
        made.append(Person(gateway_up).register())
        return made[-1].confirm() if confirmed else made[-1]

    yield arrive
    for each in made:
        each.http.close()
