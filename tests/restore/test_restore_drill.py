"""PostgreSQL and S3 restored into an empty stack: what was ready stays, what was not goes on, nothing is paid twice."""

import hashlib
import time

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("restore"), pytest.mark.timeout(240)]
WORKERS = ("fetcher", "scripter", "narrator")
"""Enough for jobs that end with their narrations; the long drill has all services."""
PAID = {"writer": "gemini", "speech": "gemini", "budget": 2}
OWN_KEY = "a-key-of-ada"


def test_backup_of_a_running_stack_restored_elsewhere_goes_on_and_pays_nothing_again(build_town, tmp_path, gemini):
    began = time.time()

    def clock(what):
        print(what, round(time.time() - began, 1), flush=True)

    gemini.put("settings", {"latency": 1.0})
    dump, copy = tmp_path / "dump", tmp_path / "copy"
    with build_town("old", WORKERS, HIDDENHILL_SLOTS="1") as old:
        clock("servers")
        old.open()
        clock("open")
        finished = old.submit()
        ada, browser = old.person("ada@example.org")
        old.until(lambda: old.api("PUT", "/account/keys/gemini", ada, json={"key": OWN_KEY}).is_success)
        review, dropped = old.submit(ada, review=True, tone="serious"), old.submit(review=True, tone="lively")
        old.state(dropped, "review")
        old.act(dropped, "cancel")
        poor = old.submit(audience="expert", writer="gemini", budget=0.0001)
        old.state(finished, "done")
        old.state(review, "review")
        before = {job_id: old.artifacts(job_id) for job_id in (finished, review, dropped)}
        old.until(lambda: old.job(poor)["state"] == "failed")
        half = old.submit(ada, **PAID)
        later = old.submit(ada, **PAID | {"budget": 4, "tone": "serious"})
        assert old.job(later)["waits_for"]
        old.until(lambda: sum(name.endswith("narration") for name in old.artifacts(half)) >= 1)
        clock("dump")
        paid = payments(old.job(half))
        assert paid
        old.dump(dump)
        after = old.submit(ada, tone="lively")
        asked = time.time()
        old.copy_store(copy)
        clock("copied")
        cookies = dict(browser.cookies)
        browser.close()
    clock("stopped")
    kept = {one["digest"] for one in gemini.requests() if one["paid"] and one["at"] + one["seconds"] < asked}
    calls = len(gemini.requests())
    there = {path.name for path in (copy / "sha256").iterdir()}
    with build_town("new", WORKERS, like=old, HIDDENHILL_SLOTS="1", HIDDENHILL_RECONCILE_EVERY="1") as new:
        new.load(dump)
        new.copy_store(copy, back=True)
        ready = {row["artifact"] for row in rows(new, half)}
        assert {row["digest"] for row in rows(new)} <= there
        clock("loaded")
        new.open(pause=1.5)
        clock("open")
        job = new.state(half, "done", seconds=40)
        clock("half done")
        assert {job_id: new.artifacts(job_id) for job_id in before} == before
        assert new.job(finished)["state"] == "done"
        assert not [key for key in new.announced() if key[0] != half or key[1] in ready]
        assert set(new.announced().values()) == {1}
        asked_anew = [one["digest"] for one in gemini.requests()[calls:]]
        assert not kept & set(asked_anew)
        assert paid <= payments(job)
        told, _ = new.on_bus(lambda bus: bus.costs(half))
        assert (told.budget, len(told.calls)) == (2, len(job["costs"]["calls"]))
        assert job["costs"]["budget"] == 2
        mine = hashlib.sha256(OWN_KEY.encode()).hexdigest()[:8]
        assert {one["key"] for one in gemini.requests()} == {mine}
        assert new.job(later)["waits_for"]
        assert new.api("GET", f"/jobs/{after}", ada).status_code == 404
        with httpx.Client(cookies=cookies) as browser:
            assert browser.get(f"{new.stack.gateway_url}/api/v1/me").json()["email"] == "ada@example.org"
        assert new.job(dropped)["state"] == "cancelled"
        new.act(review, "approve")
        new.act(poor, "budget", dollars=1)
        new.act(dropped, "retry")
        new.state(review, "done", seconds=30)
        clock("review")
        new.until(lambda: new.job(poor)["state"] == "done", 30)
        clock("poor")
        assert new.job(dropped)["state"] == "review"


def payments(job):
    """What was paid for, and for how much."""
    calls = [call for call in job["costs"]["calls"] if call["state"] == "paid"]
    return {(call["stage"], call["scene"], call["model"], call["dollars"]) for call in calls}


def rows(town, job_id=""):
    """The artifacts that the database names."""

    with psycopg.connect(town.stack.postgres_url, row_factory=dict_row) as connection:
        query = "SELECT * FROM artifacts WHERE %(job)s IN ('', job_id)"
        return connection.execute(query, {"job": job_id}).fetchall()
