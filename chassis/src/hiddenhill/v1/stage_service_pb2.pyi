from hiddenhill.v1 import events_pb2 as _events_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DescribeRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class DescribeResponse(_message.Message):
    __slots__ = ("service", "stages")
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    STAGES_FIELD_NUMBER: _ClassVar[int]
    service: str
    stages: _containers.RepeatedCompositeFieldContainer[StageDescription]
    def __init__(self, service: _Optional[str] = ..., stages: _Optional[_Iterable[_Union[StageDescription, _Mapping]]] = ...) -> None: ...

class StageDescription(_message.Message):
    __slots__ = ("name", "version", "service", "needs", "makes", "per_scene", "title")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    MAKES_FIELD_NUMBER: _ClassVar[int]
    PER_SCENE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    service: str
    needs: _containers.RepeatedScalarFieldContainer[str]
    makes: _containers.RepeatedScalarFieldContainer[str]
    per_scene: bool
    title: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ..., service: _Optional[str] = ..., needs: _Optional[_Iterable[str]] = ..., makes: _Optional[_Iterable[str]] = ..., per_scene: _Optional[bool] = ..., title: _Optional[str] = ...) -> None: ...

class RunRequest(_message.Message):
    __slots__ = ("stage", "scene", "inputs")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SCENE_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    stage: str
    scene: int
    inputs: _containers.RepeatedCompositeFieldContainer[Blob]
    def __init__(self, stage: _Optional[str] = ..., scene: _Optional[int] = ..., inputs: _Optional[_Iterable[_Union[Blob, _Mapping]]] = ...) -> None: ...

class Blob(_message.Message):
    __slots__ = ("artifact", "digest", "size", "media_type")
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    DIGEST_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    MEDIA_TYPE_FIELD_NUMBER: _ClassVar[int]
    artifact: str
    digest: str
    size: int
    media_type: str
    def __init__(self, artifact: _Optional[str] = ..., digest: _Optional[str] = ..., size: _Optional[int] = ..., media_type: _Optional[str] = ...) -> None: ...

class RunResponse(_message.Message):
    __slots__ = ("progress", "result")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    progress: _events_pb2.Progress
    result: RunResult
    def __init__(self, progress: _Optional[_Union[_events_pb2.Progress, _Mapping]] = ..., result: _Optional[_Union[RunResult, _Mapping]] = ...) -> None: ...

class RunResult(_message.Message):
    __slots__ = ("outputs",)
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    outputs: _containers.RepeatedCompositeFieldContainer[Blob]
    def __init__(self, outputs: _Optional[_Iterable[_Union[Blob, _Mapping]]] = ...) -> None: ...
