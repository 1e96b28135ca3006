"""Names that come from outside smuggle nothing into subjects, files and keys."""

import pytest
from chassis.names import (
    SUFFIXES,
    failed_subject,
    file_name,
    matches,
    of_scene,
    parse_subject,
    progress_subject,
    ready_filter,
    ready_subject,
    scene_of,
)

HOSTILE_JOBS = ["", "*", ">", "a.b", "a b", "a/b", "../x", "a\n", "ä", "a\0", "x" * 65]
HOSTILE_ARTIFACTS = ["", "*", ">", "Paper", "../paper", "a/b", "a..b", ".a", "a.", "a\n", "scene.*.brief", "scene.0.x"]
HOSTILE_ARTIFACTS += ["scene.01.x", "scene.1234567.x", "paper\0", "a b", "ä", "-rf"]


@pytest.mark.parametrize("job", HOSTILE_JOBS)
def test_hostile_job_has_no_subject(job):
    for build in (
        lambda: ready_subject(job, "paper"),
        lambda: failed_subject(job, "fetch", None),
        lambda: progress_subject(job, "fetch", 1),
    ):
        with pytest.raises(ValueError, match="not a job id"):
            build()


@pytest.mark.parametrize("artifact", HOSTILE_ARTIFACTS)
def test_hostile_artifact_has_neither_subject_nor_file(artifact):
    for build in (lambda: ready_subject("job1", artifact), lambda: file_name(artifact, "application/json")):
        with pytest.raises(ValueError, match="not an artifact name"):
            build()


def test_subject_is_split_as_it_was_built():
    assert parse_subject(ready_subject("job1", "scene.3.narration")) == ("job1", "ready", "scene.3.narration")
    assert parse_subject(failed_subject("job1", "render", 3)) == ("job1", "failed", "render.3")
    assert parse_subject("job.job1.cancelled") == ("job1", "cancelled", "")
    assert ready_filter("scene.*.brief") == "job.*.ready.scene.*.brief"


@pytest.mark.parametrize(
    ("pattern", "artifact", "yes"),
    [
        ("scene.*.brief", "scene.12.brief", True),
        ("scene.*.brief", "scene.0.brief", False),
        ("scene.*.brief", "scene.1.brief.x", False),
        ("scene.*.brief", "scenex1xbrief", False),
        ("paper", "paper", True),
        ("paper", "paper.1", False),
        ("figure.*", "figure.7", True),
        ("figure.*", "figure.a", False),
    ],
)
def test_star_stands_for_a_number(pattern, artifact, yes):
    assert matches(pattern, artifact) is yes


def test_scene_is_filled_in_and_read_back():
    assert of_scene("scene.*.brief", 3) == "scene.3.brief"
    assert of_scene("scene.*.brief", None) == "scene.*.brief"
    assert (scene_of("scene.12.brief"), scene_of("paper"), scene_of("figure.2")) == (12, None, None)


def test_every_media_type_has_a_suffix_of_its_own_and_an_unknown_one_is_bytes():
    assert len(set(SUFFIXES.values())) == len(SUFFIXES)
    assert file_name("scene.2.segment", "video/mp4") == "scene.2.segment.mp4"
    assert file_name("paper", "text/html; x=../..") == "paper.bin"
