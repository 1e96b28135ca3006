"""A pod: a process with the chassis' own worker for the renderer's own rule, whose run sleeps instead of drawing.

It is imported before pods are forked, so that 32 of them cost little more than one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import minio  # noqa: F401 - loaded once, before pods are forked
from chassis.errors import Abandoned
from chassis.folder import JobFolder
from chassis.stage import Service, Stage
from chassis.worker import serve
from pydantic import BaseModel
from renderer.stage import service as renderer
from vendors.settings import RunwaySettings

STEP = 0.05
"""Seconds between two signs of a run; the real stage gives one with every few frames."""


class Plan(BaseModel):
    """A scene's brief: how long it takes to draw."""

    seconds: float
    job: str


def real_stage(name: str = "render") -> Stage:
    """The renderer's own declaration."""
    return next(stage for stage in renderer(RunwaySettings(_env_file=None)).stages if stage.name == name)  # type: ignore[call-arg]


class Diary:
    """What a pod's runs did and when, a line each, which a SIGKILL does not take back."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._pod = path.stem

    def note(self, what: str, scene: str = "") -> None:
        line = json.dumps({"at": time.time(), "pod": self._pod, "what": what, "scene": scene})
        os.write(self._file, line.encode() + b"\n")


def draw(diary: Diary, folder: JobFolder) -> None:
    """Take as long as the brief says."""
    plan = folder.load("scene.*.brief", Plan)
    scene = f"{plan.job}.{folder.scene}"
    diary.note("begun", scene)
    began = time.monotonic()
    try:
        while (passed := time.monotonic() - began) < plan.seconds:
            folder.progress(passed / plan.seconds)
            time.sleep(min(STEP, plan.seconds - passed))
    except Abandoned:
        diary.note("given back", scene)
        raise
    folder.write("scene.*.segment", scene.encode(), "video/mp4")
    diary.note("drawn", scene)


def run(diary_path: Path, log_path: Path, env: Mapping[str, str]) -> None:
    """The process of a pod, until SIGTERM."""
    os.setsid()  # Ctrl-C is for the command, which ends its pods; and a busy machine shares its time among sessions
    threading.Thread(target=_end_with_parent, daemon=True).start()
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.update(env)
    logging.captureWarnings(capture=True)
    diary = Diary(diary_path)
    diary.note("up")
    stage = replace(real_stage(), run=lambda folder: draw(diary, folder))
    sys.exit(asyncio.run(serve(Service("renderer", (stage,)))))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
