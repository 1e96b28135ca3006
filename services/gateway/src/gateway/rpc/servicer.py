"""JobService: what callers do with jobs, over gRPC. Errors are raised; the server makes statuses of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from chassis.blobs import key_of
from chassis.errors import Defect, Transient, UsageError
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1 import job_service_pb2_grpc as pb_grpc
from pydantic import ValidationError

from chassis import names
from gateway.accounts.guests import Guests
from gateway.api.models import BudgetChange
from gateway.api.paying import ProviderKeyWish
from gateway.context import Gateway
from gateway.jobs.edits import Edit
from gateway.jobs.listing import Query
from gateway.ledger.hub import Hub
from gateway.ledger.projection import ENDS, artifact_json, job_json, summary_json
from gateway.ledger.watching import Told, Watcher
from gateway.problems import invalid, not_found
from gateway.rpc.admission import caller
from gateway.rpc.messages import (
    artifact_message,
    estimate_message,
    job_message,
    key_message,
    providers_message,
    state_name,
    timeline_message,
    watch_message,
)
from gateway.rpc.uploads import Wished, receive

NAME = pb.DESCRIPTOR.services_by_name["JobService"].full_name
_CHUNK = 1 << 20
_TELLING = frozenset({"snapshot", "job", "done", "cancelled"})
"""Events that have the job's state in them."""


class JobServicer(pb_grpc.JobServiceServicer):
    """The service's methods; each is documented in the contract."""

    def __init__(self, gateway: Gateway, hub: Hub, guests: Guests) -> None:
        self._gateway = gateway
        self._desk = gateway.desk
        self._pricing = gateway.pricing
        self._hub = hub
        self._guests = guests

    def add_to(self, server: Any) -> None:
        """Add it to a gRPC server."""
        pb_grpc.add_JobServiceServicer_to_server(self, server)  # type: ignore[no-untyped-call]

    async def SubmitJob(self, request: AsyncIterator[pb.SubmitJobRequest], call: Any) -> pb.SubmitJobResponse:  # noqa: N802, ARG002
        limit = self._gateway.settings.upload_limit
        wish, (source, name) = await receive(request, self._gateway.blobs, limit)
        job_id, _ = await asyncio.to_thread(
            self._desk.submit, caller(), source, name, wish.options, wish.idempotency_key
        )
        return pb.SubmitJobResponse(job=await self._job(job_id))

    async def GetJob(self, request: pb.GetJobRequest, call: Any) -> pb.GetJobResponse:  # noqa: N802, ARG002
        return pb.GetJobResponse(job=await self._job(request.job_id))

    async def ListJobs(self, request: pb.ListJobsRequest, call: Any) -> pb.ListJobsResponse:  # noqa: N802, ARG002
        rows, following = await asyncio.to_thread(self._desk.page, caller(), _query(request))
        return pb.ListJobsResponse(
            jobs=[job_message(summary_json(row)) for row in rows], next_page_token=following or ""
        )

    async def WatchJob(self, request: pb.WatchJobRequest, call: Any) -> AsyncIterator[pb.WatchJobResponse]:  # noqa: N802, ARG002
        job_id = _checked(request.job_id)
        who = caller()
        watcher = await self._hub.watch(job_id, request.after_seq, who.sees, request.after_part)
        if watcher is None:
            raise not_found(f"job {job_id}")
        self._guests.enter(who, watcher, watcher.end)
        try:
            async for each in _told(watcher):
                yield watch_message(each)
            if watcher.ended:
                raise UsageError("usage.login", "This token is no longer valid; make another one.")
        finally:
            self._guests.leave(who, watcher)
            self._hub.leave(job_id, watcher)

    async def CancelJob(self, request: pb.CancelJobRequest, call: Any) -> pb.CancelJobResponse:  # noqa: N802, ARG002
        return pb.CancelJobResponse(job=await self._after(self._desk.cancel, request.job_id))

    async def RetryJob(self, request: pb.RetryJobRequest, call: Any) -> pb.RetryJobResponse:  # noqa: N802, ARG002
        return pb.RetryJobResponse(job=await self._after(self._desk.retry, request.job_id))

    async def ApproveJob(self, request: pb.ApproveJobRequest, call: Any) -> pb.ApproveJobResponse:  # noqa: N802, ARG002
        return pb.ApproveJobResponse(job=await self._after(self._desk.approve, request.job_id))

    async def EditScene(self, request: pb.EditSceneRequest, call: Any) -> pb.EditSceneResponse:  # noqa: N802, ARG002
        _checked(request.job_id)
        wanted = {name: getattr(request, name) for name in ("text", "headline") if request.HasField(name)}
        wanted["accept"] = request.accept
        try:
            edits = {request.scene: Edit.model_validate(wanted)}
        except ValidationError as error:
            raise invalid(error) from error
        return pb.EditSceneResponse(job=await self._after(self._desk.edit, request.job_id, edits))

    async def SetBudget(self, request: pb.SetBudgetRequest, call: Any) -> pb.SetBudgetResponse:  # noqa: N802, ARG002
        try:
            dollars = BudgetChange(dollars=request.dollars).dollars
        except ValidationError as error:
            raise invalid(error) from error
        return pb.SetBudgetResponse(job=await self._after(self._desk.budget, request.job_id, dollars))

    async def EstimateJob(self, request: pb.EstimateJobRequest, call: Any) -> pb.EstimateJobResponse:  # noqa: N802, ARG002
        options = Wished.read(request.options).options
        return estimate_message(await asyncio.to_thread(self._pricing.estimate, caller(), options))

    async def ListProviders(self, request: pb.ListProvidersRequest, call: Any) -> pb.ListProvidersResponse:  # noqa: N802, ARG002
        return providers_message(await asyncio.to_thread(self._pricing.providers, caller()))

    async def ListProviderKeys(self, request: pb.ListProviderKeysRequest, call: Any) -> pb.ListProviderKeysResponse:  # noqa: N802, ARG002
        keyring = self._pricing.keyring
        rows = await asyncio.to_thread(keyring.listed, caller())
        return pb.ListProviderKeysResponse(keys=[key_message(row) for row in rows], kept=keyring.keeps)

    async def SetProviderKey(self, request: pb.SetProviderKeyRequest, call: Any) -> pb.SetProviderKeyResponse:  # noqa: N802, ARG002
        try:
            key = ProviderKeyWish(key=request.key).key
        except ValidationError as error:
            raise invalid(error) from error
        row = await asyncio.to_thread(self._pricing.keep_key, caller(), request.provider, key)
        return pb.SetProviderKeyResponse(key=key_message(row))

    async def DeleteProviderKey(self, request: pb.DeleteProviderKeyRequest, call: Any) -> pb.DeleteProviderKeyResponse:  # noqa: N802, ARG002
        await asyncio.to_thread(self._pricing.keyring.remove, caller(), request.provider)
        return pb.DeleteProviderKeyResponse()

    async def DeleteJob(self, request: pb.DeleteJobRequest, call: Any) -> pb.DeleteJobResponse:  # noqa: N802, ARG002
        await asyncio.to_thread(self._desk.delete, caller(), _checked(request.job_id))
        return pb.DeleteJobResponse()

    async def GetTrace(self, request: pb.GetTraceRequest, call: Any) -> pb.GetTraceResponse:  # noqa: N802, ARG002
        found = await asyncio.to_thread(self._desk.timeline, caller(), _checked(request.job_id))
        return pb.GetTraceResponse(timeline=timeline_message(found))

    async def GetArtifact(self, request: pb.GetArtifactRequest, call: Any) -> AsyncIterator[pb.GetArtifactResponse]:  # noqa: N802, ARG002
        job_id, blobs = _checked(request.job_id), self._gateway.blobs
        try:
            name = names.check_name(request.artifact)
        except ValueError as error:
            raise not_found("artifact of this name") from error
        row = await asyncio.to_thread(self._desk.artifact, caller(), job_id, name)
        key, size = key_of(row["digest"]), row["size"]
        if request.offset > size:
            raise UsageError("usage.range", f"The artifact has {size} bytes; it ends before the offset.")
        yield pb.GetArtifactResponse(artifact=artifact_message(artifact_json(row)))
        for position in range(request.offset, size, _CHUNK):
            try:
                chunk = await asyncio.to_thread(blobs.get_bytes, key, position, min(_CHUNK, size - position))
            except KeyError as error:
                raise Defect(
                    "internal.lost",
                    "The bytes of this artifact are not in the store; retry the job, and they are made again.",
                    key,
                ) from error
            yield pb.GetArtifactResponse(chunk=chunk)

    async def _after(self, act: Callable[..., None], job_id: str, *more: Any) -> pb.Job:
        """The job after an act on it."""
        await asyncio.to_thread(act, caller(), _checked(job_id), *more)
        return await self._job(job_id)

    async def _job(self, job_id: str) -> pb.Job:
        rows = await asyncio.to_thread(self._desk.rows, caller(), _checked(job_id))
        return job_message(job_json(rows, self._desk.rulebook.rules))


async def _told(watcher: Watcher) -> AsyncIterator[Told]:
    """What the watcher is told until the job ends. Raises Transient when we stop, UsageError when it is deleted."""
    state = ""
    while state not in ENDS and (watcher.waiting or not watcher.ended):
        for told in await watcher.told():
            if told.name == "bye":
                raise Transient("unavailable.stopping", "This server stops; watch again to go on at another.")
            if told.name == "deleted":
                raise not_found(f"job {told.data['id']}: it was deleted")
            yield told
            state = told.data["state"] if told.name in _TELLING else "failed" if told.name == "failed" else state


def _checked(job_id: str) -> str:
    """The id. Raises UsageError where no job can have it."""
    try:
        return names.check_job(job_id)
    except ValueError as error:
        raise not_found("job of this id") from error


def _query(request: pb.ListJobsRequest) -> Query:
    filters = {"text": request.text, "source": request.source, "since": request.since, "until": request.until}
    values: dict[str, Any] = {name: value for name, value in filters.items() if value}
    if request.page_token:
        values["cursor"] = _token(request.page_token)
    try:
        return Query.model_validate(values | {"limit": request.page_size or 50, "state": state_name(request.state)})
    except ValidationError as error:
        raise invalid(error) from error
    except ValueError as error:
        raise UsageError("usage.invalid", "state: there is no such state.") from error


def _token(text: str) -> str:
    try:
        return names.check_job(text)
    except ValueError as error:
        raise UsageError("usage.invalid", "page_token: take it from the answer before.") from error
