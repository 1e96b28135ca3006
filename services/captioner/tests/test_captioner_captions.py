"""Laid-out captions, for any narration."""

from itertools import pairwise

import fontpkg
import pytest
from artifacts.captions import Captions
from artifacts.narration import Narration, Word
from captioner.burned import GAP, burned_captions
from captioner.cues import sidecar_cues
from captioner.stage import service
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from chassis import local

FRAME = 1 / 30
_ENGLISH = st.sampled_from(
    ["a", "the", "of", "deaths", "were", "patients,", "and", "hospital.", "mortality", "2,761", "p", "<", "randomised"]
)
_ANY = st.one_of(_ENGLISH, st.text("abcdefghijklmnop-/βé中文", min_size=1, max_size=16))


@st.composite
def narrations(draw, words=_ENGLISH, slowest=3.0):
    """Speech no faster than can be read: each word takes the time of its letters at 14 to `slowest` a second."""
    texts = draw(st.lists(words, min_size=1, max_size=40))
    at, sentence, spoken = 0.12, 0, []
    for text in texts:
        length = (len(text) + 1) / draw(st.floats(slowest, 14.0))
        spoken.append(Word(text=text, start=round(at, 4), end=round(at + length, 4), sentence=sentence))
        at += length
        if text.endswith("."):
            at, sentence = at + 0.35, sentence + 1
    duration = round((at + 0.9) * 30) / 30
    return Narration(scene=1, duration=duration, sample_rate=48000, voice="v", language="en", words=spoken)


@settings(max_examples=150, deadline=None)
@given(narrations())
def test_cues_keep_every_limit_of_good_subtitles(narration):
    cues = sidecar_cues(narration.words, narration.duration)
    assert " ".join(" ".join(cue.lines) for cue in cues).split() == [word.text for word in narration.words]
    for cue in cues:
        assert 1 <= len(cue.lines) <= 2
        assert all(0 < len(line) <= 42 for line in cue.lines)
        assert 5 / 6 - 0.001 <= cue.end - cue.start <= 7.001
        assert len(" ".join(cue.lines)) / (cue.end - cue.start) <= 17.05
    assert all(after.start - before.end >= 2 * FRAME - 1e-9 for before, after in pairwise(cues))
    assert cues[0].start >= 0
    assert cues[-1].end <= narration.duration - 2 * FRAME + 0.001


@settings(max_examples=60, deadline=None)
@given(narrations())
def test_a_cue_comes_within_three_frames_of_its_first_sound(narration):
    starts = [word.start for word in narration.words]
    cues = sidecar_cues(narration.words, narration.duration)
    assert all(min(abs(cue.start - start) for start in starts) <= 3 * FRAME for cue in cues)


@settings(max_examples=150, deadline=None)
@given(narrations(words=_ANY))
def test_burned_lines_fit_measured_with_the_font_itself(narration):
    font = ImageFont.truetype(str(fontpkg.path("inter", weight=800)), 66)
    font.set_variation_by_axes([32, 800])
    captions = burned_captions(narration.words, narration.duration)
    for caption in captions:
        assert 1 <= len(caption.lines) <= 2
        for line in caption.lines:
            assert sum(font.getlength(word.text) for word in line) + GAP * (len(line) - 1) <= 835
    joined = "".join(word.text for caption in captions for line in caption.lines for word in line)
    assert joined.replace("-", "") == "".join(word.text for word in narration.words).replace("-", "")


@settings(max_examples=80, deadline=None)
@given(narrations(words=_ANY))
def test_burned_captions_follow_each_other_without_flicker(narration):
    captions = burned_captions(narration.words, narration.duration)
    assert all(before.end == after.start for before, after in pairwise(captions))
    assert captions[-1].end == narration.duration
    words = [word for caption in captions for line in caption.lines for word in line]
    assert all(word.start < word.end for word in words)
    assert all(before.end <= after.start + 1e-6 for before, after in pairwise(words))
    for caption in captions:
        assert all(caption.start <= word.start < caption.end for line in caption.lines for word in line)


def _spoken(text, seconds):
    tokens = text.split()
    step = seconds / len(tokens)
    words = [Word(text=t, start=0.12 + i * step, end=0.12 + (i + 1) * step, sentence=0) for i, t in enumerate(tokens)]
    return words, seconds + 1


def test_no_line_ends_on_an_article_where_a_phrase_ends_nearby():
    words, duration = _spoken("In 1855, four in ten British soldiers in the hospital at Scutari died of fever.", 7)
    ends = [line.split()[-1] for cue in sidecar_cues(words, duration) for line in cue.lines]
    ends += [line[-1].text for caption in burned_captions(words, duration) for line in caption.lines]
    assert not {"the", "a", "in", "of", "at"} & set(ends)


@pytest.mark.parametrize(
    "token",
    [
        "N-acetyl-para-aminophenol-glucuronosyltransferase-inhibitor",
        "W" * 200,
        "pneumonoultramicroscopicsilicovolcanoconiosis",
    ],
)
def test_a_name_too_long_for_a_line_is_cut_and_keeps_its_time(token):
    words = [Word(text=token, start=0.2, end=4.0, sentence=0)]
    parts = [w for caption in burned_captions(words, 5.0) for line in caption.lines for w in line]
    assert len(parts) > 1
    assert (parts[0].start, parts[-1].end) == (0.2, 4.0)
    assert all(len(line) <= 42 for cue in sidecar_cues(words, 20.0) for line in cue.lines)


def test_chinese_which_has_no_spaces_is_cut_into_lines_that_fit():
    text = "研究人员对两千七百六十一名患者进行了为期十二年的跟踪调查，结果显示每天步行的人寿命更长，心脏也更健康。"
    words = [Word(text=text, start=0.12, end=11.0, sentence=0)]
    cues = sidecar_cues(words, 11.5)
    assert all(len(line) <= 42 for cue in cues for line in cue.lines)
    assert all(cue.end - cue.start <= 7.001 for cue in cues)
    assert "-" not in "".join(line for cue in cues for line in cue.lines)
    burned = burned_captions(words, 11.5)
    assert all(66 * sum(len(w.text) for w in line) <= 835 for c in burned for line in c.lines)
    assert "-" not in "".join(w.text for c in burned for line in c.lines for w in line)


def test_the_stage_writes_both_kinds_of_captions(tmp_path):
    words, duration = _spoken("Most were killed by disease, not by wounds.", 3)
    narration = Narration(scene=4, duration=duration, sample_rate=48000, voice="v", language="en", words=words)
    (tmp_path / "scene.4.narration.json").write_text(narration.model_dump_json())
    local.run_stage(service().stages[0], tmp_path)
    captions = Captions.model_validate_json((tmp_path / "scene.4.captions.json").read_bytes())
    assert (captions.scene, captions.duration) == (4, duration)
    assert captions.cues
    assert captions.burned


def test_a_scene_without_words_has_no_captions():
    assert (sidecar_cues([], 2.5), burned_captions([], 2.5)) == ([], [])
