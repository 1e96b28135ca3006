"""A film in the making at Runway: waited for, fetched, or let go."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import vendors.runway
from chassis.errors import Error, Fatal, Transient
from chassis.purse import Answer, Purchase
from vendors.settings import RunwaySettings

from chassis import Abandoned, JobFolder, telemetry
from renderer.providers import outputs
from renderer.providers.outputs import Unfit

log = logging.getLogger(__name__)
VANISHED, STUCK, CANCELLED, OUTPUT = "VANISHED", "STUCK", "CANCELLED", "OUTPUT"
REFUSAL = b"refused: "
"""Begins the answer to a request whose refusal the vendor charges: asked again, it would be paid again."""
WAITING = ("PENDING", "THROTTLED")
_CREDIT = 0.01
"""Dollars."""
_FETCHES = 3
_BEAT, _LONGEST = 1.0, 60.0
"""Seconds between two signs of life, and at most between two looks while the vendor does not answer."""
_SENTENCES = {
    "SAFETY": "Runway's safety filter refused it; describe something else, or go without.",
    "INPUT_PREPROCESSING.SAFETY": "Runway's safety filter refused it; describe something else, or go without.",
    "ASSET": "Runway can't use the figure; describe the film in words, or go without.",
    VANISHED: "Runway lost it; ask for it again.",
    STUCK: "Runway did not finish it in time; ask for it again later.",
    CANCELLED: "it was cancelled at Runway; ask for it again.",
    OUTPUT: "what Runway made is no film that can be shown; ask for it again.",
}
_UNCERTAIN = (Transient, ConnectionError, TimeoutError)


class Failed(Fatal):
    """The task ended without a film; `kind` is the vendor's code, or ours for what the vendor has none for."""

    def __init__(self, kind: str, detail: str = "") -> None:
        why = next((why for family, why in _SENTENCES.items() if kind.startswith(family)), "Runway could not make it.")
        super().__init__(f"provider.runway.{kind.lower()}", f"There is no moving picture here: {why}", detail)
        self.kind = kind


class Making:
    """Waits for the tasks of one purchase.

    Args:
        job: is told of progress, and says when nobody wants the film any more.
        settings: how often to look, and how long.
        key: the user's own; empty: the operator's.
        purchase: what was asked; forgotten where its task gives nothing.
    """

    def __init__(self, job: JobFolder, settings: RunwaySettings, key: str, purchase: Purchase) -> None:
        self._job = job
        self._settings = settings
        self._key = key
        self._purchase = purchase
        self._told = (0.0, "asking Runway")
        self._heard = ""

    def wait(self, task: str) -> Answer:
        """The film of a task. Raises Failed where it has none, with what it cost noted."""
        began = time.monotonic()
        try:
            view = self._ended(task, began)
            if view.status == "SUCCEEDED":
                return Answer(self._fetched(task, view, began), self._purchase.estimate)
        except Abandoned as abandoned:
            self._let_go(task, abandoned.message)
            raise
        kind = str(getattr(view, "failure_code", None) or view.status)
        dollars = _dollars(view)
        if dollars and "SAFETY" in kind:
            return Answer(REFUSAL + kind.encode(), dollars)
        raise self._failed(kind, dollars, str(getattr(view, "failure", "")))

    def _failed(self, kind: str, dollars: float, detail: str = "") -> Failed:
        self._job.purse.forget(self._purchase, dollars)
        return Failed(kind, detail)

    def _ended(self, task: str, began: float) -> Any:
        """The task when it is over. Errors of the network are borne until the film is given up."""
        pause = self._settings.poll_seconds
        while True:
            try:
                with self._known():
                    return self._looked(task, began)
            except _UNCERTAIN as error:
                log.warning("no news of a film", extra={"task": task, "error": repr(error)})
                self._in_time(task, time.monotonic() - began, error)
                self._pause(getattr(error, "retry_after", None) or pause)
                pause = min(2 * pause, _LONGEST)

    def _looked(self, task: str, began: float) -> Any:
        """Look until the task is over, with one client: to make one takes longer than to ask."""
        with vendors.runway.client(self._settings, self._key) as vendor:
            while True:
                view: Any = vendor.tasks.retrieve(task)
                status = str(view.status)
                self._hear(task, status)
                if status in ("SUCCEEDED", "FAILED", "CANCELLED"):
                    return view
                share = min(max(float(getattr(view, "progress", None) or 0), 0.0), 1.0)
                note = "queued at Runway" if status in WAITING else f"filming, {share:.0%}"
                self._told = (0.05 + 0.85 * share, note)
                self._in_time(task, max(time.monotonic() - began, _age(view)))
                self._pause(self._settings.poll_seconds)

    def _hear(self, task: str, status: str) -> None:
        """Note in the call's span what has become of the task, once."""
        if status != self._heard:
            self._heard = status
            telemetry.event("task", **{"hiddenhill.task": task, "hiddenhill.status": status})

    @contextmanager
    def _known(self) -> Iterator[None]:
        """Turns the answer that there is no such task into a failure: what it cost, nobody will tell."""
        try:
            yield
        except Fatal as error:
            if error.code != "provider.runway.404":
                raise
            raise self._failed(VANISHED, self._purchase.estimate, error.detail) from error

    def _in_time(self, task: str, seconds: float, error: BaseException | None = None) -> None:
        if seconds > self._settings.task_seconds:
            self._cancel(task)
            raise Failed(STUCK, f"{task} after {seconds:.0f} s: {error!r}")

    def _pause(self, seconds: float) -> None:
        """Wait, and say all the while that we are there. Raises Abandoned."""
        until = time.monotonic() + min(seconds, self._settings.task_seconds)
        while True:
            self._job.progress(*self._told)
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _BEAT))

    def _fetched(self, task: str, view: Any, began: float) -> bytes:
        """The film, from a fresh address each time: addresses expire, and connections break."""
        self._told = (0.95, "fetching the film")
        for attempt in range(_FETCHES):
            try:
                if attempt:
                    self._pause(min(self._settings.poll_seconds, 2.0**attempt))
                    view = self._ended(task, began)
                address = next(iter(getattr(view, "output", None) or []), "")
                return outputs.film(str(address), self._settings, lambda: self._job.progress(*self._told))
            except (Unfit, *_UNCERTAIN) as error:
                log.warning("film not fetched", extra={"task": task, "attempt": attempt, "error": repr(error)})
                last: Exception = error
        if isinstance(last, Unfit):
            raise self._failed(OUTPUT, self._purchase.estimate, last.detail) from last
        raise last

    def _let_go(self, task: str, reason: str) -> None:
        """What is to become of a task whose run was stopped.

        Who takes over after a shutdown resumes it. So does the run after an edit, if what is asked is still the same,
        which nobody knows yet: a task that runs is paid for either way, and one that waits costs nothing to cancel.
        """
        if reason == "cancelled":
            self._cancel(task)
        elif reason.startswith("overtaken"):
            self._cancel(task, only=WAITING)

    def _cancel(self, task: str, only: tuple[str, ...] = ()) -> None:
        """Cancel a task; the vendor gives back only what had not begun. Where that fails, it stays known."""
        try:
            with self._known(), vendors.runway.client(self._settings, self._key) as vendor:
                status = str(vendor.tasks.retrieve(task).status)
                if only and status not in only:
                    return
                vendor.tasks.delete(task)
            self._job.purse.forget(self._purchase, 0.0 if status in WAITING else self._purchase.estimate)
        except (Error, ConnectionError, TimeoutError) as error:
            log.warning("film not cancelled", extra={"task": task, "error": repr(error)})


def _age(view: Any) -> float:
    """Seconds since the vendor took the task, by its clock and ours."""
    created = getattr(view, "created_at", None)
    if not isinstance(created, datetime) or created.tzinfo is None:
        return 0.0
    return (datetime.now(UTC) - created).total_seconds()


def _dollars(view: Any) -> float:
    """What a task that is over was charged."""
    stated = getattr(getattr(view, "cost", None), "credits", None)
    return _CREDIT * stated if isinstance(stated, (int, float)) else 0.0
