"""Films that others made: opened as MP4 and nothing else, decoded frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray

_SMALLEST, _LARGEST = 64, 4096
_SHORTEST, _LONGEST = 0.5, 60.0
_MATRICES = {
    1: Colorspace.ITU709,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
"""By what frames say of theirs."""
_SMALL = 720 * 576
"""Pixels up to which the old matrix is meant where none is said."""
_NEAR = 0.04
"""Share of the way between two frames within which the nearer is shown."""
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


def covering(frame: VideoFrame, width: int, height: int, pixels: str = "yuv420p") -> NDArray[np.uint8]:
    """The frame scaled and cropped to fill the size (even numbers), as an array of PyAV's layout, limited BT.709."""
    scale = max(width / frame.width, height / frame.height)
    size = max(width, round(frame.width * scale / 2) * 2), max(height, round(frame.height * scale / 2) * 2)
    shown = frame.reformat(
        *size,
        format=pixels,
        interpolation=Interpolation.BICUBIC if scale > 0.5 else Interpolation.AREA,
        src_colorspace=_matrix(frame),
        dst_colorspace=Colorspace.ITU709,
        src_color_range=frame.color_range or ColorRange.MPEG,
        dst_color_range=ColorRange.MPEG if pixels == "yuv420p" else ColorRange.JPEG,
    )
    left, top = (size[0] - width) // 4 * 2, (size[1] - height) // 4 * 2
    whole: NDArray[np.uint8] = np.asarray(shown.to_ndarray(), np.uint8)
    if size == (width, height):
        return whole
    if pixels != "yuv420p":
        return whole[top : top + height, left : left + width]
    parts = []
    for plane, shift in zip(_planes(whole, *size), (0, 1, 1), strict=True):
        y, x = top >> shift, left >> shift
        parts.append(plane[y : y + (height >> shift), x : x + (width >> shift)].reshape(-1))
    return np.concatenate(parts).reshape(height * 3 // 2, width)


def _planes(whole: NDArray[np.uint8], width: int, height: int) -> list[NDArray[np.uint8]]:
    """The three planes of a 4:2:0 array."""
    luma, *chroma = np.split(whole.reshape(-1), [width * height, width * height * 5 // 4])
    return [luma.reshape(height, width), *(plane.reshape(height // 2, width // 2) for plane in chroma)]


def _matrix(frame: VideoFrame) -> int:
    """The matrix of a frame; where it is not said, that of its size, as players do."""
    of_size = Colorspace.ITU709 if frame.height * frame.width > _SMALL else Colorspace.ITU601
    return int(_MATRICES.get(frame.colorspace, of_size))


class Reader:
    """The frames of a film in the canvas' size, at times that only grow; two of them are kept in memory."""

    def __init__(self, path: Path, width: int, height: int) -> None:
        self._size = (width, height)
        self._open = ExitStack()
        container, stream = self._open.enter_context(opened(path))
        self._frames = container.decode(stream)
        self._before = self._after = self._next()
        if self._after is None:
            raise Broken("no frames")

    def close(self) -> None:
        self._open.close()

    def at(self, seconds: float) -> NDArray[np.uint8]:
        """The picture at a time of the film: between two frames, a mixture of both; after the last one, that."""
        while self._after is not None and self._after[0] <= seconds:
            self._before, self._after = self._after, self._next()
        assert self._before is not None
        if self._after is None:
            return self._before[1]
        span = self._after[0] - self._before[0]
        share = min(max((seconds - self._before[0]) / span, 0.0), 1.0) if span > 0 else 0.0
        if share < _NEAR:
            return self._before[1]
        if share > 1 - _NEAR:
            return self._after[1]
        mixed: NDArray[np.uint8] = cv2.addWeighted(self._before[1], 1 - share, self._after[1], share, 0)  # type: ignore[assignment]
        return mixed

    def _next(self) -> tuple[float, NDArray[np.uint8]] | None:
        """The next frame and its time; None at the end, or where the film is broken."""
        try:
            frame = next(self._frames, None)
        except av.FFmpegError:
            frame = None
        if frame is None or frame.time is None:
            return None
        return frame.time, covering(frame, *self._size)
