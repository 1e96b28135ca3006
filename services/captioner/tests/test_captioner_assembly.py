"""Real segments, encoded here, joined with real sound: what comes out is measured."""

import json
import re
import subprocess

import numpy as np
import pytest
import soundfile
from artifacts.captions import BurnedCaption, BurnedWord, Captions, Cue
from artifacts.footage import Clip, SceneFootage
from artifacts.narration import Narration, Word
from artifacts.paper import Image as PaperImage
from artifacts.script import (
    Brief,
    Card,
    Check,
    Dropped,
    Evidence,
    FigureVisual,
    Script,
    Sentence,
    Span,
    TitleVisual,
    Verdict,
)
from artifacts.transcript import Transcript
from artifacts.verdicts import Verdicts
from captioner import ffmpeg, sound
from captioner.stage import service
from PIL import Image

from chassis import Abandoned, Defect, local

RATE = 48_000
FRAMES = {1: 61, 2: 45, 3: 77}
BEEP = {1: 0.5, 2: 0.3, 3: 1.7}
IMAGE = PaperImage(artifact="figure.2", digest="0" * 64, media_type="image/png", width=9, height=9)
CLIP = Clip(digest="0" * 64, width=720, height=1280, seconds=5, engine="Runway gen4.5", prompt="Fog.")
TURBO = CLIP.model_copy(update={"engine": "Runway gen4_turbo", "from_figure": "Figure 2"})
FOOTAGE = {
    1: SceneFootage(scene=1, wanted=True, clip=CLIP),
    2: SceneFootage(scene=2, wanted=True, clip=TURBO),
    3: SceneFootage(scene=3, wanted=True, code="budget.spent", reason="The budget is spent; raise it."),
}
VERDICT = Verdict(supported=True, score=0.9, checks=[Check(name="numbers", passed=True)])
DROPPED = Dropped(text="Nobody died.", passages=["abs.1"])
EVIL = 'Deaths\' "toll"; rm -rf [0:a] %s\n\x00 --> <b>'


def _speech(frames, beep):
    """A voice-like buzz, peaky as speech is, with a beep at a known time."""
    rng = np.random.default_rng(frames)
    length = frames * 1600
    t = np.arange(length) / RATE
    buzz = sum(np.sin(2 * np.pi * 170 * k * t) / k for k in range(1, 20)) * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * t))
    voice = 0.05 * buzz + 0.002 * rng.standard_normal(length)
    at = round(beep * RATE)
    voice[max(at - 4800, 0) : at + 4800] = 0
    voice[at : at + 2400] = 0.4 * np.sin(2 * np.pi * 3000 * np.arange(2400) / RATE)
    return voice.astype(np.float32)


def _scene(folder, scene, *, frames=None):
    frames = frames or FRAMES[scene]
    duration = FRAMES[scene] / 30
    words = [Word(text="Deaths", start=0.2, end=0.6, sentence=0), Word(text="<fell>", start=0.6, end=1.1, sentence=0)]
    brief = Brief(
        scene=scene,
        role="results",
        headline="Deaths fell",
        sentences=[
            Sentence(text="Deaths <fell>", evidence=[Evidence(id="abs.1", text="Deaths fell.")], own=scene == 3)
        ],
        visual=FigureVisual(image=IMAGE, label="Figure 2", licence="CC-BY-4.0") if scene == 2 else TitleVisual(),
        span=Span(start=0, end=1),
        horizon=[0.1, 0.9, 0.4],
    )
    narration = Narration(
        scene=scene, duration=duration, sample_rate=RATE, engine="eSpeak NG", voice="en-us", language="en", words=words
    )
    burned = BurnedCaption(start=0.2, end=duration, lines=[[BurnedWord(text="Deaths", start=0.2, end=0.6)]])
    captions = Captions(
        scene=scene,
        duration=duration,
        cues=[Cue(start=0.2, end=1.2, lines=["Deaths & more", "<fell>"])],
        burned=[burned],
    )
    more = {"verdicts": Verdicts(scene=scene, verdicts=[VERDICT]), "footage": FOOTAGE[scene]}
    for name, artifact in ({"brief": brief, "narration": narration, "captions": captions} | more).items():
        (folder / f"scene.{scene}.{name}.json").write_text(artifact.model_dump_json())
    soundfile.write(folder / f"scene.{scene}.speech.flac", _speech(FRAMES[scene], BEEP[scene]), RATE, format="FLAC")
    source = f"color=c=0x{['', 'C83232', '32C832', '3232C8'][scene]}:s=270x480:r=30"
    tags = ["-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"]
    filters = (
        "scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    )
    ffmpeg.run(
        "-f", "lavfi", "-i", source, "-frames:v", str(frames), "-vf", filters,
        "-c:v", "libx264", "-profile:v", "high", "-bf", "2", "-pix_fmt", "yuv420p", *tags,
        folder / f"scene.{scene}.segment.mp4",
    )  # fmt: skip


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    folder = tmp_path_factory.mktemp("it's a job")
    for scene in FRAMES:
        _scene(folder, scene)
    card = Card(title=EVIL, authors=["F. Nightingale"], published="1858", doi="10.5555/12345", licence="CC0-1.0")
    (folder / "script.json").write_text(
        Script(paper=card, scenes=[1, 2, 3], music=True, dropped=[DROPPED]).model_dump_json()
    )
    return folder


@pytest.fixture(scope="module")
def made(job):
    told = []
    local.run_stage(service().stages[1], job, report=lambda fraction, note: told.append(fraction))
    return job, told


def _probe(path):
    done = subprocess.run([ffmpeg.program(), "-hide_banner", "-i", path], capture_output=True, text=True, check=False)
    return done.stderr


def _frame_times(path):
    done = subprocess.run(
        [ffmpeg.program(), "-v", "error", "-i", path, "-map", "0:v:0", "-f", "framemd5", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    base = re.search(r"#tb 0: (\d+)/(\d+)", done.stdout)
    rows = [row.split(",") for row in done.stdout.splitlines() if not row.startswith("#")]
    return [int(row[2]) * int(base[1]) / int(base[2]) for row in rows], [row[5].strip() for row in rows]


def _samples(path):
    done = subprocess.run(
        [ffmpeg.program(), "-v", "error", "-i", path, "-map", "0:a", "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    return np.frombuffer(done.stdout, np.float32)


def test_pictures_are_copied_frame_by_frame_and_never_drift(made):
    folder, _ = made
    times, digests = _frame_times(folder / "video.mp4")
    alone = [digest for scene in FRAMES for digest in _frame_times(folder / f"scene.{scene}.segment.mp4")[1]]
    assert digests == alone
    assert times == pytest.approx([i / 30 for i in range(sum(FRAMES.values()))], abs=0.001)


def test_sound_is_where_the_picture_is_within_20_ms(made):
    folder, _ = made
    samples = _samples(folder / "video.mp4")
    t = np.arange(len(samples)) / RATE
    window = 480
    tone = np.abs(np.convolve(samples * np.exp(-2j * np.pi * 3000 * t), np.ones(window) / window, "same"))
    start = 0
    for scene, frames in FRAMES.items():
        expected = start / 30 + BEEP[scene]
        around = slice(round((expected - 0.08) * RATE), round((expected + 0.08) * RATE))
        part = tone[around]
        onset = around.start + int(np.argmax(part > part.max() / 2))
        assert abs(onset / RATE - expected) < 0.02
        start += frames


def test_loudness_and_true_peak_are_what_platforms_want(made):
    folder, _ = made
    integrated, peak = sound.loudness(folder / "video.mp4")
    assert integrated == pytest.approx(-14, abs=0.5)
    assert peak <= -1


def test_the_video_has_the_format_that_players_expect(made):
    folder, _ = made
    said = _probe(folder / "video.mp4")
    assert re.search(r"Video: h264 \(High\).*yuv420p\(tv, bt709.*30 fps", said)
    assert re.search(r"Audio: aac \(LC\).*48000 Hz, stereo", said)
    assert "F. Nightingale" in said
    assert "10.5555/12345" in said
    assert "CC0-1.0" in said
    data = (folder / "video.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    hours, minutes, seconds = re.search(r"Duration: (\d+):(\d+):([\d.]+)", said).groups()
    assert int(hours) * 3600 + int(minutes) * 60 + float(seconds) == pytest.approx(sum(FRAMES.values()) / 30, abs=0.05)


def test_the_thumbnail_shows_the_first_scene_in_its_true_colour(made):
    folder, _ = made
    with Image.open(folder / "thumbnail.jpg") as image:
        assert image.size == (270, 480)
        colour = image.convert("RGB").getpixel((100, 200))
    assert np.abs(np.array(colour) - (0xC8, 0x32, 0x32)).max() <= 6


def test_sidecars_lie_on_the_frames_and_hold_text_not_markup(made):
    folder, _ = made
    vtt, srt = (folder / "video.mp4").with_name("vtt.vtt").read_text(), (folder / "srt.srt").read_text()
    assert vtt.startswith("WEBVTT\n\n")
    assert "Deaths &amp; more\n&lt;fell&gt;" in vtt
    assert re.findall(r"(\S+) --> (\S+)", srt) == [
        ("00:00:00,200", "00:00:01,200"),
        ("00:00:02,233", "00:00:03,233"),
        ("00:00:03,733", "00:00:04,733"),
    ]
    assert re.findall(r"^\d+$", srt, re.MULTILINE) == ["1", "2", "3"]


def test_the_transcript_says_when_and_on_what_every_sentence_rests(made):
    folder, _ = made
    transcript = Transcript.model_validate_json((folder / "transcript.json").read_bytes())
    assert transcript.duration == pytest.approx(183 / 30, abs=0.001)
    assert [(scene.start, scene.end) for scene in transcript.scenes] == [(0, 2.033), (2.033, 3.533), (3.533, 6.1)]
    second = transcript.scenes[1].sentences[0]
    assert (second.evidence[0].id, second.words[1].text) == ("abs.1", "<fell>")
    assert second.words[0].start == pytest.approx(61 / 30 + 0.2, abs=0.001)


def test_credits_name_the_paper_its_licence_and_the_voice(made):
    folder, _ = made
    text = (folder / "credits.txt").read_text()
    assert "https://doi.org/10.5555/12345" in text
    assert "CC0-1.0" in text
    assert "eSpeak NG" in text
    assert text.splitlines()[-5:] == [
        "Animated from Figure 2, CC-BY-4.0",
        "Moving pictures: Runway gen4.5 (generated)",
        "Moving pictures: Runway gen4_turbo (generated)",
        "Voice: eSpeak NG (en-us)",
        "Sentences in the editor's own words: 1",
    ]
    assert len(text.splitlines()) == 3 + 5


def test_the_transcript_tells_what_was_judged_filmed_and_left_out(made):
    folder, _ = made
    data = (folder / "transcript.json").read_text()
    transcript = Transcript.model_validate_json(data)
    assert [scene.footage for scene in transcript.scenes] == [
        "Runway gen4.5",
        "Runway gen4_turbo",
        "The budget is spent; raise it.",
    ]
    assert [scene.sentences[0].own for scene in transcript.scenes] == [False, False, True]
    assert [scene.sentences[0].verdict for scene in transcript.scenes] == [VERDICT] * 3
    assert transcript.dropped == [DROPPED]
    assert data.startswith('{\n "paper": {\n')


def test_credits_of_a_video_without_films_are_as_they_were(job, tmp_path):
    for path in job.iterdir():
        if path.name.startswith("scene.") or path.name == "script.json":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    for scene in FRAMES:
        (tmp_path / f"scene.{scene}.footage.json").write_text(SceneFootage(scene=scene).model_dump_json())
    local.run_stage(service().stages[1], tmp_path)
    text = (tmp_path / "credits.txt").read_text()
    assert "Moving" not in text + (tmp_path / "transcript.json").read_text()
    assert "Figure 2 of the paper, CC-BY-4.0" in text


def test_progress_rises_to_one(made):
    _, told = made
    assert told == sorted(told)
    assert told[-1] == 1
    assert len(told) >= 4


def test_a_scene_that_the_script_has_dropped_is_left_out(job, tmp_path):
    for path in job.iterdir():
        if path.name.startswith("scene.") or path.name == "script.json":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    script = json.loads((tmp_path / "script.json").read_text()) | {"scenes": [3, 1], "music": False}
    (tmp_path / "script.json").write_text(json.dumps(script))
    local.run_stage(service().stages[1], tmp_path)
    assert len(_frame_times(tmp_path / "video.mp4")[0]) == FRAMES[1] + FRAMES[3]
    transcript = Transcript.model_validate_json((tmp_path / "transcript.json").read_bytes())
    assert [scene.scene for scene in transcript.scenes] == [3, 1]


def test_a_segment_of_the_wrong_length_is_refused_before_it_makes_sound_and_picture_drift(job, tmp_path):
    for path in job.iterdir():
        if path.name.startswith("scene.") or path.name == "script.json":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    _scene(tmp_path, 2, frames=FRAMES[2] + 4)
    with pytest.raises(Defect, match="scene"):
        local.run_stage(service().stages[1], tmp_path)
    assert not (tmp_path / "video.mp4").exists()


def test_a_cancelled_job_is_let_go(job):
    def cancelled(fraction, note):
        raise Abandoned("cancelled")

    with pytest.raises(Abandoned):
        local.run_stage(service().stages[1], job, report=cancelled)


def test_what_ffmpeg_says_goes_to_the_operator_not_to_the_user():
    with pytest.raises(Defect) as caught:
        ffmpeg.run("-i", "/nowhere/at all.mp4", "-f", "null", "-")
    assert "/nowhere" in caught.value.detail
    assert "/nowhere" not in caught.value.message


def test_speech_at_another_rate_lands_on_the_same_moment(tmp_path):
    t = np.arange(24_000) / 24_000
    tone = np.where(t > 0.5, np.sin(2 * np.pi * 440 * t), 0).astype(np.float32)
    soundfile.write(tmp_path / "speech.flac", tone, 24_000, format="FLAC")
    track = sound.lay_out([(1.0, tmp_path / "speech.flac")], 3.0, [], music=False)
    onset = np.argmax(np.abs(track) > 0.1) / RATE
    assert len(track) == 3 * RATE
    assert onset == pytest.approx(1.5, abs=0.005)
    assert list(tmp_path.iterdir()) == [tmp_path / "speech.flac"]


def test_silence_alone_is_survived(tmp_path):
    sound.master(np.zeros(RATE, np.float32), tmp_path / "voice.m4a")
    assert (tmp_path / "voice.m4a").exists()


def _pulses(per_second):
    """Sharp pulses over a hum, 12 s long."""
    t = np.arange(12 * RATE) / RATE
    hum = 0.05 * np.sin(2 * np.pi * 300 * t) * (np.sin(2 * np.pi * t) > -0.6)
    hum[:: RATE // per_second] += 0.9
    return hum.astype(np.float32)


def test_speech_with_sharp_peaks_meets_both_limits(tmp_path):
    voice = _pulses(per_second=12)
    crest = 20 * np.log10(np.abs(voice).max() / np.sqrt((voice**2).mean()))
    sound.master(voice, tmp_path / "voice.m4a")
    integrated, peak = sound.loudness(tmp_path / "voice.m4a")
    assert crest > 19  # as much as the voice engine's
    assert integrated == pytest.approx(-14, abs=0.5)
    assert peak <= -1


def test_sound_that_is_all_peaks_keeps_the_limit_of_peaks_and_stays_quieter(tmp_path):
    sound.master(_pulses(per_second=400), tmp_path / "voice.m4a")
    integrated, peak = sound.loudness(tmp_path / "voice.m4a")
    assert integrated < -14.3
    assert peak <= -1
