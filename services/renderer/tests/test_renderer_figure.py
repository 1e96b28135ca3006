"""The figure scene: panels are found by their gutters, and the one that is spoken of comes near while others fade."""

import numpy as np
import pytest
from artifacts.captions import Captions
from artifacts.narration import Narration, Word
from artifacts.script import Brief
from PIL import Image, ImageDraw
from renderer.compositor import Painter
from renderer.scenes import panels

CAPTION = "Growth of the two plants. (A) Height of the maize plants. (B) Weight of tomato fruits. (C) Rain in summer."


def figure(boxes, size=(1200, 800)):
    picture = Image.new("RGB", size, "white")
    for x0, y0, x1, y1 in boxes:
        ImageDraw.Draw(picture).rectangle((x0, y0, x1, y1), fill=(40, 60, 160))
    return picture


GRID = [(20, 20, 560, 370), (640, 20, 1180, 370), (20, 430, 560, 780), (640, 430, 1180, 780)]
ROW = [(20, 40, 360, 360), (430, 40, 770, 360), (840, 40, 1180, 360)]


def middle(box):
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def test_panels_of_a_grid_are_found_in_the_order_of_reading():
    found = [middle(box) for box in panels.find(figure(GRID), 4)]
    wanted = [((x0 + x1) / 2400, (y0 + y1) / 1600) for x0, y0, x1, y1 in GRID]
    assert np.abs(np.array(found) - np.array(wanted)).max() < 0.02


def test_panels_are_counted_by_their_gutters_where_the_caption_does_not_say():
    assert len(panels.find(figure(ROW, (1200, 400)))) == 3
    assert panels.find(figure([(20, 20, 1180, 780)])) == []


@pytest.mark.parametrize("number", [2, 3, 5, 9])
def test_a_picture_that_cannot_be_parted_so_has_no_panels(number):
    assert panels.find(figure([(20, 20, 1180, 780)]), number) == []


def test_a_caption_tells_its_panels_apart():
    parts = panels.parts_of(CAPTION)
    assert list(parts) == ["A", "B", "C"]
    assert "tomato" in parts["B"]
    assert panels.parts_of("Deaths of (B) and (C) alone") == {}
    assert panels.parts_of("No panels at all.") == {}


def brief(text, caption=CAPTION, panel=""):
    image = {"artifact": "figure.1", "digest": "0" * 64, "media_type": "image/png", "width": 1200, "height": 400}
    visual = {"kind": "figure", "image": image, "label": "Figure 1", "caption": caption, "panel": panel}
    sentences = [{"text": text, "evidence": [{"id": "fig.1", "text": caption}]}]
    fields = {"scene": 1, "role": "results", "headline": "Growth", "sentences": sentences}
    return Brief.model_validate(fields | {"visual": visual, "span": {"start": 0, "end": 0.2}})


def painted(told, at=5.0):
    words = [Word(text="word", start=0.2, end=0.4, sentence=0)]
    spoken = Narration(scene=1, duration=6.0, sample_rate=22050, voice="v", language="en", words=words)
    picture = figure(ROW, (1200, 400))
    drawn = Painter(told, spoken, Captions(scene=1, duration=6.0, cues=[], burned=[]), lambda digest: picture)
    luma = drawn.paint(round(at * 30)).planes[0][420:700, 120:850]
    return int((luma < 90).sum()), int(((luma > 120) & (luma < 225)).sum())


def test_the_panel_that_is_spoken_of_comes_near_and_the_others_fade():
    whole, _ = painted(brief("Nothing in particular."))
    near, faded = painted(brief("The weight of the tomato fruits doubled."))
    first, _ = painted(brief("The weight of the tomato fruits doubled."), at=0.9)
    assert first > 0.8 * whole  # the whole is seen first
    assert faded > 0.1 * whole
    assert near > 0


def test_a_named_panel_is_found_without_the_whole_caption():
    _, none = painted(brief("Nothing.", caption="Growth of two plants"))
    _, faded = painted(brief("Nothing.", caption="Growth of two plants", panel="B"))
    assert faded > none + 5_000


def test_a_panel_that_is_not_there_leaves_the_whole_figure():
    told = brief("Nothing.", caption="Growth of two plants", panel="H")
    assert panels.of_figure(told, told.visual, figure(ROW, (1200, 400))) == {}
