"""What was received once is never paid for again, and nothing beyond the budget."""

import asyncio

import pytest
from chassis.errors import Fatal, Transient
from chassis.limits import LocalLimits
from chassis.purse import PAID, Answer, BudgetSpent, Purchase, Purse, charge, spent
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, MemoryBus, make_ready, work_off
from hiddenhill.v1.events_pb2 import CallState, Costs

from chassis import events

REQUEST = {"text": "Ten of them died.", "seed": 1}
VOICE = Purchase("vendor", "voice", REQUEST, estimate=0.10)


class Killed(BaseException):
    """kill -9, as far as a test can be killed."""


class Job:
    """A job's costs, without a bus, and a vendor that counts what it is asked."""

    def __init__(self, budget=1.0):
        self.costs = Costs(job_id="job1", budget=budget)
        self.blobs = MemoryBlobs()
        self.purse = Purse(self.blobs, lambda change: change(self.costs), "narrate", 3, LocalLimits().taker("job1"))
        self.calls, self.created, self.waited = 0, 0, []

    def answer(self):
        self.calls += 1
        return Answer(b"answer %d" % self.calls, 0.08)

    def create(self):
        self.created += 1
        return f"task-{self.created}"

    def wait(self, task):
        self.waited.append(task)
        return Answer(task.encode(), 0.25)

    def shown(self):
        return [(CallState.Name(c.state)[11:], round(c.dollars, 2), c.cut_off) for c in self.costs.calls]


def test_equal_request_is_paid_once_whatever_the_order_of_its_fields():
    job = Job()
    turned = Purchase("vendor", "voice", dict(reversed(REQUEST.items())), 0.10)
    assert [job.purse.buy(each, job.answer) for each in (VOICE, turned)] == [b"answer 1"] * 2
    assert job.shown() == [("PAID", 0.08, 0)]
    assert (job.costs.calls[0].stage, job.costs.calls[0].scene) == ("narrate", 3)


@pytest.mark.parametrize(
    "other",
    [
        Purchase("vendor", "voice", REQUEST | {"seed": 2}, 0.1),
        Purchase("vendor", "other", REQUEST, 0.1),
        Purchase("another", "voice", REQUEST, 0.1),
    ],
)
def test_another_request_model_or_provider_is_another_call(other):
    job = Job()
    job.purse.buy(VOICE, job.answer)
    assert job.purse.buy(other, job.answer) == b"answer 2"


def test_what_another_job_has_paid_for_costs_nothing_and_is_shown_so():
    one, other = Job(), Job(budget=0)
    one.purse.buy(VOICE, one.answer)
    purse = Purse(one.blobs, lambda change: change(other.costs), "narrate", 1, LocalLimits().taker("job1"))
    assert purse.buy(VOICE, other.answer) == b"answer 1"
    assert (other.calls, other.shown()) == (0, [("KNOWN", 0.0, 0)])


def test_a_call_that_would_exceed_the_budget_is_not_made():
    job = Job(budget=0.25)
    for seed in (1, 2):
        job.purse.buy(Purchase("vendor", "voice", {"seed": seed}, 0.1), job.answer)
    with pytest.raises(BudgetSpent, match=r"\$0\.09 is left"):
        job.purse.buy(Purchase("vendor", "voice", {"seed": 3}, 0.1), job.answer)
    assert (job.calls, round(spent(job.costs), 2)) == (2, 0.16)


def test_without_a_budget_nothing_is_paid_for():
    job = Job(budget=0)
    with pytest.raises(BudgetSpent):
        job.purse.buy(VOICE, job.answer)
    assert job.calls == 0


def test_a_call_that_the_vendor_refused_costs_nothing_and_may_be_made_again():
    job = Job(budget=0.10)

    def refused():
        raise Transient("unavailable.vendor", "Busy.")

    with pytest.raises(Transient):
        job.purse.buy(VOICE, refused)
    assert job.shown() == [("REFUSED", 0.0, 0)]
    assert job.purse.buy(VOICE, job.answer) == b"answer 1"


@pytest.mark.parametrize("end", [Killed, ConnectionResetError, TimeoutError])
def test_a_call_whose_end_nobody_saw_counts_as_paid_and_is_shown_as_cut_off(end):
    job = Job()

    def cut_off():
        job.calls += 1
        raise end

    with pytest.raises(end):
        job.purse.buy(VOICE, cut_off)
    assert spent(job.costs) == pytest.approx(0.10)
    assert job.purse.buy(VOICE, job.answer) == b"answer 2"
    assert job.shown() == [("PAID", 0.18, 1)]


def test_killed_between_keeping_the_answer_and_saying_so_nothing_is_paid_again():
    job = Job()
    keep = iter([False, True])

    def dying(change):
        if next(keep):
            raise Killed
        change(job.costs)

    with pytest.raises(Killed):
        Purse(job.blobs, dying, "narrate", 3, LocalLimits().taker("job1")).buy(VOICE, job.answer)
    assert job.purse.buy(VOICE, job.answer) == b"answer 1"
    assert (job.calls, job.shown()) == (1, [("PAID", 0.10, 0)])


def test_a_killed_worker_resumes_the_task_that_the_vendor_had_named():
    job = Job()

    def killed(task):
        job.waited.append(task)
        raise Killed

    with pytest.raises(Killed):
        job.purse.buy_task(VOICE, job.create, killed)
    assert [job.purse.buy_task(VOICE, job.create, job.wait) for _ in range(2)] == [b"task-1"] * 2
    assert (job.created, job.waited) == (1, ["task-1", "task-1"])
    assert job.shown() == [("PAID", 0.25, 0)]


def test_a_task_that_the_vendor_did_not_name_counts_as_paid():
    job = Job()
    with pytest.raises(ConnectionError):
        job.purse.buy_task(VOICE, lambda: None, job.wait)
    assert (spent(job.costs), job.waited) == (pytest.approx(0.10), [])
    assert job.purse.buy_task(VOICE, job.create, job.wait) == b"task-1"
    assert job.shown() == [("PAID", 0.35, 1)]


def test_a_task_that_failed_is_forgotten_and_what_it_cost_is_not():
    job = Job()

    def failed(task):
        job.purse.forget(VOICE, 0.05)
        raise Fatal("vendor.failed", f"No {task}.")

    with pytest.raises(Fatal):
        job.purse.buy_task(VOICE, job.create, failed)
    assert job.shown() == [("REFUSED", 0.05, 0)]
    assert job.purse.buy_task(VOICE, job.create, job.wait) == b"task-2"


async def test_workers_that_pay_at_once_stay_within_the_budget_together():
    bus, blobs = MemoryBus(), MemoryBlobs()
    await bus.announce([events.budget("job1", 0.35)])
    refused = []

    def run(folder):
        number = folder.load("scene.*.brief", dict_model())
        try:
            folder.purse.buy(Purchase("vendor", "voice", number.scene, 0.1), lambda: Answer(b"x", 0.1))
        except BudgetSpent as error:
            refused.append(error.code)
        folder.write("scene.*.speech", b"sound", "audio/flac")

    stage = Stage(
        name="speak", title="Speak", version="1", needs=("scene.*.brief",), makes=("scene.*.speech",), run=run, slots=6
    )
    briefs = {f"scene.{n}.brief": b'{"scene": %d}' % n for n in range(1, 7)}
    await make_ready(bus, blobs, "job1", briefs, scenes=tuple(range(1, 7)))
    await work_off(stage, bus, blobs)
    costs, _ = await bus.costs("job1")
    assert (refused, sum(call.state == PAID for call in costs.calls)) == (["budget.spent"] * 3, 3)


def dict_model():
    from pydantic import create_model  # noqa: PLC0415

    return create_model("Number", scene=(int, ...))


async def test_a_change_is_made_again_where_another_worker_was_faster():
    bus = MemoryBus()

    def spend(costs):
        costs.calls.add(key=str(len(costs.calls)), state=PAID, dollars=1)

    await asyncio.gather(*(charge(bus, "job1", spend) for _ in range(5)))
    costs, _ = await bus.costs("job1")
    assert [call.key for call in costs.calls] == ["0", "1", "2", "3", "4"]
