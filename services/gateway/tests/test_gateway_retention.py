"""What is old is forgotten, and what nothing names leaves the store: on real servers."""

import hashlib
import os
import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest
from chassis.blobs import S3Blobs, key_of
from gateway.database import open_pool
from gateway.jobs import retention
from gateway.ledger import garbage

NOW = timedelta(0)
pytestmark = [pytest.mark.stack]


@pytest.fixture(scope="module")
def database(stack, running):
    running.wait()
    with open_pool(stack.postgres_url) as pool:
        yield pool


@pytest.fixture(scope="module")
def blobs(settings):
    return S3Blobs(settings)


def aged(stack, job_id, days):
    """Let the job's last event be so old."""
    with psycopg.connect(stack.postgres_url, autocommit=True) as connection:
        query = "UPDATE states SET updated_at = now() - make_interval(days => %s) WHERE job_id = %s"
        connection.execute(query, (days, job_id))


def asked(stack, query, *values):
    with psycopg.connect(stack.postgres_url) as connection:
        return connection.execute(query, values).fetchall()


def put(blobs, data):
    digest = hashlib.sha256(data).hexdigest()
    blobs.put_bytes(key_of(digest), data)
    return digest


def sweep(stack, *options, **env):
    return subprocess.run(
        [sys.executable, "-m", "gateway", "sweep", *options],
        env={**os.environ, **stack.environment(), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_old_jobs_are_forgotten_with_their_bytes_and_running_or_young_ones_are_not(running, start, stack, blobs):
    first = running
    old, young, unfinished = first.submit("10.1000/1"), first.submit("10.1000/2"), first.submit("10.1000/3")
    for job_id in (old, young):
        first.finish(job_id)
    first.begun(unfinished)
    digests = {row["artifact"]: row["digest"] for row in first.job(old)["artifacts"]}
    for job_id, days in ((old, 31), (young, 29), (unfinished, 300)):
        aged(stack, job_id, days)
    second = start(HIDDENHILL_KEEP_DAYS="30", HIDDENHILL_GARBAGE_AFTER="0")
    second.wait()
    second.until(lambda: second.http.get(f"{second.api}/jobs/{old}").status_code == 404, 20)
    second.until(lambda: blobs.size(key_of(digests["source"])) is None, 20)
    assert first.job(young)["state"] == "done"
    assert first.job(unfinished)["state"] == "running"
    [act] = asked(stack, "SELECT user_id, actor_id, details->>'days' FROM audit WHERE action = 'job.expire'")
    assert act[0] is not None
    assert act[1:] == (None, "30")
    assert blobs.size(key_of(first.job(young)["artifacts"][0]["digest"])) is not None


def test_blobs_that_nothing_names_become_garbage_and_named_ones_stay(running, database, blobs):
    job_id = running.submit()
    running.begun(job_id)
    named = {row["digest"] for row in running.job(job_id)["artifacts"]}
    orphan = put(blobs, b"a worker was killed before it said so")
    with database.connection() as connection:
        assert orphan not in {found.key.removeprefix("sha256/") for found in retention.orphans(connection, blobs)}
        found = {stored.key.removeprefix("sha256/") for stored in retention.orphans(connection, blobs, NOW)}
        assert orphan in found
        assert not found & named
        retention.discard(connection, retention.orphans(connection, blobs, NOW))
    with database.connection() as connection:
        assert list(retention.orphans(connection, blobs, NOW)) == []
        rows = connection.execute("SELECT 1 FROM garbage WHERE digest = %s", (orphan,)).fetchall()
        assert len(rows) == 1


def test_bytes_of_an_event_that_waits_for_its_day_are_no_orphans(start, database, blobs):
    gateway = start(HIDDENHILL_JOBS_A_DAY="0")
    gateway.wait()
    job_id = gateway.submit("10.1000/waits")
    assert gateway.job(job_id)["waits_until"]
    with database.connection() as connection:
        rows = connection.execute("SELECT * FROM outbox WHERE job_id = %s", (job_id,)).fetchall()
        waiting = {digest for row in rows for digest in garbage._digests(row)}
        assert len(waiting) >= 2
        found = {stored.key.removeprefix("sha256/") for stored in retention.orphans(connection, blobs, NOW)}
    assert not waiting & found


def test_answers_of_providers_leave_by_their_age(blobs):
    blobs.put_bytes("memo/acme/abc/answer", b"because")
    blobs.put_bytes("memo/acme/abc/task", b"7")
    assert "memo/acme/abc/answer" not in {stored.key for stored in retention.old_answers(blobs, 90)}
    total = retention.remove(blobs, retention.older(blobs, "memo/acme/", NOW))
    assert (total.count, total.size) == (2, 8)
    assert blobs.size("memo/acme/abc/answer") is None


def test_spans_of_jobs_that_are_gone_are_found_and_others_are_not(running, database, blobs):
    job_id = running.submit()
    blobs.put_bytes(f"traces/{job_id}/x.json", b"{}")
    blobs.put_bytes("traces/gone/x.json", b"{}")
    with database.connection() as connection:
        found = {stored.key for stored in retention.old_traces(connection, blobs, NOW)}
    assert "traces/gone/x.json" in found
    assert not any(key.startswith(f"traces/{job_id}/") for key in found)


def test_command_says_what_it_would_remove_and_leaves_what_is_young(running, blobs, stack):
    orphan = put(blobs, b"young")
    blobs.put_bytes("uploads/somebody/01", b"half a paper")
    for options in (["--dry-run"], []):
        ended = sweep(stack, *options)
        assert ended.returncode == 0, ended.stderr
        lines = dict(line.split(": ") for line in ended.stdout.splitlines())
        assert lines["artifacts that no job has"] == "0 (0 bytes)"
        assert lines["uploads that were not submitted"] == "0 (0 bytes)"
        assert set(lines) >= {"spans of jobs that are gone", "answers of providers"}
    assert blobs.size(key_of(orphan)) == 5
    assert blobs.size("uploads/somebody/01") == 12


def test_command_keeps_answers_for_ever_where_it_is_told_to(running, stack):
    assert "answers of providers" not in sweep(stack, HIDDENHILL_KEEP_ANSWERS_DAYS="0").stdout
