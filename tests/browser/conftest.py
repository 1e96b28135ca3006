"""A stack as `hiddenhill up` starts it, a real Chromium, and someone who uses both."""

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from cli.stack.homes import local_token
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "out" / "browser"
SAMPLE = ROOT / "samples" / "nightingale" / "nightingale.pdf"
SIZES = {"phone": (390, 844), "desk": (1280, 800), "wide": (1440, 900)}
PASSWORD = "lamps and mortality tables"
FILM = 110_000
"""Milliseconds that a video of the sample may take."""
expect.set_options(timeout=15_000)


class Up:
    """`hiddenhill up` on a home of its own."""

    def __init__(self, home):
        self.home = home
        env = {**os.environ, "HIDDENHILL_HOME": str(home), "HIDDENHILL_REQUESTS_A_MINUTE": "6000"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "up"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        giving_up = threading.Timer(90, self.process.kill)
        giving_up.start()
        self.said = self.process.stdout.readline()
        giving_up.cancel()
        self.links = re.findall(r"http://\S+", self.said)

    @property
    def link(self):
        """The one address that it prints."""
        assert len(self.links) == 1, self.said
        return self.links[0]

    @property
    def url(self):
        return self.link.partition("/register")[0]

    @property
    def token(self):
        """The token of the machine's own user, an administrator."""
        return local_token(self.home)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(30)
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Visit:
    """Somebody at a browser window of one size, whose steps are kept as pictures; `up` has the gateway's `url`."""

    def __init__(self, browser, up, name, **kind):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.browser, self.up, self.name = browser, up, name
        self.kind = {"accept_downloads": True, "base_url": up.url, **kind}
        self.context = browser.new_context(**self.kind)
        self.page = self.context.new_page()
        self.email = f"{name}-{secrets.token_hex(3)}@example.org"
        self.steps = 0
        self.wrong = []
        self.unplayed = False
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.wrong.append(said.text))

    def shot(self, step, page=None, *, whole=False):
        """Keep a picture of the page as it is."""
        self.steps += 1
        (page or self.page).screenshot(path=SHOTS / f"{self.name}-{self.steps:02}-{step}.png", full_page=whole)

    def register(self):
        """From the address that `up` prints to the front page, by the page of mails."""
        page = self.page
        page.goto(self.up.link)
        expect(page.get_by_label("Access code")).not_to_have_value("")
        page.get_by_label("E-mail address").fill(self.email)
        page.get_by_label("Password").fill(PASSWORD)
        self.shot("register")
        page.get_by_role("button", name="Register").click()
        page.get_by_role("link", name="Show the mails").click()
        mail = page.locator("article", has_text=self.email).first
        expect(mail).to_contain_text("/verify/")
        self.shot("mail")
        mail.locator("a[href*='/verify/']").click()
        page.get_by_label("Password").fill(PASSWORD)
        self.shot("verify")
        page.get_by_role("button", name="Confirm and log in").click()
        expect(page.get_by_text("Your e-mail address is confirmed.")).to_be_visible()
        expect(page.locator("#reference")).to_be_visible()
        self.shot("home")
        return self

    def drop(self, path):
        """Drop a file on the page, as a hand would."""
        data = self.page.evaluate_handle(
            """([bytes, name]) => {
                const data = new DataTransfer();
                const binary = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
                data.items.add(new File([binary], name, { type: "application/pdf" }));
                return data;
            }""",
            [_base64(path), path.name],
        )

        def held():
            self.page.dispatch_event("main", "dragover", {"dataTransfer": data})
            return self.page.locator("#dropping").is_visible()

        self.until(held)  # a hand waits until the page answers, whose script may come late
        self.shot("dropping")
        self.page.dispatch_event("main", "drop", {"dataTransfer": data})
        expect(self.page.locator("#dropping")).to_be_hidden()

    def give(self, path):
        """Choose a file by the field for files."""
        self.page.locator("#file").set_input_files(path)

    def make(self, *, review=False):
        """Have the chosen file made, short; returns the job's id."""
        self.page.get_by_label("Length").select_option("30")
        self.page.get_by_label("Review script first").set_checked(review)
        self.page.get_by_role("button", name="Make video").click()
        expect(self.page).to_have_url(re.compile("/jobs/[^/]+$"))
        return self.page.url.rpartition("/")[2]

    def job(self, job_id):
        """The job as the interface for programs tells it."""
        answer = self.context.request.get(f"/api/v1/jobs/{job_id}")
        assert answer.status == 200, answer.text()
        return answer.json()

    def until(self, condition, seconds=60):
        """Wait, with the page alive, until something is so."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "it did not happen in time"
            self.page.wait_for_timeout(250)
        return found

    def leave(self):
        self.context.close()


def _base64(path):
    import base64  # noqa: PLC0415 - for the one who drops a file

    return base64.b64encode(path.read_bytes()).decode()


@pytest.fixture(scope="session")
def up(tmp_path_factory):
    running = Up(tmp_path_factory.mktemp("home"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium():
    for old in SHOTS.glob("*.png"):
        old.unlink()
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.fail("There is no Chromium; `make test-browser` installs Debian's, or put one on the PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(request, chromium):
    """Come by with a window of one of SIZES, `at` the stack that is `up` or another."""
    visits = []

    def come(name, size="desk", at=None, **kind):
        width, height = SIZES[size]
        visits.append(
            Visit(
                chromium, at or request.getfixturevalue("up"), name, viewport={"width": width, "height": height}, **kind
            )
        )
        return visits[-1]

    yield come
    for each in visits:
        each.leave()


@pytest.fixture(scope="session")
def sample():
    return SAMPLE


@pytest.fixture(scope="session")
def faults():
    """Serious and critical faults that axe finds on a page, by rule."""
    axe = Axe()

    def find(page):
        found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        return [
            f"{page.url}: {each['id']}: {node['target']}: {node['failureSummary']}"
            for each in found
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    return find
