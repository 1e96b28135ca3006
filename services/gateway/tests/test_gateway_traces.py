"""What the gateway does to a job stays in its trace, and its timeline is its owner's for as long as it is kept."""

import asyncio

import psycopg
import pytest
from chassis.blobs import S3Blobs
from gateway.accounts.janitor import Janitor
from gateway.database import open_pool

from chassis import spans

pytestmark = [pytest.mark.stack]


def timeline(running, job_id):
    return running.http.get(f"{running.api}/jobs/{job_id}/trace").raise_for_status().json()


def told(running, job_id, label):
    """The timeline, once it tells of this."""

    def look():
        found = timeline(running, job_id)
        return found if label in {bar["label"] for lane in found["lanes"] for bar in lane["bars"]} else None

    return running.until(look, 20)


def test_job_of_a_caller_with_a_trace_is_in_it_and_so_is_what_is_done_to_it(running):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    job_id = running.submit(traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    running.begun(job_id)
    running.http.post(f"{running.api}/jobs/{job_id}/cancel").raise_for_status()
    assert told(running, job_id, "cancel job")["trace_id"] == trace
    running.state(job_id, "cancelled")
    running.http.post(f"{running.api}/jobs/{job_id}/retry").raise_for_status()
    assert told(running, job_id, "retry job")["trace_id"] == trace


def test_kick_of_the_reconciler_is_in_the_trace_of_the_job(running, start):
    job_id = running.submit()
    running.state(job_id, "running")
    before = told(running, job_id, "submit job")
    start(HIDDENHILL_QUIET_SECONDS="1", HIDDENHILL_RECONCILE_EVERY="0.5")
    assert told(running, job_id, "reconcile job")["trace_id"] == before["trace_id"]


def test_message_that_kills_its_worker_is_told_as_a_failed_run(running):
    job_id = running.submit()
    running.state(job_id, "running")
    rule = running.rules[0]

    async def die(bus):
        offers = await bus.offers(rule, ack_wait=0.3, max_attempts=1)
        while (delivery := await offers.next()) and delivery.event.job_id != job_id:
            await delivery.ack()
        assert delivery is not None
        await asyncio.sleep(1.0)
        await offers.next()

    running.on_bus(die)
    running.state(job_id, "failed")
    lanes = {lane["stage"]: lane["bars"] for lane in told(running, job_id, rule.name)["lanes"]}
    assert [(bar["outcome"], bar["error"]) for bar in lanes[rule.name] if bar["kind"] == "run"] == [
        ("failed", "internal.worker-died")
    ]


def test_timeline_is_removed_after_its_days_and_kept_anew_when_the_job_goes_on(running, stack, settings):
    job_id = running.submit()
    told(running, job_id, "submit job")
    with psycopg.connect(stack.postgres_url, autocommit=True) as connection:
        age = "UPDATE states SET updated_at = now() - interval '40 days' WHERE job_id = %s"
        connection.execute(age, (job_id,))
    with open_pool(stack.postgres_url) as database:
        Janitor(database, 50).sweep()
        assert _garbage(stack, job_id) == 0
        Janitor(database, 30).sweep()
        Janitor(database, 30).sweep()
        assert _garbage(stack, job_id) == 1
    assert S3Blobs(settings).keys(spans.prefix(job_id))
    running.http.post(f"{running.api}/jobs/{job_id}/cancel").raise_for_status()
    with psycopg.connect(stack.postgres_url) as connection:
        assert connection.execute("SELECT traced FROM jobs WHERE id = %s", (job_id,)).fetchone() == (True,)


def _garbage(stack, job_id):
    with psycopg.connect(stack.postgres_url) as connection:
        query = "SELECT count(*) FROM garbage WHERE digest = %s"
        return connection.execute(query, (spans.prefix(job_id),)).fetchone()[0]


def test_page_of_a_timeline_is_the_owner_s_alone_and_holds_no_script_or_style(running, newcomer):
    job_id = running.submit()
    told(running, job_id, "submit job")
    mine = running.http.get(f"{running.url}/jobs/{job_id}/timeline", headers={"Accept": "text/html"})
    assert mine.status_code == 200
    drawn = mine.text.partition('id="timing"')[2].partition("</main>")[0]
    assert drawn.count("<svg") == 2
    assert "<script" not in drawn
    assert "style" not in drawn
    somebody = newcomer().settle()
    for path in (f"/jobs/{job_id}/timeline", f"/api/v1/jobs/{job_id}/trace"):
        assert somebody.http.get(path).status_code == 404
