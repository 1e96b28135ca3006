"""A whole job through the images: the embedded servers, every service in its container, one video.

Each container runs as nobody in particular, on a read-only root, without capabilities. Needs podman and root.
Usage: python scripts/images_job.py [OUT.mp4]
"""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from cli.rest import Rest
from cli.stack import Stack

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "nightingale" / "nightingale.xml"
SERVICES = sorted(path.name for path in (ROOT / "services").iterdir() if path.is_dir())
READY = 120.0
"""Seconds until the gateway must answer."""


@contextlib.contextmanager
def container(service: str, env: dict[str, str]) -> Iterator[None]:
    """The service's image, running."""
    name = f"hiddenhill-{service}-job"
    argv = ["podman", "--runtime", "runc", "run", "--rm", "--replace", "--name", name, "--network", "host"]
    argv += ["--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp:rw,size=4g,mode=1777"]
    argv += ["--user", "10001:10001", "--cap-drop", "all", "--security-opt", "no-new-privileges"]
    # Podman asks for more than a machine may give; these are what the machine has.
    for limit, which in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC)):
        argv += ["--ulimit", f"{limit}={min(4096, resource.getrlimit(which)[1])}"]
    argv += [f"--env={name}" for name in env]  # values stay out of the command line
    with subprocess.Popen(
        [*argv, f"localhost/hiddenhill-{service}"], env={"PATH": "/usr/bin:/bin:/usr/sbin", **env}
    ) as running:
        try:
            yield
        finally:
            subprocess.run(["podman", "stop", "--time", "5", name], check=False, capture_output=True)
            running.wait(30)


def wait_ready(url: str) -> None:
    """Return once the gateway says that it is ready. Raises TimeoutError."""
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        time.sleep(0.3)
    raise TimeoutError(url)


def main() -> None:
    """Make the sample's video; print how long it took."""
    out = Path(sys.argv[1] if sys.argv[1:] else ROOT / "out" / "images.mp4")
    out.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        Stack(Path(home), services=[]) as stack,
        contextlib.ExitStack() as running,
    ):
        env = {name: value for name, value in stack.environment().items() if value} | {"HOME": "/tmp"}
        for service in SERVICES:
            running.enter_context(container(service, env))
        wait_ready(stack.gateway_url)
        begun = time.monotonic()
        with Rest(stack.gateway_url, stack.token) as client:
            job = client.submit(SAMPLE, {"seconds": 30})["id"]
            kind = next(kind for kind, _ in client.watch(job) if kind in ("done", "failed"))
            if kind != "done":
                sys.exit(f"the job failed: {client.job(job)['failures']}")
            with client.read(job, "video") as video, out.open("wb") as file:
                file.writelines(video.chunks)
        seconds = time.monotonic() - begun
        print(f"{out}: {out.stat().st_size:,} bytes after {seconds:.1f} s, through {len(SERVICES)} images")


if __name__ == "__main__":
    main()
