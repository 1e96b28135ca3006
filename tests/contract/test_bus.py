"""What the runner and the gateway may rely on, from the bus in memory as from NATS."""

import asyncio
import json
from contextlib import suppress

import pytest
from chassis.bus import ADVISORIES, BATCH_LIMIT, Conflict
from chassis.errors import Defect, SourceError
from chassis.events import Blob, read_event
from chassis.stage import Rule

from chassis import events

JOB = "job1"
FETCH = Rule("fetch", "Reading", "1", "fetcher", ("source",), ("paper",), False, ("paper",))
SCRIPT = Rule("script", "Writing", "2", "scripter", ("paper", "options"), ("script",), False, ("script",))
DRAW = Rule("draw", "Drawing", "1", "painter", ("scene.*.brief",), ("scene.*.segment",), True, ("scene.*.segment",))


def ready(artifact, digest="d", job=JOB, **more):
    return events.ready(job, Blob(artifact, digest, 3, "application/json"), cause="made", **more)


async def taken(offers, seconds=3.0):
    return await asyncio.wait_for(offers.next(), seconds)


async def nothing(offers, seconds=0.3):
    with suppress(TimeoutError):
        return await taken(offers, seconds) is None
    return True


async def read(messages, count, seconds=3.0):
    """The next messages of a reader, acknowledged."""
    found = []
    async with asyncio.timeout(seconds):
        while len(found) < count:
            batch = await anext(messages)
            for message in batch:
                await message.ack()
            found += batch
    return found


async def test_manifest_has_the_last_event_of_every_artifact_of_one_job(bus):
    await bus.announce([ready("source", "old"), ready("source", "x", job="job10")])
    last = await bus.announce([ready("source", "new"), ready("paper", "p", inputs={"source": "new"}, scenes=[1, 2])])
    manifest = await bus.manifest(JOB)
    assert {name: entry.digest for name, entry in manifest.entries.items()} == {"source": "new", "paper": "p"}
    assert (manifest.seq("source"), manifest.seq("paper")) == (last - 1, last)
    assert manifest.fresh("paper")
    assert (manifest.scenes, manifest.cancelled) == ((1, 2), False)


async def test_manifest_of_an_unknown_job_is_empty(bus):
    manifest = await bus.manifest("nobody")
    assert (dict(manifest.entries), manifest.cancelled_seq) == ({}, 0)


async def test_manifest_knows_of_a_cancellation_and_not_of_a_failure(bus):
    await bus.announce([ready("source")])
    await bus.announce([events.failed(JOB, "fetch", None, SourceError("source.x", "No."), 1)])
    seq = await bus.announce([events.cancelled(JOB, "by the user")])
    manifest = await bus.manifest(JOB)
    assert (set(manifest.entries), manifest.cancelled_seq, manifest.cancelled) == ({"source"}, seq, True)


async def test_job_id_with_a_wildcard_is_refused(bus):
    for hostile in ("*", "a.b", ">", "", "a b"):
        with pytest.raises(ValueError, match="not a job id"):
            await bus.manifest(hostile)


async def test_announcement_that_expected_another_sequence_is_a_conflict(bus):
    first = await bus.announce([ready("source")], {"source": 0})
    for stale in (0, first + 1):
        with pytest.raises(Conflict):
            await bus.announce([ready("source", "other")], {"source": stale})
    assert (await bus.manifest(JOB)).entries["source"].digest == "d"
    assert await bus.announce([ready("source", "other")], {"source": first}) == first + 1


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_nothing_of_a_refused_batch_is_written(bus, place):
    batch = ["paper", "figure.1", "figure.2"]
    seq = await bus.announce([ready(batch[place])])
    with pytest.raises(Conflict):
        await bus.announce([ready(name, "late") for name in batch], dict.fromkeys(batch, 0))
    assert {name: entry.digest for name, entry in (await bus.manifest(JOB)).entries.items()} == {batch[place]: "d"}
    assert await bus.announce([ready("other")]) == seq + 1


async def test_of_many_that_race_one_wins(connect):
    racers = [await connect() for _ in range(4)]
    batches = [[ready("paper", f"{n}"), ready("figure.1", f"{n}")] for n in range(len(racers))]
    expected = {"paper": 0, "figure.1": 0}
    ends = await asyncio.gather(
        *(racer.announce(batch, expected) for racer, batch in zip(racers, batches, strict=True)),
        return_exceptions=True,
    )
    assert sum(isinstance(end, Conflict) for end in ends) == len(racers) - 1
    winner = next(str(n) for n, end in enumerate(ends) if isinstance(end, int))
    assert {entry.digest for entry in (await racers[0].manifest(JOB)).entries.values()} == {winner}


async def test_large_batch_is_announced_whole_and_in_order(bus):
    names = [f"figure.{n}" for n in range(1, BATCH_LIMIT + 1)]
    last = await bus.announce([ready(name) for name in names], dict.fromkeys(names, 0))
    manifest = await bus.manifest(JOB)
    assert [manifest.seq(name) for name in names] == list(range(last - BATCH_LIMIT + 1, last + 1))


async def test_stage_is_offered_what_it_needs_in_order_and_nothing_else(bus):
    await bus.announce([ready("source"), ready("paper"), ready("scene.1.brief")])
    offers = await bus.offers(SCRIPT, ack_wait=5, max_attempts=3)
    await bus.announce([ready("options"), ready("paper", job="job2"), ready("script")])
    told = []
    for _ in range(3):
        delivery = await taken(offers)
        told.append((delivery.event.job_id, delivery.event.body.artifact, delivery.attempt))
        await delivery.ack()
    assert told == [(JOB, "paper", 1), (JOB, "options", 1), ("job2", "paper", 1)]
    assert await nothing(offers)


async def test_wildcard_of_a_need_stands_for_every_scene(bus):
    offers = await bus.offers(DRAW, ack_wait=5, max_attempts=3)
    await bus.announce([ready("scene.2.brief"), ready("scene.11.brief"), ready("scene.2.narration")])
    assert [(await taken(offers)).event.body.artifact for _ in range(2)] == ["scene.2.brief", "scene.11.brief"]
    assert await nothing(offers)


async def test_two_workers_of_a_stage_share_its_messages(connect):
    offers = [await (await connect()).offers(FETCH, ack_wait=5, max_attempts=3) for _ in range(2)]
    await (await connect()).announce([ready("source", job=f"job{n}") for n in range(4)])
    told = [(await taken(offers[n % 2])).event.job_id for n in range(4)]
    assert sorted(told) == ["job0", "job1", "job2", "job3"]


async def test_retry_brings_the_message_again_after_the_delay_and_counts_attempts(bus):
    offers = await bus.offers(FETCH, ack_wait=5, max_attempts=5)
    seq = await bus.announce([ready("source")])
    await (await taken(offers)).retry(0)
    second = await taken(offers, 1)
    begun = asyncio.get_running_loop().time()
    await second.retry(0.4)
    third = await taken(offers)
    assert asyncio.get_running_loop().time() - begun >= 0.35
    assert (second.attempt, third.attempt, third.event.seq) == (2, 3, seq)
    await third.ack()
    assert await nothing(offers)


async def test_message_put_off_holds_up_no_other(bus):
    offers = await bus.offers(FETCH, ack_wait=5, max_attempts=5)
    await bus.announce([ready("source", job="slow"), ready("source", job="next")])
    await (await taken(offers)).retry(0.3)
    assert [(await taken(offers)).event.job_id for _ in range(2)] == ["next", "slow"]


async def test_message_of_a_silent_worker_goes_to_another(connect):
    dead = await (await connect()).offers(FETCH, ack_wait=0.5, max_attempts=5)
    living = await (await connect()).offers(FETCH, ack_wait=0.5, max_attempts=5)
    await (await connect()).announce([ready("source")])
    assert (await taken(dead)).attempt == 1
    assert (await taken(living)).attempt == 2


async def test_worker_that_stopped_waiting_takes_no_message_with_it(connect):
    stopped = await (await connect()).offers(FETCH, ack_wait=5, max_attempts=5)
    living = await (await connect()).offers(FETCH, ack_wait=5, max_attempts=5)
    assert await nothing(stopped)
    await (await connect()).announce([ready("source")])
    assert (await taken(living, 1)).attempt == 1


async def test_reader_that_stopped_takes_no_message_with_it(connect):
    stopped = (await connect()).follow("ledger")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(stopped), 0.3)
    await (await connect()).announce([ready("source")])
    assert len(await read((await connect()).follow("ledger"), 1, 1)) == 1


@pytest.mark.parametrize("count", [1, 3, 10])
async def test_reader_gets_what_is_there_without_waiting_for_more(bus, count):
    reader = bus.follow("ledger")
    await bus.announce([ready("source")])
    await read(reader, 1)
    for _ in range(3):
        await bus.announce([ready(f"figure.{n}") for n in range(1, count + 1)])
        assert len(await read(reader, count, 0.5)) == count


async def test_heartbeat_keeps_the_message(bus):
    offers = await bus.offers(FETCH, ack_wait=0.6, max_attempts=5)
    await bus.announce([ready("source")])
    delivery = await taken(offers)
    for _ in range(4):
        assert await nothing(offers, 0.3)
        await delivery.alive()
    await delivery.ack()
    assert await nothing(offers, 0.8)


async def test_heartbeat_after_the_acknowledgement_brings_nothing_back(bus):
    offers = await bus.offers(FETCH, ack_wait=0.3, max_attempts=5)
    await bus.announce([ready("source")])
    delivery = await taken(offers)
    await delivery.ack()
    with suppress(Exception):
        await delivery.alive()
    assert await nothing(offers, 0.6)
    assert await bus.backlog("fetch") == 0


async def test_event_in_hand_carries_the_trace_of_its_sender(bus, traced):
    offers = await bus.offers(FETCH, ack_wait=5, max_attempts=5)
    with traced.start_as_current_span("submit") as span:
        await bus.announce([ready("source")])
    event = (await taken(offers)).event
    assert f"{span.get_span_context().trace_id:032x}" in event.headers["traceparent"]


async def test_stage_that_needs_something_new_is_offered_it(connect):
    await (await connect()).offers(FETCH, ack_wait=5, max_attempts=5)
    grown = Rule("fetch", "Reading", "2", "fetcher", ("source", "options"), ("paper",), False, ("paper",))
    bus = await connect()
    offers = await bus.offers(grown, ack_wait=5, max_attempts=5)
    await bus.announce([ready("options")])
    assert (await taken(offers)).event.body.artifact == "options"
    assert await bus.rules() == [grown]


async def advisories(bus):
    return bus.follow("undertaker", stream=ADVISORIES)


async def test_message_given_up_comes_no_more_and_is_told_of(bus):
    offers = await bus.offers(FETCH, ack_wait=0.4, max_attempts=5)
    seq = await bus.announce([ready("source")])
    await (await taken(offers)).give_up()
    assert await nothing(offers, 0.7)
    [message] = await read(await advisories(bus), 1)
    told = json.loads(message.data)
    assert ".MSG_TERMINATED." in message.subject
    assert (told["consumer"], told["stream_seq"], told["deliveries"]) == ("stage-fetch", seq, 1)
    assert await bus.backlog("fetch") == 0


async def test_message_that_used_up_its_deliveries_comes_no_more_and_is_told_of(bus):
    offers = await bus.offers(FETCH, ack_wait=0.3, max_attempts=2)
    seq = await bus.announce([ready("source")])
    for attempt in (1, 2):
        assert (await taken(offers)).attempt == attempt
    assert await nothing(offers, 0.8)
    [message] = await read(await advisories(bus), 1)
    told = json.loads(message.data)
    assert ".MAX_DELIVERIES." in message.subject
    assert (told["consumer"], told["stream_seq"], told["deliveries"]) == ("stage-fetch", seq, 2)
    assert await bus.backlog("fetch") == 0


async def test_reader_gets_all_messages_in_order_and_resumes_where_it_was(connect):
    bus = await connect()
    await bus.announce([ready("source"), ready("paper")])
    await bus.announce([events.cancelled(JOB, "x")])
    reader = bus.follow("ledger")
    first = [read_event(message) for message in await read(reader, 3)]
    await reader.aclose()
    await bus.announce([ready("script")])
    second = [read_event(message) for message in await read((await connect()).follow("ledger"), 1)]
    assert [event.subject.split(".", 2)[2] for event in first] == ["ready.source", "ready.paper", "cancelled"]
    assert [event.seq for event in first + second] == list(range(first[0].seq, first[0].seq + 4))
    assert second[0].body.artifact == "script"


async def test_readers_of_other_names_read_for_themselves(bus):
    await bus.announce([ready("source")])
    for durable in ("one", "two"):
        assert len(await read(bus.follow(durable), 1)) == 1


async def test_reader_gets_no_more_at_once_than_it_asks_for(bus):
    await bus.announce([ready(f"figure.{n}") for n in range(1, 8)])
    reader = bus.follow("ledger", batch=3)
    sizes = []
    while sum(sizes) < 7:
        sizes.append(len(messages := await asyncio.wait_for(anext(reader), 3)))
        for message in messages:
            await message.ack()
    assert max(sizes) <= 3


async def test_listener_hears_progress_and_events_from_now_on(connect):
    bus, other = await connect(), await connect()
    await other.progress(*events.progress(JOB, "fetch", None, 0.1, "before", "w"))
    await other.manifest(JOB)  # answered after what was sent before it
    heard = asyncio.Queue()
    await bus.listen("progress.>", heard.put_nowait)
    await bus.listen("job.*.cancelled", heard.put_nowait)
    subject, body = events.progress(JOB, "draw", 2, 0.5, "half", "w")
    await other.progress(subject, body)
    cancelled = events.cancelled(JOB, "x")
    await other.announce([ready("source")])
    await other.announce([cancelled])
    told = [await asyncio.wait_for(heard.get(), 3) for _ in range(2)]
    assert [(message.subject, message.data) for message in told] == [
        (subject, body.SerializeToString()),
        (cancelled.subject, cancelled.payload),
    ]


async def test_listener_hears_what_was_refused_too(connect):
    bus, other = await connect(), await connect()
    await other.announce([ready("source", "first")])
    heard = asyncio.Queue()
    await bus.listen("job.>", heard.put_nowait)
    refused = ready("source", "second")
    with pytest.raises(Conflict):
        await other.announce([refused], {"source": 0})
    assert (await asyncio.wait_for(heard.get(), 1)).data == refused.payload


async def test_more_events_than_fit_into_one_batch_are_a_defect_at_once(bus):
    with pytest.raises(Defect):
        await bus.announce([ready(f"figure.{n}") for n in range(1, BATCH_LIMIT + 2)])
    assert not (await bus.manifest(JOB)).entries


async def test_manifest_of_the_largest_job_is_read_whole(bus):
    for family in ("figure", "page"):
        await bus.announce([ready(f"{family}.{n}") for n in range(1, BATCH_LIMIT + 1)])
    assert len((await bus.manifest(JOB)).entries) == 2 * BATCH_LIMIT


async def test_rules_of_all_stages_are_known_by_name(connect):
    assert await (await connect()).rules() == []
    for rule in (SCRIPT, FETCH, DRAW, FETCH):
        await (await connect()).offers(rule, ack_wait=5, max_attempts=5)
    assert await (await connect()).rules() == [DRAW, FETCH, SCRIPT]


async def test_backlog_counts_what_waits_and_what_is_worked_on(bus):
    assert await bus.backlog("fetch") == 0
    offers = await bus.offers(FETCH, ack_wait=5, max_attempts=5)
    await bus.announce([ready("source", job=f"job{n}") for n in range(3)] + [ready("paper")])
    assert await bus.backlog("fetch") == 3
    delivery = await taken(offers)
    await (await taken(offers)).retry(2)
    assert await bus.backlog("fetch") == 3
    await delivery.ack()
    await asyncio.sleep(0.05)
    assert await bus.backlog("fetch") == 2


async def test_event_is_found_by_its_sequence(bus):
    seq = await bus.announce([ready("source", "one"), ready("paper", "two")])
    event = await bus.message_at(seq - 1)
    assert (event.seq, event.body.artifact, event.body.digest) == (seq - 1, "source", "one")
    assert await bus.message_at(seq + 1) is None


async def test_costs_are_read_with_the_budget_and_written_on_top_of_the_last(bus):
    await bus.announce([events.budget("costly", 2.5)])
    costs, seq = await bus.costs("costly")
    assert (costs.budget, list(costs.calls), seq) == (2.5, [], 0)
    costs.calls.add(key="a", dollars=0.5)
    await bus.announce([events.costs(costs)], {events.COSTS: 0})
    with pytest.raises(Conflict):
        await bus.announce([events.costs(costs)], {events.COSTS: 0})
    await bus.announce([events.budget("costly", 3.0)])
    costs, seq = await bus.costs("costly")
    assert (costs.budget, [call.dollars for call in costs.calls], seq > 0) == (3.0, [0.5], True)
    assert (await bus.manifest("costly")).entries == {}
