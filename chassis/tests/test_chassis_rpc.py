"""A gRPC server of ours, with a service of the test's own stages and a servicer that misbehaves on demand."""

import asyncio
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from chassis.errors import Defect, Fatal, RateLimited, SourceError, Transient, UsageError
from chassis.folder import canonical_json
from chassis.rpc import RpcServer, Tls
from chassis.stage import Service, Stage
from chassis.stage_servicer import NAME, StageServicer
from chassis.statuses import code_of, error_of, status_of
from chassis.testing import MemoryBlobs
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from hiddenhill.v1 import stage_service_pb2 as pb
from hiddenhill.v1 import stage_service_pb2_grpc as pb_grpc
from pydantic import BaseModel, Field, ValidationError


class Servicer(pb_grpc.StageServiceServicer):
    """Does in `Describe` and `Run` what the test wants."""

    def __init__(self, describe=None, run=None):
        self.describe, self.run = describe, run

    def add_to(self, server):
        pb_grpc.add_StageServiceServicer_to_server(self, server)

    async def Describe(self, request, call):  # noqa: N802
        return await self.describe()

    async def Run(self, request, call):  # noqa: N802
        async for each in self.run():
            yield each


class Size(BaseModel):
    seconds: int = Field(ge=20)
    name: str = Field(max_length=2)


def certify(host, key_path, certificate_path):
    """Write a key and a certificate for this host that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    key_path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    certificate_path.write_bytes(certificate.public_bytes(pem))


@pytest.fixture
async def serve():
    servers, channels = [], []

    async def begin(servicer, *, with_reflection=False, **more):
        server = RpcServer({NAME: servicer.add_to}, "127.0.0.1:0", with_reflection=with_reflection, **more)
        await server.start()
        servers.append(server)
        channels.append(grpc.aio.insecure_channel(f"127.0.0.1:{server.port}"))
        return server, channels[-1]

    yield begin
    for channel in channels:
        await channel.close()
    for server in servers:
        await server.stop(0)


async def refusal(work):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await work
    return caught.value


def raising(error):
    async def describe():
        raise error

    return describe


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("usage.login", "x"), grpc.StatusCode.UNAUTHENTICATED),
        (UsageError("usage.unverified", "x"), grpc.StatusCode.PERMISSION_DENIED),
        (UsageError("usage.not-found", "x"), grpc.StatusCode.NOT_FOUND),
        (UsageError("usage.nothing-to-do", "x"), grpc.StatusCode.FAILED_PRECONDITION),
        (UsageError("usage.other", "x"), grpc.StatusCode.INVALID_ARGUMENT),
        (SourceError("source.empty", "x"), grpc.StatusCode.INVALID_ARGUMENT),
        (RateLimited("rate-limited.x", "x", retry_after=3), grpc.StatusCode.RESOURCE_EXHAUSTED),
        (Transient("unavailable.x", "x"), grpc.StatusCode.UNAVAILABLE),
        (Defect("internal.x", "x"), grpc.StatusCode.INTERNAL),
        (Fatal("voice.x", "x"), grpc.StatusCode.FAILED_PRECONDITION),
    ],
)
def test_every_kind_of_error_has_its_status_code(error, code):
    assert code_of(error) is code


async def test_an_error_arrives_with_its_code_and_when_to_try_again(serve):
    _, channel = await serve(Servicer(raising(RateLimited("rate-limited.day", "Come back.", "secret", retry_after=7))))
    failure = await refusal(pb_grpc.StageServiceStub(channel).Describe(pb.DescribeRequest()))
    assert (failure.code(), failure.details()) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "Come back.")
    assert dict(failure.trailing_metadata())["hiddenhill-code"] == "rate-limited.day"
    found = error_of(failure, "here")
    assert (found.code, found.message, found.retry_after) == ("rate-limited.day", "Come back.", 7.0)
    assert "secret" not in str(failure)


def test_every_fault_of_a_request_is_named_by_its_field():
    with pytest.raises(ValidationError) as caught:
        Size(seconds=3, name="abc")
    error = UsageError("usage.invalid", "No.")
    error.__cause__ = caught.value
    status = dict(status_of(error).trailing_metadata)["grpc-status-details-bin"]
    bad = error_details_pb2.BadRequest()
    [found] = [d for d in rpc_status.status_pb2.Status.FromString(status).details if d.Is(bad.DESCRIPTOR)]
    found.Unpack(bad)
    assert [each.field for each in bad.field_violations] == ["seconds", "name"]


async def test_an_unknown_exception_is_internal_and_keeps_its_words_to_itself(serve):
    _, channel = await serve(Servicer(raising(ZeroDivisionError("the password is 123"))))
    failure = await refusal(pb_grpc.StageServiceStub(channel).Describe(pb.DescribeRequest()))
    assert failure.code() is grpc.StatusCode.INTERNAL
    assert "123" not in str(failure)


async def test_a_call_past_its_deadline_stops_its_work(serve):
    stopped = asyncio.Event()

    async def run():
        try:
            while True:
                yield pb.RunResponse()
                await asyncio.sleep(0.01)
        finally:
            stopped.set()

    _, channel = await serve(Servicer(run=run))
    call = pb_grpc.StageServiceStub(channel).Run(pb.RunRequest(), timeout=0.2)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in call:
            pass
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await asyncio.wait_for(stopped.wait(), 2)


async def test_admission_sees_peer_and_metadata_and_guards_our_services_alone(serve):
    seen = []

    async def admit(visit):
        seen.append(visit)
        raise UsageError("usage.login", "Who are you?")

    _, channel = await serve(Servicer(), admit=admit)
    call = pb_grpc.StageServiceStub(channel).Describe(pb.DescribeRequest(), metadata=(("x-a", "b"),))
    assert (await refusal(call)).code() is grpc.StatusCode.UNAUTHENTICATED
    assert [(v.method, v.peer, v.metadata["x-a"]) for v in seen] == [(f"{NAME}/Describe", "127.0.0.1", "b")]
    health = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=NAME))
    assert health.status == health_pb2.HealthCheckResponse.SERVING


async def test_health_says_that_we_go_before_calls_are_refused(serve):
    async def describe():
        return pb.DescribeResponse(service="x")

    server, channel = await serve(Servicer(describe))
    watching = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=NAME))
    assert (await watching.read()).status == health_pb2.HealthCheckResponse.SERVING
    await server.leave()
    assert (await watching.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
    assert (await pb_grpc.StageServiceStub(channel).Describe(pb.DescribeRequest())).service == "x"
    watching.cancel()


@pytest.mark.parametrize("shown", [True, False])
async def test_reflection_is_there_only_where_it_is_wanted(serve, shown):
    _, channel = await serve(Servicer(), with_reflection=shown)
    asked = [reflection_pb2.ServerReflectionRequest(list_services="")]
    call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter(asked))
    if shown:
        assert NAME in str(await call.read())
    else:
        assert (await refusal(call.read())).code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_second_server_on_the_port_is_refused(serve):
    server, _ = await serve(Servicer())
    with pytest.raises(RuntimeError, match="bind"):
        RpcServer({NAME: Servicer().add_to}, f"127.0.0.1:{server.port}", with_reflection=False)


async def test_a_stage_runs_on_blobs_and_answers_what_it_made(serve):
    def run(folder):
        folder.progress(0.5, "half")
        folder.write("paper", canonical_json({"length": len(folder.path("source").read_bytes())}))

    stage = Stage(name="fetch", title="Reading", version="1", needs=("source",), makes=("paper",), run=run)
    blobs = MemoryBlobs()
    digest = "0" * 64
    blobs.put_bytes(f"sha256/{digest}", b"12345")
    _, channel = await serve(StageServicer(Service("fetcher", (stage,)), blobs))
    source = pb.Blob(artifact="source", digest=digest, size=5, media_type="application/pdf")
    stub = pb_grpc.StageServiceStub(channel)
    answers = [each async for each in stub.Run(pb.RunRequest(stage="fetch", inputs=[source]))]
    assert answers[0].progress.note == "half"
    [made] = answers[-1].result.outputs
    assert blobs.kept[f"sha256/{made.digest}"] == canonical_json({"length": 5})
    unknown = stub.Run(pb.RunRequest(stage="dance"))
    assert (await refusal(unknown.read())).code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_channels_are_encrypted_with_the_certificate_of_the_hour(serve, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"

    async def describe():
        return pb.DescribeResponse(service="x")

    async def ask(trusted):
        credentials = grpc.ssl_channel_credentials(trusted)
        async with grpc.aio.secure_channel(f"localhost:{server.port}", credentials) as channel:
            return (await pb_grpc.StageServiceStub(channel).Describe(pb.DescribeRequest(), timeout=5)).service

    certify("localhost", key, certificate)
    server, plain = await serve(Servicer(describe), tls=Tls(certificate, key))
    first = certificate.read_bytes()
    assert await ask(first) == "x"
    unencrypted = pb_grpc.StageServiceStub(plain).Describe(pb.DescribeRequest(), timeout=5)
    assert (await refusal(unencrypted)).code() is grpc.StatusCode.UNAVAILABLE
    certify("localhost", key, certificate)
    second = certificate.read_bytes()
    assert await ask(second) == "x"
    assert (await refusal(ask(first))).code() is grpc.StatusCode.UNAVAILABLE
    certificate.unlink()
    assert await ask(second) == "x"
