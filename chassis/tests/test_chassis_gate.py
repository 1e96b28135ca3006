"""The gate before a provider: who comes in when, by a clock that the test turns."""

import pytest
from chassis.errors import Fatal, RateLimited, Transient
from chassis.gate import FAILURES, LEASE, LONGEST_PAUSE, LONGEST_WISH, PAUSE, SHARED, UNCLAIMED, Gate, Limit, Place
from hypothesis import given, settings
from hypothesis import strategies as st

FREE = Limit("free", every=0.001, burst=100)
TWO = Limit("two", every=0.001, burst=100, at_once=2)


class Clock:
    """A gate, and the hour."""

    def __init__(self, limit):
        self.limit, self.gate, self.now, self.places = limit, Gate(), 1000.0, {}

    def enter(self, holder, token=""):
        self.gate, wait = self.gate.enter(self.limit, holder, token or f"{holder}@{self.now}", self.now)
        if not wait:
            self.places[holder] = self.gate.inside.get(holder)
        return wait

    def leave(self, holder, error=None, began=None):
        place = self.places.pop(holder, None) or Place("", began or self.now, 0.0)
        self.gate = self.gate.leave(holder, place, error, self.now)

    def fail(self, times=1):
        for _ in range(times):
            assert self.enter("who") == 0
            self.leave("who", Transient("unavailable.x", "No."))


def limited(seconds, code="rate-limited.x"):
    return RateLimited(code, "Later.", retry_after=seconds)


def test_who_waits_keeps_the_hour_and_nobody_overtakes():
    at = Clock(Limit("slow", every=10.0))
    assert [at.enter(name) for name in "abc"] == [0, 10, 20]
    at.now += 4
    assert [at.enter(name) for name in "cbd"] == [16, 6, 26]
    at.now += 6
    assert [at.enter(name) for name in "cbd"] == [10, 0, 20]


def test_rest_gives_a_burst_and_no_more():
    at = Clock(Limit("slow", every=10.0, burst=3))
    assert [at.enter(name) for name in "abcde"] == [0, 0, 0, 10, 20]


def test_hour_that_nobody_came_back_for_is_forgotten():
    at = Clock(Limit("slow", every=100.0))
    assert [at.enter("a"), at.enter("b")] == [0, 100]
    at.now += 100 + UNCLAIMED
    at.enter("c")
    assert at.gate.queue == {}


def test_no_more_are_inside_at_once_than_the_limit_says():
    at = Clock(TWO)
    assert [at.enter("a"), at.enter("b")] == [0, 0]
    assert at.enter("c") > 0
    at.leave("a")
    assert at.enter("c") == 0


def test_who_has_to_wait_for_a_place_is_told_when_one_is_likely_to_be_free():
    at = Clock(TWO)
    at.enter("a")
    at.now += 40
    at.leave("a")
    at.enter("b"), at.enter("c")
    at.now += 10
    waits = [at.enter(name) for name in "defgh"]
    assert waits == pytest.approx([30, 30, 70, 70, 110], abs=0.1)
    assert [at.enter(f"{number}") for number in range(40)][-1] == LONGEST_PAUSE


def test_place_of_a_killed_worker_comes_free_and_one_that_gives_signs_of_life_does_not():
    at = Clock(TWO)
    at.enter("living"), at.enter("killed")
    at.now += LEASE - 1
    at.gate = at.gate.stay("living", at.places["living"], at.now)
    assert at.enter("next") > 0
    at.now += 2
    assert at.enter("next") == 0
    assert set(at.gate.inside) == {"living", "next"}


def test_holder_that_comes_again_takes_its_own_place_over_and_loses_it_to_no_ghost():
    at = Clock(TWO)
    at.enter("a"), at.enter("b")
    ghost = at.places["a"]
    at.now += 1
    assert at.enter("a") == 0
    again = at.gate.inside["a"]
    at.gate = at.gate.stay("a", ghost, at.now + 5).leave("a", ghost, None, at.now)
    assert at.gate.inside["a"] == again
    at.leave("a")
    assert set(at.gate.inside) == {"b"}


def test_provider_that_asks_for_a_pause_gets_it_from_all():
    at = Clock(Limit("x", every=1.0, burst=5))
    at.enter("a"), at.enter("b")
    at.leave("a", limited(30))
    at.leave("b")
    assert [at.enter("c"), at.enter("d")] == [30, 30]
    at.now += 30
    assert [at.enter("c"), at.enter("d"), at.enter("e")] == [0, 1, 2]


def test_shorter_wish_does_not_shorten_a_pause_and_an_endless_one_is_cut():
    at = Clock(FREE)
    at.enter("a"), at.enter("b"), at.enter("c")
    at.leave("a", limited(30))
    at.leave("b", limited(3))
    assert at.enter("d") == 30
    at.leave("c", limited(1e12))
    assert at.enter("d") == LONGEST_WISH


def test_unavailable_provider_that_says_when_to_come_back_is_left_alone_by_all():
    at = Clock(FREE)
    at.enter("a")
    error = Transient("unavailable.x", "No.")
    error.retry_after = 20.0
    at.leave("a", error)
    assert (at.enter("b"), at.gate.broken) == (20, False)


def test_provider_that_fails_again_and_again_is_only_tried_and_open_to_all_once_it_answers():
    at = Clock(FREE)
    at.fail(FAILURES)
    pauses = []
    for _ in range(8):
        pauses.append(at.enter("who"))
        at.now += pauses[-1]
        assert at.enter("probe") == 0
        assert at.enter("other") > 0
        at.leave("probe", TimeoutError())
    assert pauses == [PAUSE, 20, 40, 80, 160, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    at.now += LONGEST_PAUSE
    assert at.enter("probe") == 0
    at.leave("probe")
    assert [at.enter(name) for name in "abc"] == pytest.approx([0, 0, 0], abs=0.01)
    assert not at.gate.broken


def test_probe_that_was_killed_is_followed_by_another():
    at = Clock(FREE)
    at.fail(FAILURES)
    for _ in range(3):
        at.now += PAUSE
        assert at.enter("probe") == 0


def test_requests_that_fail_together_count_as_one_pause():
    at = Clock(FREE)
    for number in range(20):
        at.enter(str(number))
    began = at.now
    at.now += 60
    for number in range(20):
        at.leave(str(number), ConnectionResetError(), began)
    assert at.enter("next") == PAUSE


@pytest.mark.parametrize("end", [None, limited(0), Fatal("provider.x.safety", "Refused.")])
def test_answer_of_any_kind_ends_the_row_of_failures(end):
    at = Clock(FREE)
    at.fail(FAILURES - 1)
    at.enter("who")
    at.leave("who", end)
    at.fail(FAILURES - 1)
    assert at.enter("next") == 0


@pytest.mark.parametrize(
    "end",
    [
        Fatal("budget.spent", "No money."),
        ZeroDivisionError(),
        limited(50, SHARED),
        Transient("unavailable.stream", "Our own server."),
        Transient("unavailable.store", "Our own server."),
    ],
)
def test_what_is_not_the_providers_fault_says_nothing_of_it(end):
    at = Clock(FREE)
    at.fail(FAILURES - 1)
    at.enter("who")
    at.leave("who", end)
    assert (at.gate.failures, at.enter("next")) == (FAILURES - 1, 0)


def test_pause_that_was_asked_for_is_not_ended_by_an_answer_that_was_on_its_way():
    at = Clock(FREE)
    at.enter("a"), at.enter("b")
    at.leave("a", limited(30))
    at.leave("b")
    assert at.enter("c") == 30


ENDS = [None, None, None, limited(7.0), Transient("unavailable.x", "No."), Fatal("provider.x", "No."), "killed"]


@settings(max_examples=150, deadline=None)
@given(
    every=st.sampled_from([0.0, 0.5, 3.0]),
    burst=st.integers(1, 4),
    at_once=st.integers(0, 3),
    plans=st.lists(st.tuples(st.floats(0, 200), st.floats(0.1, 90), st.sampled_from(ENDS)), min_size=1, max_size=25),
)
def test_rate_and_places_hold_and_everybody_comes_in(every, burst, at_once, plans):
    at = Clock(Limit("any", every=every, burst=burst, at_once=at_once))
    coming = {str(number): (1000.0 + start, lasts, end) for number, (start, lasts, end) in enumerate(plans)}
    leaving, came, killed = {}, [], {}
    while coming or leaving:
        assert at.now < 200_000, "somebody waits for ever"
        hours = {name: hour for name, (hour, *_) in (coming | leaving).items()}
        name = min(hours, key=hours.get)
        at.now = max(at.now, hours[name])
        if name in leaving:
            at.leave(name, leaving.pop(name)[1])
            continue
        _, lasts, end = coming[name]
        closed = at.gate.closed
        if wait := at.enter(name):
            coming[name] = (at.now + wait, lasts, end)
            continue
        del coming[name]
        came.append(at.now)
        assert at.now >= closed
        if end == "killed":
            killed[name] = at.now + LEASE
        else:
            leaving[name] = (at.now + min(lasts, LEASE - 1), end)
        alive = len(leaving) + sum(until > at.now for until in killed.values())
        assert not at_once or alive <= at_once
    for first, hour in enumerate(came):
        for many, later in enumerate(came[first:], 1):
            assert many <= burst + (later - hour) / every + 1e-6 if every else True
