"""What follows from a job's rows and from a person's words: pure functions."""

from datetime import UTC, datetime

import pytest
from artifacts.script import Brief
from chassis.stage import Rule
from gateway.jobs.edits import Edit, changed, sentences
from gateway.ledger.projection import JobRows, in_order, stages_json, state_of

FETCH = Rule("fetch", "Reading", "1", "fetcher", ("source",), ("paper",), False, ("paper",))
SPEAK = Rule("speak", "Speaking", "1", "narrator", ("paper",), ("sound",), False, ("sound",))
RULES = [SPEAK, FETCH]
JOB = {"id": "j", "cancelled_seq": 0, "deliberate_seq": 1}


def artifact(name, seq, digest, cause="made", **inputs):
    return {
        "job_id": "j",
        "artifact": name,
        "seq": seq,
        "digest": digest,
        "size": 1,
        "media_type": "application/json",
        "inputs": inputs,
        "scenes": [],
        "cause": cause,
        "stage": "x",
        "stage_version": "1",
        "seconds": 1.0,
        "announced_at": datetime.now(UTC),
    }


def failure(stage, seq):
    return {"stage": stage, "scene": 0, "seq": seq, "code": "source.x", "message": "No.", "detail": "secret"}


SOURCE = artifact("source", 1, "s", "submitted")
PAPER = artifact("paper", 2, "p", source="s")
SOUND = artifact("sound", 3, "o", paper="p")


@pytest.mark.parametrize(
    ("job", "artifacts", "failures", "state"),
    [
        ({}, [], [], "queued"),
        ({}, [SOURCE], [], "running"),
        ({}, [SOURCE, PAPER, SOUND], [], "done"),
        ({}, [SOURCE], [failure("fetch", 4)], "failed"),
        ({"deliberate_seq": 5}, [SOURCE], [failure("fetch", 4)], "running"),
        ({}, [SOURCE, PAPER], [failure("fetch", 4)], "running"),
        ({}, [SOURCE, PAPER, SOUND], [failure("speak", 4)], "done"),
        ({"cancelled_seq": 4}, [SOURCE, PAPER], [], "cancelled"),
        ({}, [artifact("source", 9, "edited", "edited"), PAPER, SOUND], [], "running"),
    ],
)
def test_state_follows_from_the_rows(job, artifacts, failures, state):
    assert state_of(JobRows(JOB | job, artifacts, failures), RULES)[0] == state


def test_stages_come_in_the_order_of_what_they_need():
    assert [rule.name for rule in in_order(RULES)] == ["fetch", "speak"]
    stages = stages_json(JobRows(JOB, [SOURCE, PAPER], [failure("speak", 3)]), RULES)
    assert [(stage["name"], stage["state"], stage["done"]) for stage in stages] == [
        ("fetch", "done", 1),
        ("speak", "failed", 0),
    ]


def test_rules_that_need_each_other_are_all_kept():
    circle = [
        Rule("a", "A", "1", "s", ("x",), ("y",), False, ("y",)),
        Rule("b", "B", "1", "s", ("y",), ("x",), False, ()),
    ]
    assert {rule.name for rule in in_order(circle)} == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One.", ["One."]),
        ("One. Two!  Three?\nFour", ["One.", "Two!", "Three?", "Four"]),
        ("It rose by 2.5 percent. Then it fell.", ["It rose by 2.5 percent.", "Then it fell."]),
        ("“Stop.” He did.", ["“Stop.”", "He did."]),
        ("Found in vitro, e.g. in mice.", ["Found in vitro, e.g. in mice."]),
    ],
)
def test_text_is_split_into_sentences(text, parts):
    assert sentences(text) == parts


def test_headline_alone_leaves_the_words_as_they_are():
    brief = Brief.model_validate(
        {
            "scene": 1,
            "role": "hook",
            "headline": "Old",
            "sentences": [{"text": "Ten died.", "evidence": []}],
            "visual": {"kind": "title"},
            "span": {"start": 0, "end": 1},
        }
    )
    edited = changed(brief, Edit(headline="New"))
    assert (edited.headline, edited.sentences) == ("New", brief.sentences)


BRIEF, VERDICTS = "scene.*.brief", "scene.*.verdicts"
REVIEWED = [
    FETCH,
    Rule("script", "Writing", "1", "scripter", ("paper",), ("script", BRIEF), False, ("script", BRIEF)),
    Rule("check", "Checking", "1", "scripter", (BRIEF, "paper"), (VERDICTS,), True, (VERDICTS,)),
    Rule(
        "speak",
        "Speaking",
        "1",
        "narrator",
        (BRIEF, VERDICTS, "approval"),
        ("scene.*.sound",),
        True,
        ("scene.*.sound",),
    ),
]
SCRIPT = artifact("script", 3, "t", paper="p") | {"scenes": [1]}
SCENE = artifact("scene.1.brief", 4, "b", paper="p")
EDITED = artifact("scene.1.brief", 9, "e", "edited", paper="p")
CHECKED = artifact("scene.1.verdicts", 5, "v", paper="p", **{"scene.1.brief": "b"})
ANEW = artifact("scene.1.verdicts", 10, "w", paper="p", **{"scene.1.brief": "e"})
APPROVED = artifact("approval", 6, "a", "submitted")


@pytest.mark.parametrize(
    ("artifacts", "failed_at", "state"),
    [
        ([SCENE], 0, "running"),
        ([SCENE, CHECKED], 0, "review"),
        ([SCENE, CHECKED, APPROVED], 0, "running"),
        ([EDITED, CHECKED], 0, "running"),
        ([EDITED, CHECKED], 11, "failed"),
        ([EDITED, ANEW], 0, "review"),
        ([EDITED, ANEW], 9, "review"),
    ],
)
def test_review_waits_for_the_verdicts_on_what_is_said_now(artifacts, failed_at, state):
    failures = [failure("check", failed_at) | {"scene": 1, "code": "usage.unsupported"}] if failed_at else []
    rows = JobRows(JOB | {"deliberate_seq": 8}, [SOURCE, PAPER, SCRIPT, *artifacts], failures)
    assert state_of(rows, REVIEWED)[0] == state


def test_own_words_are_those_that_a_person_wrote():
    evidence = [{"id": "p1", "text": "Ten died."}]
    said = [
        {"text": "Ten died.", "evidence": evidence},
        {
            "text": "Mine.",
            "evidence": evidence,
            "edited": True,
            "verdict": {"supported": False, "score": 0, "checks": []},
        },
    ]
    brief = Brief.model_validate(
        {
            "scene": 1,
            "role": "hook",
            "headline": "A",
            "visual": {"kind": "title"},
            "span": {"start": 0, "end": 1},
            "sentences": said,
        }
    )
    for change in (Edit(accept=True), Edit(text="Ten died. Mine.", accept=True)):
        assert [(each.edited, each.own) for each in changed(brief, change).sentences] == [(False, False), (True, True)]
    plain = changed(brief, Edit(text="Ten died. New."))
    assert [(each.edited, each.own, each.verdict) for each in plain.sentences] == [
        (False, False, None),
        (True, False, None),
    ]
    assert changed(changed(brief, Edit(accept=True)), Edit(text="Other. Mine.")).sentences[1].own
