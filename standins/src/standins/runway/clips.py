"""Clips that are real MP4 files: a colour and a moving bar that follow from the prompt."""

from __future__ import annotations

import colorsys
import hashlib
import io
from functools import lru_cache

import av
import numpy as np

RATE = 24
BAR = 80
"""Height of the moving bar in pixels."""


def colour_of(prompt: str) -> tuple[int, int, int]:
    """The colour of a prompt's clip as red, green and blue, 0 to 255."""
    hue = hashlib.sha256(prompt.encode()).digest()[0] / 256
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.6, 0.7)
    return round(red * 255), round(green * 255), round(blue * 255)


@lru_cache(maxsize=32)
def clip(prompt: str, seconds: int, width: int, height: int) -> bytes:
    """An H.264 file of the asked size and length at 24 frames a second, without sound as the vendor's are."""
    buffer = io.BytesIO()
    picture = np.empty((height, width, 3), np.uint8)
    frames = seconds * RATE
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "30", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            picture[:] = colour_of(prompt)
            top = (height - BAR) * number // frames
            picture[top : top + BAR] = 235
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode(None))
    return buffer.getvalue()
