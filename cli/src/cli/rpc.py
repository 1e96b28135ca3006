"""The gateway's gRPC interface as a client: an example of how a program uses it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import grpc
from chassis.errors import Transient
from chassis.statuses import error_of
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1 import job_service_pb2_grpc as pb_grpc

from cli.client import RECONNECT, Bytes

_CHUNK = 1 << 20
_SOON, _LONG = 30.0, 3600.0
"""Deadlines in seconds: of calls that are answered at once, and of those that stream."""
_STATE = "JOB_STATE_"
_OPTIONS = (("grpc.keepalive_time_ms", 20_000), ("grpc.keepalive_timeout_ms", 10_000))
"""While a call runs: finds out that a silent server is gone."""
_ENDS = {pb.JOB_STATE_DONE: "done", pb.JOB_STATE_CANCELLED: "cancelled"}


class Rpc:
    """A gateway over gRPC: `grpc://host:port`, or `grpcs://host:port` with TLS."""

    def __init__(self, url: str, token: str, *, started_here: bool = False) -> None:
        self.url = url.rstrip("/")
        self.started_here = started_here
        self._login = (("authorization", f"Bearer {token}"),) if token else ()
        parts = urlsplit(url)
        if parts.scheme == "grpcs":
            at = f"{parts.hostname}:{parts.port or 443}"
            self._channel = grpc.secure_channel(at, grpc.ssl_channel_credentials(), options=_OPTIONS)
        else:
            self._channel = grpc.insecure_channel(f"{parts.hostname}:{parts.port or 9090}", options=_OPTIONS)
        self._stub: Any = pb_grpc.JobServiceStub(self._channel)  # type: ignore[no-untyped-call]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def submit(self, source: str | Path, options: dict[str, Any], key: str = "") -> dict[str, Any]:
        header = pb.SubmitJobHeader(options=pb.JobOptions(**options), idempotency_key=key)
        if isinstance(source, Path):
            header.file_name = source.name
        else:
            header.reference = source
        answer = self._call(self._stub.SubmitJob, _parts(header, source), timeout=_LONG)
        return _job(answer.job)

    def job(self, job_id: str) -> dict[str, Any]:
        return _job(self._call(self._stub.GetJob, pb.GetJobRequest(job_id=job_id)).job)

    def jobs(self, state: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        request = pb.ListJobsRequest(state=f"{_STATE}{state.upper()}" if state else None)
        while True:
            page = self._call(self._stub.ListJobs, request)
            found += [_job(job) for job in page.jobs]
            request.page_token = page.next_page_token
            if not request.page_token:
                return found

    def retry(self, job_id: str) -> None:
        self._call(self._stub.RetryJob, pb.RetryJobRequest(job_id=job_id))

    def cancel(self, job_id: str) -> None:
        self._call(self._stub.CancelJob, pb.CancelJobRequest(job_id=job_id))

    def approve(self, job_id: str) -> None:
        self._call(self._stub.ApproveJob, pb.ApproveJobRequest(job_id=job_id))

    def edit(self, job_id: str, scene: int, changes: dict[str, Any]) -> None:
        self._call(self._stub.EditScene, pb.EditSceneRequest(job_id=job_id, scene=scene, **changes))

    def budget(self, job_id: str, dollars: float) -> None:
        self._call(self._stub.SetBudget, pb.SetBudgetRequest(job_id=job_id, dollars=dollars))

    def estimate(self, options: dict[str, Any]) -> dict[str, Any]:
        return _plain(self._call(self._stub.EstimateJob, pb.EstimateJobRequest(options=pb.JobOptions(**options))))

    def trace(self, job_id: str) -> dict[str, Any]:
        return _plain(self._call(self._stub.GetTrace, pb.GetTraceRequest(job_id=job_id)).timeline)

    def delete(self, job_id: str) -> None:
        self._call(self._stub.DeleteJob, pb.DeleteJobRequest(job_id=job_id))

    @contextlib.contextmanager
    def read(self, job_id: str, artifact: str, offset: int = 0) -> Iterator[Bytes]:
        request = pb.GetArtifactRequest(job_id=job_id, artifact=artifact, offset=offset)
        answers = self._stub.GetArtifact(request, metadata=self._login, timeout=_LONG)
        try:
            first = next(answers).artifact
            yield Bytes(first.digest, first.size, (answer.chunk for answer in answers))
        except grpc.RpcError as error:
            raise self._error(error) from error
        finally:
            answers.cancel()

    def watch(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        request, lost = pb.WatchJobRequest(job_id=job_id), 0.0
        while True:
            answers = self._stub.WatchJob(request, metadata=self._login, timeout=_LONG)
            try:
                for number, answer in enumerate(answers):
                    lost = 0.0
                    if answer.seq:
                        request.after_seq, request.after_part = answer.seq, answer.part
                    yield _event(answer, is_first=number == 0)
            except grpc.RpcError as broken:
                error, lost = self._error(broken), lost or time.monotonic()
                if not isinstance(error, Transient) or time.monotonic() - lost > RECONNECT:
                    raise error from broken
            else:
                return
            finally:
                answers.cancel()
            time.sleep(0.5)

    def _call(self, method: Any, request: Any, timeout: float = _SOON) -> Any:
        try:
            return method(request, metadata=self._login, timeout=timeout)
        except grpc.RpcError as error:
            raise self._error(error) from error

    def _error(self, failure: grpc.RpcError) -> Exception:
        return error_of(failure, f"The gateway at {self.url}")


def _parts(header: pb.SubmitJobHeader, source: str | Path) -> Iterator[pb.SubmitJobRequest]:
    yield pb.SubmitJobRequest(header=header)
    if isinstance(source, Path):
        with source.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield pb.SubmitJobRequest(chunk=chunk)


def _event(answer: pb.WatchJobResponse, *, is_first: bool) -> tuple[str, dict[str, Any]]:
    """The event as the REST interface's stream has it."""
    kind = answer.WhichOneof("event") or ""
    if kind == "job":
        return "snapshot" if is_first else _ENDS.get(answer.job.state, "job"), _job(answer.job)
    return "failed" if kind == "failure" else kind, _plain(getattr(answer, kind))


def _job(job: pb.Job) -> dict[str, Any]:
    plain = _plain(job)
    error = plain["failures"][0] if plain["state"] == "failed" and plain["failures"] else None
    return plain | {"error": error}


def _plain(message: Message) -> dict[str, Any]:
    """A message as a dict: times as ISO 8601, states in lower case, None for what is unset."""
    return {field.name: _value(message, field) for field in message.DESCRIPTOR.fields}


def _value(message: Message, field: Any) -> Any:
    value = getattr(message, field.name)
    if field.is_repeated:
        return [_plain(each) if field.message_type else each for each in value]
    if field.message_type and not message.HasField(field.name):
        return None
    if isinstance(value, Timestamp):
        return value.ToDatetime(UTC).isoformat()
    if field.message_type:
        return _plain(value)
    if field.enum_type:
        return str(field.enum_type.values_by_number[value].name).removeprefix(_STATE).lower()
    return None if field.name == "scene" and not value else value
