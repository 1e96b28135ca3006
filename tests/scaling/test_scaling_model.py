"""The model: what it must not get wrong whatever the values."""

import pytest


@pytest.fixture
def outcome(scaling):
    """What the model makes of a burst of 64 scenes of half a minute, with some of the rule changed."""
    load, model, rule = scaling("load"), scaling("model"), scaling("rule").kept()

    def found(**changed):
        scenes = load.scenes_of([load.Burst("only", 30, 8)])
        work = sum(each.seconds for each in scenes)
        return model.Model(rule.model_copy(update=changed), scenes).play([("only", 30)]), work

    return found


def test_all_work_is_done_once_where_nothing_is_given_back(outcome):
    found, work = outcome()
    assert found.given_back == 0
    assert found.busy_seconds == pytest.approx(work)


def test_fewer_pods_take_longer_and_none_is_faster_than_the_work_allows(outcome):
    many, work = outcome()
    few, _ = outcome(pods_most=4)
    assert few.drains[0] > 1.5 * many.drains[0]
    assert few.drains[0] >= work / 4
    assert many.drains[0] >= work / 32


def test_two_slots_draw_two_scenes_at_a_time(outcome):
    one, work = outcome(pods_most=4)
    two, _ = outcome(pods_most=4, slots=2)
    assert work / 8 <= two.drains[0] < 0.7 * one.drains[0]


def test_work_that_outlasts_the_grace_is_given_back_and_done(outcome, scaling):
    rule = scaling("rule")
    hasty = rule.Direction(window=0, policies=(rule.Policy(type="Pods", value=32, seconds=15),))
    found, work = outcome(down=hasty, grace=1.0, lag_threshold=4)
    assert found.given_back > 0
    assert found.busy_seconds == pytest.approx(work)
