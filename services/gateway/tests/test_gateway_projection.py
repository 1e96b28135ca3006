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
