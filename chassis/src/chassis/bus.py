"""The bus on JetStream: the stream of events, the manifest in one request, and announcements that land whole or not."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import nats
import nats.errors
from google.protobuf.message import Message as Proto
from hiddenhill.v1.events_pb2 import Costs
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import api
from nats.js.errors import APIError, NotFoundError
from pydantic import TypeAdapter

from chassis import keys, keyvalues, names, telemetry
from chassis.errors import Transient
from chassis.events import Event, Outgoing, costs_of, manifest_of, read_event, readable
from chassis.manifest import Manifest
from chassis.protocols import BATCH_LIMIT, PATIENCE, Bus, Conflict, Delivery, Message, Offers, check_batch
from chassis.providers import Provider
from chassis.settings import ChassisSettings
from chassis.stage import Rule, triggers

__all__ = [
    "BATCH_LIMIT",
    "PATIENCE",
    "Bus",
    "Conflict",
    "Delivery",
    "Message",
    "Msg",
    "NatsBus",
    "Offers",
    "check_batch",
]
WRONG_LAST_SEQUENCE = (10071, 10164)
"""JetStream error codes of a refused compare-and-set, alone and within a batch."""
CLOSING = ("204", "404", "408")
"""Status after the last message, instead of any, and when none came in time."""
NEXT = "$JS.API.CONSUMER.MSG.NEXT"
ADVISORIES = "ADVISORIES"
RULES_BUCKET, PROVIDERS_BUCKET = "RULES", "PROVIDERS"
_RULE, _PROVIDER = TypeAdapter(Rule), TypeAdapter(Provider)
log = logging.getLogger(__name__)


@dataclass
class NatsDelivery:
    """A JetStream message in hand."""

    message: Msg
    event: Event
    attempt: int

    async def ack(self) -> None:
        await self.message.ack()

    async def retry(self, delay: float) -> None:
        await self.message.nak(delay=delay)

    async def give_up(self) -> None:
        await self.message.term()

    async def alive(self) -> None:
        await self.message.in_progress()


@dataclass
class NatsOffers:
    """A stage's durable consumer, one message at a time."""

    pull: Callable[[dict[str, Any], int], Awaitable[list[Msg]]]

    async def next(self, seconds: float = PATIENCE) -> Delivery | None:
        for message in await self.pull(_one(seconds), 1):
            return NatsDelivery(message, read_event(message), message.metadata.num_delivered)
        return None


class NatsBus:
    """The bus on a NATS server with JetStream."""

    def __init__(self, client: Client, settings: ChassisSettings) -> None:
        self.client = client
        self.stream = client.jetstream()
        self._settings = settings
        self._server = _address(settings.nats_url)
        self._providers: Sequence[Provider] = ()

    @classmethod
    async def connect(cls, settings: ChassisSettings, name: str) -> NatsBus:
        """Connect, for as long as it takes, and see that the streams are there."""
        client = await nats.connect(
            settings.nats_url,
            name=name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.2,
            allow_reconnect=True,
            connect_timeout=2,
        )
        bus = cls(client, settings)
        await bus._ensure_streams(update=True)
        return bus

    async def close(self) -> None:
        with contextlib.suppress(nats.errors.Error, TimeoutError):
            await self.client.flush(2)  # acknowledgements go out; a drain would wait for messages nobody takes any more
            await self.client.close()

    async def _ensure_streams(self, *, update: bool = False) -> None:
        """See that they are there; with `update`, as this version has them: who starts says so, and nobody later."""
        day = 24 * 3600
        events = api.StreamConfig(
            name=names.STREAM,
            subjects=["job.>"],
            retention=api.RetentionPolicy.LIMITS,
            storage=api.StorageType.FILE,
            num_replicas=self._settings.stream_replicas,
            max_age=self._settings.stream_max_age_days * day,
            allow_direct=True,
            allow_atomic=True,
        )
        advisories = api.StreamConfig(
            name=ADVISORIES,
            subjects=[
                f"$JS.EVENT.ADVISORY.CONSUMER.{kind}.{names.STREAM}.>" for kind in ("MAX_DELIVERIES", "MSG_TERMINATED")
            ],
            max_age=7 * day,
            num_replicas=self._settings.stream_replicas,
        )
        for config in (events, advisories):
            try:
                await self.stream.add_stream(config)
            except APIError as error:
                if error.err_code != 10058:  # in use with another configuration: an older or newer version made it
                    raise
                if update:
                    await self.stream.update_stream(config)

    async def manifest(self, job_id: str) -> Manifest:
        job = names.check_job(job_id)
        last = {"multi_last": [f"job.{job}.ready.>", f"job.{job}.cancelled"]}
        found = await self._ask(f"$JS.API.DIRECT.GET.{names.STREAM}", last)
        return manifest_of([read_event(message) for message in found])

    async def costs(self, job_id: str) -> tuple[Costs, int]:
        last = {"multi_last": [names.budget_subject(job_id), names.costs_subject(job_id)]}
        found = await self._ask(f"$JS.API.DIRECT.GET.{names.STREAM}", last)
        return costs_of(job_id, [read_event(message) for message in found])

    async def _ask(self, subject: str, question: dict[str, Any], most: int = -1) -> list[Msg]:
        """The messages that answer a request, up to its closing status or `most` of them.

        The inbox ends with the request: a message that comes for a reader who is gone stays with the server.
        """
        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox)
        found: list[Msg] = []
        try:
            await self.client.publish(subject, json.dumps(question).encode(), reply=inbox)
            while len(found) != most:
                message = await subscription.next_msg(timeout=PATIENCE + 1)
                status = (message.headers or {}).get("Status")
                if status in CLOSING:
                    break
                if status is not None:
                    raise Transient("unavailable.stream", "The message server refused a request; trying again.", status)
                found.append(message)
        except TimeoutError as error:
            raise Transient("unavailable.stream", "The message server did not answer; trying again.") from error
        finally:
            await subscription.unsubscribe()
        return found

    async def announce(self, batch: Sequence[Outgoing], expected: dict[str, int] | None = None) -> int:
        check_batch(batch)
        with telemetry.produced([outgoing.subject for outgoing in batch], Conflict, **self._server):
            return await self._announce(batch, expected or {})

    async def _announce(self, batch: Sequence[Outgoing], expected: dict[str, int]) -> int:
        batch_id = uuid.uuid4().hex
        ack: dict[str, Any] = {}
        for number, outgoing in enumerate(batch, 1):
            headers = telemetry.inject({"Nats-Batch-Id": batch_id, "Nats-Batch-Sequence": str(number)})
            if outgoing.artifact in expected:
                headers["Nats-Expected-Last-Subject-Sequence"] = str(expected[outgoing.artifact])
            if number == len(batch):
                headers["Nats-Batch-Commit"] = "1"
            if number in (1, len(batch)):  # the server answers the first with its refusal, the last with the outcome
                ack = await self._request(outgoing, headers)
            else:
                await self.client.publish(outgoing.subject, outgoing.payload, headers=headers)
        return int(ack["seq"])

    async def _request(self, outgoing: Outgoing, headers: dict[str, str]) -> dict[str, Any]:
        try:
            reply = await self.client.request(outgoing.subject, outgoing.payload, timeout=10, headers=headers)
        except (nats.errors.Error, TimeoutError) as error:
            raise Transient("unavailable.stream", "The message server did not answer; trying again.") from error
        answer: dict[str, Any] = json.loads(reply.data) if reply.data else {}
        if refused := answer.get("error"):
            if refused.get("err_code") in WRONG_LAST_SEQUENCE:
                raise Conflict(outgoing.subject)
            raise Transient("unavailable.stream", "The message server refused an event; trying again.", str(refused))
        return answer

    async def progress(self, subject: str, message: Proto) -> None:
        await self.client.publish(subject, message.SerializeToString(), headers=telemetry.inject({}))

    async def offers(self, rule: Rule, *, ack_wait: float, max_attempts: int, declare: bool = True) -> Offers:
        config = api.ConsumerConfig(
            durable_name=f"stage-{rule.name}",
            filter_subjects=[names.ready_filter(need) for need in triggers(rule, rule.needs)],
            ack_policy=api.AckPolicy.EXPLICIT,
            deliver_policy=api.DeliverPolicy.ALL,
            ack_wait=ack_wait,
            max_deliver=max_attempts,
            max_ack_pending=10_000,
            num_replicas=self._settings.stream_replicas,
        )
        await self._ensure_streams()  # a server that lost its disk has none
        if declare or not await self._has(f"stage-{rule.name}"):
            await self.stream.add_consumer(names.STREAM, config)
        if declare or not (await self.standing(rule))[1]:
            await self._publish_rule(rule)
        await self.publish_providers(self._providers)
        return NatsOffers(functools.partial(self._ask, f"{NEXT}.{names.STREAM}.{config.durable_name}"))

    async def _publish_rule(self, rule: Rule) -> None:
        """Tell the others what this stage needs and makes, so that no list of stages is kept anywhere."""
        await (await self._bucket(RULES_BUCKET)).put(rule.name, _RULE.dump_json(rule))

    async def _has(self, durable: str) -> bool:
        try:
            await self.stream.consumer_info(names.STREAM, durable)
        except NotFoundError:
            return False
        return True

    async def standing(self, rule: Rule) -> tuple[bool, int]:
        value, revision = await keyvalues.look(await self._bucket(RULES_BUCKET), rule.name)
        return value == _RULE.dump_json(rule), revision

    async def rules(self) -> list[Rule]:
        return await keyvalues.values(await self._bucket(RULES_BUCKET), _RULE)

    async def forget(self, stage: str) -> None:
        await (await self._bucket(RULES_BUCKET)).delete(stage)
        with contextlib.suppress(NotFoundError):
            await self.stream.delete_consumer(names.STREAM, f"stage-{stage}")

    async def publish_providers(self, providers: Sequence[Provider]) -> None:
        self._providers = providers
        bucket = await self._bucket(PROVIDERS_BUCKET)
        for each in providers:
            await keyvalues.tell(bucket, f"{each.name}.{each.does}", _PROVIDER.dump_json(each))

    async def providers(self) -> list[Provider]:
        return await keyvalues.values(await self._bucket(PROVIDERS_BUCKET), _PROVIDER)

    async def _bucket(self, name: str) -> Any:
        return await keyvalues.bucket(self.stream, name, self._settings.stream_replicas)

    async def key(self, job_id: str, provider: str) -> str:
        try:
            reply = await self.client.request(keys.subject(job_id, provider), timeout=PATIENCE)
        except (nats.errors.Error, TimeoutError) as error:
            message = "The key of the provider could not be looked up; trying again."
            raise Transient("unavailable.keys", message, repr(error)) from error
        return reply.data.decode()

    async def serve_keys(self, find: Callable[[str, str], Awaitable[str]]) -> None:
        async def on_question(message: Msg) -> None:
            _, job_id, provider = message.subject.split(".")
            try:
                await message.respond((await find(job_id, provider)).encode())
            except Exception as error:  # noqa: BLE001 - who asked tries again; the next question must find us
                log.warning(
                    "no key found out", extra={"job": job_id, "provider": provider, "error": type(error).__name__}
                )

        await self.client.subscribe(keys.ALL, queue="keys", cb=on_question)
        await asyncio.wait_for(self.client.flush(), PATIENCE)

    async def workers(self, stage: str) -> int:
        """How many requests for work of a stage wait for some."""
        try:
            return (await self.stream.consumer_info(names.STREAM, f"stage-{stage}")).num_waiting or 0
        except NotFoundError:
            return 0

    async def backlog(self, stage: str) -> int:
        try:
            info = await self.stream.consumer_info(names.STREAM, f"stage-{stage}")
        except NotFoundError:
            return 0
        return (info.num_pending or 0) + (info.num_ack_pending or 0)

    async def waiting(self, stage: str) -> tuple[int, float]:
        """How many messages no worker of a stage has taken yet, and the age of the oldest of them in seconds."""
        try:
            info = await self.stream.consumer_info(names.STREAM, f"stage-{stage}")
        except NotFoundError:
            return 0, 0.0
        if not info.num_pending:
            return 0, 0.0
        after = (info.delivered.stream_seq if info.delivered else 0) + 1
        return info.num_pending, max([await self._age(after, kind) for kind in info.config.filter_subjects or ()])

    async def _age(self, seq: int, subject: str) -> float:
        """Of the first message on a subject from a sequence on, in seconds; 0: there is none."""
        try:
            found = await self.stream.get_msg(names.STREAM, seq, subject, next=True)
        except NotFoundError:
            return 0.0
        return max(0.0, time.time() - found.time.timestamp()) if found.time else 0.0

    async def last(self) -> int:
        """The last sequence of the stream of events."""
        return int((await self.stream.stream_info(names.STREAM)).state.last_seq)

    async def first(self) -> int:
        """The first sequence that the stream of events still has; one more than the last where it has none."""
        return int((await self.stream.stream_info(names.STREAM)).state.first_seq)

    async def follow(self, durable: str, *, stream: str = names.STREAM, batch: int = 256) -> AsyncIterator[list[Msg]]:
        config = api.ConsumerConfig(durable_name=durable, ack_policy=api.AckPolicy.EXPLICIT, ack_wait=30)
        await self.stream.add_consumer(stream, config)
        pull = functools.partial(self._ask, f"{NEXT}.{stream}.{durable}")
        while True:
            yield await pull({"batch": batch, "no_wait": True}, batch) or await pull(_one(), 1)

    async def read(self, after: int, batch: int = 256) -> AsyncIterator[tuple[list[Event], int]]:
        config = api.ConsumerConfig(
            deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=after + 1,
            ack_policy=api.AckPolicy.NONE,
            inactive_threshold=60,
            mem_storage=True,  # a server that comes back does not know it: who reads looks where the stream ends now
            num_replicas=1,
        )
        consumer = await self.stream.add_consumer(names.STREAM, config)
        pull = functools.partial(self._ask, f"{NEXT}.{names.STREAM}.{consumer.name}")
        count = 0
        while True:
            messages = await pull({"batch": batch, "no_wait": True}, batch) or await pull(_one(), 1)
            for message in messages:
                count, after = count + 1, message.metadata.sequence.stream
                if message.metadata.sequence.consumer != count:
                    raise Transient("unavailable.stream", "Events were lost on the way; reading them again.")
            yield readable(messages), after

    async def extent(self) -> tuple[str, int]:
        await self._ensure_streams()
        info = await self.stream.stream_info(names.STREAM)
        return str(info.created), info.state.last_seq

    async def message_at(self, seq: int) -> Event | None:
        try:
            raw = await self.stream.get_msg(names.STREAM, seq)
        except NotFoundError:
            return None
        return read_event(raw)

    async def listen(self, subject: str, heard: Callable[[Msg], None]) -> None:
        async def on_message(message: Msg) -> None:
            heard(message)

        await self.client.subscribe(subject, cb=on_message)
        await asyncio.wait_for(self.client.flush(), 5)


def _address(urls: str) -> dict[str, Any]:
    """The first server of an address, as spans name it."""
    parts = urlsplit(urls.split(",", 1)[0])
    return {"server.address": parts.hostname or "", "server.port": parts.port or 4222}


def _one(seconds: float = PATIENCE) -> dict[str, Any]:
    """The request for one message, as soon as there is one."""
    return {"batch": 1, "expires": int(seconds * 1e9)}
