"""The source scene of a paper that came as a PDF: its real page, the spoken lines marked."""

import cv2
import numpy as np
import pytest
from artifacts.captions import Captions
from artifacts.narration import Narration, Word
from artifacts.script import Brief
from PIL import Image, ImageDraw
from renderer.compositor import Painter

TEXT = "Wounds killed fewer men than disease did in every single month but one of the war."
PAGE = (600.0, 800.0)
BOXES = [(60.0, 300.0, 300.0, 310.0), (60.0, 313.0, 300.0, 323.0)]


def page_picture(scale=2):
    image = Image.new("RGB", (int(PAGE[0] * scale), int(PAGE[1] * scale)), "white")
    draw = ImageDraw.Draw(image)
    for row in range(40, 760, 13):
        for x in (60, 320):
            draw.rectangle([v * scale for v in (x, row + 1, x + 240, row + 9)], fill=(20, 20, 20))
    return image


def scene(boxes=BOXES, width=PAGE[0]):
    image = {"artifact": "page.3", "digest": "0" * 64, "media_type": "image/jpeg", "width": 1200, "height": 1600}
    visual = {
        "kind": "quote",
        "passage": "s3.1",
        "text": TEXT,
        "highlight": [0, len(TEXT)],
        "place": "Results · page 3",
    }
    visual |= {"page": {"number": 3, "width": width, "height": PAGE[1], "image": image}, "boxes": boxes}
    sentences = [{"text": TEXT, "evidence": [{"id": "s3.1", "text": TEXT}]}]
    fields = {"scene": 1, "role": "results", "headline": "Disease", "sentences": sentences, "theme": "paper"}
    return Brief.model_validate(fields | {"visual": visual, "span": {"start": 0, "end": 0.2}})


def painter(brief, picture):
    texts = TEXT.split()
    words = [Word(text=t, start=0.8 + 0.2 * i, end=1.0 + 0.2 * i, sentence=0) for i, t in enumerate(texts)]
    length = 1.3 + 0.2 * len(texts)
    spoken = Narration(scene=1, duration=length, sample_rate=22050, voice="v", language="en", words=words)
    return Painter(brief, spoken, Captions(scene=1, duration=length, cues=[], burned=[]), lambda digest: picture)


def marked(canvas):
    """How many pixels of the content band are of the marker's yellow: little blue in them, and bright."""
    blue = cv2.resize(canvas.planes[1], (1080, 1920), interpolation=cv2.INTER_NEAREST)
    return int((blue[300:1180] < 100).sum())


def frame(drawn, at):
    return drawn.paint(min(drawn.frames - 1, round(at * 30)))


def test_the_marker_on_the_page_grows_with_the_voice():
    drawn = painter(scene(), page_picture())
    none, some = marked(frame(drawn, 0.6)), marked(frame(drawn, 1.8))
    most = marked(frame(drawn, 0.9 + 0.2 * len(TEXT.split())))
    assert none < 100
    assert 1_000 < some < 0.75 * most


def test_lines_that_are_not_spoken_of_are_faded():
    drawn = painter(scene(), page_picture())
    luma = frame(drawn, 0.95 + 0.2 * len(TEXT.split())).planes[0][420:1000, 160:700].astype(int)
    rows = np.median(luma, axis=1)
    dark, grey = (rows < 70).sum(), ((rows > 100) & (rows < 190)).sum()
    assert 20 < dark < 90  # two lines of ink, three pixels a point
    assert grey > dark


@pytest.mark.parametrize(
    ("boxes", "width"),
    [
        ([(float("nan"), 1.0, 2.0, 3.0)], PAGE[0]),
        ([(700.0, 300.0, 900.0, 310.0)], PAGE[0]),
        ([(300.0, 310.0, 60.0, 300.0)], PAGE[0]),
        ([], PAGE[0]),
        (BOXES, 0.0),
        (BOXES, -5.0),
    ],
)
def test_a_page_with_nothing_to_mark_gives_way_to_the_passage_set_anew(boxes, width):
    brief = scene()
    visual = brief.visual.model_copy(
        update={"boxes": boxes, "page": brief.visual.page.model_copy(update={"width": width})}
    )
    drawn = painter(brief.model_copy(update={"visual": visual}), page_picture())
    plain = painter(brief.model_copy(update={"visual": visual.model_copy(update={"page": None})}), None)
    assert np.array_equal(frame(drawn, 2.0).buffer, frame(plain, 2.0).buffer)


def test_a_page_whose_picture_is_broken_gives_way_to_the_passage_set_anew():
    assert marked(frame(painter(scene(), None), 3.0)) > 1_000


@pytest.mark.parametrize("box", [(0.0, 0.0, 600.0, 800.0), (590.0, 790.0, 600.0, 800.0), (60.0, 0.0, 540.0, 11.0)])
def test_a_mark_of_any_size_anywhere_on_the_page_stays_inside_the_column(box):
    drawn = painter(scene([box]), page_picture())
    for layer in drawn.layers:
        for x0, y0, x1, y1 in layer.boxes():
            assert (x0, y0) >= (20, 130)
            assert (x1, y1) <= (960, 1260)  # the sheet's shadow included
    frame(drawn, 3.0)


def test_words_of_a_page_with_small_letters_are_set_again_under_it():
    wide = [(40.0, 300.0 + 11 * row, 560.0, 308.0 + 11 * row) for row in range(3)]
    small = painter(scene(wide), page_picture())
    assert small.layers[-1].boxes()[0][1] > 700  # the last word lies under the page
    end = 0.95 + 0.2 * len(TEXT.split())
    page, below = frame(small, end).planes[1][180:340], small.paint(round(end * 30)).planes[1][340:560]
    assert (page < 110).sum() > 200
    assert (below < 110).sum() > 2_000


def test_words_of_a_page_with_large_letters_are_not_repeated():
    large = painter(scene(), page_picture())
    highest = max(y1 for layer in large.layers[3:] for _, _, _, y1 in layer.boxes())
    assert highest < 900
