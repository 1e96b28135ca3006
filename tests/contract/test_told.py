"""What workers tell the others of providers, and what they ask for: users' own keys."""

import asyncio
import os
import sys

import pytest
from chassis.bus import PROVIDERS_BUCKET, RULES_BUCKET
from chassis.errors import Transient
from chassis.providers import Provider
from chassis.worker import connect

SPEECH = Provider("gemini", "Gemini", "speech", "flash-tts", usable=True, prices={"input": 0.5, "output": 10.0})
FILMS = Provider("runway", "Runway", "footage", "gen4.5", usable=False, reason="no key", facts={"seconds": 5.0})


async def test_providers_that_workers_tell_of_are_known_to_all_as_last_told(connect):
    worker, gateway = await connect(), await connect()
    assert await gateway.providers() == []
    await worker.publish_providers([FILMS, SPEECH])
    await worker.publish_providers([])
    assert await gateway.providers() == [SPEECH, FILMS]
    usable = Provider("runway", "Runway", "footage", "gen5", usable=True)
    await worker.publish_providers([usable])
    assert await gateway.providers() == [SPEECH, usable]


async def test_keys_are_found_by_job_and_provider_by_one_of_those_who_serve(connect):
    asked = []

    async def find(job_id, provider):
        asked.append((job_id, provider))
        return {"job1": "sealed"}.get(job_id, "")

    gateways = [await connect(), await connect()]
    for gateway in gateways:
        await gateway.serve_keys(find)
    worker = await connect()
    assert (await worker.key("job1", "gemini"), await worker.key("job2", "runway")) == ("sealed", "")
    assert asked == [("job1", "gemini"), ("job2", "runway")]


async def test_nobody_who_knows_the_keys_is_a_reason_to_try_again(bus):
    with pytest.raises(Transient):
        await bus.key("job1", "gemini")


async def test_gateway_that_fails_to_find_a_key_answers_the_next_question(bus, monkeypatch):
    monkeypatch.setattr("chassis.bus.PATIENCE", 0.3)
    ends = iter([RuntimeError("no database"), "sealed"])

    async def find(job_id, provider):
        end = next(ends)
        if isinstance(end, Exception):
            raise end
        return end

    await bus.serve_keys(find)
    with pytest.raises(Transient):
        await bus.key("job1", "gemini")
    assert await bus.key("job1", "gemini") == "sealed"


@pytest.mark.parametrize(("job_id", "provider"), [("*", "gemini"), ("job1", ">"), ("job1", "a.b"), ("", "gemini")])
async def test_question_for_a_key_smuggles_no_wildcard(bus, job_id, provider):
    with pytest.raises(ValueError, match="not a"):
        await bus.key(job_id, provider)


WORKER = """
import asyncio, sys
from chassis.providers import Provider
from chassis.stage import Service, Stage
from chassis.worker import serve
stage = Stage(name="idle", title="Idle", version="1", needs=("nothing",), makes=("anything",), run=print)
provider = Provider("hill", "Hill", "speech", "m", usable=True)
sys.exit(asyncio.run(serve(Service("hills", (stage,), (provider,)))))
"""


@pytest.mark.stack
async def test_worker_tells_of_its_providers_and_they_are_known_when_it_has_gone(settings):
    told = settings.model_dump(include={"nats_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "s3_bucket"})
    env = dict(os.environ) | {f"HIDDENHILL_{name}".upper(): value for name, value in told.items()}
    worker = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, env=env)
    bus = await connect(settings, "test")
    async with asyncio.timeout(20):
        while not (found := await bus.providers()):  # noqa: ASYNC110 - the bucket tells nobody
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    worker.terminate()
    assert await asyncio.wait_for(worker.wait(), 10) == 0
    assert [each.name for each in found] == ["hill"]
    assert await bus.providers() == found
    for bucket in (PROVIDERS_BUCKET, RULES_BUCKET):
        await bus.stream.delete_stream(f"KV_{bucket}")
    await bus.close()
