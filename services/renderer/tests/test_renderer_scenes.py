"""What is drawn: every kind of scene, inside the safe area, legible, exactly as long as it is spoken."""

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from artifacts.captions import BurnedCaption, BurnedWord, Captions
from artifacts.footage import SceneFootage
from artifacts.narration import Narration, Word
from artifacts.script import Brief
from chassis.local import run_stage
from PIL import Image
from renderer.background import Background
from renderer.compositor import Painter
from renderer.sprite import Canvas
from renderer.stage import service
from renderer.text import Style
from renderer.theme import THEMES
from renderer.wrapping import fit, wrap

SAFE = (65, 130, 900, 1440)
TEXT = "In January 1855 alone, 2,761 men died of zymotic disease."
CAUSES = [("Zymotic disease", 2761), ("Other causes", 324), ("Wounds", 83)]
VISUALS = {
    "title": {"line": "What one nurse saw in two years of army records"},
    "number": {
        "text": "2,761",
        "value": 2761,
        "label": "deaths from zymotic disease",
        "bars": [{"label": name, "value": value, "text": f"{value:,}"} for name, value in CAUSES],
    },
    "chart": {
        "categories": ["Oct 1854", "Nov 1854", "Dec 1854", "Jan 1855", "Feb 1855"],
        "values": [197, 340, 631.5, 1022.8, 822.8],
        "axis": "Deaths per 1,000 a year",
        "highlight": 3,
        "source": "Table 1",
    },
    "quote": {"passage": "s3.1", "text": TEXT, "highlight": [0, len(TEXT)], "place": "Results, paragraph 1"},
    "steps": {"items": ["Count the deaths", "Divide by the men", "Draw the rates"], "sentences": [0, 0, 0]},
    "end": {
        "title": "Disease, not the enemy: deaths in the British army in the East",
        "authors": "Hidden Hill contributors",
        "doi": "10.1000/182",
        "licence": "CC0-1.0",
        "badges": ["11 of 11 sentences traced", "9 numbers checked"],
        "labels": ["preprint"],
    },
}


def brief(kind, **more):
    fields = {
        "scene": 1,
        "role": "results",
        "headline": "Disease killed far more than wounds",
        "kicker": "What they found",
        "sentences": [{"text": TEXT, "evidence": [{"id": "s3.1", "text": TEXT}]}],
        "visual": {"kind": kind, **VISUALS.get(kind, {})},
        "span": {"start": 0.2, "end": 0.4},
        "source_line": "Hidden Hill contributors 2026 · Disease, not the enemy",
        "horizon": [0.1, 0.9, 0.4, 0.6, 0.2],
    }
    return Brief.model_validate(fields | more)


def narration(duration=1.4):
    texts = TEXT.split()
    step = (duration - 0.3) / len(texts)
    words = [Word(text=t, start=0.1 + i * step, end=0.1 + (i + 1) * step, sentence=0) for i, t in enumerate(texts)]
    return Narration(scene=1, duration=duration, sample_rate=22050, voice="v", language="en", words=words)


def captions(spoken):
    words = [BurnedWord(text=w.text, start=w.start, end=w.end) for w in spoken.words[:4]]
    burned = [BurnedCaption(start=words[0].start, end=spoken.duration, lines=[words[:2], words[2:]])]
    return Captions(scene=1, duration=spoken.duration, cues=[], burned=burned)


def painter(kind, open_picture=lambda digest: None, **more):
    spoken = narration()
    return Painter(brief(kind, **more), spoken, captions(spoken), open_picture)


@pytest.mark.parametrize("kind", VISUALS)
@pytest.mark.parametrize("theme", ["dusk", "paper"])
def test_nothing_readable_lies_outside_the_safe_area(kind, theme):
    drawn = painter(kind, theme=theme)
    boxes = [box for layer in drawn.layers for box in layer.boxes()] + drawn.captions.boxes()
    assert boxes
    for x0, y0, x1, y1 in boxes:
        margin = 60 if kind == "quote" else 24  # shadows and overhangs are not read
        assert x0 >= SAFE[0] - margin
        assert y0 >= SAFE[1] - margin
        assert x1 <= SAFE[2] + margin
        assert y1 <= SAFE[3] + margin


@pytest.mark.parametrize("kind", VISUALS)
def test_an_endless_text_is_made_to_fit(kind):
    endless = "Deoxyribonucleotidyltransferase-mediated hypermethylation " * 8
    drawn = painter(kind, headline=endless, kicker=endless, source_line=endless)
    assert max(y1 for layer in drawn.layers for _, _, _, y1 in layer.boxes()) <= SAFE[3]
    drawn.paint(0)


def test_a_segment_has_a_frame_for_every_thirtieth_of_a_second(tmp_path):
    spoken = narration(0.9)
    (tmp_path / "scene.1.brief.json").write_text(brief("number").model_dump_json())
    (tmp_path / "scene.1.narration.json").write_text(spoken.model_dump_json())
    (tmp_path / "scene.1.captions.json").write_text(captions(spoken).model_dump_json())
    (tmp_path / "scene.1.footage.json").write_text(SceneFootage(scene=1).model_dump_json())
    (made,) = run_stage(next(stage for stage in service().stages if stage.name == "render"), tmp_path)
    with av.open(str(made.path)) as video:
        stream = video.streams.video[0]
        frames = list(video.decode(video=0))
        assert len(frames) == 27
        assert (stream.width, stream.height, stream.codec_context.profile) == (1080, 1920, "High")
        assert (stream.codec_context.colorspace, stream.codec_context.color_range) == (1, 1)
        assert frames[0].key_frame


def test_the_same_brief_gives_the_same_frames():
    first, second = painter("chart"), painter("chart")
    for number in (0, 10, 30):
        assert np.array_equal(first.paint(number).buffer, second.paint(number).buffer)


def test_the_code_on_the_end_card_leads_to_the_paper():
    drawn = painter("end")
    canvas = Canvas()
    for number in range(drawn.frames):
        canvas = drawn.paint(number)
    found, *_ = cv2.QRCodeDetector().detectAndDecode(canvas.planes[0])
    assert found == "https://doi.org/10.1000/182"


def test_the_active_word_changes_on_the_frame_nearest_to_its_time():
    drawn = painter("title")
    spoken = narration()
    second = spoken.words[1].start
    before, after = int(second * 30) - 1, int(second * 30 + 1)
    frames = [drawn.paint(number).planes[0][1236:1440].copy() for number in range(after + 1)]
    assert not np.array_equal(frames[before] > 180, frames[after] > 180)


def test_a_figure_without_its_picture_becomes_a_headline():
    image = {"artifact": "figure.1", "digest": "0" * 64, "media_type": "image/png", "width": 10, "height": 10}
    drawn = painter("figure", visual={"kind": "figure", "image": image})
    assert drawn.layers
    drawn.paint(5)


def test_a_figure_is_shown_on_a_white_card():
    image = {"artifact": "figure.1", "digest": "0" * 64, "media_type": "image/png", "width": 600, "height": 400}
    picture = Image.new("RGB", (600, 400), (200, 30, 30))
    drawn = painter("figure", lambda digest: picture, visual={"kind": "figure", "image": image})
    for number in range(30):
        canvas = drawn.paint(number)
    assert (canvas.planes[0] == 235).sum() > 10_000


@pytest.mark.parametrize("name", THEMES)
def test_text_stands_out_from_what_lies_behind_it(name):
    theme = THEMES[name]
    upper = theme.sky[0], theme.sky[1]
    assert all(contrast(theme.ink, sky) >= 4.5 for sky in upper)
    assert all(contrast(theme.soft, sky) >= 4.5 for sky in upper)
    assert contrast(theme.pill_ink, theme.accent) >= 4.5


def test_lines_are_balanced():
    style = Style("space-grotesk", 78, 700)
    lines = wrap("Dirty hospitals killed more soldiers than the war did", style, 796)
    widths = [style.width(line) for line in lines]
    assert min(widths) > 0.55 * max(widths)


def test_a_headline_shrinks_before_it_is_cut():
    style, lines = fit("A headline of middling length that needs room", Style("inter", 104, 700), 796, 200, 40)
    assert style.size < 104
    assert not lines[-1].endswith("…")


def contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_briefs_are_read_from_json_as_they_are_written(tmp_path):
    path = Path(tmp_path / "brief.json")
    path.write_text(brief("chart").model_dump_json())
    assert Brief.model_validate(json.loads(path.read_text())) == brief("chart")


@pytest.mark.parametrize("name", THEMES)
def test_the_sky_has_no_bands(name):
    canvas = Canvas()
    Background(THEMES[name], []).sky(canvas, 0.5)
    column = canvas.planes[0][:1500, 540].astype(float)
    smooth = np.convolve(column, np.ones(8) / 8, "valid")
    assert np.abs(np.diff(smooth)).max() <= 0.5  # a band's edge would be a whole step of brightness
    assert (canvas.planes[0] == canvas.planes[0][:, :1]).all()  # no dots, which cost more bits than all else
