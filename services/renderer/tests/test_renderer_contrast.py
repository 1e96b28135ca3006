"""Every text that is drawn stands out 4.5 to 1 from the pixels that really lie around it."""

import itertools

import av
import cv2
import numpy as np
import pytest
from artifacts.captions import BurnedCaption, BurnedWord, Captions
from artifacts.narration import Narration, Word
from artifacts.script import Brief
from PIL import Image
from renderer.compositor import Painter
from renderer.footage import Film
from renderer.text import Run
from renderer.theme import THEMES

SAID = "In January 1855 alone, 2,761 of 3,168 men died of zymotic disease, and 83 of their wounds."
EVIDENCE = [{"id": "s3.1", "text": f"{SAID} The army buried them all."}]
IMAGE = {"artifact": "figure.1", "digest": "0" * 64, "media_type": "image/png", "width": 900, "height": 600}
TABLE = {"axis": "Deaths per 1,000 men a year", "source": "Table 1", "highlight": 1}
VISUALS = {
    "title": {"kind": "title", "line": "What one nurse saw in two years of army records, month after month, and drew"},
    "claim": {"kind": "title", "line": "Discussion, paragraph 2"},
    "number": {"kind": "number", "text": "2,761", "value": 2761, "label": "deaths from zymotic disease"},
    "share": {"kind": "number", "text": "42", "value": 42, "unit": "%", "label": "of the patients died"},
    "bars": {
        "kind": "number",
        "text": "2,761",
        "value": 2761,
        "label": "deaths",
        "bars": [{"label": name, "value": 9, "text": "2,761"} for name in ("Disease", "Wounds", "Others", "All")],
    },
    "chart": {"kind": "chart", "categories": ["1854", "1855", "1856"], "values": [20.5, 82, 7.5]} | TABLE,
    "line": {"kind": "chart", "form": "line", "categories": ["1854", "1855", "1856"], "values": [2, 8, 7.5]} | TABLE,
    "lying": {"kind": "chart", "categories": ["Zymotic disease of the bowel", "Wounds in battle"], "values": [2, 1]}
    | TABLE,
    "figure": {"kind": "figure", "image": IMAGE, "label": "Figure 1", "licence": "CC0-1.0", "caption": SAID},
    "quote": {"kind": "quote", "passage": "s3.1", "text": SAID, "highlight": [0, 60], "place": "Results, paragraph 1"},
    "steps": {
        "kind": "steps",
        "items": ["Count the deaths", "Divide by the men", "Draw", "Print"],
        "sentences": [0] * 4,
    },
    "end": {
        "kind": "end",
        "title": "Disease, not the enemy: deaths in the British army in the East, April 1854 to March 1856",
        "authors": "Hidden Hill contributors",
        "journal": "Journal of Samples",
        "doi": "10.1000/182",
        "licence": "CC0-1.0",
        "credits": "Figure: Figure 1, CC0-1.0",
        "badges": ["11 of 11 sentences traced", "9 numbers checked"],
        "labels": ["preprint", "in mice"],
    },
}
LENGTH = 4.0


def painter(visual, theme, start, film=None):
    brief = {
        "scene": 1,
        "role": "hook" if visual == VISUALS["title"] else "results",
        "headline": "Disease killed far more soldiers than wounds did",
        "kicker": "What they found",
        "sentences": [{"text": SAID, "evidence": EVIDENCE}],
        "visual": visual,
        "theme": theme,
        "span": {"start": start, "end": start + 0.1},
        "source_line": "Hidden Hill contributors 2026 · Disease, not the enemy",
        "horizon": [0.1, 0.9, 0.4, 0.6, 0.2],
    }
    words = SAID.split()
    step = LENGTH / len(words)
    times = [(i * step, (i + 1) * step) for i in range(len(words))]
    spoken = [Word(text=w, start=s, end=e, sentence=0) for w, (s, e) in zip(words, times, strict=True)]
    groups = [range(i, min(i + 4, len(words))) for i in range(0, len(words), 4)]
    burned = [
        BurnedCaption(
            start=times[group[0]][0],
            end=times[group[-1]][1],
            lines=[
                [BurnedWord(text=words[i], start=times[i][0], end=times[i][1]) for i in pair]
                for pair in (group[:2], group[2:])
            ],
        )
        for group in groups
    ]
    narration = Narration(scene=1, duration=LENGTH, sample_rate=22050, voice="v", language="en", words=spoken)
    picture = Image.new("RGB", (900, 600), (255, 255, 255))
    return Painter(
        Brief.model_validate(brief),
        narration,
        Captions(scene=1, duration=LENGTH, cues=[], burned=burned),
        lambda digest: picture,
        film,
    )


def seen(canvas):
    return av.VideoFrame.from_ndarray(canvas.buffer, format="yuv420p").to_ndarray(format="rgb24")


def luminance(pixels):
    share = np.asarray(pixels, np.float64) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrasts(monkeypatch, visual, theme, start, times, film=None):
    """Contrast of each piece of text in the frames at the times, with its box.

    A piece is where the frame changes when all text is drawn in another ink; its background is the frame around it.
    """
    frames = frames_of(visual, theme, start, times, film)
    draw = Run.draw
    with monkeypatch.context() as patch:
        patch.setattr(Run, "draw", lambda self, image, x, base, ink: draw(self, image, x, base, other(ink)))
        others = frames_of(visual, theme, start, times, film)
    return list(itertools.chain(*(_pieces(frame, changed) for frame, changed in zip(frames, others, strict=True))))


def frames_of(visual, theme, start, times, film=None):
    drawn = painter(visual, theme, start, film)
    return [seen(drawn.paint(round(at * 30)))[150:1470, 60:960] for at in times]


def other(ink):
    bright = sum(ink[:3]) > 384
    return (*((0, 0, 0) if bright else (255, 255, 255)), *ink[3:])


def _pieces(frame, changed):
    """Contrast of what changes with what lies around it, for every word or line."""
    difference = cv2.absdiff(frame, changed).max(axis=2)
    text = (difference > 24).astype(np.uint8)
    near = cv2.dilate(text, np.ones((5, 5), np.uint8))
    ring = cv2.dilate(text, np.ones((11, 11), np.uint8)) - near
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(cv2.dilate(text, np.ones((9, 25), np.uint8)))
    for label in range(1, count):
        x, y, width, height = boxes[label, :4]
        part = slice(y, y + height), slice(x, x + width)
        here = labels[part] == label
        own, around = here & (text[part] > 0), here & (ring[part] > 0)
        if own.sum() < 40 or around.sum() < 40:
            continue
        light = luminance(frame[part])
        core = own & (difference[part] >= np.quantile(difference[part][own], 0.8))
        ink, behind = np.median(light[core]), np.quantile(light[around], (0.1, 0.9))
        yield min((max(ink, b) + 0.05) / (min(ink, b) + 0.05) for b in behind), (x + 60, y + 150, width, height)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", VISUALS)
def test_every_text_stands_out_from_what_lies_around_it(kind, theme, monkeypatch):
    start = 0.0 if kind in ("title", "number") else 0.8
    times = (2.4, 3.6) if theme in ("dawn", "paper") else (3.0,)  # the other two are dark throughout
    found = contrasts(monkeypatch, VISUALS[kind], theme, start, times)
    assert len(found) >= 6
    weak = [(round(value, 2), tuple(map(int, box))) for value, box in found if value < 4.5]
    assert not weak


def squares(*colours):
    """A film of squares that move."""
    tiles = np.array(colours, np.uint8)
    rows, columns = np.mgrid[0:320, 0:180]
    return [tiles[((rows + 2 * step) // 24 + (columns + step) // 24) % len(tiles)] for step in range(24)]


FILMS = {
    "white": [(255, 255, 255)],
    "glaring": [(255, 255, 255), (255, 255, 0), (0, 0, 0)],
    "coloured": [(255, 0, 0), (0, 0, 255), (0, 255, 0)],
    "black": [(0, 0, 0)],
}


@pytest.mark.parametrize(
    ("film", "theme", "kind"),
    [
        *(("white", theme, kind) for theme in THEMES for kind in VISUALS),
        *((film, theme, kind) for film in FILMS for theme in ("dusk", "paper") for kind in ("title", "share", "steps")),
    ],
)
def test_every_text_stands_out_from_every_film(film, theme, kind, monkeypatch, film_of):
    path = Film(film_of(squares(*FILMS[film])), "Figure 1" if film == "coloured" else "")
    found = contrasts(monkeypatch, VISUALS[kind], theme, 0.3, (3.0,), path)
    assert len(found) >= 6
    weak = [(round(value, 2), tuple(map(int, box))) for value, box in found if value < 4.5]
    assert not weak


def test_weak_text_is_found_out(monkeypatch):
    theme = THEMES["dawn"]
    faint = type(theme)(**{**vars(theme), "soft": (70, 120, 110), "ink": (90, 140, 130)})
    monkeypatch.setitem(THEMES, "dawn", faint)
    assert min(value for value, _ in contrasts(monkeypatch, VISUALS["title"], "dawn", 0.0, (2.6,))) < 3
