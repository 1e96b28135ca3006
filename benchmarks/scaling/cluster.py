"""What Kubernetes does for a deployment's pods: starts them, picks which go, ends them, and replaces those that die.

A pod is a process of its own. All are forked from one that has loaded everything (`multiprocessing`'s fork server).
"""

from __future__ import annotations

import math
import multiprocessing
import random
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from benchmarks.scaling import pod
from benchmarks.scaling.rule import Rule

STARTUP = 10.0
"""Seconds until a new pod's process runs: scheduled, image there, container made; more if a node is to be had first."""


@dataclass(eq=False)
class Pod:
    """Times are the simulation's, in seconds; negative: not yet."""

    name: str
    made: float
    process: ForkServerProcess | None = None
    began: float = -1.0
    asked_to_end: float = -1.0
    ended: float = -1.0
    exit_code: int | None = None
    killed: str = ""

    @property
    def ending(self) -> bool:
        return self.asked_to_end >= 0


class Cluster:
    """The pods of a deployment.

    Args:
        rule: of which slots and graces are taken.
        folder: for diaries and logs.
        env: of every pod.
        seed: of what Kubernetes leaves to chance.
    """

    def __init__(self, rule: Rule, folder: Path, env: Mapping[str, str], seed: int = 1) -> None:
        self.rule = rule
        self.folder = folder
        self.env = dict(env)
        self.wanted = 0
        self.pods: list[Pod] = []
        self._random = random.Random(seed)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([pod.__name__])
        first = self._context.Process(target=int)  # has the fork server load everything before the clock runs
        first.start()
        first.join()

    @property
    def replicas(self) -> list[Pod]:
        """Those that Kubernetes counts: a pod that is being ended is none of them."""
        return [each for each in self.pods if not each.ending and each.ended < 0]

    @property
    def running(self) -> int:
        """Processes that live, those included that are ending."""
        return sum(each.began >= 0 > each.ended for each in self.pods)

    def scale(self, now: float, wanted: int) -> None:
        self.wanted = wanted
        while len(self.replicas) > wanted:
            self._end(now, self._least_wanted(now))

    def tick(self, now: float) -> None:
        """Do what is due."""
        for each in self.pods:
            if each.process and each.ended < 0 and each.process.exitcode is not None:
                each.ended, each.exit_code = now, each.process.exitcode
            if each.process is None and each.ended < 0 and now - each.made >= STARTUP:
                self._begin(now, each)
            if each.process and each.ending and each.ended < 0 and now - each.asked_to_end > self.rule.kill_after:
                each.killed = each.killed or "outlived its grace"
                each.process.kill()
        for _ in range(self.wanted - len(self.replicas)):
            self.pods.append(Pod(f"pod-{len(self.pods) + 1}", now))

    def kill(self, name: str) -> bool:
        """SIGKILL, as the kernel does that has no memory left. False: there is no such process any more."""
        for each in self.pods:
            if each.name == name and each.process and each.process.exitcode is None:
                each.killed = "killed by us"
                each.process.kill()
                return True
        return False

    def close(self) -> None:
        self.wanted = 0
        processes = [each.process for each in self.pods if each.process]
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(5)
            process.kill()
            process.join()

    def _begin(self, now: float, each: Pod) -> None:
        args = (self.folder / f"{each.name}.jsonl", self.folder / f"{each.name}.log", self.env)
        each.process = self._context.Process(target=pod.run, args=args, name=each.name)
        each.process.start()
        each.began = now

    def _end(self, now: float, each: Pod) -> None:
        each.asked_to_end = now
        if each.process is None:
            each.ended = now
        else:
            each.process.terminate()

    def _least_wanted(self, now: float) -> Pod:
        """The ReplicaSet controller's choice: not begun, else young by powers of two, else any; busy or not."""

        def order(each: Pod) -> tuple[float, ...]:
            age = math.floor(math.log2(max(now - each.began, 1.0))) if each.process else -1
            return (age, self._random.random())

        return min(self.replicas, key=order)
