"""A job is one trace, from the request to the film: every span has the right parent, and nothing is missing."""

from collections import Counter

import httpx
import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]
BOTH = {"seconds": 20, "writer": "gemini", "speech": "gemini", "footage": True, "tone": "lively", "budget": 10}

SUBMIT, SUBMITTED = ("POST /api/v1/jobs", "server"), ("publish job.{job}.>", "producer")
ALL = ("publish job.{job}.ready.>", "producer")
VERDICTS = ("publish job.{job}.ready.scene.{scene}.verdicts", "producer")
SPOKEN = ("publish job.{job}.ready.scene.{scene}.>", "producer")
CAPTIONS = ("publish job.{job}.ready.scene.{scene}.captions", "producer")
FOOTAGE = ("publish job.{job}.ready.scene.{scene}.footage", "producer")
SEGMENT = ("publish job.{job}.ready.scene.{scene}.segment", "producer")
COSTS = ("publish job.{job}.costs", "producer")
COUNT, CHAT = ("count_tokens gemini-3.8-flash", "client"), ("chat gemini-3.8-flash", "client")
SPEECH, FILM = ("generate_content gemini-3.8-flash-tts", "client"), ("create gen4.5", "client")


def work(stage):
    return (f"process EVENTS {stage}", "consumer")


STAGES = ("fetch", "script", "check", "narrate", "clip", "caption", "render", "assemble")
FETCHES, STORES = ("fetch inputs", "internal"), ("store outputs", "internal")
EDGES = {
    (SUBMIT, SUBMITTED),
    *((work(stage), part) for stage in STAGES for part in (FETCHES, STORES)),
    # every message to every stage that listens, whether it is the last that the stage needs or not
    *((SUBMITTED, work(stage)) for stage in ("fetch", "script")),
    *((ALL, work(stage)) for stage in ("script", "check", "narrate", "clip", "render", "assemble")),
    *((VERDICTS, work(stage)) for stage in ("narrate", "clip", "assemble")),
    *((SPOKEN, work(stage)) for stage in ("caption", "render", "assemble")),
    *((CAPTIONS, work(stage)) for stage in ("render", "assemble")),
    *((FOOTAGE, work(stage)) for stage in ("render", "assemble")),
    (SEGMENT, work("assemble")),
    # what each makes of it
    *((work(stage), ALL) for stage in ("fetch", "script", "assemble")),
    (work("check"), VERDICTS),
    (work("narrate"), SPOKEN),
    (work("caption"), CAPTIONS),
    *((work("clip"), made) for made in (FOOTAGE, SPOKEN)),  # without a film and with one
    (work("render"), SEGMENT),
    # what is paid: set aside within the call, paid for after it
    *((work("script"), call) for call in (COUNT, CHAT)),
    (work("narrate"), SPEECH),
    (work("clip"), FILM),
    *((each, COSTS) for each in (CHAT, SPEECH, FILM, work("script"), work("narrate"), work("clip"))),
}
"""Who is whose parent."""


@pytest.fixture(scope="module")
def told(studio):
    """A job whose second speech fails once, as the collector was told of it."""
    studio.runway.put("settings", {"running": 2.0})
    studio.gemini.fault("status", status=500, model="gemini-3.8-flash-tts", numbers=(2,))
    job_id = studio.submit(**BOTH)
    job = studio.ended(job_id)
    assert job["state"] == "done", job["failures"]
    return job, studio.collector.settled(job_id)


def test_spans_of_a_job_are_one_tree_with_these_edges(told):
    _, spans = told
    by_id = {span.id: span for span in spans}
    assert len({span.trace for span in spans}) == 1
    assert [span.name for span in spans if span.parent not in by_id] == [SUBMIT[0]]
    edges = {
        ((by_id[span.parent].name, by_id[span.parent].kind), (span.name, span.kind))
        for span in spans
        if span.parent in by_id
    }
    assert edges == EDGES


def test_every_stage_is_made_once_for_each_scene_and_the_struck_one_tried_twice(told):
    job, spans = told
    runs = [span for span in spans if span.kind == "consumer" and span.attributes.get("hiddenhill.outcome") != "left"]
    made = Counter(
        (span.attributes["hiddenhill.stage"], span.attributes.get("hiddenhill.scene"))
        for span in runs
        if span.attributes["hiddenhill.outcome"] == "made"
    )
    per_scene = {"check", "narrate", "clip", "caption", "render"}
    expected = {(stage, scene) for stage in per_scene for scene in job["scenes"]}
    assert made == Counter(expected | {(stage, None) for stage in ("fetch", "script", "assemble")})
    (struck,) = [span for span in runs if span.attributes["hiddenhill.outcome"] == "retried"]
    assert struck.is_error
    assert struck.attributes["error.type"] == "unavailable.gemini"
    assert "exception" in struck.events
    (again,) = [span for span in runs if span.parent == struck.parent and span.name == struck.name and span != struck]
    assert (again.attributes["hiddenhill.attempt"], again.attributes["hiddenhill.outcome"]) == (2, "made")
    assert again.attributes["messaging.message.id"] == struck.attributes["messaging.message.id"]
    failed = {span.name for span in spans if span.is_error}
    assert failed == {"process EVENTS narrate", SPEECH[0]}


def test_names_hold_no_id_and_messages_are_linked_and_described(told):
    job, spans = told
    assert not [span.name for span in spans if job["id"] in span.name or any(map(str.isdigit, span.name.split()[0]))]
    messages = [span for span in spans if span.kind in ("producer", "consumer")]
    for span in messages:
        assert span.attributes["messaging.system"] == "nats"
        assert span.attributes["messaging.destination.template"].startswith("job.{job}.")
    assert all(span.links == (span.parent,) for span in messages if span.kind == "consumer")
    (first,) = [span for span in spans if span.name == SUBMITTED[0]]
    assert first.links == (first.parent,), "the outbox published what the request had decided"
    assert {(s.attributes["server.address"], s.kind) for s in messages if s.kind == "producer"} == {
        ("127.0.0.1", "producer")
    }


def test_paid_calls_say_what_was_asked_and_what_it_cost(told, studio):
    job, spans = told
    calls = [span for span in spans if span.kind == "client" and span.name != COUNT[0]]
    assert {span.attributes["gen_ai.provider.name"] for span in calls} == {"gcp.gemini", "runway"}
    bought = [span for span in calls if span.attributes.get("hiddenhill.answer") == "bought"]
    dollars = sum(span.attributes["hiddenhill.dollars"] for span in bought)
    assert dollars == pytest.approx(job["costs"]["dollars"], rel=0.001)
    asked = [span for span in bought if span.attributes["gen_ai.provider.name"] == "gcp.gemini"]
    assert all(span.attributes["gen_ai.usage.output_tokens"] > 0 for span in asked)
    films = [span for span in bought if span.name == FILM[0]]
    assert len(films) == len(studio.runway.requests("text_to_video"))
    looks = studio.runway.requests("tasks.get")
    assert len(looks) > 2 * len(films), "there were many looks at each film"
    for film in films:
        assert film.events[0] == "asked"
        assert 1 <= film.events.count("task") <= 4


def test_equal_job_finds_answers_that_are_known(told, studio):
    job_id = studio.submit(**BOTH)
    assert studio.ended(job_id)["state"] == "done"
    calls = [span for span in studio.collector.settled(job_id) if span.kind == "client" and span.name != COUNT[0]]
    assert {(span.name, span.attributes["hiddenhill.answer"]) for span in calls} == {
        (name, "known") for name in (CHAT[0], SPEECH[0], FILM[0])
    }


def test_what_is_done_to_a_job_later_stays_in_its_trace_and_is_linked_to_its_request(studio):
    job_id = studio.submit(seconds=20, review=True)
    studio.ended(job_id, states=("review",))
    studio.client.approve(job_id)
    scene = studio.ended(job_id, states=("done",))["scenes"][0]
    studio.client.edit(job_id, scene, {"headline": "Lamps in the dark"})
    studio.ended(job_id, states=("running",))
    studio.client.cancel(job_id)
    studio.ended(job_id, states=("cancelled",))
    studio.client.retry(job_id)
    studio.ended(job_id, states=("done",))
    spans = studio.collector.settled(job_id)
    (submitted,) = [span for span in spans if span.kind == "server"]
    assert {span.trace for span in spans} == {submitted.trace}
    requests = {span.id: span for span in studio.collector.spans() if span.kind == "server"}
    for act, route in (
        ("approve", "POST /api/v1/jobs/<job_id>/approve"),
        ("edit", "PATCH /api/v1/jobs/<job_id>/scenes/<int:scene>"),
        ("cancel", "POST /api/v1/jobs/<job_id>/cancel"),
        ("retry", "POST /api/v1/jobs/<job_id>/retry"),
    ):
        (done,) = [span for span in spans if span.name == f"{act} job"]
        assert done.parent == submitted.id
        assert [requests[link].name for link in done.links] == [route]
        assert requests[done.links[0]].trace != submitted.trace
        assert [span for span in spans if span.parent == done.id and span.kind == "producer"], act


def test_job_whose_caller_does_not_sample_is_kept_and_not_exported(studio):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"Authorization": f"Bearer {studio.stack.token}", "traceparent": f"00-{trace}-00f067aa0ba902b7-00"}
    body = {"reference": "10.1000/182"}
    answer = httpx.post(f"{studio.stack.gateway_url}/api/v1/jobs", json=body, headers=headers)
    job_id = answer.raise_for_status().json()["id"]
    studio.client.cancel(job_id)
    assert not studio.collector.settled(job_id)
    assert studio.client.trace(job_id)["trace_id"] == trace
