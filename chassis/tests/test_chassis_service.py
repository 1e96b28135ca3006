"""A service's command line, and a stage alone on a folder."""

import json
import signal
import subprocess
import sys

import pytest
from chassis.errors import SourceError, Transient
from chassis.folder import digest_of
from chassis.local import artifacts_in, run_stage
from chassis.service import main
from chassis.stage import Service, Stage

from chassis import Defect, UsageError


def fetch(folder):
    if (text := folder.path("source").read_text()) == "broken":
        raise SourceError("source.broken", "The paper is broken; give another.")
    folder.scratch("half").write_text("gone")
    folder.progress(0.5, "half")
    folder.write("paper", text.upper().encode())


def speak(folder):
    folder.write("scene.*.narration", folder.path("scene.*.brief").read_bytes() + b"!")


def join(folder):
    folder.write("video", b"".join(path.read_bytes() for path in folder.each("scene.*.narration").values()))


FETCH = Stage(name="fetch", title="Reading", version="1", needs=("source",), makes=("paper",), run=fetch)
SPEAK = Stage(
    name="speak", title="Speaking", version="1", needs=("scene.*.brief",), makes=("scene.*.narration",), run=speak
)
JOIN = Stage(name="join", title="Joining", version="1", needs=("scene.*.narration",), makes=("video",), run=join)
SERVICE = Service("speaker", (SPEAK, JOIN))


@pytest.fixture
def briefs(tmp_path):
    for scene in (1, 2, 10):
        (tmp_path / f"scene.{scene}.brief.json").write_text(f'"{scene}"')
    return tmp_path


def test_run_works_for_all_stages_and_prints_what_was_made(briefs, capsys):
    assert main(SERVICE, ["run", str(briefs)]) == 0
    assert (briefs / "video.json").read_text() == '"1"!"2"!"10"!'
    assert capsys.readouterr().out.splitlines() == [
        *(str(briefs / f"scene.{scene}.narration.json") for scene in (1, 2, 10)),
        str(briefs / "video.json"),
    ]


def test_run_of_one_scene_leaves_the_others(briefs):
    assert main(SERVICE, ["run", str(briefs), "--stage", "speak", "--scene", "2"]) == 0
    assert sorted(path.name for path in briefs.glob("*narration*")) == ["scene.2.narration.json"]


@pytest.mark.parametrize(
    ("source", "code", "sentence"),
    [("broken", 3, "The paper is broken"), (None, 3, "needs source"), ("fine", 0, "")],
)
def test_exit_code_says_what_kind_of_failure_it_was(tmp_path, capsys, source, code, sentence):
    if source:
        (tmp_path / "source.txt").write_text(source)
    assert main(Service("fetcher", (FETCH,)), ["run", str(tmp_path)]) == code
    assert sentence in capsys.readouterr().err


def test_folder_that_is_none_is_a_usage_error(tmp_path, capsys):
    assert main(SERVICE, ["run", str(tmp_path / "nowhere")]) == 2
    assert "is not a folder" in capsys.readouterr().err
    with pytest.raises(UsageError):
        run_stage(FETCH, tmp_path / "nowhere")


def test_describe_prints_the_rules(capsys):
    assert main(SERVICE, ["describe"]) == 0
    rules = json.loads(capsys.readouterr().out)
    assert [(rule["name"], rule["needs"], rule["per_scene"]) for rule in rules] == [
        ("speak", ["scene.*.brief"], True),
        ("join", ["scene.*.narration"], False),
    ]


def test_unknown_stage_is_refused_with_those_that_there_are(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(SERVICE, ["run", str(tmp_path), "--stage", "dance"])
    assert "speak" in capsys.readouterr().err


def test_worker_that_still_waits_for_its_servers_ends_when_told_to():
    code = "from chassis import Service; from chassis.service import main; main(Service('idle'), [])"
    keys = {"HIDDENHILL_S3_ACCESS_KEY": "someone", "HIDDENHILL_S3_SECRET_KEY": "something"}
    env = keys | {"HIDDENHILL_NATS_URL": "nats://127.0.0.1:1"}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stderr=subprocess.PIPE, text=True) as worker:
        try:
            assert json.loads(worker.stderr.readline())["logger"].startswith("nats")
            worker.terminate()
            assert worker.wait(3) == -signal.SIGTERM
        finally:
            worker.kill()


def test_scratch_is_gone_and_nothing_half_written_is_left_after_a_failure(tmp_path):
    def fails(folder):
        folder.scratch("half").write_text("gone")
        raise Transient("unavailable.x", "Not now.")

    (tmp_path / "source.txt").write_text("hills")
    stage = Stage(name="fetch", title="", version="1", needs=("source",), makes=("paper",), run=fails)
    with pytest.raises(Transient):
        run_stage(stage, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["source.txt"]


def test_progress_is_reported_within_its_bounds(tmp_path):
    told = []

    def run(folder):
        for fraction in (-1, 0.25, 7):
            folder.progress(fraction, "now")
        fetch(folder)

    (tmp_path / "source.txt").write_text("hills")
    stage = Stage(name="fetch", title="", version="1", needs=("source",), makes=("paper",), run=run)
    run_stage(stage, tmp_path, report=lambda *said: told.append(said))
    assert told == [(0.0, "now"), (0.25, "now"), (1.0, "now"), (0.5, "half")]


def test_stage_that_forgets_an_output_is_told_so(tmp_path):
    (tmp_path / "source.txt").write_text("hills")
    stage = Stage(name="fetch", title="", version="1", needs=("source",), makes=("paper", "video"), run=fetch)
    with pytest.raises(Defect) as caught:
        run_stage(stage, tmp_path)
    assert "video" in caught.value.detail


def test_blob_is_found_by_its_digest_among_the_files(tmp_path):
    (tmp_path / "source.txt").write_text("hills")
    (tmp_path / "figure.1.png").write_bytes(b"png")
    digest = digest_of(tmp_path / "figure.1.png")

    def run(folder):
        folder.write("paper", folder.blob(digest).read_bytes())

    stage = Stage(name="fetch", title="", version="1", needs=("source",), makes=("paper",), run=run)
    assert run_stage(stage, tmp_path)[0].path.read_bytes() == b"png"
    (tmp_path / "figure.1.png").unlink()
    (tmp_path / "paper.json").unlink()
    with pytest.raises(SourceError, match=digest[:12]):
        run_stage(stage, tmp_path)


def test_files_that_are_no_artifacts_are_not_taken_for_some(tmp_path):
    for name in (
        "paper.json",
        "README.md",
        ".hidden.json",
        "Notes.txt",
        "1.json",
        "my video (1).mp4",
        "scene.0.x.json",
    ):
        (tmp_path / name).write_text("{}")
    (tmp_path / "script.json").mkdir()
    assert list(artifacts_in(tmp_path)) == ["paper"]
