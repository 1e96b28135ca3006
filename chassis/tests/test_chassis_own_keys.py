"""A run gets the key of who pays for the job, sealed on its way, and nothing shows it."""

import logging

import pytest
from chassis.folder import JobFolder
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, MemoryBus, make_ready, work_off
from hiddenhill.v1.events_pb2 import Failed, Ready

from chassis import events, keys, runner

SECRET, KEY = "s" * 40, "sk-of-the-user"


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch):
    monkeypatch.setattr(runner.random, "uniform", lambda _low, _high: 0.01)


class Job:
    """A job whose stage asks for keys, and a gateway that is asked."""

    def __init__(self, sealed=""):
        self.sealed, self.asked, self.found = sealed, [], []
        self.bus, self.blobs = MemoryBus(), MemoryBlobs()

    async def find(self, job_id, provider):
        self.asked.append((job_id, provider))
        return self.sealed if provider == "gemini" else ""

    def run(self, folder):
        self.found.append([folder.key(name) for name in ("gemini", "runway", "gemini")])
        folder.write("paper", b"{}")

    async def work(self, secret=SECRET):
        stage = Stage(name="speak", title="Speak", version="1", needs=("source",), makes=("paper",), run=self.run)
        await make_ready(self.bus, self.blobs, "job1", {"source": b"{}"})
        await work_off(stage, self.bus, self.blobs, keys_secret=secret)

    def told(self, kind):
        found = [events.read_event(message).body for message in self.bus.streams["EVENTS"]]
        return [body for body in found if isinstance(body, kind) and getattr(body, "stage", "")]


async def test_run_gets_the_users_key_and_asks_for_each_once():
    job = Job(keys.seal(SECRET, KEY))
    await job.bus.serve_keys(job.find)
    await job.work()
    assert job.found == [[KEY, "", KEY]]
    assert job.asked == [("job1", "gemini"), ("job1", "runway")]


async def test_worker_without_a_secret_asks_nobody():
    job = Job(keys.seal(SECRET, KEY))
    await job.bus.serve_keys(job.find)
    await job.work(secret="")
    assert (job.found, job.asked) == ([["", "", ""]], [])


async def test_run_is_tried_again_while_nobody_knows_the_keys():
    job = Job(keys.seal(SECRET, KEY))
    run, tries = job.run, []

    def late(folder):
        tries.append(1)
        if len(tries) == 3:
            job.bus._find_key = job.find
        run(folder)

    job.run = late
    await job.work()
    assert (len(tries), job.found) == (3, [[KEY, "", KEY]])
    assert job.told(Ready)[-1].attempt == 3


async def test_key_that_cannot_be_opened_fails_the_stage_and_shows_nothing(caplog):
    caplog.set_level(logging.DEBUG)
    job = Job(keys.seal("another secret " * 3, KEY))
    await job.bus.serve_keys(job.find)
    await job.work()
    [failed] = job.told(Failed)
    assert failed.code == "internal.keys"
    shown = caplog.text + str([vars(record) for record in caplog.records]) + str(failed)
    assert not any(secret in shown for secret in (KEY, SECRET, job.sealed))


async def test_key_is_in_nothing_that_a_run_leaves_behind(caplog):
    caplog.set_level(logging.DEBUG)
    job = Job(keys.seal(SECRET, KEY))
    await job.bus.serve_keys(job.find)
    await job.work()
    left = [message.data for message in job.bus.streams["EVENTS"]] + list(job.blobs.kept.values())
    assert not any(KEY.encode() in data for data in left)
    assert KEY not in caplog.text


def test_folder_of_no_job_has_no_keys(tmp_path):
    assert JobFolder(tmp_path, {}).key("gemini") == ""
