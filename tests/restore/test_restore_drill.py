"""PostgreSQL and S3 restored into an empty stack: what was ready stays, what was not goes on, nothing is paid twice."""

import hashlib
import time
from types import SimpleNamespace

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
WORKERS = ("fetcher", "scripter", "narrator")
"""Enough for jobs that end with their narrations; the long drill has all services."""
PAID = {"writer": "gemini", "speech": "gemini", "budget": 2}
OWN_KEY = "a-key-of-ada"


@pytest.fixture(scope="module")
def left(build_town, gemini, tmp_path_factory):
    """A town that was left while it worked, with a backup: the database's dump first, then a copy of the store."""
    gemini.put("settings", {"latency": 1.0})
    folder = tmp_path_factory.mktemp("backup")
    was = SimpleNamespace(dump=folder / "dump", copy=folder / "copy")
    with build_town("old", WORKERS, HIDDENHILL_SLOTS="1") as old:
        was.town = old.open()
        was.finished = old.submit()
        was.ada, browser = old.person("ada@example.org")
        old.until(lambda: old.api("PUT", "/account/keys/gemini", was.ada, json={"key": OWN_KEY}).is_success)
        was.review = old.submit(was.ada, review=True, tone="serious")
        was.dropped = old.submit(tone="lively")
        was.poor = old.submit(audience="expert", writer="gemini", budget=0.0001)
        old.until(lambda: "paper" in old.artifacts(was.dropped))
        old.act(was.dropped, "cancel")
        old.until(lambda: old.job(was.poor)["state"] == "failed")
        old.state(was.finished, "done")
        old.state(was.review, "review")
        was.artifacts = {job_id: old.artifacts(job_id) for job_id in (was.finished, was.review)}
        was.half = old.submit(was.ada, **PAID)
        was.waiting = old.submit(was.ada, **PAID | {"budget": 4, "tone": "serious"})
        old.until(lambda: any(name.endswith("narration") for name in old.artifacts(was.half)))
        was.paid = payments(old.job(was.half))
        old.dump(was.dump)
        was.after = old.submit(was.ada, tone="lively")
        copying = time.time()
        old.copy_store(was.copy)
        was.cookies = dict(browser.cookies)
        browser.close()
    was.asked = len(gemini.requests())
    was.answered = {one["digest"] for one in gemini.requests() if one["paid"] and one["at"] + one["seconds"] < copying}
    return was


@pytest.fixture(scope="module")
def town(left, build_town):
    """The same in another place, whose message server knows nothing; its gateway begins before the workers do."""
    more = {"HIDDENHILL_SLOTS": "1", "HIDDENHILL_RECONCILE_EVERY": "1"}
    with build_town("new", WORKERS, like=left.town, **more) as new:
        new.load(left.dump)
        new.copy_store(left.copy, back=True)
        left.named = rows(new)
        yield new.open(pause=1.5)


def test_copy_of_the_store_that_follows_the_dump_holds_all_that_the_dump_names(town, left):
    assert {row["digest"] for row in left.named} <= {path.name for path in (left.copy / "sha256").iterdir()}
    verified = town.command("verify", "--deep")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_unfinished_job_goes_on_by_itself_and_makes_and_pays_nothing_again(town, left, gemini):
    assert left.paid
    job = town.state(left.half, "done")
    ready = {row["artifact"] for row in left.named if row["job_id"] == left.half}
    made = town.announced()
    assert not [name for job_id, name in made if job_id != left.half or name in ready]
    assert set(made.values()) == {1}
    anew = gemini.requests()[left.asked :]
    assert not left.answered & {one["digest"] for one in anew}
    assert left.paid <= payments(job)
    told, _ = town.on_bus(lambda bus: bus.costs(left.half))
    assert (told.budget, len(told.calls)) == (2, len(job["costs"]["calls"]))
    assert {one["key"] for one in gemini.requests() if one["paid"]} == {
        hashlib.sha256(OWN_KEY.encode()).hexdigest()[:8]
    }


def test_what_had_ended_is_as_it_was(town, left):
    assert {job_id: town.artifacts(job_id) for job_id in left.artifacts} == left.artifacts
    assert [town.job(job_id)["state"] for job_id in (left.finished, left.dropped)] == ["done", "cancelled"]
    narration = town.api("GET", f"/jobs/{left.finished}/artifacts/scene.1.narration")
    assert hashlib.sha256(narration.content).hexdigest() == left.artifacts[left.finished]["scene.1.narration"]


def test_people_stay_logged_in_and_their_day_is_as_full_as_it_was(town, left):
    with httpx.Client(cookies=left.cookies) as browser:
        me = browser.get(f"{town.stack.gateway_url}/api/v1/me").json()
    assert me["email"] == "ada@example.org"
    assert town.job(left.waiting)["waits_for"]
    assert town.api("GET", f"/jobs/{left.after}", left.ada).status_code == 404


def test_job_in_review_is_approved_and_a_cancelled_one_is_taken_up_again(town, left):
    town.act(left.review, "approve")
    town.act(left.dropped, "retry")
    town.state(left.review, "done")
    town.until(lambda: town.job(left.dropped)["state"] == "done")
    assert left.artifacts[left.review].items() <= town.artifacts(left.review).items()


def test_job_without_money_goes_on_when_it_gets_some(town, left):
    town.act(left.poor, "budget", dollars=1)
    town.until(lambda: town.job(left.poor)["state"] == "done")


def test_replay_would_lose_what_only_the_database_knows_and_refuses(town, left):
    refused = town.command("replay")
    assert refused.returncode == 2
    assert "--anyway" in refused.stderr
    assert town.artifacts(left.finished) == left.artifacts[left.finished]


def payments(job):
    """What was paid for, and for how much."""
    calls = [call for call in job["costs"]["calls"] if call["state"] == "paid"]
    return {(call["stage"], call["scene"], call["model"], call["dollars"]) for call in calls}


def rows(town):
    """The artifacts that the database names."""
    with psycopg.connect(town.stack.postgres_url, row_factory=dict_row) as connection:
        return connection.execute("SELECT * FROM artifacts").fetchall()
