"""An upgrade and its rollback under load, old and new version of every service side by side: no job is lost."""

import asyncio
import json
import sys
import time
from collections import Counter

import pytest
from chassis.bus import NatsBus
from cli.stack import Stack
from hiddenhill.v1.events_pb2 import Ready
from rolling import versions
from rolling.balancer import Balancer
from rolling.load import Load
from rolling.rollout import Rollout

from chassis import names

pytestmark = [pytest.mark.drill, pytest.mark.stack, pytest.mark.timeout(2400)]
SAMPLE = versions.ROOT / "samples" / "nightingale" / "nightingale.xml"
EVERY, BESIDE, ALONE, DRAIN = 8.0, 8.0, 240.0, 600.0
"""Seconds: between two jobs, for which both versions of a service run, and at most for a job in one version alone and
for all jobs at the end."""
MOST = 4
"""Jobs under way at a time."""
PATIENCE = 5.0
"""Seconds after which a client's user notices that a request has not gone through."""
ENV = {
    "HIDDENHILL_GRACE": "20",
    "HIDDENHILL_JOBS_A_DAY": "10000",
    "HIDDENHILL_MINUTES_A_DAY": "10000",
    "HIDDENHILL_REQUESTS_A_MINUTE": "100000",
}


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    return tmp_path_factory.mktemp("versions")


@pytest.fixture
def ours(trees):
    """This version, as an installed release."""
    return _installed("this", trees)


@pytest.fixture
def after(trees):
    """The version after this one, which may change whatever a release may change."""
    return _installed("next", trees, advanced=True)


@pytest.fixture
def before(trees):
    """The release before this one."""
    commit = versions.released()
    if not commit:
        pytest.skip(f"no release is known here: no tag, and {versions.FROM} names no commit of this clone")
    return _installed("before", trees, commit)


def _installed(name, trees, commit="", *, advanced=False):
    tree = trees / name
    if tree.exists():
        return versions.Version(name, tree)
    versions.export(commit, tree)
    if advanced:
        versions.advance(tree)
    return versions.install(name, tree)


def test_next_version_takes_over_and_goes_back_without_losing_a_job(ours, after, tmp_path, report):
    _drill(ours, after, tmp_path, report, added=versions.NEW_STAGE)


def test_this_version_takes_over_from_the_release_before_it_and_goes_back(before, ours, tmp_path, report):
    _drill(before, ours, tmp_path, report)


@pytest.fixture
def report(request, capsys):
    """Prints what was measured."""

    def tell(figures):
        with capsys.disabled():
            sys.stdout.write(f"\n{request.node.name}\n{json.dumps(figures, indent=1)}\n")

    return tell


def _drill(old, new, tmp_path, report, added=""):
    figures = {}
    with Stack(tmp_path / "home", services=(), env=ENV) as stack, Balancer() as balancer:
        rollout = Rollout(stack, balancer, BESIDE)
        rollout.install(old)
        with Load(balancer.url, stack.token, SAMPLE, {"seconds": 20}, EVERY, MOST) as load:
            time.sleep(EVERY)
            figures["migration"] = rollout.migrate(new)
            load.await_jobs(1, ALONE)  # the old version on the new schema
            figures["upgrade"] = rollout.roll(new)
            load.await_jobs(1, ALONE)
            figures["rollback"] = rollout.roll(old)
            if added:
                rollout.forget(old, added)
            load.drain(DRAIN)
            jobs = {job: load.job(job) for job in load.accepted}
        ready = asyncio.run(_announced(stack))
    report(figures | _figures(load, rollout, jobs))
    assert Counter(job["state"] for job in jobs.values()) == {"done": len(load.accepted)}
    _assert_announced_once(ready)
    _assert_clients_noticed_nothing(load)
    for watch in load.watches:
        _assert_told_everything(watch, jobs[watch.job], added)
    if added:
        _assert_both_worked(ready, added)


def _assert_announced_once(ready):
    counted = Counter((each.job_id, each.artifact) for each in ready)
    assert not [artifact for artifact, count in counted.items() if count > 1]


def _assert_both_worked(ready, added):
    """Every stage ran in both versions, and so worked on what the other had made."""
    ran = {(each.stage, each.stage_version.endswith("-next")) for each in ready}
    stages = ("fetch", "script", "check", "narrate", "caption", "clip", "render", "assemble")
    assert {(stage, newer) for stage in stages for newer in (False, True)} <= ran
    assert added in {stage for stage, _ in ran}


def _assert_clients_noticed_nothing(load):
    assert not load.refused
    assert not [request for request in load.trouble if request.seconds > PATIENCE]


def _assert_told_everything(watch, job, added):
    assert watch.end == "done"
    assert not watch.breaks, "a stream ended without the word to reconnect"
    made = {(each["artifact"], each["seq"]) for each in job["artifacts"]}
    assert {each for each in watch.artifacts if each[0] != added} == {each for each in made if each[0] != added}
    told = Counter((data["artifact"], data["seq"]) for name, _, data in watch.told if name == "artifact")
    assert set(told.values()) <= {1}, "an artifact was told of twice"


def _figures(load, rollout, jobs):
    return {
        "accepted": len(load.accepted),
        "ended": Counter(job["state"] for job in jobs.values()),
        "side_by_side": {name: round(seconds, 1) for name, seconds in rollout.side_by_side.items()},
        "answers": dict(load.answers),
        "trouble": dict(load.statuses()),
        "slowest": max((request.seconds for request in load.trouble), default=0.0),
        "refused": load.refused,
        "reconnects": sum(watch.connections - 1 for watch in load.watches),
        "byes": sum(watch.byes for watch in load.watches),
        "breaks": [each for watch in load.watches for each in watch.breaks],
        "longest_gap": max(watch.longest for watch in load.watches),
    }


async def _announced(stack):
    """All that was announced as ready, read from the stream itself."""
    bus = await NatsBus.connect(stack.settings, "test")
    try:
        last = (await bus.stream.stream_info(names.STREAM)).state.last_seq
        found = [await bus.stream.get_msg(names.STREAM, seq) for seq in range(1, last + 1)]
        return [Ready.FromString(each.data) for each in found if ".ready." in each.subject]
    finally:
        await bus.close()
