"""Calls within a limit: threads that wait, leave, fail, and what all others see of it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from chassis.errors import RateLimited, Transient
from chassis.gate import FAILURES
from chassis.limits import Limit, LocalLimits, Taker, seconds_of
from chassis.purse import Answer, Purchase, Purse
from chassis.testing import MemoryBlobs
from hiddenhill.v1.events_pb2 import Costs

from chassis import limits as module

TWO = Limit("two", every=0.001, burst=100, patience=5.0, title="Two", at_once=2)
HURRIED = Limit("two", every=0.001, burst=100, patience=0.2, title="Two", at_once=2)


class Crowd:
    """How many are inside, and how many were at most."""

    def __init__(self):
        self.lock, self.inside, self.most = threading.Lock(), 0, 0

    def __enter__(self):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def __exit__(self, *_):
        with self.lock:
            self.inside -= 1


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(module, "LOOK", 0.02)


def call(taker, limit=TWO, error=None):
    with taker.calling(limit):
        if error:
            raise error


def test_threads_of_one_run_and_of_many_share_the_places():
    limits, crowd = LocalLimits(), Crowd()
    runs = [limits.taker(f"job{number}") for number in range(3)]

    def work(number):
        with runs[number % 3].calling(TWO), crowd:
            time.sleep(0.02)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(12)))
    assert crowd.most == 2


def test_who_waits_longer_than_his_patience_is_told_when_and_for_whom():
    limits = LocalLimits()
    with limits.taker("a").calling(TWO), limits.taker("b").calling(TWO):
        with pytest.raises(RateLimited, match="Two is asked as often") as raised:
            call(limits.taker("c"), HURRIED)
        assert (raised.value.waits_for, raised.value.code) == ("Two", "rate-limited.shared")
        assert raised.value.retry_after > 0.2
    call(limits.taker("c"), HURRIED)


def test_error_in_the_body_leaves_the_place_and_is_the_same_error():
    limits, error = LocalLimits(), KeyError("x")
    for _ in range(5):
        with pytest.raises(KeyError) as raised:
            call(limits.taker("a"), HURRIED, error)
        assert raised.value is error


def test_pause_that_one_was_told_holds_for_all():
    limits = LocalLimits()
    with pytest.raises(RateLimited):
        call(limits.taker("a"), error=RateLimited("rate-limited.x", "Later.", retry_after=40))
    with pytest.raises(RateLimited) as raised:
        call(limits.taker("b"))
    assert 39 < raised.value.retry_after <= 40


def test_provider_that_fails_again_and_again_is_left_alone_by_all_and_the_user_is_told():
    limits = LocalLimits()
    for number in range(FAILURES):
        with pytest.raises(TimeoutError):
            call(limits.taker(str(number)), error=TimeoutError())
    with pytest.raises(RateLimited, match="Two does not answer right now; this goes on in 10 seconds") as raised:
        call(limits.taker("b"))
    assert raised.value.waits_for == "Two"


def test_wait_within_a_wait_says_nothing_of_the_outer_provider():
    limits = LocalLimits()
    inner = Limit("inner", every=60, patience=0)
    call(limits.taker("x"), inner)
    with pytest.raises(RateLimited), limits.taker("a").calling(TWO):
        call(limits.taker("a"), inner)
    call(limits.taker("b"))


def test_long_call_gives_signs_of_life(monkeypatch):
    monkeypatch.setattr(module, "LEASE", 0.2)
    monkeypatch.setattr("chassis.gate.LEASE", 0.2)
    limits = LocalLimits()
    one = Limit("one", every=0.001, patience=0.1, at_once=1)
    with limits.taker("long").calling(one):
        time.sleep(0.7)
        with pytest.raises(RateLimited):
            call(limits.taker("other"), one)
    assert not [thread for thread in threading.enumerate() if thread.name == "place-one"]


def breaking(after):
    """A way through limits whose server goes away after so many changes."""
    limits, left = LocalLimits(), iter(range(after))

    def change(name, step):
        if next(left, None) is None:
            raise Transient("unavailable.stream", "Away.")
        return limits._change(name, step)

    return Taker(change, "job1")


def purse_of(taker, blobs, costs):
    return Purse(blobs, lambda change: change(costs), "film", 1, taker)


def test_answer_that_was_paid_is_kept_when_the_limit_cannot_be_left():
    costs, blobs = Costs(job_id="job1", budget=1), MemoryBlobs()
    purchase = Purchase("vendor", "voice", {}, 0.1, limit=TWO)
    assert purse_of(breaking(1), blobs, costs).buy(purchase, lambda: Answer(b"x", 0.1)) == b"x"
    assert costs.calls[0].dollars == pytest.approx(0.1)


def test_nothing_is_called_or_noted_when_the_limit_cannot_be_entered():
    costs, blobs = Costs(job_id="job1", budget=1), MemoryBlobs()
    with pytest.raises(Transient):
        purse_of(breaking(0), blobs, costs).buy(Purchase("v", "m", {}, 0.1, limit=TWO), lambda: pytest.fail("called"))
    assert not costs.calls


@pytest.mark.parametrize("known", [False, True])
def test_task_holds_its_place_until_it_ends_also_when_it_is_resumed(known):
    limits, costs, blobs = LocalLimits(), Costs(job_id="job1", budget=1), MemoryBlobs()
    purchase = Purchase("vendor", "film", {}, 0.1, limit=Limit("one", every=0.001, burst=9, patience=0.1, at_once=1))
    if known:
        blobs.put_bytes(f"{purchase.key}/task", b"task-1")

    def wait(task):
        with pytest.raises(RateLimited):
            call(limits.taker("other"), purchase.limit)
        return Answer(task.encode(), 0.1)

    purse = purse_of(limits.taker("job1"), blobs, costs)
    assert purse.buy_task(purchase, lambda: "task-1", wait) == b"task-1"
    call(limits.taker("other"), purchase.limit)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3),
        (" 0.5 ", 0.5),
        ("9" * 400, 86_400),
        ("soon", None),
        ("", None),
        ("-3", None),
        ("1e9", None),
        ("²", None),
    ],
)
def test_pause_is_read_from_the_header(header, seconds):
    assert seconds_of(header) == seconds


def test_pause_may_be_a_date():
    soon = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 30))
    assert seconds_of(soon) == pytest.approx(30, abs=2)
    assert seconds_of("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert seconds_of("Fri, 31 Dec 9999 23:59:59 GMT") == 86_400
