"""The embedded stack, with its real servers and a small service of the test's own."""

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from io import BytesIO

import httpx
import nats
import psutil
import psycopg
import pytest
from chassis.errors import Defect, UsageError
from chassis.testing import until
from cli.stack import Stack, running
from minio import Minio
from nats.js.api import StorageType, StreamConfig

LOG = logging.getLogger(__name__)
pytestmark = [pytest.mark.stack]


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    began = time.monotonic()
    with Stack(tmp_path_factory.mktemp("home"), services=()) as stack:
        LOG.info("servers on a new home answer after %.2f s", time.monotonic() - began)
        yield stack


@pytest.fixture
def parrot(tmp_path, monkeypatch):
    """A service that says it is ready, then waits; with PARROT_BROKEN set it dies at once."""
    folder = tmp_path / "packages"
    package = folder / "parrot"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(
        textwrap.dedent("""
        import os, socket, subprocess, sys, time
        if os.environ.get("PARROT_BROKEN"):
            sys.exit("the parrot is dead")
        print("talks to", os.environ["HIDDENHILL_S3_ENDPOINT"])
        if os.environ.get("PARROT_CHICK"):
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as tell:
            tell.sendto(f"READY=1\\nMAINPID={os.getpid()}".encode(), os.environ["NOTIFY_SOCKET"])
        time.sleep(600)
        """)
    )
    info = folder / "parrot-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parrot\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[hiddenhill.services]\nparrot = parrot.stage:service\n")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return "parrot"


def minio(stack):
    return Minio(stack.s3_endpoint, stack.s3_access_key, stack.s3_secret_key, secure=False, region="us-east-1")


def select(stack, sql):
    with psycopg.connect(stack.postgres_url, connect_timeout=5, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else None


async def jetstream(stack, work):
    connection = await nats.connect(stack.nats_url, allow_reconnect=False)
    try:
        return await work(connection, connection.jetstream())
    finally:
        await connection.close()


def test_postgres_is_version_18_and_syncs_its_writes(servers):
    assert select(servers, "select current_setting('server_version')")[0].startswith("18")
    assert select(servers, "select current_setting('fsync'), current_setting('synchronous_commit')") == ("on", "on")
    assert select(servers, "select current_setting('server_encoding')") == ("UTF8",)


def test_servers_refuse_a_wrong_password(servers):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(servers.postgres_url.replace("hiddenhill:", "hiddenhill:x"), connect_timeout=5)
    host, port = servers.nats_url.rpartition("@")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:  # nats-py leaves its socket open when refused
        line.sendall(b'CONNECT {"user":"hiddenhill","pass":"x"}\r\nPING\r\n')
        until(lambda: b"-ERR 'Authorization Violation'" in line.recv(4096))
    assert httpx.get(f"http://{servers.s3_endpoint}/hiddenhill").is_client_error


def test_a_batch_of_events_is_published_all_or_nothing(servers):
    async def work(connection, js):
        config = StreamConfig("BATCH", subjects=["batch.>"], storage=StorageType.FILE, allow_atomic=True)
        await js.add_stream(config)
        for number in (1, 2):
            headers = {"Nats-Batch-Id": "b", "Nats-Batch-Sequence": str(number)}
            if number == 2:
                headers["Nats-Batch-Commit"] = "1"
            await connection.request(f"batch.{number}", b"x", headers=headers)
            seen = (await js.stream_info("BATCH")).state.messages
            assert seen == (0 if number == 1 else 2)
        broken = {"Nats-Batch-Id": "c", "Nats-Batch-Sequence": "1", "Nats-Expected-Last-Subject-Sequence": "99"}
        await connection.request("batch.1", b"y", headers=broken)
        broken = {"Nats-Batch-Id": "c", "Nats-Batch-Sequence": "2", "Nats-Batch-Commit": "1"}
        answer = await connection.request("batch.2", b"y", headers=broken)
        assert b"error" in answer.data
        assert (await js.stream_info("BATCH")).state.messages == 2

    asyncio.run(jetstream(servers, work))


def test_many_small_objects_are_stored_listed_and_read_by_range(servers):
    client = minio(servers)
    names = [f"sha256/{number:064x}" for number in range(200)]
    for name in names:
        client.put_object("hiddenhill", name, BytesIO(name.encode()), len(name))
    assert [found.object_name for found in client.list_objects("hiddenhill", "sha256/")] == names
    answer = client.get_object("hiddenhill", names[7], offset=7, length=5)
    assert answer.read() == names[7].encode()[7:12]
    answer.close()
    answer.release_conn()


def test_a_presigned_link_serves_a_part_of_a_large_object(servers):
    client = minio(servers)
    data = os.urandom(12_000_000)  # more than one part of an upload
    client.put_object("hiddenhill", "video", BytesIO(data), len(data))
    link = client.presigned_get_object("hiddenhill", "video")
    answer = httpx.get(link, headers={"Range": "bytes=6000000-6000099"})
    # rclone says 200 where S3 says 206: what plays videos to browsers must not hand them this link.
    assert answer.status_code in (200, 206)
    assert answer.headers["Content-Range"] == "bytes 6000000-6000099/12000000"
    assert answer.content == data[6_000_000:6_000_100]
    assert httpx.get(link.replace("X-Amz-Signature=", "X-Amz-Signature=0")).status_code == 403


def test_everything_listens_on_loopback_only(servers):
    pids = [servers.process(name).pid for name in ("nats", "s3", "postgres")]
    listening = [
        each.laddr.ip
        for pid in pids
        for each in psutil.Process(pid).net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    ]
    assert len(listening) == 4
    assert set(listening) == {"127.0.0.1"}


def test_a_second_stack_in_the_same_home_is_refused_by_name_of_the_first(servers):
    with pytest.raises(UsageError, match=rf"already runs .*process {os.getpid()}\)"):
        Stack(servers.home, services=()).start()
    assert select(servers, "select 1") == (1,), "the refusal must not harm the first"


def test_secrets_and_configuration_are_readable_by_us_alone(servers):
    for name in ("secrets.json", "nats.conf", "stack.json"):
        assert (servers.home / name).stat().st_mode & 0o077 == 0
    for name in ("nats", "s3", "postgres"):
        command = " ".join(psutil.Process(servers.process(name).pid).cmdline())
        secrets = (servers.s3_secret_key, servers.nats_url.split(":")[2].split("@")[0])
        assert not any(secret in command for secret in secrets)


def test_a_running_stack_is_found_and_a_number_taken_by_another_process_is_not(servers):
    facts = running(servers.home)
    assert facts is not None
    assert (facts["pid"], facts["gateway_url"]) == (os.getpid(), servers.gateway_url)
    assert facts["rpc_url"] == servers.rpc_url == f"grpc://{servers.environment()['HIDDENHILL_RPC_LISTEN']}"
    path = servers.home / "stack.json"
    whole = path.read_text()
    path.write_text(whole.replace(f'"created": {facts["created"]}', '"created": 1.0'))
    try:
        assert running(servers.home) is None
    finally:
        path.write_text(whole)


@pytest.mark.parametrize("name", ["nats", "s3", "postgres"])
def test_a_killed_server_comes_back_on_its_port_with_its_data(servers, name):
    minio(servers).put_object("hiddenhill", "kept", BytesIO(b"bytes"), 5)
    select(servers, "create table if not exists kept as select 42 as value")

    async def publish(_, js):
        await js.add_stream(StreamConfig("KEPT", subjects=["kept"], storage=StorageType.FILE))
        await js.publish("kept", b"bytes")
        return (await js.stream_info("KEPT")).state.messages

    async def count(_, js):
        return (await js.stream_info("KEPT")).state.messages

    messages = asyncio.run(jetstream(servers, publish))
    victim = servers.kill(name)
    process = servers.process(name)
    until(lambda: process.pid not in (0, victim) and process.ready.is_set())
    assert minio(servers).get_object("hiddenhill", "kept").read() == b"bytes"
    assert select(servers, "select value from kept") == (42,)
    assert asyncio.run(jetstream(servers, count)) == messages


def test_data_passwords_and_ports_survive_a_restart(tmp_path):
    with Stack(tmp_path, services=()) as first:
        select(first, "create table kept as select 42 as value")
        minio(first).put_object("hiddenhill", "kept", BytesIO(b"bytes"), 5)
    assert running(tmp_path) is None
    began = time.monotonic()
    with Stack(tmp_path, services=()) as second:
        LOG.info("servers on a used home answer after %.2f s", time.monotonic() - began)
        assert second.environment() == first.environment()
        assert select(second, "select value from kept") == (42,)
        assert minio(second).get_object("hiddenhill", "kept").read() == b"bytes"
        began = time.monotonic()
    LOG.info("servers stop within %.2f s", time.monotonic() - began)


def test_stacks_with_different_homes_run_side_by_side(servers, tmp_path):
    with Stack(tmp_path, services=()) as other:
        assert other.nats_url != servers.nats_url
        assert select(other, "select to_regclass('kept')") == (None,)


def test_a_service_gets_the_addresses_and_says_when_it_is_ready(tmp_path, parrot):
    with Stack(tmp_path / "home", services=[parrot], replicas={parrot: 2}) as stack:
        assert stack.process("parrot").ready.is_set()
        assert stack.process("parrot.2").ready.is_set()
        until(lambda: stack.s3_endpoint in (tmp_path / "home/logs/parrot.log").read_text())
        children = [stack.process(name).pid for name in ("parrot", "parrot.2", "nats", "s3", "postgres")]
    assert not any(psutil.pid_exists(pid) for pid in children)


def test_processes_of_another_environment_take_over_under_names_of_their_own(tmp_path, parrot):
    other = tmp_path / "python"
    other.symlink_to(sys.executable)
    log = tmp_path / "home/logs/parrot.log"
    with Stack(tmp_path / "home", services=[parrot]) as stack:
        first = stack.process("parrot")
        second = stack.spawn(parrot, python=str(other), env={"HIDDENHILL_S3_ENDPOINT": "elsewhere"})
        until(second.ready.is_set)
        stack.end(first)
        third = stack.spawn(parrot)
        assert [each.program.name for each in (first, second, third)] == ["parrot", "parrot.2", "parrot"]
        assert second.program.argv[0] == str(other)
        until(lambda: "elsewhere" in log.with_name("parrot.2.log").read_text())
        until(third.ready.is_set)


def test_a_killed_service_is_started_again_and_what_it_had_started_is_gone(tmp_path, parrot):
    with Stack(tmp_path / "home", services=[parrot], env={"PARROT_CHICK": "1"}) as stack:
        process = stack.process("parrot")
        chicks = psutil.Process(process.pid).children()
        assert len(chicks) == 1
        victim = stack.kill("parrot", signal.SIGKILL)
        until(lambda: process.pid not in (0, victim) and process.ready.is_set())
        until(lambda: not chicks[0].is_running())
        assert process.restarts == 1


def test_a_service_that_cannot_start_is_named_with_the_end_of_its_log(tmp_path, parrot):
    stack = Stack(tmp_path / "home", services=[parrot], env={"PARROT_BROKEN": "1"})
    with pytest.raises(Defect, match=r"parrot did not start; its log is .*parrot\.log") as caught, stack:
        pass
    assert "the parrot is dead" in caught.value.detail
    assert running(tmp_path / "home") is None
    Stack(tmp_path / "home", services=()).start()


def test_an_unknown_service_is_refused_before_anything_starts(tmp_path):
    with pytest.raises(UsageError, match=r"no service baker; there are .*narrator"):
        Stack(tmp_path / "home", services=["baker"])
    assert not (tmp_path / "home").exists()


def test_nothing_outlives_a_parent_that_is_killed(tmp_path, parrot):
    home = tmp_path / "home"
    script = f"""
import time
from pathlib import Path
from cli.stack import Stack
with Stack(Path({str(home)!r}), services=["parrot"]) as stack:
    print(*(stack.process(name).pid for name in ("nats", "s3", "postgres", "parrot")), flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(children) == 4
        assert running(home)["pid"] == parent.pid
        parent.kill()
    assert running(home) is None
    until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))
    with Stack(home, services=()) as stack:
        assert select(stack, "select 1") == (1,), "PostgreSQL recovers from the crash"


def test_leftovers_of_an_earlier_run_are_stopped_and_strangers_with_their_numbers_are_not(tmp_path):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    leftover, stranger = (subprocess.Popen(command, start_new_session=True) for _ in range(2))
    try:
        began = psutil.Process(leftover.pid).create_time()
        records = [
            {"name": "renderer", "pid": leftover.pid, "created": began},
            {"name": "narrator", "pid": stranger.pid, "created": began - 1000},
        ]
        stack = Stack(tmp_path, services=())
        stack._home.write("processes.json", records)
        with stack:
            assert not psutil.pid_exists(leftover.pid)
            assert stranger.poll() is None
    finally:
        for process in (leftover, stranger):
            process.kill()
            process.wait()


def test_a_stale_pid_file_that_names_another_living_program_does_not_stop_postgres(tmp_path):
    with Stack(tmp_path, services=()):
        pass
    path = tmp_path / "postgres/data/postmaster.pid"
    path.write_text(f"{os.getpid()}\n{path.parent}\n{int(time.time())}\n5432\n\n127.0.0.1\n\nready\n")
    with Stack(tmp_path, services=()) as stack:
        assert select(stack, "select 1") == (1,)
