"""The clients of a gateway, REST and gRPC alike, and the commands that use them, on a real gateway of the stack."""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import threading

import pytest
from chassis.blobs import S3Blobs, key_of
from chassis.errors import Error, Fatal, Transient, UsageError
from chassis.events import Blob
from chassis.stage import Rule
from chassis.testing import on_bus, until
from cli.client import Bytes
from cli.downloads import download
from cli.gateway import Address, gateway, submit
from cli.making import follow
from cli.rest import Rest
from cli.rpc import Rpc
from cli.stack import Stack

from chassis import events

pytestmark = [pytest.mark.stack]
BRIEF, VIDEO = "scene.*.brief", "video"
RULES = (
    Rule("write", "Writing", "1", "scripter", ("source",), ("script", BRIEF), False, ("script", BRIEF)),
    Rule("draw", "Drawing", "1", "renderer", ("script", "approval"), (VIDEO,), False, (VIDEO,)),
)
PDF = b"%PDF-1.7 "


class Stages:
    """Plays the stages of a job on the real servers."""

    def __init__(self, stack):
        self.settings = stack.settings
        self.blobs = S3Blobs(self.settings)
        self.on_bus(self._publish)

    def on_bus(self, act):
        return on_bus(self.settings, act)

    def write(self, client, job_id):
        self._make(client, job_id, {"script": b"{}", "scene.1.brief": b"{}"}, ("source",), scenes=(1,))

    def draw(self, client, job_id):
        self._make(client, job_id, {"video": b"moving pictures"}, ("script", "approval"))

    def _make(self, client, job_id, values, needs, scenes=()):
        def known():
            found = {row["artifact"]: row["digest"] for row in client.job(job_id)["artifacts"]}
            return {need: found[need] for need in needs} if set(needs) <= set(found) else None

        inputs, batch = until(known), []
        for name, data in values.items():
            digest = hashlib.sha256(data).hexdigest()
            self.blobs.put_bytes(key_of(digest), data)
            blob = Blob(name, digest, len(data), "application/json")
            batch.append(events.ready(job_id, blob, cause="made", inputs=inputs, stage="x", scenes=scenes))
        self.on_bus(lambda bus: bus.announce(batch))

    async def _publish(self, bus):
        for rule in RULES:
            await bus._publish_rule(rule)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("home"), services=("gateway",)) as servers:
        servers.wait_ready()
        yield servers


@pytest.fixture(scope="module")
def stages(stack):
    return Stages(stack)


@pytest.fixture(params=[Rest, Rpc])
def client(request, stack):
    with request.param(stack.gateway_url if request.param is Rest else stack.rpc_url, stack.token) as found:
        yield found


class Breaking:
    """A client whose first connections break: a submit after it was heard, a download after its first bytes."""

    def __init__(self, client, breaks):
        self.client, self.breaks, self.offsets = client, breaks, []

    def submit(self, source, options, key=""):
        job = self.client.submit(source, options, key)
        self._break()
        return job

    @contextlib.contextmanager
    def read(self, job_id, artifact, offset=0):
        self.offsets.append(offset)
        with self.client.read(job_id, artifact, offset) as found:
            yield Bytes(found.digest, found.size, self._some(found.chunks))

    def _some(self, chunks):
        for chunk in chunks:
            yield chunk
            self._break()

    def _break(self):
        if self.breaks:
            self.breaks -= 1
            raise Transient("unavailable.gateway", "It broke.")


def test_both_ways_tell_the_same_of_a_job(stack, stages):
    with Rest(stack.gateway_url, stack.token) as rest, Rpc(stack.rpc_url, stack.token) as rpc:
        job_id = submit(rest, "10.1000/same", {"seconds": 30, "theme": "night"})["id"]
        stages.write(rest, job_id)
        until(lambda: len(rest.job(job_id)["artifacts"]) == 5)
        by_rest, by_rpc = rest.job(job_id), rpc.job(job_id)
        for moment in ("created_at", "updated_at"):
            assert by_rpc.pop(moment)[:19] == by_rest.pop(moment)[:19]
        for one, other in zip(by_rpc.pop("artifacts"), by_rest.pop("artifacts"), strict=True):
            one.pop("announced_at")
            assert one == {key: other[key] for key in one}
        assert by_rpc == {key: by_rest[key] for key in by_rpc}
        listed = [[job["id"] for job in each.jobs("running")] for each in (rest, rpc)]
        assert listed[0] == listed[1]
        assert job_id in listed[0]


def test_a_file_goes_up_and_comes_down_byte_for_byte(client, tmp_path):
    (tmp_path / "a b.pdf").write_bytes(PDF + os.urandom(2_200_000))
    job = submit(client, tmp_path / "a b.pdf", {"seconds": 45})
    assert (job["source"], job["options"]["seconds"], job["state"]) == ("a b.pdf", 45, "queued")
    until(lambda: client.job(job["id"])["artifacts"])
    download(client, job["id"], "source", tmp_path / "back.pdf")
    assert (tmp_path / "back.pdf").read_bytes() == (tmp_path / "a b.pdf").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"a b.pdf", "back.pdf"}


def test_a_broken_download_goes_on_where_it_broke(client, tmp_path):
    (tmp_path / "a.pdf").write_bytes(PDF + os.urandom(3_000_000))
    job_id = submit(client, tmp_path / "a.pdf", {})["id"]
    until(lambda: client.job(job_id)["artifacts"])
    breaking = Breaking(client, breaks=2)
    download(breaking, job_id, "source", tmp_path / "back.pdf")
    assert (tmp_path / "back.pdf").read_bytes() == (tmp_path / "a.pdf").read_bytes()
    assert breaking.offsets[0] == 0 < breaking.offsets[1] < breaking.offsets[2]


def test_a_download_that_keeps_breaking_leaves_no_file(client, tmp_path):
    job_id = submit(client, "10.1000/none", {})["id"]
    with pytest.raises(Fatal) as caught:
        download(client, job_id, "video", tmp_path / "video.mp4")
    assert caught.value.code == "usage.not-found"
    assert not list(tmp_path.iterdir())


def test_a_submit_whose_answer_is_lost_starts_one_job(client):
    reference = f"10.1000/lost.{os.urandom(4).hex()}"
    job = submit(Breaking(client, breaks=1), reference, {})
    assert [found["id"] for found in client.jobs() if found["source"] == reference] == [job["id"]]


def test_watching_goes_from_the_snapshot_to_the_end(client, stages):
    job_id = submit(client, "10.1000/watched", {})["id"]
    seen = []
    thread = threading.Thread(target=lambda: follow(client, job_id, quiet=True, hear=lambda *e: seen.append(e)))
    thread.start()
    until(lambda: seen)
    stages.write(client, job_id)
    stages.draw(client, job_id)
    thread.join(15)
    assert (seen[0][0], seen[-1][0], seen[-1][1]["state"]) == ("snapshot", "done", "done")
    made = [data["artifact"] for kind, data in seen if kind == "artifact"]
    assert made.count("video") == 1


def test_watching_survives_the_death_of_the_gateway(client, stack, stages):
    job_id = submit(client, "10.1000/killed", {})["id"]
    seen = []
    thread = threading.Thread(target=lambda: follow(client, job_id, quiet=True, hear=lambda *e: seen.append(e)))
    thread.start()
    until(lambda: seen)
    stages.write(client, job_id)
    stack.kill("gateway")
    until(lambda: _answers(client, job_id), 30)
    stages.draw(client, job_id)
    thread.join(30)
    assert seen[-1][0] == "done" or seen[-1][1]["state"] == "done"


def _answers(client, job_id):
    with contextlib.suppress(Error):
        return client.job(job_id)


def test_a_review_is_waited_for_and_an_approval_sets_the_job_going(client, stages):
    job_id = submit(client, "10.1000/review", {"review": True})["id"]
    with pytest.raises(Fatal, match="does not wait"):
        client.approve(job_id)
    stages.write(client, job_id)
    assert follow(client, job_id, quiet=True)["state"] == "review"
    client.approve(job_id)
    until(lambda: any(row["artifact"] == "approval" for row in client.job(job_id)["artifacts"]))
    stages.draw(client, job_id)
    assert follow(client, job_id, quiet=True)["state"] == "done"


def test_acts_that_make_no_sense_are_refused_alike(client):
    job_id = submit(client, "10.1000/acts", {})["id"]
    until(lambda: client.job(job_id)["artifacts"])
    client.cancel(job_id)
    with pytest.raises(Fatal, match="cancelled"):
        follow(client, job_id, quiet=True)
    client.delete(job_id)
    acts = {
        "job": client.job,
        "retry": client.retry,
        "cancel": client.cancel,
        "approve": client.approve,
        "delete": client.delete,
        "edit": lambda job_id: client.edit(job_id, 1, {"text": "Other words."}),
        "watch": lambda job_id: next(client.watch(job_id)),
        "read": lambda job_id: client.read(job_id, "source").__enter__(),
    }
    for name, act in acts.items():
        with pytest.raises(Fatal) as caught:
            act(job_id)
        assert caught.value.code == "usage.not-found", name


def test_a_bad_wish_is_refused_alike(client):
    with pytest.raises(Fatal) as caught:
        submit(client, "10.1000/bad", {"seconds": 5})
    assert caught.value.code == "usage.invalid"


@pytest.mark.parametrize("way", ["gateway_url", "rpc_url"])
def test_a_wrong_token_is_told_and_shown_nowhere(stack, way):
    address = Address(getattr(stack, way), "wrong-token")
    assert "wrong-token" not in repr(address)
    with gateway(address) as client, pytest.raises(Fatal) as caught:
        client.jobs()
    assert caught.value.code == "usage.login"
    assert "wrong-token" not in str(caught.value) + repr(caught.value.__cause__)


@pytest.mark.parametrize("scheme", ["http", "grpc"])
def test_a_gateway_that_is_not_there_is_told(scheme):
    with gateway(Address(f"{scheme}://127.0.0.1:9", "x")) as client, pytest.raises(Transient) as caught:
        client.job("x")
    assert caught.value.code == "unavailable.gateway"


def test_an_address_of_another_kind_is_refused():
    for url in ("ftp://x", "localhost:8080", "http://"):
        with pytest.raises(UsageError, match="no gateway's address"), gateway(Address(url, "")):
            pass


def test_a_token_in_the_clear_to_another_machine_is_warned_of(capsys):
    for url, warned in (
        ("grpc://gateway.example:1", True),
        ("grpcs://gateway.example:1", False),
        ("http://[::1]:1", False),
    ):
        with gateway(Address(url, "x")):
            assert ("unencrypted" in capsys.readouterr().err) is warned


class Command:
    """The command in a process of its own, on the stack's home."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder

    def __call__(self, *args, code=0, **env):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HIDDENHILL_")}
        found = subprocess.run(
            [sys.executable, "-m", "cli", *args],
            check=False,
            env=clean | {"HIDDENHILL_HOME": str(self.stack.home)} | env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert found.returncode == code, found.stderr
        return found


@pytest.fixture
def hiddenhill(stack, tmp_path):
    return Command(stack, tmp_path)


@pytest.mark.parametrize("way", ["gateway_url", "rpc_url"])
def test_the_commands_bring_a_paper_to_a_video_on_a_remote_gateway(stack, stages, hiddenhill, tmp_path, way):
    (tmp_path / "token").write_text(f"{stack.token}\n")
    at = ("--url", getattr(stack, way), "--token-file", "token")
    (tmp_path / "paper.pdf").write_bytes(PDF + b"x" * 2000)
    away = {"HIDDENHILL_HOME": str(tmp_path / "elsewhere")}  # so that nothing but the options tells where it is
    job_id = hiddenhill("submit", "paper.pdf", "--seconds", "40", "--review", *at, **away).stdout.strip()
    with Rest(stack.gateway_url, stack.token) as client:
        stages.write(client, job_id)
        assert hiddenhill("watch", job_id, *at, **away).stdout == "review\n"
        assert hiddenhill("approve", job_id, *at, **away).stdout.strip() == job_id
        until(lambda: any(row["artifact"] == "approval" for row in client.job(job_id)["artifacts"]))
        stages.draw(client, job_id)
    told = [json.loads(line) for line in hiddenhill("watch", job_id, "--json", *at, **away).stdout.splitlines()]
    assert told[-1]["data"]["state"] == "done"
    found = hiddenhill("download", job_id, "video", "source", *at, **away).stdout.split()
    assert (tmp_path / found[0]).read_bytes() == b"moving pictures"
    assert (tmp_path / found[1]).read_bytes() == (tmp_path / "paper.pdf").read_bytes()
    hiddenhill("delete", job_id, *at, **away)
    gone = hiddenhill("watch", job_id, *at, code=2, **away)
    assert gone.stderr.splitlines()[-1].startswith("error: usage.not-found: ")


def test_the_environment_says_where_the_gateway_is_and_a_key_starts_one_job(stack, hiddenhill):
    env = {"HIDDENHILL_GATEWAY": stack.rpc_url, "HIDDENHILL_TOKEN": stack.token}
    first = hiddenhill("submit", "10.1000/env", "--key", "k1", "--json", **env)
    again = hiddenhill("submit", "10.1000/env", "--key", "k1", "--json", **env)
    assert json.loads(first.stdout)["id"] == json.loads(again.stdout)["id"]
    other = hiddenhill("submit", "10.1000/other", "--key", "k1", "--json", code=2, **env)
    assert json.loads(other.stdout)["error"]["code"] == "usage.conflict"


def test_this_machines_own_stack_needs_neither_address_nor_token(stack, hiddenhill):
    job_id = hiddenhill("submit", "10.1000/own").stdout.strip()
    assert job_id in hiddenhill("jobs", "--url", stack.rpc_url).stdout
    hiddenhill("cancel", job_id)


def test_a_token_is_not_taken_on_the_command_line(stack, hiddenhill):
    found = hiddenhill("jobs", "--token", "secret", code=2)
    assert "--token-file" in found.stderr
    assert "secret" not in found.stderr
