"""Jobs over HTTP, on the gateway's process and real servers: from submit to the event in the stream."""

import json
import os

import pytest
from chassis.blobs import key_of
from chassis.errors import SourceError

from chassis import events

pytestmark = [pytest.mark.stack]


def test_submitted_reference_reaches_the_stream_as_two_artifacts(running):
    job_id = running.submit()
    found = running.state(job_id, "running")
    manifest = running.on_bus(lambda bus: bus.manifest(job_id))
    assert set(manifest.entries) == {"source", "options", "approval"}
    assert {entry.cause for entry in manifest.entries.values()} == {"submitted"}
    assert [stage["name"] for stage in found["stages"]] == ["fetch", "script", "narrate"]
    assert [stage["state"] for stage in found["stages"]] == ["running", "waiting", "waiting"]


def test_uploaded_file_is_kept_byte_for_byte_under_its_name(running):
    data = b"%PDF-1.7 " + os.urandom(3_000_000)
    form = {"options": json.dumps({"seconds": 45})}
    answer = running.http.post(f"{running.api}/jobs", files={"file": ("../a b.pdf", data)}, data=form)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == answer.json()["url"]
    found = running.state(answer.json()["id"], "running")
    assert (found["source"], found["options"]["seconds"]) == ("a b.pdf", 45)
    kept = running.http.get(f"{running.api}/jobs/{found['id']}/artifacts/source")
    assert (kept.content == data, kept.headers["content-type"]) == (True, "application/pdf")


def test_ranges_and_etags_are_honoured(running):
    data = b"%PDF-" + os.urandom(2555)
    answer = running.http.post(f"{running.api}/jobs", files={"file": ("x.pdf", data)})
    url = f"{running.api}/jobs/{answer.json()['id']}/artifacts/source"
    running.state(answer.json()["id"], "running")
    part = running.http.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, data[100:200])
    assert part.headers["content-range"] == "bytes 100-199/2560"
    assert running.http.get(url, headers={"Range": "bytes=-10"}).content == data[-10:]
    assert running.http.get(url, headers={"Range": "bytes=2550-"}).content == data[2550:]
    assert running.http.get(url, headers={"Range": "bytes=9999-"}).status_code == 416
    assert running.http.get(url, headers={"If-None-Match": part.headers["etag"]}).status_code == 304
    assert running.http.head(url).headers["content-length"] == "2560"
    assert "attachment" in running.http.get(url, params={"download": "1"}).headers["content-disposition"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reference": ""}, 422, "usage.invalid"),
        ({"reference": "x", "options": {"seconds": 5}}, 422, "usage.invalid"),
        ({"reference": "x", "options": [1]}, 422, "usage.invalid"),
        ([], 422, "usage.invalid"),
        ({}, 422, "usage.invalid"),
    ],
)
def test_request_that_makes_no_sense_is_refused_with_a_code(running, body, status, code):
    answer = running.http.post(f"{running.api}/jobs", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_unknown_things_are_not_found(running):
    for path in ("/jobs/nope", "/jobs/nope/artifacts/video", "/jobs/nope/events", "/elsewhere"):
        answer = running.http.get(f"{running.api}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "usage.not-found")


def test_foreign_page_and_rebound_name_are_refused(running):
    foreign = running.http.post(f"{running.api}/jobs/x/cancel", headers={"Origin": "https://evil.example"})
    rebound = running.http.get(f"{running.api}/jobs", headers={"Host": "evil.example"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "usage.origin")
    assert (rebound.status_code, rebound.json()["code"]) == (403, "usage.host")
    assert running.http.get(f"{running.api}/jobs", headers={"Origin": running.url}).status_code == 200


def test_jobs_are_listed_newest_first_page_by_page(running):
    mine = [running.submit(f"doi {number}") for number in range(3)]
    first = running.http.get(f"{running.api}/jobs", params={"limit": 2}).json()
    second = running.http.get(f"{running.api}/jobs", params={"limit": 2, "cursor": first["next"]}).json()
    assert [row["id"] for row in (first["jobs"] + second["jobs"])[:3]] == mine[::-1]


def test_finished_job_is_done_and_has_its_papers_title(running):
    job_id = running.submit()
    found = running.finish(job_id)
    assert [(stage["done"], stage["total"]) for stage in found["stages"]] == [(1, 1), (1, 1), (2, 2)]
    running.until(lambda: running.job(job_id)["title"] == "On Hills")
    answer = running.http.post(f"{running.api}/jobs/{job_id}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "usage.nothing-to-do")


def test_edit_announces_exactly_one_artifact_and_keeps_evidence(running):
    job_id = running.submit()
    running.finish(job_id)
    before = running.on_bus(lambda bus: bus.manifest(job_id)).entries
    answer = running.http.patch(f"{running.api}/jobs/{job_id}/scenes/2", json={"text": "Ten died. Nobody knew why."})
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "running"
    assert running.job(job_id)["state"] == "running"
    running.until(lambda: any(row["cause"] == "edited" for row in running.job(job_id)["artifacts"]))
    after = running.on_bus(lambda bus: bus.manifest(job_id)).entries
    assert [name for name in after if after[name] != before[name]] == ["scene.2.brief"]
    assert after["scene.2.brief"].cause == "edited"
    said = json.loads(running.blobs.get_bytes(key_of(after["scene.2.brief"].digest)))["sentences"]
    assert [(row["text"], row["edited"], [e["id"] for e in row["evidence"]]) for row in said] == [
        ("Ten died.", False, ["p1"]),
        ("Nobody knew why.", True, ["p1", "p2"]),
    ]
    assert running.http.patch(f"{running.api}/jobs/{job_id}/scenes/7", json={"text": "x"}).status_code == 404
    assert running.http.patch(f"{running.api}/jobs/{job_id}/scenes/2", json={"text": " "}).status_code == 422


def test_failed_job_says_why_and_retry_takes_it_up_again(running):
    job_id = running.submit()
    running.state(job_id, "running")
    error = SourceError("source.encrypted", "The PDF has a password.", "secret detail")
    running.on_bus(lambda bus: bus.announce([events.failed(job_id, "fetch", None, error, 1)]))
    found = running.state(job_id, "failed")
    assert found["error"]["code"] == "source.encrypted"
    assert "secret" not in json.dumps(found)
    assert running.http.post(f"{running.api}/jobs/{job_id}/retry").status_code == 202
    running.state(job_id, "running")
    assert running.on_bus(lambda bus: bus.manifest(job_id)).entries["source"].cause == "kicked"


def test_cancelled_job_is_cancelled_and_can_be_retried(running):
    job_id = running.submit()
    running.state(job_id, "running")
    assert running.http.post(f"{running.api}/jobs/{job_id}/cancel").status_code == 202
    running.state(job_id, "cancelled")
    assert running.http.post(f"{running.api}/jobs/{job_id}/retry").status_code == 202
    running.state(job_id, "running")


def test_event_carries_the_trace_of_the_request_that_submitted(running):
    trace = "0af7651916cd43dd8448eb211c80319c"
    job_id = running.submit(traceparent=f"00-{trace}-b7ad6b7169203331-01")
    running.state(job_id, "running")
    message = running.on_bus(lambda bus: bus.stream.get_last_msg("EVENTS", f"job.{job_id}.ready.source"))
    assert trace in message.headers["traceparent"]
    assert "b7ad6b7169203331" not in message.headers["traceparent"]


def test_file_that_is_too_large_or_empty_is_refused(start):
    small = start(HIDDENHILL_UPLOAD_LIMIT="100000")
    small.wait()
    large = small.http.post(f"{small.api}/jobs", files={"file": ("x.pdf", b"%PDF" + bytes(200_000))})
    empty = small.http.post(f"{small.api}/jobs", files={"file": ("x.pdf", b"")})
    without = small.http.post(f"{small.api}/jobs", files={"other": ("x.pdf", b"x")})
    assert (large.status_code, large.json()["code"]) == (413, "usage.too-large")
    assert (empty.status_code, empty.json()["code"]) == (422, "source.empty")
    assert (without.status_code, without.json()["code"]) == (422, "usage.no-file")
