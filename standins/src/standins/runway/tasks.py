"""Tasks and what time does to them: pending or throttled, running, and then an end."""

from __future__ import annotations

import hashlib
import math
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from standins.faults import Fault

WAITING = ("PENDING", "THROTTLED")
OVER = ("SUCCEEDED", "FAILED", "CANCELLED")
FAILURES = {
    "SAFETY.INPUT.TEXT": "The text prompt was flagged by content moderation.",
    "SAFETY.INPUT.IMAGE": "The provided image was flagged by content moderation.",
    "SAFETY.OUTPUT.VIDEO": "The generated video was flagged by content moderation.",
    "INTERNAL.BAD_OUTPUT.CODE01": "The generation did not meet our bar of quality.",
    "INTERNAL": "An unexpected error occurred.",
    "ASSET.INVALID": "The provided asset could not be used.",
    "INPUT_PREPROCESSING.INTERNAL": "The input could not be processed.",
    "INPUT_PREPROCESSING.SAFETY.TEXT": "The text prompt was flagged by content moderation.",
    "THIRD_PARTY.UNAVAILABLE": "The model's provider is not available.",
}
KEPT = ("SAFETY.INPUT", "INPUT_PREPROCESSING.SAFETY")
"""Failures whose credits the vendor keeps; those of the others go back."""


@dataclass(frozen=True)
class Pace:
    """How long a task takes, in seconds, and how many run at a time."""

    pending: float = 0.05
    running: float = 0.2
    concurrency: int = 64


@dataclass
class Task:
    """A task with its whole future: when it is ready to run, and how it is to end."""

    id: str
    exchange: int
    """Number of the request that made it."""
    endpoint: str
    body: dict[str, Any]
    credits: int
    created: float
    ready: float
    throttled: float
    """Until when it shows THROTTLED whatever the slots are."""
    fault: Fault | None = None
    status: str = "PENDING"
    started: float = math.inf
    ended: float = math.inf
    charged: int = 0
    deleted: bool = False
    looks: int = 0
    """How often it was asked for."""
    signatures: dict[str, float] = field(default_factory=dict)
    """Output addresses that were given out, and until when they hold."""


class Tasks:
    """All tasks, moved on by looking at the clock; they run and end while nobody looks."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.lock = threading.RLock()
        self.all: dict[str, Task] = {}
        self._clock = 0.0

    def create(self, exchange: int, endpoint: str, body: dict[str, Any], credits_: int, fault: Fault | None) -> Task:
        with self.lock:
            now = time.time()
            self.advance(now)
            held = fault.seconds if fault and fault.kind == "throttle" else 0.0
            ready = now + held + self.pace.pending
            task = Task(str(uuid.uuid4()), exchange, endpoint, body, credits_, now, ready, now + held, fault)
            task.charged = credits_
            self.all[task.id] = task
            return task

    def find(self, id_: str) -> Task | None:
        """The task, moved on to this moment; None: never made, deleted, or lost."""
        with self.lock:
            self.advance(time.time())
            task = self.all.get(id_)
            if task is None or task.deleted or _vanished(task):
                return None
            return task

    def cancel(self, id_: str) -> Task | None:
        """Cancel a task, or delete one that is over. Only credits of tasks that have not begun go back."""
        with self.lock:
            task = self.find(id_)
            if task is None:
                return None
            if task.status not in OVER:
                if task.status in WAITING:
                    task.charged = 0
                _end(task, "CANCELLED", time.time())
                self._clock = max(self._clock, time.time())
            task.deleted = True
            return task

    def advance(self, now: float) -> None:
        """Apply everything that was to happen by now, in its order."""
        with self.lock:
            while True:
                running = [one for one in self.all.values() if one.status == "RUNNING"]
                waiting = [one for one in self.all.values() if one.status in WAITING]
                ending = min(running, key=self._end_of, default=None)
                first = min(waiting, key=lambda one: one.ready, default=None)
                ends = self._end_of(ending) if ending else math.inf
                free = first and len(running) < self.pace.concurrency
                begins = max(first.ready, self._clock) if first and free else math.inf
                if min(ends, begins) > now:
                    break
                self._clock = min(ends, begins)
                if ending and ends <= begins:
                    self._finish(ending, ends)
                elif first:
                    first.status, first.started = "RUNNING", begins
            self._label(now)

    def _end_of(self, task: Task) -> float:
        kind = task.fault.kind if task.fault else ""
        return math.inf if kind == "stuck" else task.started + self.pace.running

    def _finish(self, task: Task, at: float) -> None:
        fault = task.fault
        if fault and fault.kind == "fail":
            kept = fault.charged if fault.charged is not None else fault.code.startswith(KEPT)
            task.charged = task.credits if kept else 0
            _end(task, "FAILED", at)
        elif fault and fault.kind == "cancel":
            _end(task, "CANCELLED", at)
        else:
            _end(task, "SUCCEEDED", at)

    def _label(self, now: float) -> None:
        full = sum(one.status == "RUNNING" for one in self.all.values()) >= self.pace.concurrency
        for task in self.all.values():
            if task.status in WAITING:
                task.status = "THROTTLED" if full or now < task.throttled else "PENDING"


def view(task: Task, now: float, pace: Pace) -> dict[str, Any]:
    """The task as the vendor shows it, without its output."""
    created = datetime.fromtimestamp(task.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    shown: dict[str, Any] = {"id": task.id, "status": task.status, "createdAt": created}
    if task.status == "RUNNING":
        shown["progress"] = round(min(max((now - task.started) / max(pace.running, 1e-6), 0.01), 0.99), 3)
    if task.status == "FAILED" and task.fault:
        sentence = task.fault.message or FAILURES.get(task.fault.code, FAILURES["INTERNAL"])
        shown |= {"failure": sentence, "failureCode": task.fault.code}
    cost = {"cost": {"credits": task.charged}} if task.status in OVER else {"estimatedCost": {"credits": task.credits}}
    return shown | cost


def signature(task: Task) -> str:
    """A fresh signature for the task's output."""
    return hashlib.sha256(f"{task.id}{len(task.signatures)}".encode()).hexdigest()[:32]


def _end(task: Task, status: str, at: float) -> None:
    task.status, task.ended = status, at


def _vanished(task: Task) -> bool:
    """A lost task is gone once its fault's seconds are over."""
    return bool(task.fault and task.fault.kind == "vanish" and time.time() >= task.created + task.fault.seconds)
