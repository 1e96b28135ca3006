"""`python -m gateway probe`: is an installation ready, and does it make a video?

HIDDENHILL_GATEWAY names it. With HIDDENHILL_TOKEN and HIDDENHILL_PROBE_REFERENCE a job is submitted and watched to its
end.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

_READY = 120.0
_JOB = 800.0
"""Seconds to wait."""


def main() -> int:
    """Say what was found; returns the exit code."""
    url, token = os.environ.get("HIDDENHILL_GATEWAY", "").rstrip("/"), os.environ.get("HIDDENHILL_TOKEN", "")
    reference = os.environ.get("HIDDENHILL_PROBE_REFERENCE", "")
    if not url.startswith(("http://", "https://")):
        return _said("HIDDENHILL_GATEWAY is not set", 2)
    if not _until(_READY, lambda: _ask(f"{url}/readyz")[0] == 200):
        return _said(f"{url} is not ready", 1)
    if not (token and reference):
        return _said(f"{url} is ready", 0)
    status, job = _ask(f"{url}/api/v1/jobs", token, {"reference": reference, "options": {"seconds": 20}})
    if status not in (200, 201, 202):
        return _said(f"the job was refused: {job}", 1)
    address = f"{url}/api/v1/jobs/{job['id']}"
    ended = _until(_JOB, lambda: _ask(address, token)[1].get("state") in ("done", "failed", "cancelled"))
    found = _ask(address, token)[1]
    if not ended or found["state"] != "done":
        return _said(f"job {job['id']} is {found['state']}: {found['failures']}", 1)
    return _said(f"job {job['id']} is done", 0)


def _said(text: str, code: int) -> int:
    print(text)  # noqa: T201 - its output
    return code


def _until(seconds: float, holds: Any) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(2)
    return False


def _ask(url: str, token: str = "", body: Any = None) -> tuple[int, Any]:
    """Status and JSON; status 0 where nobody answers."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - http(s), checked above
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - as above
            content = answer.read()
            return answer.status, json.loads(content) if content.startswith(b"{") else {}
    except urllib.error.HTTPError as error:
        return error.code, {"detail": error.read()[:300].decode("utf-8", "replace")}
    except OSError:
        return 0, {}
