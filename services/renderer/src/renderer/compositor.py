"""The render stage: puts a scene's layers over its background, frame by frame, into the one encode."""

from __future__ import annotations

import contextlib
import functools
import logging
import time

import numpy as np
from artifacts.captions import Captions
from artifacts.footage import SceneFootage
from artifacts.narration import Narration
from artifacts.script import Brief
from PIL import Image

from chassis import JobFolder
from renderer.background import Background
from renderer.captions import CaptionTrack
from renderer.encoder import Encoder
from renderer.film import Broken
from renderer.fonts import TEXT, language
from renderer.footage import Film, FilmGround
from renderer.labels import of_film
from renderer.layers import LEAVE, Layer, still
from renderer.pictures import open_picture
from renderer.scenes import Scene, layers_of
from renderer.shapes import badge, rounded
from renderer.sprite import Canvas, sprite
from renderer.text import Style, block, clipped
from renderer.theme import COLUMN, FPS, LEFT, OVER_FILM, THEMES, Theme

log = logging.getLogger(__name__)
_REFRESH = 60
"""Frames after which the slowly moving sky, and all that stands still on it, is painted again: with a key frame."""
_SOURCE = Style(TEXT, 28, 500, leading=1.3)
_LABEL = Style(TEXT, 22, 600, leading=1.3)


def render(folder: JobFolder) -> None:
    """Draw and encode one scene."""
    brief = folder.load("scene.*.brief", Brief)
    narration = folder.load("scene.*.narration", Narration)
    captions = folder.load("scene.*.captions", Captions)
    clip = folder.load("scene.*.footage", SceneFootage).clip
    film = Film(folder.blob(clip.digest), clip.from_figure) if clip else None
    painter = Painter(brief, narration, captions, functools.partial(open_picture, folder), film)
    target, began = folder.scratch("segment.mp4"), time.perf_counter()
    with contextlib.closing(painter), Encoder(target) as encoder:
        for number in range(painter.frames):
            encoder.add(painter.paint(number), number)
            if number % 15 == 0:
                folder.progress(number / painter.frames)
    folder.count("encode_frames", painter.frames)
    folder.count("encode_seconds", time.perf_counter() - began)
    folder.write("scene.*.segment", target, "video/mp4")


class Painter:
    """Paints the frames of one scene, in order."""

    def __init__(  # type: ignore[no-untyped-def]
        self,
        brief: Brief,
        narration: Narration,
        captions: Captions,
        open_picture,  # noqa: ANN001
        film: Film | None = None,
    ) -> None:
        language.set(brief.language)
        self.frames = max(1, round(narration.duration * FPS))
        self._brief, self._duration = brief, narration.duration
        sky = THEMES[brief.theme]
        self._background = Background(sky, brief.horizon)
        self._film = _opened(film, narration.duration)
        film = film if self._film else None
        theme = OVER_FILM.get(brief.theme, sky) if film else sky
        scene = Scene(brief, narration, theme, open_picture, animated=bool(film and film.figure))
        self.layers = [*_frame(brief, theme, film), *layers_of(scene)]
        self.captions = CaptionTrack(captions, theme)
        if self._film:
            boxes = [box for layer in self.layers for box in layer.boxes()] + self.captions.boxes()
            self._film.cover(theme, boxes, fades=theme is sky)
        self._canvas, self._base = Canvas(), Canvas()
        self._painted: tuple[int, int] | None = None
        self._bar = sprite(rounded(COLUMN, 6, 3, (*theme.accent, 255)), LEFT, 176)

    def paint(self, number: int) -> Canvas:
        """The frame with this number; the canvas is painted again by the next call."""
        at = number / FPS
        progress = self._progress(at)
        leaving = min(1.0, max(0.0, (self._duration - at) / LEAVE)) if self._brief.role != "end" else 1.0
        settled = [layer for layer in self.layers if layer.settled <= at and leaving == 1.0]
        if self._film is None or self._film.presence(at) < 1:
            self._refresh(number, settled)
            np.copyto(self._canvas.buffer, self._base.buffer)
            self._background.hills(self._canvas, progress)
        if self._film:
            self._film.paint(self._canvas, at, settled)
        for layer in self.layers:
            if layer not in settled:
                layer.draw(self._canvas, at, leaving)
        self._progress_bar(progress)
        self.captions.draw(self._canvas, number)
        return self._canvas

    def close(self) -> None:
        """Let the film go, if there is one."""
        if self._film:
            self._film.close()

    def _progress(self, at: float) -> float:
        span = self._brief.span
        return span.start + (span.end - span.start) * min(1.0, at / self._duration)

    def _refresh(self, number: int, settled: list[Layer]) -> None:
        """Paint the sky and what stands still on it, where either has changed."""
        wanted = (number // _REFRESH, len(settled))
        if wanted != self._painted:
            self._painted = wanted
            self._background.sky(self._base, self._progress(number // _REFRESH * _REFRESH / FPS))
            for layer in settled:
                layer.draw(self._base, layer.settled, 1.0)

    def _progress_bar(self, progress: float) -> None:
        width = max(6, round(COLUMN * progress))
        for plane, values, shift in zip(self._canvas.planes, self._bar.planes, (0, 1, 1), strict=True):
            alpha = self._bar.alphas[shift]
            y, x, until = self._bar.y >> shift, self._bar.x >> shift, width >> shift
            target = plane[y : y + values.shape[0], x : x + until]
            target[:] = (values[:, :until] + (256 - alpha[:, :until]) * target) >> 8


def _frame(brief: Brief, theme: Theme, film: Film | None) -> list[Layer]:
    """What every scene has: the empty progress bar and the source line. It neither enters nor leaves.

    At the end of the line stands what a film is: nobody shall take it for a photograph of what the paper saw.
    """
    track = rounded(COLUMN, 6, 3, (*theme.ink, 56))
    dot = rounded(12, 12, 6, (*theme.accent, 255))
    label = _label(brief, theme, film) if film else None
    room = COLUMN - 26 - (label.width + 24 if label else 0)
    line = block([clipped(brief.source_line, _SOURCE, room)], _SOURCE, (*theme.soft, 255))
    found = [still(track, LEFT, 176, -1)]
    if brief.source_line:
        found += [still(dot, LEFT, 226, -1), still(line, LEFT + 26, 214, -1)]
    if label:
        found.append(still(label, LEFT + COLUMN - label.width, 232 - label.height // 2, -1))
    return list(found)


def _label(brief: Brief, theme: Theme, film: Film) -> Image.Image:
    visual = brief.visual
    licence = visual.licence if film.figure and visual.kind == "figure" else ""
    text = " · ".join(part for part in (of_film(brief.language, film.figure), licence) if part)
    return badge(clipped(text, _LABEL, COLUMN * 0.6), _LABEL, theme.soft, theme.card, air=(18, 5))


def _opened(film: Film | None, seconds: float) -> FilmGround | None:
    """The film as a ground, if there is one that can be shown."""
    try:
        return FilmGround(film.path, seconds) if film else None
    except Broken as error:
        log.warning("film cannot be shown", extra={"error": str(error)})
        return None
