"""The one encode: frames in memory to H.264 in MP4, in a thread of its own."""

from __future__ import annotations

import queue
import threading
from contextvars import copy_context
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
from av.video.stream import VideoStream

from renderer.sprite import Canvas
from renderer.theme import FPS, HEIGHT, WIDTH

OPTIONS = {
    "preset": "veryfast",
    "crf": "20",
    "profile": "high",
    "bf": "0",
    # the same headers for every scene, so that scenes are joined by copying
    "x264-params": "keyint=60:min-keyint=60:scenecut=0:colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv",
}
_BT709, _LIMITED = 1, 1


def open_stream(container: av.container.OutputContainer) -> VideoStream:
    """The video stream of a scene, set as all scenes' are."""
    stream = container.add_stream("libx264", rate=FPS, options=OPTIONS)
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    stream.time_base = Fraction(1, FPS)
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED
    return stream


class Encoder:
    """Takes canvases and writes them; at most eight wait. Use as a context manager."""

    def __init__(self, target: Path) -> None:
        self._container = av.open(str(target), "w", format="mp4", options={"video_track_timescale": "30000"})
        self._stream = open_stream(self._container)
        self._frames: queue.Queue[av.VideoFrame | None] = queue.Queue(8)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=copy_context().run, args=(self._work,), name="encoder", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._frames.put(None)
        self._thread.join()
        self._container.close()
        if self._error is not None and kind is None:
            raise self._error

    def add(self, canvas: Canvas, number: int) -> None:
        """Hand over a frame; the canvas may be painted again at once."""
        if self._error is not None:
            raise self._error
        frame = av.VideoFrame.from_ndarray(canvas.buffer, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        self._frames.put(frame)

    def _work(self) -> None:
        while (frame := self._frames.get()) is not None:
            if self._error is None:
                self._encode(frame)
        if self._error is None:
            self._encode(None)

    def _encode(self, frame: av.VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except Exception as error:  # noqa: BLE001 - raised again in the thread that adds frames
            self._error = error
