"""What a run comes to: figures, and whether the promises were kept."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.scaling.autoscaler import SYNC
from benchmarks.scaling.cluster import Pod
from benchmarks.scaling.load import Scene
from benchmarks.scaling.simulation import Seen


@dataclass(frozen=True)
class Drain:
    """How a burst went. Seconds, from its first scene being ready."""

    scenes: int
    work: float
    ideal: float
    """With all the pods that there may be, from the first moment to the last."""
    took: float
    peak: int
    """Pods at most, of those wanted."""
    longest_queue: int
    """Messages that KEDA saw at most."""
    waiting: int
    """Scenes that waited or were being drawn at that moment."""
    first: float
    """Until the first scene was drawn."""


@dataclass(frozen=True)
class Tally:
    """Figures of a run; `drained` are pods that were asked to end, `busy` those of them that were at work."""

    drains: tuple[Drain, ...]
    lowest: int
    """Pods between the bursts at least."""
    last: int
    pod_seconds: float
    busy_seconds: float
    """Of all slots, with the work of runs that came to nothing."""
    to_least: float
    """Seconds from the last scene drawn to the least number of pods."""
    scenes: int
    begun: int
    drawn: int
    given_back: int
    cut_off: int
    """Runs that ended with the process that was killed."""
    lost: tuple[str, ...]
    twice_announced: tuple[str, ...]
    twice_drawn: tuple[str, ...]
    drained: int
    busy: int
    unclean: tuple[str, ...]
    """Pods that were asked to end and did not end well, and those that died by themselves."""


def tally(seen: Seen) -> Tally:
    """The figures of a run."""
    runs = Counter((note.what, note.scene) for note in seen.notes)
    kinds = Counter(note.what for note in seen.notes)
    workers = {note.pod for note in seen.notes if note.what == "begun"}
    drains = tuple(_drains(seen))
    ended = [pod for pod in seen.pods if pod.ending and pod.process]
    last = max(max(times) for times in seen.segments.values()) if seen.segments else 0.0
    end = seen.samples[-1].at
    return Tally(
        drains=drains,
        lowest=_lowest_between(seen),
        last=seen.samples[-1].wanted,
        pod_seconds=sum((pod.ended if pod.ended >= 0 else end) - pod.began for pod in seen.pods if pod.began >= 0),
        busy_seconds=sum(to - since for _, since, to in _runs(seen)),
        to_least=max(pod.ended for pod in seen.pods) - last,
        scenes=len(seen.scenes),
        begun=kinds["begun"],
        drawn=kinds["drawn"],
        given_back=kinds["given back"],
        cut_off=kinds["begun"] - kinds["drawn"] - kinds["given back"],
        lost=tuple(each.name for each in seen.scenes if each.name not in seen.segments),
        twice_announced=tuple(name for name, times in seen.segments.items() if len(times) > 1),
        twice_drawn=tuple(scene for (what, scene), count in runs.items() if what == "drawn" and count > 1),
        drained=len(ended),
        busy=sum(
            any(since <= pod.asked_to_end < to for who, since, to in _runs(seen) if who == pod.name) for pod in ended
        ),
        unclean=tuple(pod.name for pod in seen.pods if _is_unclean(pod, workers)),
    )


def faults(seen: Seen, told: Tally) -> list[str]:
    """Which promises to jobs were broken, a sentence each."""
    rule = seen.scenario.rule
    found = {
        f"lost scenes: {told.lost}": told.lost,
        f"scenes announced twice: {told.twice_announced}": told.twice_announced,
        f"scenes drawn twice: {told.twice_drawn}": told.twice_drawn,
        f"jobs failed: {seen.failures}": seen.failures,
        f"pods that did not end well: {told.unclean}": told.unclean,
        "no pod was killed": not seen.killed,
        f"runs cut off by the kill: {told.cut_off}, of {rule.slots} slots": not 1 <= told.cut_off <= rule.slots,
        f"runs begun: {told.begun}": told.begun != told.scenes + told.given_back + told.cut_off,
        f"pods at the end: {told.last}": told.last != rule.pods_least,
    }
    return [sentence for sentence, broken in found.items() if broken]


def delays(seen: Seen, told: Tally, bearable: float) -> list[str]:
    """What went otherwise than the rule says or too slowly: a burst may take so many times its ideal, and two minutes.

    Where this machine was so busy that the autoscaler missed a look, none of it can be said.
    """
    rule = seen.scenario.rule
    found = []
    if told.lowest >= told.drains[0].peak:
        found.append(f"pods did not go down between the bursts: {told.lowest}")
    for number, drain in enumerate(told.drains, 1):
        if drain.peak != rule.pods_most:
            found.append(f"burst {number} had {drain.peak} pods at most, of {rule.pods_most}")
        if drain.took > bearable * drain.ideal + 120.0:
            found.append(f"burst {number} took {drain.took:.0f} s, ideal {drain.ideal:.0f} s")
    return found if seen.late < SYNC else []


def waiting_at(seen: Seen, at: float) -> int:
    """Scenes that are ready and not drawn at a moment."""
    return sum(each.ready <= at < min(seen.segments.get(each.name, [float("inf")])) for each in seen.scenes)


def _drains(seen: Seen) -> Iterator[Drain]:
    rule = seen.scenario.rule
    for burst in seen.scenario.bursts:
        mine = [each for each in seen.scenes if each.job.startswith(f"{burst.name}-")]
        first = min(each.ready for each in mine)
        until = [max(seen.segments[each.name]) for each in mine if each.name in seen.segments]
        end = max(until, default=first)
        during = [sample for sample in seen.samples if burst.at <= sample.at <= end]
        fullest = max(during, key=lambda sample: sample.lag.total)
        work = sum(each.seconds for each in mine)
        yield Drain(
            scenes=len(mine),
            work=work,
            ideal=max(work / (rule.pods_most * rule.slots), _last_ready(mine) - first),
            took=end - first,
            peak=max(sample.wanted for sample in during),
            longest_queue=fullest.lag.total,
            waiting=waiting_at(seen, fullest.at),
            first=min(until, default=end) - first,
        )


def _last_ready(scenes: list[Scene]) -> float:
    return max(each.ready + each.seconds for each in scenes)


def _lowest_between(seen: Seen) -> int:
    """Of the pods wanted after the first burst was drawn and until the second came."""
    first, second = seen.scenario.bursts[0], seen.scenario.bursts[-1]
    return min((s.wanted for s in seen.samples if first.at + first.over < s.at <= second.at), default=0)


def _runs(seen: Seen) -> Iterator[tuple[str, float, float]]:
    """Pod, begin and end of every run; one that was cut off ends with its pod."""
    began: dict[tuple[str, str], float] = {}
    for note in seen.notes:
        if note.what == "begun":
            began[note.pod, note.scene] = note.at
        elif note.what != "up":
            yield note.pod, began.pop((note.pod, note.scene)), note.at
    ends = {pod.name: pod.ended for pod in seen.pods}
    for (who, _), since in began.items():
        yield who, since, ends[who]


def _is_unclean(pod: Pod, workers: set[str]) -> bool:
    if pod.killed:
        return pod.killed != "killed by us"
    if pod.exit_code == -signal.SIGTERM and pod.ending and pod.name not in workers:
        return False  # asked to end before it had begun anything, or was listening
    return pod.exit_code not in (None, 0)
