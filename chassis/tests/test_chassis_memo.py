"""What was paid once is never paid again."""

import pytest
from chassis.errors import Transient
from chassis.memo import Memo
from chassis.stage import Stage
from chassis.testing import MemoryBlobs, MemoryBus, make_ready, work_off

REQUEST = {"model": "voice", "text": "Ten of them died.", "seed": 1}


class Vendor:
    """Counts what it is asked."""

    def __init__(self):
        self.calls, self.created, self.waited = 0, 0, []

    def answer(self):
        self.calls += 1
        return b"answer %d" % self.calls

    def create(self):
        self.created += 1
        return f"task-{self.created}"

    def wait(self, task):
        self.waited.append(task)
        return task.encode()


@pytest.fixture
def vendor():
    return Vendor()


@pytest.fixture
def memo():
    return Memo(MemoryBlobs(), "vendor")


def test_equal_request_is_answered_from_the_memo_whatever_the_order_of_its_fields(memo, vendor):
    first = memo.answer(REQUEST, vendor.answer)
    again = memo.answer(dict(reversed(REQUEST.items())), vendor.answer)
    assert (first, again, vendor.calls) == (b"answer 1", b"answer 1", 1)


@pytest.mark.parametrize("other", [REQUEST | {"seed": 2}, REQUEST | {"seed": "1"}, [REQUEST]])
def test_other_request_is_another_call(memo, vendor, other):
    memo.answer(REQUEST, vendor.answer)
    assert memo.answer(other, vendor.answer) == b"answer 2"


def test_providers_do_not_share_answers(vendor):
    blobs = MemoryBlobs()
    for provider in ("one", "two"):
        Memo(blobs, provider).answer(REQUEST, vendor.answer)
    assert vendor.calls == 2


def test_empty_answer_is_an_answer(memo, vendor):
    assert [memo.answer(REQUEST, lambda: (vendor.answer(), b"")[1]) for _ in range(2)] == [b"", b""]
    assert vendor.calls == 1


def test_call_that_failed_is_made_again(memo, vendor):
    def refused():
        raise Transient("unavailable.vendor", "Busy.")

    with pytest.raises(Transient):
        memo.answer(REQUEST, refused)
    assert memo.answer(REQUEST, vendor.answer) == b"answer 1"


def test_worker_killed_while_it_waited_resumes_the_same_task(memo, vendor):
    def killed(task):
        vendor.waited.append(task)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memo.task_answer(REQUEST, vendor.create, killed)
    assert memo.task_answer(REQUEST, vendor.create, vendor.wait) == b"task-1"
    assert memo.task_answer(REQUEST, vendor.create, vendor.wait) == b"task-1"
    assert (vendor.created, vendor.waited) == (1, ["task-1", "task-1"])


def test_task_that_the_vendor_lost_can_be_forgotten(memo, vendor):
    def lost(task):
        raise Transient("unavailable.vendor", f"No {task}.")

    with pytest.raises(Transient):
        memo.task_answer(REQUEST, vendor.create, lost)
    memo.forget_task(REQUEST)
    assert memo.task_answer(REQUEST, vendor.create, vendor.wait) == b"task-2"


async def test_crash_between_the_answer_and_the_announcement_costs_nothing(vendor):
    bus, blobs = MemoryBus(), MemoryBlobs()
    memo = Memo(blobs, "vendor")
    crashes = iter([True, True, False])

    def run(folder):
        answer = memo.answer({"text": folder.path("source").read_text()}, vendor.answer)
        if next(crashes):
            raise ConnectionResetError
        folder.write("paper", answer)

    stage = Stage(name="fetch", title="Reading", version="1", needs=("source",), makes=("paper",), run=run)
    for job in ("job1", "job2"):
        await make_ready(bus, blobs, job, {"source": b"hills"})
        crashes = iter([True, False])
        await work_off(stage, bus, blobs)
    papers = {(await bus.manifest(job)).entries["paper"].digest for job in ("job1", "job2")}
    assert (vendor.calls, len(papers)) == (1, 1)
