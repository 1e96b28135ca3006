"""Workers of two versions beside each other: what one says and the other does not know, and whose declaration holds."""

import logging
from dataclasses import replace

import pytest
from chassis.declaration import CONFIRM, GONE, LOOK, Declaration
from chassis.errors import Transient
from chassis.events import Blob, manifest_of, read_event, readable
from chassis.folder import JobFolder
from chassis.manifest import Leave, decide
from chassis.stage import Rule
from chassis.testing import MemoryBus, MemoryMessage
from hiddenhill.v1.events_pb2 import Ready
from pydantic import BaseModel

from chassis import events

OLD = Rule("narrate", "Speak", "1", "narrator", ("script",), ("narration",), False, ("narration",))
NEW = replace(OLD, version="2", needs=("script", "approval"))
JOB = "job1"
UNKNOWN = 77


def message(outgoing, seq, **changes):
    body = Ready.FromString(outgoing.payload)
    for name, value in changes.items():
        setattr(body, name, value)
    return MemoryMessage(outgoing.subject, body.SerializeToString(), {}, seq)


def announced(artifact, cause="made"):
    return events.ready(JOB, Blob(artifact, "d1", 1, "text/plain"), cause=cause)


def test_artifact_announced_for_a_reason_that_is_not_known_yet_is_there_all_the_same():
    manifest = manifest_of([read_event(message(announced("script"), 1, cause=UNKNOWN))])
    assert (manifest.entries["script"].cause, manifest.fresh("script")) == ("made", True)


def test_reason_that_is_not_known_yet_does_not_take_a_cancelled_job_up_again():
    stop = events.cancelled(JOB, "enough")
    found = [MemoryMessage(stop.subject, stop.payload, {}, 2), message(announced("script"), 3, cause=UNKNOWN)]
    assert decide(OLD, manifest_of(map(read_event, found)), None, 3) == Leave("cancelled")


def test_kind_of_event_that_is_not_known_yet_is_passed_over_without_a_word(caplog):
    caplog.set_level(logging.INFO)
    strange = MemoryMessage(f"job.{JOB}.noted.narrate", b"\x0a\x01x", {}, 1)
    known = message(announced("script"), 2)
    assert [event.seq for event in readable([strange, known])] == [2]
    assert not caplog.records


class Theme(BaseModel):
    """An artifact of which a newer version knows more values."""

    number: int


def test_artifact_that_cannot_be_read_is_left_to_a_worker_of_the_version_that_wrote_it(tmp_path):
    (tmp_path / "options.json").write_text('{"number": "sepia"}')
    with pytest.raises(Transient) as raised:
        JobFolder(tmp_path, {"options": tmp_path / "options.json"}).load("options", Theme)
    assert raised.value.code == "unavailable.artifact"
    assert "sepia" not in raised.value.detail


@pytest.fixture
def bus():
    return MemoryBus()


def declaration(bus, rule):
    return Declaration(bus, rule, ack_wait=15, max_attempts=8)


async def test_version_whose_worker_began_last_is_right_in_an_upgrade_and_in_a_rollback(bus):
    for rule in (OLD, NEW, OLD):
        await declaration(bus, rule).begin()
        assert await bus.rules() == [rule]


async def test_old_worker_that_finds_its_way_back_to_the_server_declares_nothing(bus):
    old = declaration(bus, OLD)
    await old.begin()
    await declaration(bus, NEW).begin()
    offers = await old.restore()
    assert await bus.rules() == [NEW]
    assert list(offers.filters) == ["job.*.ready.script", "job.*.ready.approval"]


async def test_what_the_server_has_lost_is_declared_again_by_whoever_is_there(bus):
    old = declaration(bus, OLD)
    await old.restore()
    assert await bus.rules() == [OLD]


async def seen(declarations, begin, seconds):
    """Let workers look after what is declared for so many seconds."""
    now = begin
    while now < begin + seconds:
        for each in declarations:
            await each.look(now)
        now += LOOK
    return now


async def test_declaration_stands_as_long_as_a_worker_confirms_it(bus):
    old, new = declaration(bus, OLD), declaration(bus, NEW)
    await old.begin()
    await new.begin()
    await seen([old, new], 0, 10 * GONE)
    assert await bus.rules() == [NEW]


async def test_declaration_of_a_worker_that_came_late_and_is_gone_is_replaced(bus):
    new, crashed = declaration(bus, NEW), declaration(bus, OLD)
    await new.begin()
    await crashed.begin()
    now = await seen([new, crashed], 0, 3 * CONFIRM)
    assert await bus.rules() == [OLD]
    now = await seen([new], now, GONE - CONFIRM)
    assert await bus.rules() == [OLD]
    await seen([new], now, GONE)
    assert await bus.rules() == [NEW]


async def test_stage_that_was_forgotten_comes_back_with_its_worker(bus):
    old = declaration(bus, OLD)
    await old.begin()
    await bus.forget("narrate")
    assert await bus.rules() == []
    await old.look(0)
    assert await bus.rules() == [OLD]
