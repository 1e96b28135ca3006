"""Real speech, and the times of its words checked against the sound itself."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from artifacts.narration import Narration
from artifacts.request import Approval
from artifacts.script import Brief, Sentence, Span, TitleVisual
from artifacts.verdicts import Verdicts
from narrator.providers.espeak import Espeak, voice_name
from narrator.scene import speak
from narrator.stage import service

from chassis import UsageError, local


def _brief(folder, sentences, *, scene=1, **more):
    brief = Brief(
        scene=scene,
        role="hook",
        headline="Clean water",
        sentences=[Sentence(text=text, evidence=[]) for text in sentences],
        visual=TitleVisual(),
        span=Span(start=0, end=1),
        **more,
    )
    (folder / "approval.json").write_text(Approval().model_dump_json())
    (folder / f"scene.{scene}.verdicts.json").write_text(Verdicts(scene=scene, verdicts=[]).model_dump_json())
    (folder / f"scene.{scene}.brief.json").write_text(brief.model_dump_json())


def _narrate(folder, scene=1):
    local.run_stage(service().stages[0], folder, scene)
    narration = Narration.model_validate_json((folder / f"scene.{scene}.narration.json").read_bytes())
    sound, rate = soundfile.read(folder / f"scene.{scene}.speech.flac")
    return narration, sound, rate


def _voice():
    return Espeak("en-us+f4", pace=185, pitch=46, pitch_range=58)


def _onsets(sound, rate):
    """Where sound begins after 60 ms of silence, found by energy alone."""
    size = rate // 200
    loud = np.sqrt((sound[: len(sound) // size * size].reshape(-1, size) ** 2).mean(axis=1)) > 0.006
    return [i * size / rate for i in np.flatnonzero(loud) if not loud[max(i - 12, 0) : i].any()]


def test_word_times_meet_the_energy_of_the_sound_within_30_ms():
    # No word begins with p, t or k: their first part is a silence of the mouth, which energy cannot show.
    words = ["Bread.", "Butter.", "Valley.", "Garden.", "Dinner.", "Number.", "Baby.", "Doctor.", "Mountain.", "Lemon."]
    spoken = speak(_voice(), [" ".join(words)], "en", 3.0, lambda _: None)
    onsets = np.array(_onsets(spoken.sound, 48_000))
    assert len(onsets) == len(words)
    late = np.abs(onsets - [word.start for word in spoken.words])
    assert late.max() < 0.03, late


def test_words_are_those_written_and_their_times_never_overlap(tmp_path):
    text = ["Of 18,058 deaths, that a drug (9.8%) — p < 0.001 — was due to CO2!", "Then α-synuclein rose 2-fold."]
    _brief(tmp_path, text)
    narration, sound, rate = _narrate(tmp_path)
    assert [word.text for word in narration.words] == " ".join(text).split()
    assert all(0 < word.start < word.end for word in narration.words)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(narration.words))
    assert narration.words[-1].end <= narration.duration - 0.3
    assert [w.sentence for w in narration.words] == [0] * len(text[0].split()) + [1] * len(text[1].split())
    assert narration.duration == pytest.approx(len(sound) / rate)


def test_a_scene_is_a_whole_number_of_video_frames(tmp_path):
    _brief(tmp_path, ["Most were killed by disease."])
    _, sound, rate = _narrate(tmp_path)
    assert (rate, len(sound) % 1600) == (48_000, 0)


def test_scenes_begin_and_end_in_silence_and_are_equally_loud(tmp_path):
    levels = []
    for scene, text in enumerate(["Most were killed by disease, not by wounds.", "She counted deaths by month."], 1):
        _brief(tmp_path, [text], scene=scene)
        _, sound, rate = _narrate(tmp_path, scene)
        assert np.abs(sound[: rate // 10]).max() < 1e-3
        assert np.abs(sound[-rate // 3 :]).max() < 1e-3
        assert np.abs(sound).max() < 0.99
        levels.append(20 * np.log10(np.sqrt((sound[np.abs(sound) > 0.01] ** 2).mean())))
    assert abs(levels[0] - levels[1]) < 2


def test_plain_english_is_spoken_at_140_to_180_words_a_minute(tmp_path):
    text = [
        "Researchers followed the patients for twelve years.",
        "Those who walked every day lived longer, and their hearts stayed healthier.",
        "The effect was strongest in people over sixty, who gained almost three extra years.",
    ]
    _brief(tmp_path, text)
    narration, _, _ = _narrate(tmp_path)
    assert 140 <= len(narration.words) / narration.duration * 60 <= 180


def test_long_words_are_spoken_so_that_their_caption_can_be_read(tmp_path):
    text = "Randomised multicentre investigations demonstrated substantially reduced cardiovascular mortality."
    _brief(tmp_path, [text])
    narration, _, _ = _narrate(tmp_path)
    assert len(text) / narration.duration <= 17


@pytest.mark.parametrize(
    "text", ["A" * 10_000, "<audio src='x'/> \x01\x02", "— — —", "ACGT" * 2000 + " end", "'", "\u202e\u200b x"]
)
def test_hostile_text_is_survived_and_every_word_has_a_time(tmp_path, text):
    _brief(tmp_path, [text, "Then it ends."])
    narration, _, _ = _narrate(tmp_path)
    assert [word.text for word in narration.words] == [*text.split(), "Then", "it", "ends."]
    assert all(word.start < word.end for word in narration.words)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(narration.words))
    assert narration.duration < 90


def test_a_scene_without_words_is_a_short_silence(tmp_path):
    _brief(tmp_path, [])
    narration, sound, _ = _narrate(tmp_path)
    assert (narration.words, narration.duration >= 2.5, float(np.abs(sound).max())) == ([], True, 0.0)


@pytest.mark.parametrize("voice", ["klingon", "en-us+nobody", "../../etc/passwd", "", "ünü"])
def test_an_unknown_voice_is_refused_with_the_voices_there_are(tmp_path, voice):
    if not voice:
        _brief(tmp_path, ["Hello."], language="xx")
    else:
        _brief(tmp_path, ["Hello."], voice=voice)
    with pytest.raises(UsageError, match="en"):
        _narrate(tmp_path)


@pytest.mark.parametrize(
    ("language", "voice"),
    [("en", "en-us"), ("en-GB", "en-gb-x-rp"), ("pt", "pt-br"), ("zh", "cmn"), ("fr", "fr"), ("ar", "ar")],
)
def test_every_language_has_its_voice(language, voice):
    assert voice_name(language) == voice


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Fünf Prozent starben an Fieber."), ("zh", "研究 发现 这 很 重要。"), ("ar", "هذا اختبار قصير")],
)
def test_other_languages_are_spoken(tmp_path, language, text):
    _brief(tmp_path, [text], language=language)
    narration, sound, _ = _narrate(tmp_path)
    assert [word.text for word in narration.words] == text.split()
    assert np.abs(sound).max() > 0.1


def test_runs_at_the_same_time_do_not_mix_their_voices():
    texts = ["Most were killed by disease.", "She counted deaths by month and cause.", "Clean the sewers first."]
    voices = ["en-us+f4", "en-us", "de"]

    def one(i):
        return speak(Espeak(voices[i], pace=185, pitch=46, pitch_range=58), [texts[i]], "en", 1.0, lambda _: None)

    alone = [one(i) for i in range(3)]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(one, [0, 1, 2] * 6))
    for i, spoken in enumerate(together):
        # The engine's noise and flutter run on from call to call, so takes differ by a pitch period, no more.
        assert [word.text for word in spoken.words] == texts[i % 3].split()
        assert [w.start for w in spoken.words] == pytest.approx([w.start for w in alone[i % 3].words], abs=0.02)
        assert spoken.duration == pytest.approx(alone[i % 3].duration, abs=0.05)
