"""Endless words, headlines and numbers in every script: nothing leaves its place, nothing lies over anything else."""

import itertools

import numpy as np
import pytest
from artifacts.captions import BurnedCaption, BurnedWord, Captions
from artifacts.narration import Narration, Word
from artifacts.script import Brief
from PIL import Image
from renderer.captions import STYLE, CaptionTrack, line_width
from renderer.compositor import Painter
from renderer.fonts import language
from renderer.layers import Moving, Still
from renderer.scenes.scene import HEADLINE, KICKER, line
from renderer.text import roomy
from renderer.theme import THEMES
from renderer.wrapping import wrap

TEXTS = {
    "en": "Deoxyribonucleotidyltransferase-mediated hypermethylation of phosphatidylethanolamine N-methyltransferase "
    "rose 1,234,567.89-fold, and nothing else did.",
    "ar": "في يناير 1855 وحده توفي 2,761 رجلا بسبب الأمراض المعدية، وتوفي 83 فقط بسبب الجروح (COVID-19).",
    "ja": "1855年1月だけで、2,761人の兵士が感染症で死亡し、負傷による死亡はわずか83人であった。"
    "委員会の到着後、死亡率は急速に低下した。",
    "hi": "जनवरी १८५५ में २,७६१ सैनिकों की मृत्यु संक्रामक रोगों से हुई, और केवल ८३ की मृत्यु घावों से हुई।",
}
LONG_NUMBER = "1,234,567.89 mg·kg⁻¹"
IMAGE = {"artifact": "figure.1", "digest": "0" * 64, "media_type": "image/png", "width": 900, "height": 300}


def visuals(text):
    bars = [{"label": text, "value": value, "text": LONG_NUMBER} for value in (1e9, 1, 5, -5)]
    number = {"kind": "number", "text": "1,234,567.89", "value": 1234567.89, "unit": "mg·kg⁻¹·day⁻¹", "label": text}
    chart = {"kind": "chart", "axis": text, "source": text, "highlight": 1}
    many = [f"{text[:9]} {number}" for number in range(24)]
    return {
        "title": {"kind": "title", "line": text * 2},
        "claim": {"kind": "title"},
        "number": number,
        "bars": number | {"bars": bars, "unit": "%", "text": "−0.000000000001"},
        "lying": chart | {"categories": [text] * 4, "values": [1e9, -2e9, 5, 0], "texts": [LONG_NUMBER] * 4},
        "line": chart | {"form": "line", "categories": many, "values": [n * 1e6 for n in range(24)]},
        "bar": chart | {"categories": many, "values": [n * 1e-7 for n in range(24)], "texts": [LONG_NUMBER] * 24},
        "steps": {"kind": "steps", "items": [text] * 4, "sentences": [0] * 4},
        "quote": {"kind": "quote", "passage": "a", "text": (text * 4)[:400], "highlight": [0, 90], "place": text},
        "figure": {"kind": "figure", "image": IMAGE, "label": text, "licence": text, "caption": text * 2},
        "end": {
            "kind": "end",
            "title": text * 2,
            "authors": text,
            "journal": text,
            "doi": "10.1000/" + "abcdefghij-" * 8,
            "licence": text,
            "credits": text * 2,
            "badges": [text, "9 numbers checked"],
            "labels": [text, "in mice"],
        },
    }


def painter(code, kind):
    text = TEXTS[code]
    fields = {"scene": 1, "role": "results", "headline": text, "kicker": text, "source_line": text, "language": code}
    sentences = [{"text": text, "evidence": [{"id": "a", "text": text * 2}]}]
    brief = fields | {"sentences": sentences, "visual": visuals(text)[kind], "span": {"start": 0, "end": 0.1}}
    words = [Word(text=text, start=0.0, end=3.0, sentence=0)]
    narration = Narration(scene=1, duration=4.0, sample_rate=22050, voice="v", language=code, words=words)
    captions = Captions(scene=1, duration=4.0, cues=[], burned=[])
    picture = Image.new("RGB", (900, 300), (240, 240, 200))
    return Painter(Brief.model_validate(brief), narration, captions, lambda digest: picture)


def ink(layer):
    """Where a layer is anything but faint, in the canvas."""
    drawn = np.zeros((1920, 1080), bool)
    sprite = layer.sprite if isinstance(layer, Still) else layer._last if isinstance(layer, Moving) else None
    if sprite is not None:
        x0, y0, x1, y1 = sprite.box
        part = sprite.alphas[0][max(0, -y0) : 1920 - y0, max(0, -x0) : 1080 - x0] > 120
        drawn[max(0, y0) : y1, max(0, x0) : x1] = part
    return drawn


@pytest.mark.parametrize("kind", visuals(""))
@pytest.mark.parametrize("code", TEXTS)
def test_nothing_leaves_its_place_or_lies_over_anything_else(code, kind):
    times = np.zeros((1920, 1080), np.uint8)
    for layer in painter(code, kind).layers:
        times += ink(layer)
    everything = times > 0
    rows, columns = everything.any(axis=1).nonzero()[0], everything.any(axis=0).nonzero()[0]
    assert rows[0] >= 130
    assert rows[-1] < 1236
    assert columns[0] >= 65
    assert columns[-1] < 900
    if kind not in ("quote", "figure"):  # whose marks and picture lie over their sheet and card
        assert (times > 1).sum() <= 36  # the ends of the steps' links touch their cards


@pytest.mark.parametrize("code", TEXTS)
@pytest.mark.parametrize("style", [HEADLINE, KICKER])
def test_marks_above_and_below_letters_are_not_cut_off(code, style):
    alpha = line(TEXTS[code], roomy(style, TEXTS[code]), (255, 255, 255, 255), 400).sprite.alphas[0]
    assert alpha.any()
    assert not alpha[0].any()
    assert not alpha[-1].any()


@pytest.mark.parametrize("code", TEXTS)
def test_lines_of_a_headline_do_not_touch(code):
    style = roomy(HEADLINE.at(78), TEXTS[code])
    rows = wrap(TEXTS[code], style, 796)
    pictures = [line(row, style, (255, 255, 255, 255), 300 + n * style.line) for n, row in enumerate(rows)]
    for one, other in itertools.pairwise(map(ink, pictures)):
        assert not (one & other).any()


@pytest.mark.parametrize("code", TEXTS)
def test_every_letter_of_a_text_is_kept_when_it_is_broken_into_lines(code):
    rows = wrap(TEXTS[code], KICKER, 640)
    assert len(rows) > 1
    assert "".join("".join(rows).split()) == "".join(TEXTS[code].split())
    assert all(KICKER.width(row) <= 640 for row in rows)
    assert not any(row[0] in "、。」ーっ" for row in rows)


@pytest.mark.parametrize("words", [["الاستقلابية"] * 5, ["感染症で死亡し"] * 3, ["Phosphatidylethanolamines"]])
def test_a_caption_that_was_measured_for_another_font_is_set_smaller(words):
    shown = [BurnedWord(text=text, start=0.0, end=1.0) for text in words]
    captions = Captions(scene=1, duration=1.0, cues=[], burned=[BurnedCaption(start=0.0, end=1.0, lines=[shown])])
    ((x0, _, x1, _),) = CaptionTrack(captions, THEMES["dusk"]).boxes()
    assert line_width(shown) > 835
    assert x0 >= 64
    assert x1 <= 900


def test_wide_characters_are_as_wide_as_the_captions_are_laid_out_for():
    language.set("ja")
    assert STYLE.width("感染症") == pytest.approx(3 * 66, abs=1)


@pytest.mark.parametrize("code", TEXTS)
@pytest.mark.parametrize("width", [300, 420, 555, 796])
def test_no_line_is_wider_than_its_column(code, width):
    for style in (HEADLINE.at(64), KICKER):
        assert all(style.width(row) <= width for row in wrap(TEXTS[code], style, width))
