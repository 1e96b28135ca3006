import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from hiddenhill.v1 import events_pb2 as _events_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class JobState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    JOB_STATE_UNSPECIFIED: _ClassVar[JobState]
    JOB_STATE_QUEUED: _ClassVar[JobState]
    JOB_STATE_RUNNING: _ClassVar[JobState]
    JOB_STATE_REVIEW: _ClassVar[JobState]
    JOB_STATE_DONE: _ClassVar[JobState]
    JOB_STATE_FAILED: _ClassVar[JobState]
    JOB_STATE_CANCELLED: _ClassVar[JobState]
JOB_STATE_UNSPECIFIED: JobState
JOB_STATE_QUEUED: JobState
JOB_STATE_RUNNING: JobState
JOB_STATE_REVIEW: JobState
JOB_STATE_DONE: JobState
JOB_STATE_FAILED: JobState
JOB_STATE_CANCELLED: JobState

class JobOptions(_message.Message):
    __slots__ = ("seconds", "language", "voice", "theme", "music", "review", "audience", "tone", "writer", "footage", "budget", "force", "speech")
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    VOICE_FIELD_NUMBER: _ClassVar[int]
    THEME_FIELD_NUMBER: _ClassVar[int]
    MUSIC_FIELD_NUMBER: _ClassVar[int]
    REVIEW_FIELD_NUMBER: _ClassVar[int]
    AUDIENCE_FIELD_NUMBER: _ClassVar[int]
    TONE_FIELD_NUMBER: _ClassVar[int]
    WRITER_FIELD_NUMBER: _ClassVar[int]
    FOOTAGE_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    FORCE_FIELD_NUMBER: _ClassVar[int]
    SPEECH_FIELD_NUMBER: _ClassVar[int]
    seconds: int
    language: str
    voice: str
    theme: str
    music: bool
    review: bool
    audience: str
    tone: str
    writer: str
    footage: bool
    budget: float
    force: bool
    speech: str
    def __init__(self, seconds: _Optional[int] = ..., language: _Optional[str] = ..., voice: _Optional[str] = ..., theme: _Optional[str] = ..., music: _Optional[bool] = ..., review: _Optional[bool] = ..., audience: _Optional[str] = ..., tone: _Optional[str] = ..., writer: _Optional[str] = ..., footage: _Optional[bool] = ..., budget: _Optional[float] = ..., force: _Optional[bool] = ..., speech: _Optional[str] = ...) -> None: ...

class SubmitJobRequest(_message.Message):
    __slots__ = ("header", "chunk")
    HEADER_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    header: SubmitJobHeader
    chunk: bytes
    def __init__(self, header: _Optional[_Union[SubmitJobHeader, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class SubmitJobHeader(_message.Message):
    __slots__ = ("reference", "file_name", "options", "idempotency_key")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    reference: str
    file_name: str
    options: JobOptions
    idempotency_key: str
    def __init__(self, reference: _Optional[str] = ..., file_name: _Optional[str] = ..., options: _Optional[_Union[JobOptions, _Mapping]] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class SubmitJobResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class GetJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class GetJobResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class ListJobsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "state", "text", "source", "since", "until")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    state: JobState
    text: str
    source: str
    since: str
    until: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., state: _Optional[_Union[JobState, str]] = ..., text: _Optional[str] = ..., source: _Optional[str] = ..., since: _Optional[str] = ..., until: _Optional[str] = ...) -> None: ...

class ListJobsResponse(_message.Message):
    __slots__ = ("jobs", "next_page_token")
    JOBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    jobs: _containers.RepeatedCompositeFieldContainer[Job]
    next_page_token: str
    def __init__(self, jobs: _Optional[_Iterable[_Union[Job, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class WatchJobRequest(_message.Message):
    __slots__ = ("job_id", "after_seq", "after_part")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQ_FIELD_NUMBER: _ClassVar[int]
    AFTER_PART_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    after_seq: int
    after_part: int
    def __init__(self, job_id: _Optional[str] = ..., after_seq: _Optional[int] = ..., after_part: _Optional[int] = ...) -> None: ...

class WatchJobResponse(_message.Message):
    __slots__ = ("job", "stage", "progress", "artifact", "failure", "seq", "part")
    JOB_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    FAILURE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    job: Job
    stage: StageStatus
    progress: _events_pb2.Progress
    artifact: Artifact
    failure: Failure
    seq: int
    part: int
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ..., stage: _Optional[_Union[StageStatus, _Mapping]] = ..., progress: _Optional[_Union[_events_pb2.Progress, _Mapping]] = ..., artifact: _Optional[_Union[Artifact, _Mapping]] = ..., failure: _Optional[_Union[Failure, _Mapping]] = ..., seq: _Optional[int] = ..., part: _Optional[int] = ...) -> None: ...

class CancelJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class CancelJobResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class RetryJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class RetryJobResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class ApproveJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class ApproveJobResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class EditSceneRequest(_message.Message):
    __slots__ = ("job_id", "scene", "text", "headline", "accept")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    HEADLINE_FIELD_NUMBER: _ClassVar[int]
    ACCEPT_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    scene: int
    text: str
    headline: str
    accept: bool
    def __init__(self, job_id: _Optional[str] = ..., scene: _Optional[int] = ..., text: _Optional[str] = ..., headline: _Optional[str] = ..., accept: _Optional[bool] = ...) -> None: ...

class EditSceneResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class SetBudgetRequest(_message.Message):
    __slots__ = ("job_id", "dollars")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    DOLLARS_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    dollars: float
    def __init__(self, job_id: _Optional[str] = ..., dollars: _Optional[float] = ...) -> None: ...

class SetBudgetResponse(_message.Message):
    __slots__ = ("job",)
    JOB_FIELD_NUMBER: _ClassVar[int]
    job: Job
    def __init__(self, job: _Optional[_Union[Job, _Mapping]] = ...) -> None: ...

class EstimateJobRequest(_message.Message):
    __slots__ = ("options",)
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    options: JobOptions
    def __init__(self, options: _Optional[_Union[JobOptions, _Mapping]] = ...) -> None: ...

class EstimateJobResponse(_message.Message):
    __slots__ = ("lines", "dollars", "notes", "budget", "enough", "short_by", "day", "needed")
    LINES_FIELD_NUMBER: _ClassVar[int]
    DOLLARS_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    ENOUGH_FIELD_NUMBER: _ClassVar[int]
    SHORT_BY_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    NEEDED_FIELD_NUMBER: _ClassVar[int]
    lines: _containers.RepeatedCompositeFieldContainer[EstimateLine]
    dollars: float
    notes: _containers.RepeatedScalarFieldContainer[str]
    budget: float
    enough: bool
    short_by: float
    day: DayMoney
    needed: float
    def __init__(self, lines: _Optional[_Iterable[_Union[EstimateLine, _Mapping]]] = ..., dollars: _Optional[float] = ..., notes: _Optional[_Iterable[str]] = ..., budget: _Optional[float] = ..., enough: _Optional[bool] = ..., short_by: _Optional[float] = ..., day: _Optional[_Union[DayMoney, _Mapping]] = ..., needed: _Optional[float] = ...) -> None: ...

class EstimateLine(_message.Message):
    __slots__ = ("provider", "title", "does", "what", "dollars", "own")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DOES_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    DOLLARS_FIELD_NUMBER: _ClassVar[int]
    OWN_FIELD_NUMBER: _ClassVar[int]
    provider: str
    title: str
    does: str
    what: str
    dollars: float
    own: bool
    def __init__(self, provider: _Optional[str] = ..., title: _Optional[str] = ..., does: _Optional[str] = ..., what: _Optional[str] = ..., dollars: _Optional[float] = ..., own: _Optional[bool] = ...) -> None: ...

class DayMoney(_message.Message):
    __slots__ = ("money", "money_used", "money_left", "resets_at")
    MONEY_FIELD_NUMBER: _ClassVar[int]
    MONEY_USED_FIELD_NUMBER: _ClassVar[int]
    MONEY_LEFT_FIELD_NUMBER: _ClassVar[int]
    RESETS_AT_FIELD_NUMBER: _ClassVar[int]
    money: float
    money_used: float
    money_left: float
    resets_at: _timestamp_pb2.Timestamp
    def __init__(self, money: _Optional[float] = ..., money_used: _Optional[float] = ..., money_left: _Optional[float] = ..., resets_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListProvidersRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListProvidersResponse(_message.Message):
    __slots__ = ("providers", "keeps_keys")
    PROVIDERS_FIELD_NUMBER: _ClassVar[int]
    KEEPS_KEYS_FIELD_NUMBER: _ClassVar[int]
    providers: _containers.RepeatedCompositeFieldContainer[Provider]
    keeps_keys: bool
    def __init__(self, providers: _Optional[_Iterable[_Union[Provider, _Mapping]]] = ..., keeps_keys: _Optional[bool] = ...) -> None: ...

class Provider(_message.Message):
    __slots__ = ("name", "title", "does", "model", "usable", "reason", "own", "prices", "facts")
    class PricesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    class FactsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: float
        def __init__(self, key: _Optional[str] = ..., value: _Optional[float] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DOES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    USABLE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    OWN_FIELD_NUMBER: _ClassVar[int]
    PRICES_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    name: str
    title: str
    does: str
    model: str
    usable: bool
    reason: str
    own: bool
    prices: _containers.ScalarMap[str, float]
    facts: _containers.ScalarMap[str, float]
    def __init__(self, name: _Optional[str] = ..., title: _Optional[str] = ..., does: _Optional[str] = ..., model: _Optional[str] = ..., usable: _Optional[bool] = ..., reason: _Optional[str] = ..., own: _Optional[bool] = ..., prices: _Optional[_Mapping[str, float]] = ..., facts: _Optional[_Mapping[str, float]] = ...) -> None: ...

class ListProviderKeysRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListProviderKeysResponse(_message.Message):
    __slots__ = ("keys", "kept")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[ProviderKey]
    kept: bool
    def __init__(self, keys: _Optional[_Iterable[_Union[ProviderKey, _Mapping]]] = ..., kept: _Optional[bool] = ...) -> None: ...

class ProviderKey(_message.Message):
    __slots__ = ("provider", "hint", "created_at")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    provider: str
    hint: str
    created_at: _timestamp_pb2.Timestamp
    def __init__(self, provider: _Optional[str] = ..., hint: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SetProviderKeyRequest(_message.Message):
    __slots__ = ("provider", "key")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    provider: str
    key: str
    def __init__(self, provider: _Optional[str] = ..., key: _Optional[str] = ...) -> None: ...

class SetProviderKeyResponse(_message.Message):
    __slots__ = ("key",)
    KEY_FIELD_NUMBER: _ClassVar[int]
    key: ProviderKey
    def __init__(self, key: _Optional[_Union[ProviderKey, _Mapping]] = ...) -> None: ...

class DeleteProviderKeyRequest(_message.Message):
    __slots__ = ("provider",)
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    provider: str
    def __init__(self, provider: _Optional[str] = ...) -> None: ...

class DeleteProviderKeyResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DeleteJobRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class DeleteJobResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetArtifactRequest(_message.Message):
    __slots__ = ("job_id", "artifact", "offset")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    artifact: str
    offset: int
    def __init__(self, job_id: _Optional[str] = ..., artifact: _Optional[str] = ..., offset: _Optional[int] = ...) -> None: ...

class GetArtifactResponse(_message.Message):
    __slots__ = ("artifact", "chunk")
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    artifact: Artifact
    chunk: bytes
    def __init__(self, artifact: _Optional[_Union[Artifact, _Mapping]] = ..., chunk: _Optional[bytes] = ...) -> None: ...

class Job(_message.Message):
    __slots__ = ("id", "state", "title", "source", "options", "created_at", "updated_at", "seq", "scenes", "stages", "artifacts", "failures", "waits_until", "waits_for", "costs")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    SCENES_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    ARTIFACTS_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    WAITS_UNTIL_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    COSTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    state: JobState
    title: str
    source: str
    options: JobOptions
    created_at: _timestamp_pb2.Timestamp
    updated_at: _timestamp_pb2.Timestamp
    seq: int
    scenes: _containers.RepeatedScalarFieldContainer[int]
    stages: _containers.RepeatedCompositeFieldContainer[StageStatus]
    artifacts: _containers.RepeatedCompositeFieldContainer[Artifact]
    failures: _containers.RepeatedCompositeFieldContainer[Failure]
    waits_until: _timestamp_pb2.Timestamp
    waits_for: str
    costs: JobCosts
    def __init__(self, id: _Optional[str] = ..., state: _Optional[_Union[JobState, str]] = ..., title: _Optional[str] = ..., source: _Optional[str] = ..., options: _Optional[_Union[JobOptions, _Mapping]] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., seq: _Optional[int] = ..., scenes: _Optional[_Iterable[int]] = ..., stages: _Optional[_Iterable[_Union[StageStatus, _Mapping]]] = ..., artifacts: _Optional[_Iterable[_Union[Artifact, _Mapping]]] = ..., failures: _Optional[_Iterable[_Union[Failure, _Mapping]]] = ..., waits_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., waits_for: _Optional[str] = ..., costs: _Optional[_Union[JobCosts, _Mapping]] = ...) -> None: ...

class JobCosts(_message.Message):
    __slots__ = ("budget", "dollars", "calls")
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    DOLLARS_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    budget: float
    dollars: float
    calls: _containers.RepeatedCompositeFieldContainer[JobCall]
    def __init__(self, budget: _Optional[float] = ..., dollars: _Optional[float] = ..., calls: _Optional[_Iterable[_Union[JobCall, _Mapping]]] = ...) -> None: ...

class JobCall(_message.Message):
    __slots__ = ("provider", "model", "stage", "scene", "state", "estimate", "dollars", "cut_off")
    PROVIDER_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ESTIMATE_FIELD_NUMBER: _ClassVar[int]
    DOLLARS_FIELD_NUMBER: _ClassVar[int]
    CUT_OFF_FIELD_NUMBER: _ClassVar[int]
    provider: str
    model: str
    stage: str
    scene: int
    state: str
    estimate: float
    dollars: float
    cut_off: int
    def __init__(self, provider: _Optional[str] = ..., model: _Optional[str] = ..., stage: _Optional[str] = ..., scene: _Optional[int] = ..., state: _Optional[str] = ..., estimate: _Optional[float] = ..., dollars: _Optional[float] = ..., cut_off: _Optional[int] = ...) -> None: ...

class StageStatus(_message.Message):
    __slots__ = ("name", "title", "state", "done", "total")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    name: str
    title: str
    state: str
    done: int
    total: int
    def __init__(self, name: _Optional[str] = ..., title: _Optional[str] = ..., state: _Optional[str] = ..., done: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class Artifact(_message.Message):
    __slots__ = ("artifact", "scene", "seq", "digest", "size", "media_type", "stage", "announced_at")
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCED_AT_FIELD_NUMBER: _ClassVar[int]
    artifact: str
    scene: int
    seq: int
    digest: str
    size: int
    media_type: str
    stage: str
    announced_at: _timestamp_pb2.Timestamp
    def __init__(self, artifact: _Optional[str] = ..., scene: _Optional[int] = ..., seq: _Optional[int] = ..., digest: _Optional[str] = ..., size: _Optional[int] = ..., media_type: _Optional[str] = ..., stage: _Optional[str] = ..., announced_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Failure(_message.Message):
    __slots__ = ("stage", "scene", "code", "message")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    stage: str
    scene: int
    code: str
    message: str
    def __init__(self, stage: _Optional[str] = ..., scene: _Optional[int] = ..., code: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class GetTraceRequest(_message.Message):
    __slots__ = ("job_id",)
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    def __init__(self, job_id: _Optional[str] = ...) -> None: ...

class GetTraceResponse(_message.Message):
    __slots__ = ("timeline",)
    TIMELINE_FIELD_NUMBER: _ClassVar[int]
    timeline: Timeline
    def __init__(self, timeline: _Optional[_Union[Timeline, _Mapping]] = ...) -> None: ...

class Timeline(_message.Message):
    __slots__ = ("job_id", "trace_id", "started_at", "seconds", "lanes", "path", "pauses")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    TRACE_ID_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    LANES_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    PAUSES_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    trace_id: str
    started_at: _timestamp_pb2.Timestamp
    seconds: float
    lanes: _containers.RepeatedCompositeFieldContainer[TimelineLane]
    path: _containers.RepeatedCompositeFieldContainer[TimelineStep]
    pauses: _containers.RepeatedCompositeFieldContainer[TimelinePause]
    def __init__(self, job_id: _Optional[str] = ..., trace_id: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., seconds: _Optional[float] = ..., lanes: _Optional[_Iterable[_Union[TimelineLane, _Mapping]]] = ..., path: _Optional[_Iterable[_Union[TimelineStep, _Mapping]]] = ..., pauses: _Optional[_Iterable[_Union[TimelinePause, _Mapping]]] = ...) -> None: ...

class TimelineLane(_message.Message):
    __slots__ = ("stage", "title", "scene", "bars")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    BARS_FIELD_NUMBER: _ClassVar[int]
    stage: str
    title: str
    scene: int
    bars: _containers.RepeatedCompositeFieldContainer[TimelineBar]
    def __init__(self, stage: _Optional[str] = ..., title: _Optional[str] = ..., scene: _Optional[int] = ..., bars: _Optional[_Iterable[_Union[TimelineBar, _Mapping]]] = ...) -> None: ...

class TimelineBar(_message.Message):
    __slots__ = ("kind", "label", "start", "seconds", "outcome", "error", "attempt", "worker", "critical", "dollars", "input_tokens", "output_tokens")
    KIND_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    CRITICAL_FIELD_NUMBER: _ClassVar[int]
    DOLLARS_FIELD_NUMBER: _ClassVar[int]
    INPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    kind: str
    label: str
    start: float
    seconds: float
    outcome: str
    error: str
    attempt: int
    worker: str
    critical: bool
    dollars: float
    input_tokens: int
    output_tokens: int
    def __init__(self, kind: _Optional[str] = ..., label: _Optional[str] = ..., start: _Optional[float] = ..., seconds: _Optional[float] = ..., outcome: _Optional[str] = ..., error: _Optional[str] = ..., attempt: _Optional[int] = ..., worker: _Optional[str] = ..., critical: _Optional[bool] = ..., dollars: _Optional[float] = ..., input_tokens: _Optional[int] = ..., output_tokens: _Optional[int] = ...) -> None: ...

class TimelineStep(_message.Message):
    __slots__ = ("stage", "title", "scene", "waited", "seconds")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    WAITED_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    stage: str
    title: str
    scene: int
    waited: float
    seconds: float
    def __init__(self, stage: _Optional[str] = ..., title: _Optional[str] = ..., scene: _Optional[int] = ..., waited: _Optional[float] = ..., seconds: _Optional[float] = ...) -> None: ...

class TimelinePause(_message.Message):
    __slots__ = ("start", "seconds")
    START_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    start: float
    seconds: float
    def __init__(self, start: _Optional[float] = ..., seconds: _Optional[float] = ...) -> None: ...
