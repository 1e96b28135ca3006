"""JobService on the gateway's process and real servers."""

import hashlib
import json
import os
import re
import time
from pathlib import Path

import grpc
import httpx
import psycopg
import pytest
from artifacts.request import Options
from chassis.errors import UsageError
from chassis.statuses import code_of, error_of
from gateway.problems import status_of
from gateway.settings import GatewaySettings
from google.protobuf import message_factory
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from hiddenhill.v1 import job_service_pb2 as pb

pytestmark = [pytest.mark.stack]
SERVICE = pb.DESCRIPTOR.services_by_name["JobService"]
ON_NO_JOB = {"SubmitJob", "ListJobs", "EstimateJob", "ListProviders"}
ON_NO_JOB |= {"ListProviderKeys", "SetProviderKey", "DeleteProviderKey"}
"""Methods that name no job; each has its own test that it shows and changes nothing of others."""
PDF = b"%PDF-1.7 "
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def channel(running):
    with grpc.insecure_channel(running.rpc) as found:
        grpc.channel_ready_future(found).result(20)
        yield found


@pytest.fixture(scope="module")
def call(running, channel):
    """Calls a method by its name as the local user; what streams in is a list of requests."""
    return lambda name, request, **more: invoke(channel, name, request, running.rpc_login, **more)


@pytest.fixture(scope="module")
def stranger(stack, channel):
    """The metadata of another user."""
    with psycopg.connect(stack.postgres_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO users (id, email, verified_at) VALUES ('stranger', 'stranger@localhost', now())"
        )
        digest = hashlib.sha256(b"strange").hexdigest()
        connection.execute(
            "INSERT INTO tokens (digest, id, user_id, name) VALUES (%s, 'strange', 'stranger', 'x')", (digest,)
        )
    return (("authorization", "Bearer strange"),)


def invoke(channel, name, request, metadata, timeout=10):
    """The answer; a list of them where they stream."""
    method = SERVICE.methods_by_name[name]
    make = getattr(
        channel, "_".join("stream" if s else "unary" for s in (method.client_streaming, method.server_streaming))
    )
    answer = message_factory.GetMessageClass(method.output_type)
    begin = make(
        f"/{SERVICE.full_name}/{name}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=answer.FromString,
    )
    given = iter(request) if method.client_streaming else request
    found = begin(given, metadata=metadata, timeout=timeout)
    return list(found) if method.server_streaming else found


def refused(code, work):
    with pytest.raises(grpc.RpcError) as caught:
        work()
    assert caught.value.code() is code, caught.value
    return caught.value


def filled(method, job_id):
    """A request to this method that makes sense for a job of our own."""
    request = message_factory.GetMessageClass(method.input_type)()
    for field in method.input_type.fields:
        if field.name == "job_id":
            request.job_id = job_id
        elif field.type == field.TYPE_STRING:
            setattr(request, field.name, "source" if field.name == "artifact" else "Other words.")
        elif field.name == "scene":
            request.scene = 1
    return request


def header(**fields):
    return pb.SubmitJobRequest(header=pb.SubmitJobHeader(**fields))


def chunks(data, size=1 << 20):
    return [pb.SubmitJobRequest(chunk=data[at : at + size]) for at in range(0, len(data), size)]


def upload(call, data):
    """The id of a new job on this file."""
    return call("SubmitJob", [header(file_name="a.pdf"), *chunks(data)]).job.id


@pytest.mark.parametrize("name", list(SERVICE.methods_by_name))
def test_nobody_gets_in_without_a_token_that_is_known(channel, name):
    method = SERVICE.methods_by_name[name]
    request = filled(method, "x")
    for metadata in ((), (("authorization", "Bearer nobody"),), (("authorization", "Basic bG9jYWw6"),)):
        given = [request] if method.client_streaming else request
        failure = refused(
            grpc.StatusCode.UNAUTHENTICATED, lambda given=given, m=metadata: invoke(channel, name, given, m)
        )
        assert error_of(failure, "").code == "usage.login"


@pytest.mark.parametrize("name", list(SERVICE.methods_by_name))
def test_jobs_of_others_are_not_found(running, channel, call, stranger, name):
    method = SERVICE.methods_by_name[name]
    if name in ON_NO_JOB:
        assert "job_id" not in method.input_type.fields_by_name
        return
    job_id = upload(call, PDF + os.urandom(100))
    running.begun(job_id)
    before = running.job(job_id)
    request = filled(method, job_id)
    failure = refused(grpc.StatusCode.NOT_FOUND, lambda: invoke(channel, name, request, stranger))
    assert error_of(failure, "").code == "usage.not-found"
    assert running.job(job_id) == before


@pytest.mark.parametrize("name", [name for name in SERVICE.methods_by_name if name not in ON_NO_JOB])
@pytest.mark.parametrize("job_id", ["", "nope", "a b", "x\x00y", ">", "*", "é" * 70])
def test_ids_that_no_job_has_are_not_found(call, name, job_id):
    refused(grpc.StatusCode.NOT_FOUND, lambda: call(name, filled(SERVICE.methods_by_name[name], job_id)))


def test_submit_and_list_of_another_user_show_and_touch_nothing_of_mine(running, channel, call, stranger):
    mine = call("SubmitJob", [header(reference="10.1000/mine", idempotency_key="k")]).job.id
    theirs = invoke(channel, "SubmitJob", [header(reference="10.1000/mine", idempotency_key="k")], stranger).job.id
    assert mine != theirs
    listed = invoke(channel, "ListJobs", pb.ListJobsRequest(), stranger)
    assert [job.id for job in listed.jobs] == [theirs]
    refused(grpc.StatusCode.NOT_FOUND, lambda: call("GetJob", pb.GetJobRequest(job_id=theirs)))


def test_a_submitted_reference_runs_with_its_options_and_the_defaults(running, call):
    options = pb.JobOptions(seconds=30, theme="night", review=True)
    job = call("SubmitJob", [header(reference="10.1000/rpc", options=options)]).job
    assert (job.source, job.options.seconds, job.options.language) == ("10.1000/rpc", 30, "en")
    assert (job.options.theme, job.options.review) == ("night", True)
    running.state(job.id, "running")
    found = call("GetJob", pb.GetJobRequest(job_id=job.id)).job
    assert found.state == pb.JOB_STATE_RUNNING
    assert [stage.name for stage in found.stages] == ["fetch", "script", "narrate"]
    assert found.created_at.seconds > time.time() - 60


def test_every_option_goes_through_both_interfaces(running, call):
    wish = {"seconds": 45, "language": "de", "voice": "de+f3", "theme": "night", "music": True, "audience": "expert"}
    wish |= {
        "tone": "serious",
        "writer": "extractive",
        "speech": "piper",
        "footage": True,
        "force": True,
        "review": True,
    }
    assert set(wish) | {"budget"} == set(Options.model_fields) == set(pb.JobOptions.DESCRIPTOR.fields_by_name)
    job = call("SubmitJob", [header(reference="10.1000/all", options=pb.JobOptions(**wish))]).job
    assert job.options == pb.JobOptions(**wish)
    assert running.job(job.id)["options"] == wish | {"budget": 0}
    shown = httpx.get(f"{running.url}/api/openapi.json").json()["components"]["schemas"]["Options"]["properties"]
    listed = {name: set(field["enum"]) for name, field in shown.items() if "enum" in field}
    assert listed == {
        "theme": {"", "dusk", "dawn", "paper", "night"},
        "audience": {"child", "general", "student", "expert"},
        "tone": {"calm", "lively", "serious"},
        "writer": {"", "extractive", "gemini"},
        "speech": {"", "espeak", "gemini", "piper"},
    }


def test_the_trace_of_the_call_is_the_trace_of_the_job(running, channel, stack):
    trace_id = os.urandom(16).hex()
    login = (*running.rpc_login, ("traceparent", f"00-{trace_id}-{os.urandom(8).hex()}-01"))
    job = invoke(channel, "SubmitJob", [header(reference="10.1000/traced")], login).job
    with psycopg.connect(stack.postgres_url) as connection:
        [kept] = connection.execute("SELECT traceparent FROM jobs WHERE id = %s", (job.id,)).fetchone()
    assert kept.split("-")[1] == trace_id


def test_an_uploaded_file_comes_back_byte_for_byte_and_from_any_offset(running, call):
    data = PDF + os.urandom(2_500_000)
    job_id = upload(call, data)
    running.begun(job_id)
    first, *rest = call("GetArtifact", pb.GetArtifactRequest(job_id=job_id, artifact="source"))
    assert (first.artifact.size, first.artifact.media_type) == (len(data), "application/pdf")
    assert first.artifact.digest == hashlib.sha256(data).hexdigest()
    assert b"".join(part.chunk for part in rest) == data
    assert max(len(part.chunk) for part in rest) == 1 << 20
    for offset in (1, 1 << 20, len(data) - 1, len(data)):
        wanted = pb.GetArtifactRequest(job_id=job_id, artifact="source", offset=offset)
        _, *rest = call("GetArtifact", wanted)
        assert b"".join(part.chunk for part in rest) == data[offset:]
    beyond = pb.GetArtifactRequest(job_id=job_id, artifact="source", offset=len(data) + 1)
    refused(grpc.StatusCode.OUT_OF_RANGE, lambda: call("GetArtifact", beyond))
    other = pb.GetArtifactRequest(job_id=job_id, artifact="../secrets")
    refused(grpc.StatusCode.NOT_FOUND, lambda: call("GetArtifact", other))


def test_a_file_in_tiny_chunks_is_taken_whole(running, call):
    data = PDF + os.urandom(300)
    job_id = call("SubmitJob", [header(file_name="a.pdf"), *chunks(data, 7)]).job.id
    assert {row["artifact"]: row["size"] for row in running.begun(job_id)["artifacts"]}["source"] == len(data)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([], "usage.no-header"),
        ([pb.SubmitJobRequest(chunk=PDF)], "usage.no-header"),
        ([header(file_name="a.pdf")], "source.empty"),
        ([header(file_name="a.pdf"), pb.SubmitJobRequest(chunk=b"hello" * 300)], "source.unknown-type"),
        ([header(reference="10.1000/x"), pb.SubmitJobRequest(chunk=PDF)], "usage.invalid"),
        ([header(file_name="a.pdf"), header(file_name="b.pdf")], "usage.invalid"),
        ([header(reference="x" * 2001)], "usage.invalid"),
        ([header(reference="x", idempotency_key="a\x00")], "usage.invalid"),
    ],
)
def test_submits_that_make_no_sense_are_refused_with_a_code(call, parts, code):
    failure = refused(grpc.StatusCode.INVALID_ARGUMENT, lambda: call("SubmitJob", parts))
    assert error_of(failure, "").code == code


def test_faults_of_fields_are_told_one_by_one(call):
    options = pb.JobOptions(seconds=5, theme="pink")
    failure = refused(
        grpc.StatusCode.INVALID_ARGUMENT, lambda: call("SubmitJob", [header(reference="x", options=options)])
    )
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in rpc_status.from_call(failure).details:
        assert detail.Unpack(info) or detail.Unpack(bad)
    assert (info.reason, info.domain) == ("usage.invalid", "hiddenhill")
    assert [each.field for each in bad.field_violations] == ["options.seconds", "options.theme"]


def test_the_same_key_answers_the_same_job_and_no_other_request(call):
    first = call("SubmitJob", [header(reference="10.1000/once", idempotency_key="once")]).job.id
    again = call("SubmitJob", [header(reference="10.1000/once", idempotency_key="once")]).job.id
    assert first == again
    other = [header(reference="10.1000/other", idempotency_key="once")]
    failure = refused(grpc.StatusCode.ALREADY_EXISTS, lambda: call("SubmitJob", other))
    assert error_of(failure, "").code == "usage.conflict"


def test_jobs_are_listed_in_pages_and_by_filters(running, call):
    wanted = [call("SubmitJob", [header(reference=f"10.1000/paged.{n}")]).job.id for n in range(3)]
    first = call("ListJobs", pb.ListJobsRequest(page_size=2, source="paged"))
    second = call("ListJobs", pb.ListJobsRequest(page_size=2, source="paged", page_token=first.next_page_token))
    assert [job.id for job in (*first.jobs, *second.jobs)] == wanted[::-1]
    assert second.next_page_token == ""
    assert not call("ListJobs", pb.ListJobsRequest(text="paged", until="2020-01-01")).jobs
    assert not call("ListJobs", pb.ListJobsRequest(text="paged", state=pb.JOB_STATE_DONE)).jobs
    for bad in (
        pb.ListJobsRequest(page_size=201),
        pb.ListJobsRequest(since="yesterday"),
        pb.ListJobsRequest(state=99),
        pb.ListJobsRequest(page_token="\x00"),
    ):
        refused(grpc.StatusCode.INVALID_ARGUMENT, lambda bad=bad: call("ListJobs", bad))


def test_a_job_is_cancelled_retried_edited_and_deleted(running, call):
    job_id = call("SubmitJob", [header(reference="10.1000/acts")]).job.id
    running.begun(job_id)
    failure = refused(
        grpc.StatusCode.FAILED_PRECONDITION, lambda: call("ApproveJob", pb.ApproveJobRequest(job_id=job_id))
    )
    assert error_of(failure, "").code == "usage.nothing-to-do"
    call("CancelJob", pb.CancelJobRequest(job_id=job_id))
    running.state(job_id, "cancelled")
    assert call("RetryJob", pb.RetryJobRequest(job_id=job_id)).job.state != pb.JOB_STATE_DONE
    running.finish(job_id)
    refused(grpc.StatusCode.FAILED_PRECONDITION, lambda: call("CancelJob", pb.CancelJobRequest(job_id=job_id)))
    refused(grpc.StatusCode.INVALID_ARGUMENT, lambda: call("EditScene", pb.EditSceneRequest(job_id=job_id, scene=1)))
    unknown = pb.EditSceneRequest(job_id=job_id, scene=9, text="Nine.")
    refused(grpc.StatusCode.NOT_FOUND, lambda: call("EditScene", unknown))
    call("EditScene", pb.EditSceneRequest(job_id=job_id, scene=2, headline="Two"))
    brief = pb.GetArtifactRequest(job_id=job_id, artifact="scene.2.brief")
    running.until(lambda: json.loads(call("GetArtifact", brief)[1].chunk)["headline"] == "Two")
    call("DeleteJob", pb.DeleteJobRequest(job_id=job_id))
    refused(grpc.StatusCode.NOT_FOUND, lambda: call("GetJob", pb.GetJobRequest(job_id=job_id)))


def test_acts_are_written_down_with_the_address_they_came_from(running, call, stack):
    job_id = call("SubmitJob", [header(reference="10.1000/audited")]).job.id
    call("DeleteJob", pb.DeleteJobRequest(job_id=job_id))
    with psycopg.connect(stack.postgres_url) as connection:
        row = connection.execute("SELECT action, address FROM audit WHERE subject = %s", (job_id,)).fetchone()
    assert row == ("job.delete", "127.0.0.1")


def test_reflection_is_off_unless_it_is_wanted(running, channel):
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
    refused(grpc.StatusCode.UNIMPLEMENTED, lambda: list(stub.ServerReflectionInfo(asked)))


def test_names_with_odd_characters_do_no_harm(running, call):
    for odd in (header(reference="a\x00b"), header(reference="a", options=pb.JobOptions(voice="a\x00b"))):
        failure = refused(grpc.StatusCode.INVALID_ARGUMENT, lambda odd=odd: call("SubmitJob", [odd]))
        assert error_of(failure, "").code == "usage.invalid"
    body = {"reference": "a\x00b"}
    assert running.http.post(f"{running.api}/jobs", json=body).json()["code"] == "usage.invalid"
    assert call("SubmitJob", [header(file_name="../a\x00b.pdf"), *chunks(PDF)]).job.source == "ab.pdf"


def test_a_certificate_needs_its_key(stack, monkeypatch):
    for name, value in stack.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HIDDENHILL_RPC_TLS_CERT", "certificate.pem")
    with pytest.raises(ValueError, match="HIDDENHILL_RPC_TLS_KEY"):
        GatewaySettings()


def test_the_documented_errors_have_the_documented_statuses(running):
    table = re.findall(r"\| `([a-z.-]+)` \| (\d+) \| ([A-Z_]+) \|", (ROOT / "docs/api.md").read_text())
    assert len(table) >= 8
    for code, status, name in table:
        assert (status_of(UsageError(code, "x")), code_of(UsageError(code, "x")).name) == (int(status), name), code
    for path in ("/api/openapi.json", "/api/openapi"):
        assert running.http.get(f"{running.url}{path}", follow_redirects=True).status_code == 200


def test_an_upload_past_the_limit_is_refused_while_it_comes(start):
    gateway = start(HIDDENHILL_UPLOAD_LIMIT="300000", HIDDENHILL_GRPC_REFLECTION="true")
    gateway.wait()
    sent = []

    def parts():
        yield header(file_name="a.pdf")
        for number in range(1000):
            sent.append(number)
            yield pb.SubmitJobRequest(chunk=PDF + os.urandom(100_000))

    with grpc.insecure_channel(gateway.rpc) as channel:
        failure = refused(
            grpc.StatusCode.INVALID_ARGUMENT, lambda: invoke(channel, "SubmitJob", parts(), gateway.rpc_login)
        )
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        asked = iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        assert SERVICE.full_name in str(list(stub.ServerReflectionInfo(asked)))
    assert error_of(failure, "").code == "usage.too-large"
    assert len(sent) < 200


def test_calls_and_requests_past_the_limit_say_when_to_come_again(start, stranger):
    gateway = start(HIDDENHILL_REQUESTS_A_MINUTE="5")
    gateway.wait()
    with grpc.insecure_channel(gateway.rpc) as channel:

        def list_jobs():
            invoke(channel, "ListJobs", pb.ListJobsRequest(), stranger)

        login = {"Authorization": dict(stranger)["authorization"]}
        for _ in range(2):
            assert httpx.get(f"{gateway.api}/jobs", headers=login).status_code == 200
            list_jobs()
        list_jobs()
        failure = refused(grpc.StatusCode.RESOURCE_EXHAUSTED, list_jobs)
        assert httpx.get(f"{gateway.api}/jobs", headers=login).status_code == 429
        for _ in range(7):  # the machine's own token is not limited
            invoke(channel, "ListJobs", pb.ListJobsRequest(), gateway.rpc_login)
    found = error_of(failure, "")
    assert found.code == "usage.rate"
    assert 0 < found.retry_after <= 60
