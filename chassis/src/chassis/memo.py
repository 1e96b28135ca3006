"""The memo of paid calls: an answer that was received is never paid for again, within a job or across jobs.

A call is keyed by the digest of its request. A vendor that works by tasks gives an id first: it is kept at once,
so that a worker that was killed resumes the same task.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from chassis.blobs import Blobs
from chassis.folder import canonical_json


class Memo:
    """Answers of one provider, kept in the blob store."""

    def __init__(self, blobs: Blobs, provider: str) -> None:
        self._blobs = blobs
        self._provider = provider

    def key(self, request: Any) -> str:
        """Key of a request: equal requests have equal keys."""
        digest = hashlib.sha256(canonical_json(request)).hexdigest()
        return f"memo/{self._provider}/{digest}"

    def answer(self, request: Any, call: Callable[[], bytes]) -> bytes:
        """The kept answer to the request, else `call`'s, which is then kept."""
        key = self.key(request)
        known = self._find(f"{key}/answer")
        if known is None:
            known = call()
            self._blobs.put_bytes(f"{key}/answer", known)
        return known

    def task_answer(self, request: Any, create: Callable[[], str], wait: Callable[[str], bytes]) -> bytes:
        """As `answer`, for a vendor with tasks: `create` gives the task's id, `wait` its result."""

        def call() -> bytes:
            return wait(self._task(request, create))

        return self.answer(request, call)

    def forget_task(self, request: Any) -> None:
        """Let the next call create a new task: the vendor lost or failed this one."""
        self._blobs.put_bytes(f"{self.key(request)}/task", b"null")

    def _task(self, request: Any, create: Callable[[], str]) -> str:
        key = f"{self.key(request)}/task"
        known = json.loads(self._find(key) or b"null")
        if known is None:
            known = create()
            self._blobs.put_bytes(key, json.dumps(known).encode())
        return str(known)

    def _find(self, key: str) -> bytes | None:
        try:
            return self._blobs.get_bytes(key)
        except KeyError:
            return None
