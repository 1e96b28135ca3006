"""What a job may cost, what it has cost, and what a day allows."""

from concurrent.futures import ThreadPoolExecutor

import grpc
import psycopg
import pytest
from chassis.errors import Fatal
from hiddenhill.v1 import job_service_pb2 as pb
from hiddenhill.v1 import job_service_pb2_grpc as pb_grpc
from hiddenhill.v1.events_pb2 import CallState, Costs

from chassis import events


@pytest.fixture(scope="module")
def thrifty(running, stack, settings, tmp_path_factory):
    """A gateway whose users may spend $3 a day."""
    gateway = type(running)(stack, settings, tmp_path_factory.mktemp("log") / "log", HIDDENHILL_MONEY_A_DAY="3")
    gateway.wait()
    yield gateway
    gateway.end()


@pytest.fixture
def paying(thrifty):
    """The same, with nothing spent yet."""
    for job in thrifty.http.get(f"{thrifty.api}/jobs").json()["jobs"]:
        thrifty.http.delete(f"{thrifty.api}/jobs/{job['id']}").raise_for_status()
    return thrifty


def submit(gateway, budget):
    wish = {"reference": "10.1000/182", "options": {"budget": budget}}
    return gateway.http.post(f"{gateway.api}/jobs", json=wish)


def test_budgets_of_a_day_are_set_aside_until_jobs_end_and_what_is_over_waits(paying):
    gateway = paying
    refused = submit(gateway, 3.5)
    assert (refused.status_code, refused.json()["code"]) == (422, "usage.budget")
    first = submit(gateway, 2).json()
    assert (first["costs"], first["waits_until"]) == ({"budget": 2.0, "dollars": 0, "calls": []}, None)
    waiting = submit(gateway, 2).json()
    assert waiting["waits_until"]
    assert "$3.00 of this day" in waiting["waits_for"]
    assert submit(gateway, 1).json()["waits_until"] is None
    assert gateway.http.get(f"{gateway.api}/me").json()["quota"]["money_used"] == 3.0
    assert gateway.on_bus(lambda bus: bus.costs(first["id"]))[0].budget == 2.0


def test_a_job_shows_what_it_has_paid_and_for_what(running):
    job_id = running.submit()
    costs = Costs(job_id=job_id, budget=1.0)
    paid, cut_off = CallState.CALL_STATE_PAID, CallState.CALL_STATE_OPEN
    costs.calls.add(key="a", provider="gemini", model="m", stage="script", state=paid, estimate=0.02, dollars=0.01)
    costs.calls.add(
        key="b", provider="runway", model="n", stage="clip", scene=2, state=cut_off, estimate=0.25, cut_off=1
    )
    running.on_bus(lambda bus: bus.announce([events.costs(costs)]))
    shown = running.until(lambda: (found := running.job(job_id)["costs"])["calls"] and found)
    assert shown["dollars"] == 0.26
    assert [(c["provider"], c["scene"], c["state"], c["cut_off"]) for c in shown["calls"]] == [
        ("gemini", None, "paid", 0),
        ("runway", 2, "open", 1),
    ]
    assert "key" not in shown["calls"][0]


PAID, OPEN = CallState.CALL_STATE_PAID, CallState.CALL_STATE_OPEN


def begun(gateway, budget):
    """The id of a job with a budget whose submit is folded."""
    job_id = submit(gateway, budget).raise_for_status().json()["id"]
    gateway.begun(job_id)
    return job_id


def spend(gateway, job_id, dollars, state=PAID):
    costs = gateway.on_bus(lambda bus: bus.costs(job_id))[0]
    key = f"call {len(costs.calls)}"
    costs.calls.add(
        key=key, provider="gemini", model="m", stage="script", state=state, estimate=dollars, dollars=dollars
    )
    gateway.on_bus(lambda bus: bus.announce([events.costs(costs)]))
    gateway.until(lambda: len(gateway.job(job_id)["costs"]["calls"]) == len(costs.calls))


def fail(gateway, job_id, code="budget.spent"):
    gateway.on_bus(lambda bus: bus.announce([events.failed(job_id, "fetch", None, Fatal(code, "No."), 1)]))
    gateway.state(job_id, "failed")


def set_budget(gateway, job_id, dollars):
    return gateway.http.post(f"{gateway.api}/jobs/{job_id}/budget", json={"dollars": dollars})


def money_used(gateway):
    return gateway.http.get(f"{gateway.api}/me").json()["quota"]["money_used"]


def test_a_job_that_failed_for_want_of_money_goes_on_when_it_gets_more(paying):
    job_id = begun(paying, 1)
    spend(paying, job_id, 0.9)
    fail(paying, job_id)
    assert money_used(paying) == 0.9
    answer = set_budget(paying, job_id, 2.5)
    assert (answer.status_code, answer.json()["costs"]["budget"], answer.json()["state"]) == (202, 2.5, "running")
    paying.until(lambda: paying.on_bus(lambda bus: bus.costs(job_id))[0].budget == 2.5)
    manifest = paying.until(
        lambda: (found := paying.on_bus(lambda bus: bus.manifest(job_id))).entries["source"].cause == "kicked" and found
    )
    assert manifest.entries["options"].cause == "submitted"
    assert paying.state(job_id, "running")["failures"] == []
    assert money_used(paying) == 2.5
    acts = paying.http.get(f"{paying.api}/me/audit", params={"action": "job.budget"}).json()["acts"]
    assert (acts[0]["subject"], acts[0]["details"]) == (job_id, {"dollars": 2.5})


def test_a_job_that_failed_for_something_else_gets_its_budget_and_stays_as_it_is(paying):
    job_id = begun(paying, 1)
    fail(paying, job_id, "source.encrypted")
    assert set_budget(paying, job_id, 2).json()["state"] == "failed"
    paying.until(lambda: paying.on_bus(lambda bus: bus.costs(job_id))[0].budget == 2.0)
    assert paying.job(job_id)["state"] == "failed"


def test_budgets_beyond_the_day_or_below_what_is_spent_are_refused(paying):
    job_id = begun(paying, 1)
    spend(paying, job_id, 0.5)
    spend(paying, job_id, 0.25, OPEN)
    too_low, too_high = set_budget(paying, job_id, 0.99 - 0.5), set_budget(paying, job_id, 3.01)
    for refused, words in ((too_low, "spent $1.00"), (too_high, "$3.00 of your day's $3.00 are left")):
        assert (refused.status_code, refused.json()["code"]) == (422, "usage.budget")
        assert words in refused.json()["detail"]
    assert [set_budget(paying, job_id, wrong).status_code for wrong in (-1, 1e9, "lots", None)] == [422] * 4
    assert paying.job(job_id)["costs"]["budget"] == 1.0
    assert set_budget(paying, job_id, 3).status_code == 202
    assert set_budget(paying, job_id, 1.5).json()["costs"]["budget"] == 1.5
    assert money_used(paying) == 1.5


def test_dollars_of_ended_jobs_cannot_be_spent_twice_by_reviving_them(paying):
    first = begun(paying, 2)
    fail(paying, first, "source.encrypted")
    second = begun(paying, 2)
    assert paying.job(second)["waits_until"] is None
    refused = paying.http.post(f"{paying.api}/jobs/{first}/retry")
    assert (refused.status_code, refused.json()["code"]) == (422, "usage.budget")
    assert "$1.00 of your day's $3.00" in refused.json()["detail"]
    assert set_budget(paying, first, 1).status_code == 202
    assert paying.http.post(f"{paying.api}/jobs/{first}/retry").status_code == 202
    assert money_used(paying) == 3.0
    assert submit(paying, 0.5).json()["waits_until"]


def test_budgets_that_are_raised_at_once_cannot_exceed_the_day_together(paying):
    jobs = [begun(paying, 0.5) for _ in range(3)]
    with ThreadPoolExecutor(3) as at_once:
        answers = list(at_once.map(lambda job_id: set_budget(paying, job_id, 2).status_code, jobs))
    assert sorted(answers) == [202, 422, 422]
    assert money_used(paying) == 3.0


def test_a_job_of_yesterday_takes_what_it_may_still_cost_out_of_today(paying, stack):
    job_id = begun(paying, 2)
    spend(paying, job_id, 1.5)
    fail(paying, job_id)
    with psycopg.connect(stack.postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE jobs SET created_at = created_at - interval '1 day' WHERE id = %s", (job_id,))
    assert money_used(paying) == 0
    assert set_budget(paying, job_id, 4.6).json()["code"] == "usage.budget"
    assert set_budget(paying, job_id, 4.5).status_code == 202
    assert money_used(paying) == 3.0
    assert paying.http.get(f"{paying.api}/me").json()["quota"]["jobs_used"] == 0


def test_both_interfaces_show_costs_and_change_budgets_alike(paying):
    job_id = begun(paying, 1)
    spend(paying, job_id, 0.5)
    with grpc.insecure_channel(paying.rpc) as channel:
        stub = pb_grpc.JobServiceStub(channel)
        job = stub.SetBudget(pb.SetBudgetRequest(job_id=job_id, dollars=2), metadata=paying.rpc_login, timeout=10).job
        assert (job.costs.budget, job.costs.dollars) == (2.0, 0.5)
        [call] = job.costs.calls
        assert (call.provider, call.stage, call.scene, call.state, call.dollars) == ("gemini", "script", 0, "paid", 0.5)
        with pytest.raises(grpc.RpcError) as caught:
            stub.SetBudget(pb.SetBudgetRequest(job_id=job_id, dollars=0.1), metadata=paying.rpc_login, timeout=10)
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        first = next(iter(stub.WatchJob(pb.WatchJobRequest(job_id=job_id), metadata=paying.rpc_login, timeout=10)))
        assert first.job.costs.dollars == 0.5


def test_a_job_with_a_budget_ends_as_soon_as_all_is_made(paying):
    job_id = submit(paying, 1).json()["id"]
    done = paying.finish(job_id)
    assert (done["state"], done["costs"]["budget"]) == ("done", 1.0)
    assert money_used(paying) == 0


def forget(gateway, *subjects):
    """Have the stream lose events, as it does when they are old."""

    async def purge(bus):
        for subject in subjects:
            await bus.stream.purge_stream("EVENTS", subject=subject)

    gateway.on_bus(purge)


def test_what_the_stream_has_forgotten_stays_paid(paying):
    job_id = begun(paying, 2)
    spend(paying, job_id, 0.5)
    spend(paying, job_id, 0.75, OPEN)
    fail(paying, job_id, "source.encrypted")
    before = paying.job(job_id)["costs"]
    forget(paying, f"job.{job_id}.budget", f"job.{job_id}.costs")
    assert paying.job(job_id)["costs"] == before
    assert paying.on_bus(lambda bus: bus.costs(job_id))[0].budget == 0
    assert paying.http.post(f"{paying.api}/jobs/{job_id}/retry").status_code == 202
    paying.until(lambda: paying.on_bus(lambda bus: bus.costs(job_id))[0].budget == 2.0)
    costs = paying.on_bus(lambda bus: bus.costs(job_id))[0]
    assert [(call.key, call.state, call.dollars) for call in costs.calls] == [
        ("call 0", PAID, 0.5),
        ("call 1", OPEN, 0.75),
    ]
    spend(paying, job_id, 0.1)
    assert [call["dollars"] for call in paying.job(job_id)["costs"]["calls"]] == [0.5, 0.75, 0.1]


def test_costs_that_begin_anew_do_not_wipe_out_those_before(paying):
    job_id = begun(paying, 2)
    spend(paying, job_id, 0.5)
    costs = Costs(job_id=job_id)
    costs.calls.add(key="another", provider="runway", model="m", stage="clip", scene=1, state=PAID, dollars=0.25)
    paying.on_bus(lambda bus: bus.announce([events.costs(costs)]))
    found = paying.until(lambda: len((shown := paying.job(job_id)["costs"])["calls"]) == 2 and shown)
    assert found["dollars"] == 0.75


def test_who_watches_a_job_hears_what_it_pays(paying):
    job_id = begun(paying, 2)
    with paying.http.stream("GET", f"{paying.api}/jobs/{job_id}/events") as answer:
        lines = answer.iter_lines()
        next(line for line in lines if line.startswith("data: "))
        spend(paying, job_id, 0.5)
        told = next(line for line in lines if line == "event: job")
        assert told
        assert '"dollars": 0.5' in next(line for line in lines if line.startswith("data: "))
