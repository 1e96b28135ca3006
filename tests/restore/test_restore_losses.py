"""One of the servers loses what it had: the stream alone, some of the store's bytes, the database's last hours."""

import pytest
from chassis.blobs import S3Blobs, key_of
from chassis.bus import ADVISORIES, PROVIDERS_BUCKET, RULES_BUCKET

from chassis import names

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
WORKERS = ("fetcher", "scripter", "narrator")
PAID = {"writer": "gemini", "speech": "gemini", "budget": 2}


@pytest.fixture(scope="module")
def town(build_town):
    more = {"HIDDENHILL_SLOTS": "1", "HIDDENHILL_RECONCILE_EVERY": "1", "HIDDENHILL_QUIET_SECONDS": "10"}
    with build_town("town", WORKERS, **more) as town:
        yield town.open()


def test_jobs_go_on_when_the_message_server_has_lost_its_disk(town):
    town.gemini.put("settings", {"latency": 0.7})
    review, half = town.submit(review=True), town.submit(**PAID)
    town.state(review, "review")
    town.until(lambda: sum(name.endswith("narration") for name in town.artifacts(half)) >= 1)
    before, job = town.artifacts(half), town.job(half)

    async def lose(bus):
        for stream in (f"KV_{RULES_BUCKET}", f"KV_{PROVIDERS_BUCKET}", ADVISORIES, names.STREAM):
            await bus.stream.delete_stream(stream)

    town.on_bus(lose)
    after = town.submit(tone="lively")
    done = town.state(half, "done")
    town.state(after, "done")
    made = town.announced()
    assert not [name for name in before if (half, name) in made]
    assert {name: town.artifacts(half)[name] for name in before} == before
    assert {job_id for job_id, _ in made} == {half, after}
    assert done["costs"]["dollars"] >= job["costs"]["dollars"] - max(call["estimate"] for call in job["costs"]["calls"])
    assert done["seq"] > job["seq"]
    town.act(review, "approve")
    town.state(review, "done")


def test_lost_bytes_are_named_and_made_again_by_retry_alone(town):
    job_id = town.submit(theme="night")
    before = {row["artifact"]: row for row in town.state(job_id, "done")["artifacts"]}
    blobs, lost = S3Blobs(town.settings), "scene.1.narration"
    assert town.command("verify", "--deep").returncode == 0
    blobs.remove(key_of(before[lost]["digest"]))
    blobs.put_bytes(key_of(before["paper"]["digest"]), b"x" * before["paper"]["size"])
    refused = town.api("GET", f"/jobs/{job_id}/artifacts/{lost}")
    assert refused.json()["code"] == "internal.lost"
    assert "retry" in refused.json()["detail"]
    said = town.command("verify")
    assert said.returncode == 1
    assert f"{job_id} {lost} {before[lost]['digest']}: missing" in said.stdout
    assert "paper" not in said.stdout
    assert "other bytes" in town.command("verify", "--deep").stdout
    blobs.remove(key_of(before["paper"]["digest"]))  # bytes that are wrong are better lost
    town.act(job_id, "retry")
    town.until(lambda: town.command("verify", "--deep").returncode == 0)
    town.state(job_id, "done")
    others = {name: row["digest"] for name, row in before.items() if not name.startswith("scene.1.")}
    assert others.items() <= town.artifacts(job_id).items()
    made = town.announced()
    assert made[job_id, lost] == 2
    assert made[job_id, "scene.2.narration"] == made[job_id, "script"] == 1


def test_job_whose_paper_is_lost_says_so(town):
    job_id = town.submit(theme="dawn")
    town.state(job_id, "done")
    blobs, digests = S3Blobs(town.settings), town.artifacts(job_id)
    paper = blobs.get_bytes(key_of(digests["source"]))
    blobs.remove(key_of(digests["source"]))
    refused = town.api("POST", f"/jobs/{job_id}/retry")
    blobs.put_bytes(key_of(digests["source"]), paper)
    assert refused.status_code < 500
    assert refused.json()["code"] == "usage.lost"
    blobs.remove(key_of(digests["options"]))
    town.api("POST", f"/jobs/{job_id}/retry")
    assert blobs.size(key_of(digests["options"]))


def test_worker_without_an_input_fails_its_job_and_retry_mends_it(town):
    job_id = town.submit(review=True, theme="dusk")
    town.state(job_id, "review")
    blobs, brief = S3Blobs(town.settings), town.artifacts(job_id)["scene.1.brief"]
    blobs.remove(key_of(brief))
    town.act(job_id, "approve")
    job = town.until(lambda: (found := town.job(job_id))["state"] == "failed" and found)
    assert job["error"]["code"] == "internal.lost"
    assert "retry" in job["error"]["message"]
    town.act(job_id, "retry")
    town.until(lambda: town.job(job_id)["state"] == "done")
    assert town.artifacts(job_id)["scene.1.brief"] == brief


def test_older_database_takes_up_what_the_stream_has_and_jobs_without_a_row_belong_to_nobody(town, tmp_path):
    half = town.submit(review=True, tone="serious", theme="paper")
    town.state(half, "review")
    town.dump(tmp_path / "dump")
    town.act(half, "approve")
    later = town.submit(theme="paper")
    done = {job_id: town.state(job_id, "done")["artifacts"] for job_id in (half, later)}
    made = town.announced()
    town.stack.end(town.stack.process("gateway"))
    town.load(tmp_path / "dump", again=True)
    town.stack.spawn("gateway")
    town.stack.wait_ready()
    assert {row["artifact"]: row["digest"] for row in done[half]} == {
        row["artifact"]: row["digest"] for row in town.state(half, "done")["artifacts"]
    }
    assert town.api("GET", f"/jobs/{later}").status_code == 404

    def taken_up():
        found = town.api("GET", "/admin/jobs").json()["jobs"]
        return [(job["user_id"], job["state"]) for job in found if job["id"] == later] == [(None, "done")]

    town.until(taken_up, 30)
    assert town.announced() == made
    town.state(town.submit(theme="night", tone="lively"), "done")
