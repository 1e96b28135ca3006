import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Cause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAUSE_UNSPECIFIED: _ClassVar[Cause]
    CAUSE_SUBMITTED: _ClassVar[Cause]
    CAUSE_MADE: _ClassVar[Cause]
    CAUSE_EDITED: _ClassVar[Cause]
    CAUSE_KICKED: _ClassVar[Cause]
    CAUSE_RESTORED: _ClassVar[Cause]

class CallState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CALL_STATE_UNSPECIFIED: _ClassVar[CallState]
    CALL_STATE_OPEN: _ClassVar[CallState]
    CALL_STATE_PAID: _ClassVar[CallState]
    CALL_STATE_KNOWN: _ClassVar[CallState]
    CALL_STATE_REFUSED: _ClassVar[CallState]
CAUSE_UNSPECIFIED: Cause
CAUSE_SUBMITTED: Cause
CAUSE_MADE: Cause
CAUSE_EDITED: Cause
CAUSE_KICKED: Cause
CAUSE_RESTORED: Cause
CALL_STATE_UNSPECIFIED: CallState
CALL_STATE_OPEN: CallState
CALL_STATE_PAID: CallState
CALL_STATE_KNOWN: CallState
CALL_STATE_REFUSED: CallState

class Ready(_message.Message):
    __slots__ = ("job_id", "artifact", "digest", "size", "media_type", "inputs", "stage", "stage_version", "cause", "scenes", "announced_at", "seconds", "attempt")
    class InputsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    STAGE_VERSION_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    SCENES_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCED_AT_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    artifact: str
    digest: str
    size: int
    media_type: str
    inputs: _containers.ScalarMap[str, str]
    stage: str
    stage_version: str
    cause: Cause
    scenes: _containers.RepeatedScalarFieldContainer[int]
    announced_at: _timestamp_pb2.Timestamp
    seconds: float
    attempt: int
    def __init__(self, job_id: _Optional[str] = ..., artifact: _Optional[str] = ..., digest: _Optional[str] = ..., size: _Optional[int] = ..., media_type: _Optional[str] = ..., inputs: _Optional[_Mapping[str, str]] = ..., stage: _Optional[str] = ..., stage_version: _Optional[str] = ..., cause: _Optional[_Union[Cause, str]] = ..., scenes: _Optional[_Iterable[int]] = ..., announced_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., seconds: _Optional[float] = ..., attempt: _Optional[int] = ...) -> None: ...

class Failed(_message.Message):
    __slots__ = ("job_id", "stage", "scene", "code", "message", "detail", "attempt", "announced_at")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCED_AT_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    stage: str
    scene: int
    code: str
    message: str
    detail: str
    attempt: int
    announced_at: _timestamp_pb2.Timestamp
    def __init__(self, job_id: _Optional[str] = ..., stage: _Optional[str] = ..., scene: _Optional[int] = ..., code: _Optional[str] = ..., message: _Optional[str] = ..., detail: _Optional[str] = ..., attempt: _Optional[int] = ..., announced_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Cancelled(_message.Message):
    __slots__ = ("job_id", "reason", "announced_at")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCED_AT_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    reason: str
    announced_at: _timestamp_pb2.Timestamp
    def __init__(self, job_id: _Optional[str] = ..., reason: _Optional[str] = ..., announced_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Budget(_message.Message):
    __slots__ = ("job_id", "dollars", "announced_at")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    DOLLARS_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCED_AT_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    dollars: float
    announced_at: _timestamp_pb2.Timestamp
    def __init__(self, job_id: _Optional[str] = ..., dollars: _Optional[float] = ..., announced_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Costs(_message.Message):
    __slots__ = ("job_id", "budget", "calls", "announced_at")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCED_AT_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    budget: float
    calls: _containers.RepeatedCompositeFieldContainer[Call]
    announced_at: _timestamp_pb2.Timestamp
    def __init__(self, job_id: _Optional[str] = ..., budget: _Optional[float] = ..., calls: _Optional[_Iterable[_Union[Call, _Mapping]]] = ..., announced_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Call(_message.Message):
    __slots__ = ("key", "provider", "model", "stage", "scene", "state", "estimate", "dollars", "cut_off")
    KEY_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ESTIMATE_FIELD_NUMBER: _ClassVar[int]
    DOLLARS_FIELD_NUMBER: _ClassVar[int]
    CUT_OFF_FIELD_NUMBER: _ClassVar[int]
    key: str
    provider: str
    model: str
    stage: str
    scene: int
    state: CallState
    estimate: float
    dollars: float
    cut_off: int
    def __init__(self, key: _Optional[str] = ..., provider: _Optional[str] = ..., model: _Optional[str] = ..., stage: _Optional[str] = ..., scene: _Optional[int] = ..., state: _Optional[_Union[CallState, str]] = ..., estimate: _Optional[float] = ..., dollars: _Optional[float] = ..., cut_off: _Optional[int] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ("job_id", "stage", "scene", "fraction", "note", "worker", "waits_until", "waits_for")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    FRACTION_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    WAITS_UNTIL_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    stage: str
    scene: int
    fraction: float
    note: str
    worker: str
    waits_until: _timestamp_pb2.Timestamp
    waits_for: str
    def __init__(self, job_id: _Optional[str] = ..., stage: _Optional[str] = ..., scene: _Optional[int] = ..., fraction: _Optional[float] = ..., note: _Optional[str] = ..., worker: _Optional[str] = ..., waits_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., waits_for: _Optional[str] = ...) -> None: ...
