"""The main job from outside: the command, and the files it writes."""

import itertools
import json
import re

import av
import httpx
import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_make_writes_the_video_and_its_sidecars(made):
    target, result = made
    assert result["video"] == str(target)
    for suffix in (".mp4", ".srt", ".vtt", ".jpg", ".json"):
        assert target.with_suffix(suffix).stat().st_size > 100


def test_the_video_is_a_vertical_h264_aac_file(made):
    with av.open(str(made[0])) as video:
        picture, sound = video.streams.video[0], video.streams.audio[0]
        assert (picture.width, picture.height, picture.average_rate) == (1080, 1920, 30)
        assert (picture.codec_context.name, picture.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (sound.codec_context.name, sound.rate) == ("aac", 48000)


def test_every_sentence_names_the_passage_it_rests_on(made):
    transcript = json.loads(made[0].with_suffix(".json").read_text())
    assert transcript["paper"]["title"]
    for scene in transcript["scenes"]:
        assert scene["end"] > scene["start"]
        for sentence in scene["sentences"]:
            assert sentence["evidence"]
            assert all(passage["id"] and passage["text"] for passage in sentence["evidence"])


def test_every_spoken_number_is_in_the_evidence(made):
    transcript = json.loads(made[0].with_suffix(".json").read_text())
    for scene in transcript["scenes"]:
        for sentence in scene["sentences"]:
            evidence = " ".join(passage["text"] for passage in sentence["evidence"])
            for number in re.findall(r"\d[\d,.]*\d|\d", sentence["text"]):
                assert number in evidence


def test_words_run_in_order_through_the_whole_video(made):
    transcript = json.loads(made[0].with_suffix(".json").read_text())
    words = [word for scene in transcript["scenes"] for sentence in scene["sentences"] for word in sentence["words"]]
    assert all(word["start"] < word["end"] for word in words)
    assert all(first["end"] <= second["start"] + 0.001 for first, second in itertools.pairwise(words))
    assert words[-1]["end"] <= transcript["duration"]


def test_edit_makes_only_that_scene_and_the_assembly_again(made, hiddenhill, stack, tmp_path):
    before = _artifacts(hiddenhill, stack, made[1]["job"])
    target = tmp_path / "edited.mp4"
    text = "In January 1855 alone, 2,761 men died of zymotic disease."
    run = hiddenhill("edit", made[1]["job"], "2", "--text", text, "--accept", "-o", target, "--json")
    assert run.returncode == 0, run.stderr
    after = _artifacts(hiddenhill, stack, made[1]["job"])
    changed = {name for name in after if after[name] != before[name]}
    parts = ("brief", "verdicts", "footage", "narration", "speech", "captions", "segment")
    scene = {f"scene.2.{part}" for part in parts}
    assert changed == scene | {"video", "srt", "vtt", "transcript", "thumbnail", "credits"}
    assert text in json.dumps(json.loads(target.with_suffix(".json").read_text()), ensure_ascii=False)


def test_an_unusable_source_exits_with_3_and_one_line(hiddenhill, tmp_path):
    page = tmp_path / "login.pdf"
    page.write_text("<!doctype html><html><body>Please log in</body></html>")
    run = hiddenhill("make", page, "-o", tmp_path / "x.mp4")
    assert run.returncode == 3
    lines = [line for line in run.stderr.splitlines() if line.startswith("error: ")]
    assert lines == [next(iter(lines))]
    assert lines[0].startswith("error: source.html: ")
    assert "Traceback" not in run.stderr


def test_wrong_usage_exits_with_2(hiddenhill, sample, tmp_path):
    assert hiddenhill("make").returncode == 2
    assert hiddenhill("make", sample, "--seconds", "5").returncode == 2
    assert hiddenhill("make", sample, "-o", tmp_path / "no" / "such" / "x.mp4").returncode == 2


def test_paper_prints_one_json_object(hiddenhill, sample):
    run = hiddenhill("paper", sample)
    paper = json.loads(run.stdout)
    assert run.returncode == 0
    wanted = "title authors abstract doi licence language notices sections passages figures tables"
    assert set(wanted.split()) <= set(paper)


def _artifacts(hiddenhill, stack, job):
    """Sequence of every artifact's event, by name."""
    found = httpx.get(
        f"{stack.gateway_url}/api/v1/jobs/{job}", headers={"Authorization": f"Bearer {stack.token}"}
    ).json()["artifacts"]
    return {artifact["artifact"]: artifact["seq"] for artifact in found}
