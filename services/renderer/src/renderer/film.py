"""Films that others made: opened as MP4 and nothing else, decoded frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_SMALLEST, _LARGEST = 64, 4096
_SHORTEST, _LONGEST = 0.5, 60.0
_TAIL = 1.0
"""Seconds before the end at which the search for the last frame begins."""


class Broken(Exception):
    """These bytes are no film that can be shown."""


@dataclass(frozen=True)
class Facts:
    """Size in pixels and length in seconds."""

    width: int
    height: int
    seconds: float


def facts(source: Path | BinaryIO) -> Facts:
    """What a film is, once its first and last frame have been decoded. Raises Broken."""
    with opened(source) as (container, stream):
        first = next(container.decode(stream), None)
        if first is None:
            raise Broken("no frames")
        length = float((stream.duration or 0) * (stream.time_base or 0))
        container.seek(round(max(0.0, length - _TAIL) * av.time_base))
        last = first
        for frame in container.decode(stream):
            last = frame
        seconds = ends(last)
        if not _SHORTEST <= seconds <= _LONGEST or seconds < length - _TAIL:
            raise Broken(f"{seconds:.2f} s of {length:.2f} s")
        return Facts(first.width, first.height, round(seconds, 3))


def ends(frame: VideoFrame) -> float:
    """Until when a frame is shown, in seconds of its film."""
    if frame.time is None or frame.time_base is None:
        raise Broken("frames without a time")
    return frame.time + float((frame.duration or 0) * frame.time_base)


@contextmanager
def opened(source: Path | BinaryIO) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The film and its pictures. Raises Broken, inside too."""
    try:
        # no other format: some of them name further files and addresses to read
        with av.open(str(source) if isinstance(source, Path) else source, "r", format="mp4") as container:
            stream = next(iter(container.streams.video), None)
            if stream is None:
                raise Broken("no pictures")
            if not all(_SMALLEST <= side <= _LARGEST for side in (stream.width, stream.height)):
                raise Broken(f"{stream.width}x{stream.height}")
            stream.thread_type = "AUTO"
            yield container, stream
    except (av.FFmpegError, OSError, ValueError, IndexError) as error:
        raise Broken(repr(error)) from error
