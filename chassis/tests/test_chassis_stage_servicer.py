"""The gRPC port of a stage service, over a real connection."""

import hashlib
import threading

import grpc
import pytest
from chassis.blobs import key_of
from chassis.errors import SourceError, Transient
from chassis.rpc import RpcServer
from chassis.stage import Service, Stage
from chassis.stage_servicer import NAME, StageServicer
from chassis.testing import MemoryBlobs
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from hiddenhill.v1 import stage_service_pb2 as pb
from hiddenhill.v1 import stage_service_pb2_grpc as pb_grpc

told_half = threading.Event()


def speak(folder):
    brief = folder.path("scene.*.brief").read_bytes()
    folder.progress(0.5, "half")
    assert told_half.wait(5), "the caller did not hear of the progress while it ran"
    folder.write("scene.*.narration", brief + folder.blob(digest(b"picture")).read_bytes())


def breaks(folder):
    text = folder.path("source").read_text()
    raise {"bad": SourceError("source.bad", "No paper."), "busy": Transient("unavailable.x", "Not now.")}.get(
        text, ZeroDivisionError("secret")
    )


SPEAK = Stage(
    name="speak", title="Speaking", version="3", needs=("scene.*.brief",), makes=("scene.*.narration",), run=speak
)
BREAKS = Stage(name="breaks", title="Breaking", version="1", needs=("source",), makes=("paper",), run=breaks)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def blob(blobs, artifact, data):
    blobs.put_bytes(key_of(digest(data)), data)
    return pb.Blob(artifact=artifact, digest=digest(data), size=len(data), media_type="application/json")


@pytest.fixture
def blobs():
    return MemoryBlobs()


@pytest.fixture(params=[True])
async def channel(request, blobs):
    servicer = StageServicer(Service("speaker", (SPEAK, BREAKS)), blobs)
    server = RpcServer({NAME: servicer.add_to}, "127.0.0.1:0", with_reflection=request.param)
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as opened:
        yield opened
    await server.stop(0)


async def test_describe_says_what_the_stages_need_and_make(channel):
    answer = await pb_grpc.StageServiceStub(channel).Describe(pb.DescribeRequest(), timeout=5)
    assert answer.service == "speaker"
    speaks = answer.stages[0]
    assert (speaks.name, speaks.version, speaks.title, speaks.per_scene) == ("speak", "3", "Speaking", True)
    assert (list(speaks.needs), list(speaks.makes)) == (["scene.*.brief"], ["scene.*.narration"])


async def test_run_streams_progress_and_then_the_result(channel, blobs):
    told_half.clear()
    blobs.put_bytes(key_of(digest(b"picture")), b"picture")
    request = pb.RunRequest(stage="speak", scene=2, inputs=[blob(blobs, "scene.2.brief", b"brief ")])
    answers = []
    async for answer in pb_grpc.StageServiceStub(channel).Run(request, timeout=10):
        answers.append(answer)
        told_half.set()
    assert [answer.WhichOneof("update") for answer in answers] == ["progress", "result"]
    assert (answers[0].progress.fraction, answers[0].progress.note, answers[0].progress.scene) == (0.5, "half", 2)
    [output] = answers[1].result.outputs
    assert (output.artifact, blobs.get_bytes(key_of(output.digest))) == ("scene.2.narration", b"brief picture")


@pytest.mark.parametrize(
    ("source", "status", "code"),
    [
        (b"bad", grpc.StatusCode.INVALID_ARGUMENT, "source.bad"),
        (b"busy", grpc.StatusCode.UNAVAILABLE, "unavailable.x"),
        (b"else", grpc.StatusCode.INTERNAL, "internal.defect"),
    ],
)
async def test_failure_is_a_status_with_the_errors_code(channel, blobs, source, status, code):
    request = pb.RunRequest(stage="breaks", inputs=[blob(blobs, "source", source)])
    error = await failure(channel, request)
    assert (error.code(), dict(error.trailing_metadata())["hiddenhill-code"]) == (status, code)
    assert "secret" not in error.details()


@pytest.mark.parametrize(
    ("stage", "inputs", "code"),
    [
        ("dance", [], "usage.stage"),
        ("breaks", [], "source.missing"),
        ("breaks", [pb.Blob(artifact="../../etc/passwd", digest="a" * 64)], "source.missing"),
        ("breaks", [pb.Blob(artifact="source", digest="../secret")], "internal.lost"),
        ("breaks", [pb.Blob(artifact="source", digest="a" * 64)], "internal.lost"),
    ],
)
async def test_request_that_makes_no_sense_is_refused(channel, stage, inputs, code):
    error = await failure(channel, pb.RunRequest(stage=stage, inputs=inputs))
    assert dict(error.trailing_metadata())["hiddenhill-code"] == code


async def failure(channel, request):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in pb_grpc.StageServiceStub(channel).Run(request, timeout=10):
            pass
    return caught.value


@pytest.mark.parametrize("name", ["", NAME])
async def test_health_is_serving(channel, name):
    answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def listed(channel):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    answer = await anext(aiter(stub.ServerReflectionInfo(iter([asked]), timeout=5)))
    return {service.name for service in answer.list_services_response.service}


async def test_reflection_lists_the_service(channel):
    assert {NAME, "grpc.health.v1.Health"} <= await listed(channel)


@pytest.mark.parametrize("channel", [False], indirect=True)
async def test_reflection_is_off_unless_asked_for(channel):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await listed(channel)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
