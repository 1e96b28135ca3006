"""Who worked when, what was waited for, and which runs made the job as long as it was."""

import json
from xml.etree import ElementTree as ET

import pytest
from chassis.timeline import timeline_of
from chassis.timeline_picture import Scale, page, picture, seconds_text, summary

DAY = 86_400


class Told:
    """Spans of a job, as files have them."""

    def __init__(self):
        self.spans = []

    def add(self, name, start, end, parent="", kind=1, **facts):
        made = {"spanId": f"{len(self.spans):016x}", "traceId": "a" * 32, "name": name, "kind": kind}
        made |= {"startTimeUnixNano": str(int(start * 1e9)), "endTimeUnixNano": str(int(end * 1e9))}
        told = [{"key": key.replace("__", "."), "value": _value(value)} for key, value in facts.items()]
        self.spans.append(made | {"parentSpanId": parent, "attributes": told})
        return made["spanId"]

    def run(self, stage, start, end, parent, outcome="made", **facts):
        facts = {"hiddenhill__stage": stage, "hiddenhill__outcome": outcome} | facts
        run = self.add(f"process EVENTS {stage}", start, end, parent, 5, **facts)
        return run, self.add("publish job.{job}.ready.>", end, end, run, 4)

    def timeline(self):
        return timeline_of("job1", [json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": self.spans}]}]}).encode()])


def _value(value):
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


@pytest.fixture
def told():
    """A job of two scenes, the second of which is drawn late, at the second attempt."""
    job = Told()
    submit = job.add("POST /api/v1/jobs", 100, 100.1, kind=2)
    sent = job.add("publish job.{job}.>", 100.1, 100.1, submit, 4)
    _, script = job.run("script", 100.2, 102, sent)
    job.run("render", 102.5, 104, script, hiddenhill__scene=1)
    failed, _ = job.run("render", 102, 103, script, "retried", hiddenhill__scene=2, error__type="unavailable.gemini")
    job.add("create gen4.5", 102.2, 102.9, failed, 3, hiddenhill__dollars=0.6)
    _, segment = job.run("render", 104, 107, script, hiddenhill__scene=2, hiddenhill__attempt=2)
    job.run("assemble", 107, 108, segment)
    return job


def test_path_leads_from_the_request_to_the_last_step_by_what_each_waited_for(told):
    steps = [(step.stage, step.scene, round(step.waited, 3), round(step.seconds, 3)) for step in told.timeline().path]
    assert steps == [
        ("script", None, 0.1, 1.8),
        ("render", 2, 0.0, 1.0),
        ("render", 2, 1.0, 3.0),
        ("assemble", None, 0.0, 1.0),
    ]


def test_lanes_have_runs_waits_and_calls(told):
    lanes = {(lane.title, lane.scene): lane.bars for lane in told.timeline().lanes}
    assert list(lanes) == [("Requests", None), ("script", None), ("render", 1), ("render", 2), ("assemble", None)]
    first = [(bar.kind, bar.label, bar.critical) for bar in lanes["render", 1]]
    assert first == [("wait", "waits for a worker", False), ("run", "render", False)]
    second = [(bar.kind, bar.label, bar.error, bar.critical) for bar in lanes["render", 2]]
    assert second == [
        ("run", "render", "unavailable.gemini", True),
        ("call", "create gen4.5", "", False),
        ("wait", "waits to be tried again", "", True),
        ("run", "render", "", True),
    ]
    assert told.timeline().seconds == pytest.approx(8)


def test_wait_for_a_provider_says_for_whom():
    job = Told()
    sent = job.add("publish job.{job}.>", 0, 0, "", 4)
    job.run("narrate", 0, 1, sent, "waits", hiddenhill__waits_for="Gemini")
    job.run("narrate", 5, 6, sent)
    assert [bar.label for bar in job.timeline().lanes[0].bars] == ["narrate", "waits for Gemini", "narrate"]


def test_day_between_two_acts_is_a_pause_and_drawn_short(told):
    edit = told.add("edit job", 100 + DAY, 100.1 + DAY, told.spans[0]["spanId"])
    sent = told.add("publish job.{job}.ready.>", 100.1 + DAY, 100.1 + DAY, edit, 4)
    told.run("assemble", 100.2 + DAY, 102.2 + DAY, sent)
    timeline = told.timeline()
    (pause,) = timeline.pauses
    assert pause.seconds == pytest.approx(DAY - 8)
    scale = Scale(timeline, 700)
    assert scale.at(timeline.seconds) == pytest.approx(700)
    assert scale.at(pause.start) > 400, "what was done has the room"
    assert [step.stage for step in timeline.path] == ["assemble"]
    assert "23 h 59 min in pauses" in summary(timeline) or "24 h 0 min in pauses" in summary(timeline)
    assert "edit job" in [bar.label for bar in timeline.lanes[0].bars]


@pytest.mark.parametrize("width", [360, 800])
def test_picture_is_sound_holds_every_bar_within_its_bounds_and_says_it_in_words(told, width):
    timeline = told.timeline()
    root = ET.fromstring(picture(timeline, width, alone=True))
    space = "{http://www.w3.org/2000/svg}"
    bars = root.findall(f"{space}rect")
    assert len(bars) == sum(len(lane.bars) for lane in timeline.lanes)
    _, _, wide, high = map(float, root.get("viewBox").split())
    for bar in bars:
        x, y, w, h = (float(bar.get(name)) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= wide
        assert 0 <= y <= y + h <= high
        assert bar.find(f"{space}title").text
    assert "Critical path: script → render 2" in root.find(f"{space}desc").text


def test_names_cannot_break_out_of_the_picture():
    job = Told()
    hostile = '</title><script>alert("x")</script>'
    job.run("draw", 0, 1, job.add("publish", 0, 0, "", 4), hiddenhill__title=hostile, error__type=hostile)
    for text in (picture(job.timeline()), picture(job.timeline(), 360, alone=True), page(job.timeline())):
        assert "<script" not in text


def test_spans_whose_beginnings_were_lost_are_still_shown():
    job = Told()
    job.run("assemble", 5, 6, "f" * 16)
    assert [(step.stage, step.waited) for step in job.timeline().path] == [("assemble", 0.0)]
    assert "<svg" in picture(job.timeline())
    assert summary(timeline_of("job1", [])) == "Nothing is known of this job's time."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.123, "0.12 s"), (12.34, "12.3 s"), (200, "3 min 20 s"), (120, "2 min"), (7500, "2 h 5 min")],
)
def test_seconds_are_told_as_people_tell_them(seconds, text):
    assert seconds_text(seconds) == text
