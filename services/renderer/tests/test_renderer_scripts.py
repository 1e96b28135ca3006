"""Every script that a paper or a caption may hold is drawn with real glyphs, each run in its own direction."""

import numpy as np
import pytest
from PIL import Image, ImageFont, features
from renderer import bidi, fonts, text
from renderer.text import Style, put, runs

SAMPLES = {
    "ar": "في يناير ١٨٥٥ مات الجنود (2,761) بنسبة 42%.",
    "fa": "پژوهش گچ ژرف",
    "ja": "赤血球の減少は、3,168人に見られた。",
    "zh": "直接骨量减少，共 2,761 例。",
    "zh-TW": "臺灣的研究顯示",
    "ko": "한국어 캡션 42퍼센트",
    "hi": "हिन्दी में शोध की स्थिति",
    "el": "Ελληνικά: α, β, γ, Δ, Ω",
    "ru": "Русский текст; ёж, объём",
    "vi": "Việt Nam: người bệnh",
    "maths": "∑ ∫ √ ≤ ≥ ≠ ≈ ± × ÷ ∞ ∂ ∇ ∈ ∉ ∪ ∩ ⊂ → ↔ ⇒ ∝ ∀ ∃ −1 ‰ Å ℃ 𝑥 = 𝛼",
    "scripts": "10⁻⁶ m² mg·kg⁻¹ xⁿ H₂O CO₂ t₁₀ ⁺⁵",
    "signs": "µg ° † ‡ § ¶ • – — … ♀ ♂ ★ ✓ ™",
}
FAMILIES = [fonts.HEAD, fonts.TEXT, fonts.SERIF, fonts.MONO]


@pytest.fixture(autouse=True)
def _no_runs_of_other_tests():
    text._runs.cache_clear()
    token = fonts.language.set("en")
    yield
    fonts.language.reset(token)
    text._runs.cache_clear()


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_sign_has_a_glyph(name, family):
    fonts.language.set(name)
    drawn = runs(SAMPLES[name], Style(family, 60, 700))
    assert sum(len(run.text) for run in drawn) == len(SAMPLES[name])
    for run in drawn:
        missing = bytes(run.face.getmask("\U0010ffff"))
        boxes = [sign for sign in run.text if not sign.isspace() and bytes(run.face.getmask(sign)) == missing]
        assert not boxes


def test_a_sign_that_no_font_has_is_found_out():
    (run,) = runs("\U00012000", Style(fonts.TEXT, 60))
    assert bytes(run.face.getmask(run.text)) == bytes(run.face.getmask("\U0010ffff"))


def picture(content, family=fonts.TEXT):
    image = Image.new("L", (1200, 120), 0)
    put(image, 10, 10, content, Style(family, 60, 400), (255,))
    return np.asarray(image).astype(int)


@pytest.mark.skipif(not features.check("raqm"), reason="no FriBiDi here to shape with")
@pytest.mark.parametrize("word", ["العربية", "سلام", "الأطفال", "كتاب"])
def test_arabic_without_a_shaping_library_looks_as_it_does_with_one(word, monkeypatch):
    shaped = picture(word)
    monkeypatch.setattr(text, "_shapes", lambda: False)
    basic = ImageFont.truetype(fonts.font("noto-sans-arabic", 60).path, 60, layout_engine=ImageFont.Layout.BASIC)
    basic.set_variation_by_axes([400.0, 100.0])
    monkeypatch.setattr(fonts, "font", lambda family, size, weight: basic)
    text._runs.cache_clear()
    plain = picture(word)
    assert shaped.sum() > 100_000
    left, right = ((p > 99).any(axis=0).nonzero()[0] for p in (shaped, plain))
    assert abs((left[-1] - left[0]) - (right[-1] - right[0])) <= 4
    assert abs(int((shaped > 99).sum()) - int((plain > 99).sum())) < 0.06 * (shaped > 99).sum()


def test_letters_of_a_word_are_joined():
    assert bidi.drawn_plainly("بيت") == "ﺖﻴﺑ"
    assert bidi.drawn_plainly("سلام") == "ﻡﻼﺳ"
    assert bidi.drawn_plainly("(دار)") == "(ﺭﺍﺩ)"


def test_numbers_and_names_keep_their_direction_within_a_line_from_the_right():
    pieces = bidi.directions("مات 2,761 جنديا (COVID-19) بنسبة 42%.")
    assert [piece for piece, rtl in pieces if not rtl] == ["42%", "COVID-19", "2,761"]


def test_words_of_a_line_from_the_right_are_seen_from_the_right():
    assert bidi.order(["في", "يناير", "1855", "COVID-19", "مات"]) == [4, 3, 2, 1, 0]
    assert bidi.order(["في", "New", "York", "مات"]) == [3, 1, 2, 0]
    assert bidi.order(["only", "English", "words"]) == [0, 1, 2]


def test_chinese_characters_have_the_forms_of_the_language():
    seen = []
    for code in ("ja", "zh", "ko", "zh-TW"):
        fonts.language.set(code)
        seen.append(picture("直骨").tobytes())
    assert len(set(seen)) >= 3


def test_tracking_does_not_tear_joined_letters_apart():
    loose, plain = Style("inter", 60, 400, tracking=0.1), Style("inter", 60, 400)
    for word in ("العربية", "हिन्दी"):
        assert loose.width(word) == plain.width(word)
    assert loose.width("loose") > plain.width("loose")


def test_superscripts_that_stand_together_are_of_one_font():
    for family in FAMILIES:
        powers = [run for run in runs("10⁻¹⁵ s", Style(family, 60, 700)) if "⁻" in run.text]
        assert len(powers) == 1
        assert "⁻¹⁵" in powers[0].text


def test_a_stop_after_a_bracket_stands_on_the_left_in_a_line_from_the_right():
    line = "الجروح (COVID-19)."
    alone = "".join(run.text for run in runs("(COVID-19).", Style(fonts.TEXT, 60)))
    within = [run.text for run in runs(bidi.within("(COVID-19).", line), Style(fonts.TEXT, 60))]
    assert alone == "(COVID-19)."
    assert within[0].startswith(")") or within[0].startswith(".")
    assert len(within) == 3
    assert bidi.MARK not in "".join(within)
