"""Watching jobs over gRPC, on the gateway's process and real servers: every event once, and what ends it."""

import signal
import threading
import time

import grpc
import pytest
from chassis.errors import SourceError
from chassis.statuses import error_of
from grpc_health.v1 import health_pb2, health_pb2_grpc
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1 import job_service_pb2_grpc as pb_grpc

from chassis import events

pytestmark = [pytest.mark.stack]
NAME = pb.DESCRIPTOR.services_by_name["JobService"].full_name


@pytest.fixture(scope="module")
def channel(running):
    with grpc.insecure_channel(running.rpc) as found:
        grpc.channel_ready_future(found).result(20)
        yield found


def refused(code, work):
    with pytest.raises(grpc.RpcError) as caught:
        work()
    assert caught.value.code() is code, caught.value
    return caught.value


def watch(channel, running, job_id, timeout=20, **after):
    request = pb.WatchJobRequest(job_id=job_id, **after)
    return pb_grpc.JobServiceStub(channel).WatchJob(request, metadata=running.rpc_login, timeout=timeout)


def test_watching_shows_the_job_then_each_change_once_and_ends_with_the_job(running, channel):
    job_id = running.submit("10.1000/watched")
    running.begun(job_id)
    watching = watch(channel, running, job_id)
    first = next(watching)
    assert {each.artifact for each in first.job.artifacts} == {"source", "options", "approval"}
    running.finish(job_id)
    seen = list(watching)
    assert seen[-1].job.state == pb.JOB_STATE_DONE
    made = [each.artifact.artifact for each in seen if each.WhichOneof("event") == "artifact"]
    assert sorted(made) == sorted(set(made))
    assert {"paper", "script", "scene.1.narration", "scene.2.narration"} <= set(made)
    stages = {each.stage.name: each.stage.state for each in seen if each.WhichOneof("event") == "stage"}
    assert stages == {"fetch": "done", "script": "done", "narrate": "done"}
    assert [each.WhichOneof("event") for each in watch(channel, running, job_id)] == ["job"]


def test_watching_on_after_any_break_sees_every_state_event_once(running, channel):
    job_id = running.submit("10.1000/broken")
    running.begun(job_id)
    watching = watch(channel, running, job_id)
    next(watching)
    running.finish(job_id)
    whole = [(each.WhichOneof("event"), each.artifact.artifact, each.seq, each.part) for each in watching]
    made = [name for kind, name, _, _ in whole if kind == "artifact"]
    briefs = ["scene.1.brief", "scene.2.brief"]
    assert sorted(made) == sorted(["paper", "script", *briefs, "scene.1.narration", "scene.2.narration"])
    for number, (_, name, seq, part) in enumerate(whole):
        if name in ("paper", *briefs) or part:
            first, *again = watch(channel, running, job_id, after_seq=seq, after_part=part)
            assert first.job.state == pb.JOB_STATE_DONE
            names = [each.artifact.artifact for each in again if each.WhichOneof("event") == "artifact"]
            assert names == [name for _, name, _, _ in whole[number + 1 :] if name]
            assert again[-1].job.state == pb.JOB_STATE_DONE


def test_watching_tells_progress_failure_and_deletion(running, channel):
    job_id = running.submit("10.1000/fails")
    running.begun(job_id)
    watching = watch(channel, running, job_id)
    next(watching)
    subject, said = events.progress(job_id, "fetch", None, 0.5, "half", "w")
    running.on_bus(lambda bus: bus.progress(subject, said))
    told = next(each for each in watching if each.WhichOneof("event") == "progress")
    assert (told.progress.stage, told.progress.fraction, told.progress.note, told.seq) == ("fetch", 0.5, "half", 0)
    failed = events.failed(job_id, "fetch", None, SourceError("source.gone", "It is gone."), 1)
    running.on_bus(lambda bus: bus.announce([failed]))
    ended = list(watching)
    assert (ended[-1].failure.code, ended[-1].failure.message) == ("source.gone", "It is gone.")
    running.http.post(f"{running.api}/jobs/{job_id}/retry").raise_for_status()
    running.state(job_id, "running")
    watching = watch(channel, running, job_id)
    next(watching)
    running.http.delete(f"{running.api}/jobs/{job_id}").raise_for_status()
    refused(grpc.StatusCode.NOT_FOUND, lambda: list(watching))


def test_a_watcher_past_its_deadline_is_sent_away_and_forgotten(running, channel):
    job_id = running.submit("10.1000/slow")
    running.begun(job_id)
    watching = watch(channel, running, job_id, timeout=0.5)
    next(watching)
    refused(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(watching))


def test_going_down_is_told_to_health_watchers_and_to_watchers_of_jobs(start):
    gateway = start()
    gateway.wait()
    seen, job_id = [], gateway.submit("10.1000/down")

    with grpc.insecure_channel(gateway.rpc) as channel:
        health = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(service=NAME))
        assert next(health).status == health_pb2.HealthCheckResponse.SERVING
        stub = pb_grpc.JobServiceStub(channel)
        watching = stub.WatchJob(pb.WatchJobRequest(job_id=job_id), metadata=gateway.rpc_login, timeout=20)
        assert next(watching).job.id == job_id

        def listen():
            try:
                seen.extend(answer.status for answer in health)
            except grpc.RpcError as error:
                seen.append(error.code())

        thread = threading.Thread(target=listen)
        thread.start()
        began = time.monotonic()
        gateway.process.send_signal(signal.SIGTERM)
        failure = refused(grpc.StatusCode.UNAVAILABLE, lambda: list(watching))
        assert error_of(failure, "").code == "unavailable.stopping"
        thread.join(10)
    assert seen[0] == health_pb2.HealthCheckResponse.NOT_SERVING
    assert gateway.process.wait(10) == 0
    assert time.monotonic() - began < 6
