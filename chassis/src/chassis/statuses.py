"""Errors of the tree as gRPC statuses with rich details, and back."""

from __future__ import annotations

from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2 as details
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status
from pydantic import ValidationError

from chassis.errors import Abandoned, Defect, Error, Fatal, RateLimited, SourceError, Transient, UsageError

DOMAIN = "hiddenhill"
CODE_KEY = "hiddenhill-code"
_Code = grpc.StatusCode
_BY_CODE = {
    "usage.login": _Code.UNAUTHENTICATED,
    "usage.unverified": _Code.PERMISSION_DENIED,
    "usage.not-found": _Code.NOT_FOUND,
    "usage.nothing-to-do": _Code.FAILED_PRECONDITION,
    "usage.conflict": _Code.ALREADY_EXISTS,
    "usage.range": _Code.OUT_OF_RANGE,
    "usage.rate": _Code.RESOURCE_EXHAUSTED,
}
_BY_KIND: tuple[tuple[type[Error], grpc.StatusCode], ...] = (
    (RateLimited, _Code.RESOURCE_EXHAUSTED),
    (Transient, _Code.UNAVAILABLE),
    (SourceError, _Code.INVALID_ARGUMENT),
    (UsageError, _Code.INVALID_ARGUMENT),
    (Abandoned, _Code.ABORTED),
    (Defect, _Code.INTERNAL),
    (Fatal, _Code.FAILED_PRECONDITION),
)
_AWAY = frozenset({_Code.UNAVAILABLE, _Code.DEADLINE_EXCEEDED, _Code.CANCELLED})
_SOON = 2.0
"""Seconds after which to try again where nobody said when."""


def code_of(error: Error) -> grpc.StatusCode:
    """The status code of an error."""
    return _BY_CODE.get(error.code) or next(code for kind, code in _BY_KIND if isinstance(error, kind))


def status_of(error: Error) -> Any:
    """The error as a `grpc.Status` whose trailing metadata has its code and its details; the operator's stay inside."""
    code = code_of(error)
    told: list[Any] = [details.ErrorInfo(reason=error.code, domain=DOMAIN)]
    if isinstance(error.__cause__, ValidationError):
        told.append(_bad_request(error.__cause__))
    retry_after = getattr(error, "retry_after", None)
    if error.retryable or retry_after:
        delay = Duration()
        delay.FromMilliseconds(round((retry_after or _SOON) * 1000))
        told.append(details.RetryInfo(retry_delay=delay))
    packed = [Packed() for _ in told]
    for box, detail in zip(packed, told, strict=True):
        box.Pack(detail)
    return rpc_status.to_status(Status(code=code.value[0], message=error.message, details=packed))


async def abort(call: Any, error: Error) -> None:
    """End a call with the error."""
    status = status_of(error)
    await call.abort(status.code, status.details, (*status.trailing_metadata, (CODE_KEY, error.code)))


def error_of(failure: Any, peer: str) -> Error:
    """The error that a failed call (`grpc.RpcError`) to this peer tells of."""
    codes = [str(value) for key, value in failure.trailing_metadata() or () if key == CODE_KEY]
    message = failure.details() or "The call failed."
    if codes:
        retry_after = _retry_after(failure)
        if retry_after is None:
            return Fatal(codes[0], message)
        return RateLimited(codes[0], message, retry_after=retry_after)
    if failure.code() in _AWAY:
        return Transient("unavailable.gateway", f"{peer} does not answer.", message)
    return Fatal("internal.rpc", f"{peer} answered {failure.code().name}: {message}")


def _bad_request(fault: ValidationError) -> details.BadRequest:
    return details.BadRequest(
        field_violations=[
            details.BadRequest.FieldViolation(
                field=".".join(str(part) for part in each["loc"]), description=each["msg"], reason=each["type"].upper()
            )
            for each in fault.errors(include_url=False, include_context=False)
        ]
    )


def _retry_after(failure: Any) -> float | None:
    """Seconds until the next try makes sense; None: the error is no transient one."""
    status = rpc_status.from_call(failure)
    for detail in status.details if status else ():
        info = details.RetryInfo()
        if detail.Unpack(info):
            return float(info.retry_delay.ToMilliseconds()) / 1000
    return None
