"""What is said of a run: whatever was broken is named."""

import pytest


@pytest.fixture
def seen(scaling):
    """A run in which one pod drew every scene but was killed at the first, and another went after it was asked to."""
    command, simulation, cluster, diaries = (scaling(name) for name in ("command", "simulation", "cluster", "diaries"))
    scenario = command.quick(scaling("rule").kept())
    made = simulation.Seen(scenario, scenario.scenes, killed="pod-1")
    lag, most = simulation.Lag(0, 0), scenario.rule.pods_most
    for at, wanted in ((20, most), (200, most), (400, 2), (430, most), (700, 1)):
        made.samples.append(simulation.Sample(float(at), lag, wanted, wanted))
    made.pods = [
        cluster.Pod("pod-1", 0.0, began=1.0, ended=16.0, exit_code=-9, killed="killed by us"),
        cluster.Pod("pod-2", 0.0, process=object(), began=1.0, asked_to_end=690.0, ended=695.0, exit_code=0),
    ]
    made.notes = [diaries.Note(15.5, "pod-1", "begun", made.scenes[0].name)]
    for each in made.scenes:
        made.notes += [diaries.Note(each.ready, "pod-2", what, each.name) for what in ("begun", "drawn")]
        made.segments[each.name] = [each.ready + each.seconds]
    return made


@pytest.fixture
def broken(scaling, seen):
    """The faults of the run as it is by now."""
    tally = scaling("tally")
    return lambda: " ".join(tally.faults(seen, tally.tally(seen)) + tally.delays(seen, tally.tally(seen), 1.25))


def test_nothing_is_wrong_with_a_run_in_which_all_was_drawn_once(broken):
    assert broken() == ""


def test_scene_that_was_never_announced_is_lost(seen, broken):
    del seen.segments["first-0.1"]
    assert "lost scenes: ('first-0.1',)" in broken()


def test_scene_that_was_drawn_and_announced_again_is_named(seen, broken, scaling):
    again = [scaling("diaries").Note(500.0, "pod-2", what, "first-0.2") for what in ("begun", "drawn")]
    seen.notes += again
    seen.segments["first-0.2"].append(500.0)
    assert "announced twice: ('first-0.2',)" in broken()
    assert "drawn twice: ('first-0.2',)" in broken()


def test_run_that_was_given_back_and_begun_anew_is_no_fault(seen, broken, scaling):
    note = scaling("diaries").Note
    seen.notes = [note(16.0, "pod-2", what, "first-0.1") for what in ("begun", "given back")] + seen.notes
    assert broken() == ""


def test_run_that_broke_off_without_a_kill_is_named(seen, broken, scaling):
    seen.notes.append(scaling("diaries").Note(500.0, "pod-2", "begun", "first-0.2"))
    assert "runs cut off by the kill: 2" in broken()


def test_pod_that_outlived_its_grace_did_not_end_well(seen, broken):
    seen.pods[1].killed = "outlived its grace"
    assert "did not end well: ('pod-2',)" in broken()


def test_burst_that_took_too_long_is_named_unless_the_machine_was_too_busy_to_say(seen, broken):
    seen.segments["first-0.1"] = [419.0]
    assert "burst 1 took" in broken()
    seen.late = 20.0
    assert broken() == ""
