"""What workers of several versions declare of one stage."""

from dataclasses import replace

import pytest
from chassis.bus import RULES_BUCKET, NatsBus
from chassis.stage import Rule

from chassis import names, worker

from .conftest import wiped

OLD = Rule("narrate", "Speak", "1", "narrator", ("script",), ("narration",), False, ("narration",))
NEW = replace(OLD, version="2", needs=("script", "approval"))


async def offered(bus, rule, **more):
    return await bus.offers(rule, ack_wait=15, max_attempts=8, **more)


async def test_who_declares_a_stage_last_is_known_to_all_and_who_does_not_declare_changes_nothing(connect):
    old, new = await connect(), await connect()
    assert await old.standing(OLD) == (False, 0)
    await offered(old, OLD)
    first, told = await old.standing(OLD)
    assert first
    assert told
    await offered(new, NEW)
    await offered(old, OLD, declare=False)
    assert await old.rules() == [NEW]
    ours, later = await old.standing(OLD)
    assert not ours
    assert later > told


async def test_same_declaration_once_more_can_be_told_from_the_first(bus):
    await offered(bus, OLD)
    _, first = await bus.standing(OLD)
    await offered(bus, OLD)
    assert (await bus.standing(OLD))[1] > first


async def test_forgotten_stage_has_no_rule_and_no_backlog(connect):
    bus, other = await connect(), await connect()
    await offered(bus, OLD)
    await offered(bus, replace(OLD, name="render"))
    await other.forget("narrate")
    await other.forget("narrate")
    assert [rule.name for rule in await bus.rules()] == ["render"]
    assert await bus.standing(OLD) == (False, 0)
    assert await bus.backlog("narrate") == 0
    await offered(bus, OLD)
    assert [rule.name for rule in await bus.rules()] == ["narrate", "render"]


@pytest.fixture
async def server(settings):
    await wiped(settings)
    bus = await worker.connect(settings, "test")
    yield bus
    await bus.close()


@pytest.mark.stack
async def test_consumer_is_as_the_last_declaration_has_it(server):
    async def filters():
        return (await server.stream.consumer_info(names.STREAM, "stage-narrate")).config.filter_subjects

    await offered(server, NEW)
    await offered(server, OLD, declare=False)
    assert await filters() == ["job.*.ready.script", "job.*.ready.approval"]
    await offered(server, OLD)
    assert await filters() == ["job.*.ready.script"]


@pytest.mark.stack
async def test_declaration_that_cannot_be_read_hides_no_other_and_more_fields_are_passed_over(server):
    await offered(server, OLD)
    bucket = await server.stream.key_value(RULES_BUCKET)
    await bucket.put("film", b'{"name": "film", "of": "another world"}')
    newer = (await bucket.get("narrate")).value.replace(b'"name":"narrate"', b'"name":"render","weight":7')
    await bucket.put("render", newer)
    assert await server.rules() == [OLD, replace(OLD, name="render")]


@pytest.mark.stack
async def test_streams_are_changed_by_who_starts_alone(server, settings):
    await server.stream.update_stream(
        (await server.stream.stream_info(names.STREAM)).config.evolve(max_age=24 * 3600, num_replicas=1)
    )
    await offered(server, OLD)
    assert (await server.stream.stream_info(names.STREAM)).config.max_age == 24 * 3600
    await (await NatsBus.connect(settings, "test")).close()
    assert (await server.stream.stream_info(names.STREAM)).config.max_age == 30 * 24 * 3600
